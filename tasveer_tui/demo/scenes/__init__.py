"""The motifs of the demo's photographs.

Each module has functions that paint a motif onto a canvas `c` in the light of `air`, and a table
`MOTIFS` of them by name.
"""

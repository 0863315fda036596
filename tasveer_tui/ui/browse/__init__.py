"""Browse: the bucket tree, the objects of a prefix, and the selection."""

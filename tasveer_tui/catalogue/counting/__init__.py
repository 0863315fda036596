"""Counts over what a search finds: values of a field, histograms, places, prefixes, reports.

Everything here runs over one reader connection, as searches do: it blocks, another thread may
`interrupt()` the connection, and each call takes a budget in seconds. What was not counted to
its end within the budget says so; its numbers are then least numbers.
"""

from tasveer_tui.catalogue.counting.facets import Facet, FacetValue, facet, names
from tasveer_tui.catalogue.counting.histograms import Bin, Histogram, histogram
from tasveer_tui.catalogue.counting.positions import Cell, Positions, positions
from tasveer_tui.catalogue.counting.prefixes import PrefixCount, Prefixes, prefixes
from tasveer_tui.catalogue.counting.reports import Figure, Report, privacy, quality

__all__ = [
    "Bin",
    "Cell",
    "Facet",
    "FacetValue",
    "Figure",
    "Histogram",
    "Positions",
    "PrefixCount",
    "Prefixes",
    "Report",
    "facet",
    "histogram",
    "names",
    "positions",
    "prefixes",
    "privacy",
    "quality",
]

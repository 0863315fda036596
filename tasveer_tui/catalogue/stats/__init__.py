"""Counts over what a search finds: values of a field, histograms, places, prefixes, reports.

Everything here runs over one reader connection, as searches do: it blocks, another thread may
`interrupt()` the connection, and each call takes a budget in seconds. What was not counted to
its end within the budget says so; its numbers are then minimums.
"""

from tasveer_tui.catalogue.stats.facets import Facet, FacetValue, facet, find_texts
from tasveer_tui.catalogue.stats.histograms import Bin, Histogram, histogram
from tasveer_tui.catalogue.stats.positions import GridCell, Positions, positions
from tasveer_tui.catalogue.stats.prefixes import PrefixCount, Prefixes, prefixes
from tasveer_tui.catalogue.stats.reports import Figure, Report, privacy, quality

__all__ = [
    "Bin",
    "Facet",
    "FacetValue",
    "Figure",
    "GridCell",
    "Histogram",
    "Positions",
    "PrefixCount",
    "Prefixes",
    "Report",
    "facet",
    "find_texts",
    "histogram",
    "positions",
    "prefixes",
    "privacy",
    "quality",
]

"""The nearest town and its country for a position, offline.

The data is that of GeoNames (https://www.geonames.org), licensed under CC BY 4.0: places with
a thousand inhabitants or more, and seats of government. `bin/pack-towns` packs it.
"""

from tasveer_tui.catalogue.towns.atlas import Town, country_of, nearest_town

__all__ = ["Town", "country_of", "nearest_town"]

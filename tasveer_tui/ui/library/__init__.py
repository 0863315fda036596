"""Library: the table over the catalogue, its search, facets and exports."""

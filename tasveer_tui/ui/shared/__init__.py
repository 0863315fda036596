"""Widgets and helpers that several screens use: inspector, search bar, facets."""

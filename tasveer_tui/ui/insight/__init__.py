"""Insight: counts over the current search, the world map and the privacy report."""

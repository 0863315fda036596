"""The prefixes that lead to a location. Pure."""

from __future__ import annotations


def leading_prefixes(path: str) -> tuple[list[str], str]:
    """The prefixes to open one after the other, and what is left to seek in the last one.

    `a/b/c` → `["a/", "a/b/"]` and `c`.
    """
    prefixes = []
    end = 0
    while (end := path.find("/", end) + 1) > 0:
        prefixes.append(path[:end])
    return prefixes, path[len(prefixes[-1]) :] if prefixes else path

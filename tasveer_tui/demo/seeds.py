"""Chance that repeats itself."""

import random


def generator(seed: str) -> random.Random:
    """A generator of its own for whatever the seed names; the same one every time."""
    return random.Random(seed)  # noqa: S311 - pictures, not secrets

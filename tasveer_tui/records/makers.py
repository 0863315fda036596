"""The groups that exiftool gives to tags of cameras' own notes: the one place that lists them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MAKER_GROUPS: Final = (
    *(r"Maker.*", "Apple", r"Canon.*", r"Casio.*", "DJI", "FujiFilm", "GE", "Google", "GoPro"),
    *("Hasselblad", "HP", "JVC", r"Kodak.*", r"Leaf.*", r"Leica.*", "Microsoft", r"Minolta.*"),
    *("Motorola", r"Nikon.*", "Nintendo", r"Olympus.*", r"Panasonic.*", r"Pentax.*", r"PhaseOne.*"),
    *("Qualcomm", r"Reconyx.*", r"Ricoh.*", r"Samsung.*", r"Sanyo.*", r"Sigma.*", r"Sony.*"),
)
"""Patterns over a whole group's name, without regard to case."""


@lru_cache(maxsize=256)
def is_maker_group(group: str) -> bool:
    """Whether this group (exiftool's, `-G1`) holds tags of a camera's own notes."""
    return re.fullmatch("|".join(MAKER_GROUPS), group, re.IGNORECASE) is not None

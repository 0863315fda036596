"""The words for EXIF's numeric codes, as searches and tables use them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRED = 0x01
_FLASH_MODE = 0x18
_FLASH_AUTO = 0x18
_RED_EYE = 0x40
_FLASH_CODES = range(0x80)

PROGRAM: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "undefined": (0,),
        "manual": (1,),
        "auto": (2,),
        "aperture": (3,),
        "shutter": (4,),
        "creative": (5,),
        "action": (6,),
        "portrait": (7,),
        "landscape": (8,),
        "bulb": (9,),
    }
)
METERING: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "unknown": (0,),
        "average": (1,),
        "center": (2,),
        "spot": (3,),
        "multispot": (4,),
        "pattern": (5,),
        "partial": (6,),
        "other": (255,),
    }
)
WHITE_BALANCE: Mapping[str, tuple[int, ...]] = MappingProxyType({"auto": (0,), "manual": (1,)})
FLASH: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "yes": tuple(code for code in _FLASH_CODES if code & _FIRED),
        "no": tuple(code for code in _FLASH_CODES if not code & _FIRED),
        "auto": tuple(code for code in _FLASH_CODES if code & _FLASH_MODE == _FLASH_AUTO),
        "redeye": tuple(code for code in _FLASH_CODES if code & _RED_EYE),
    }
)
MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                ("jan", "january"),
                ("feb", "february"),
                ("mar", "march"),
                ("apr", "april"),
                ("may",),
                ("jun", "june"),
                ("jul", "july"),
                ("aug", "august"),
                ("sep", "september"),
                ("oct", "october"),
                ("nov", "november"),
                ("dec", "december"),
            ),
            start=1,
        )
        for name in names
    }
)
WEEKDAYS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                ("mon", "monday"),
                ("tue", "tuesday"),
                ("wed", "wednesday"),
                ("thu", "thursday"),
                ("fri", "friday"),
                ("sat", "saturday"),
                ("sun", "sunday"),
            ),
            start=1,
        )
        for name in names
    }
)
"""ISO's numbers: Monday is 1."""

SHAPE_NAMES = ("landscape", "portrait", "square", "panorama")
"""Every picture whose size is known has exactly one: a panorama's long side is at least twice
its short one, a square's sides differ by less than 1 %."""


def code_name(codes: Mapping[str, tuple[int, ...]], code: int) -> str:
    """The first word that covers this code, or the code itself."""
    return next((name for name, covered in codes.items() if code in covered), str(code))

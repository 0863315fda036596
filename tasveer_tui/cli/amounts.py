"""Sizes, stretches of time and moments as options of the command line say them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from time import time
from typing import Final

import click

_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)
_BYTES: Final = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
    "tib": 1024**4,
}
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def size(text: object) -> int:
    """Bytes: `640`, `5MB` (decimal), `5MiB` (binary). Raises BadParameter."""
    found = _measured(text, _BYTES)
    if found is None:
        raise click.BadParameter(f"{text!r} is no size; write 500kB, 5MB or 5MiB.")
    return int(found)


def span(text: object) -> float:
    """Seconds: `90`, `90s`, `5m`, `2h`, `1d`, `1w`. Raises BadParameter."""
    found = _measured(text, _SECONDS)
    if found is None:
        raise click.BadParameter(f"{text!r} is no time; write 90s, 5m, 2h, 1d or 1w.")
    return found


def moment(text: object) -> float:
    """Seconds since 1970: `2023-05-14`, `2023-05-14T10:00+02:00`, or `30d` ago.

    UTC where no zone is said. Raises BadParameter.
    """
    if isinstance(text, float):
        return text
    ago_s = _measured(text, {unit: s for unit, s in _SECONDS.items() if unit})
    if ago_s is not None:
        return time() - ago_s
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        message = f"{text!r} is no date; write 2023-05-14, or 30d for 30 days ago."
        raise click.BadParameter(message) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _measured(value: object, units: dict[str, int]) -> float | None:
    match = _NUMBER.fullmatch(str(value).strip())
    factor = units.get(match[2].lower()) if match else None
    return None if match is None or factor is None else float(match[1]) * factor

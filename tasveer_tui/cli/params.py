"""Click parameter types: sizes, durations and points in time."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, TypeVar

import click

from tasveer_tui import humanize

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def size_param(text: object) -> int:
    """Bytes: `640`, `5MB` (decimal), `5MiB` (binary). Raises BadParameter."""
    return _convert(lambda: humanize.parse_size(str(text)))


def duration_param(text: object) -> float:
    """Seconds: `90`, `90s`, `5m`, `2h`, `1d`, `1w`. Raises BadParameter."""
    return _convert(lambda: humanize.parse_duration(str(text)))


def moment_param(text: object) -> float:
    """Unix time in seconds: `2023-05-14`, `2023-05-14T10:00+02:00`, or `30d` ago.

    UTC unless the text has a zone. Raises BadParameter.
    """
    if isinstance(text, float):
        return text
    return _convert(lambda: humanize.parse_timestamp(str(text), time()))


def _convert(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except ValueError as error:
        raise click.BadParameter(str(error)) from error

"""The fields of the dispatch sheet: filters, wishes, and what they make of a job."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, TypeVar

from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import parse_size, parse_timestamp
from tasveer_tui.ui.kit.checkbox import Tick
from tasveer_tui.ui.shared.estimate_text import parse_globs

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tasveer_tui.records import JobSpec

T = TypeVar("T")

MOST_PRIORITY = 9


class DispatchFields(Vertical):
    """What of the chosen is read, and how urgent that is."""

    DEFAULT_CSS = """
    DispatchFields { height: auto; margin-bottom: 1; }
    DispatchFields .dialog--field Input { margin-right: 2; }
    """

    def __init__(self, spec: JobSpec) -> None:
        super().__init__()
        self._spec = spec

    def compose(self) -> ComposeResult:
        """Globs, sizes, dates, priority, switches."""
        yield from _field("include", "every image · or *.jpg raw/**")
        yield from _field("exclude", "nothing · or **/cache/** *.tif")
        with Horizontal(classes="dialog--field"):
            yield Label("size", markup=False)
            yield Input(id="min-size", placeholder="any · or 500kB", compact=True)
            yield Label("up to", markup=False)
            yield Input(id="max-size", placeholder="any · or 2GB", compact=True)
        with Horizontal(classes="dialog--field"):
            yield Label("modified", markup=False)
            yield Input(id="since", placeholder="ever · or 30d", compact=True)
            yield Label("before", markup=False)
            yield Input(id="before", placeholder="now · or 2024-01-01", compact=True)
        with Horizontal(classes="dialog--field"):
            yield Label("priority", markup=False)
            yield Input(id="priority", placeholder="0 · -9 to 9", compact=True)
            yield Tick("read unchanged again", id="force", value=self._spec.force)
            yield Tick("all types", id="any-type", value=self._spec.any_type)

    def spec(self) -> JobSpec:
        """The job as the fields stand. Raises UsageError."""
        spec = dataclasses.replace(
            self._spec,
            include=parse_globs(self._text("include")),
            exclude=parse_globs(self._text("exclude")),
            min_bytes=self._parsed("min-size", parse_size, 0),
            max_bytes=self._parsed("max-size", parse_size, 0),
            modified_since=self._parsed("since", _moment, 0.0),
            modified_before=self._parsed("before", _moment, 0.0),
            priority=self._parsed("priority", _priority, 0),
            force=self.query_one("#force", Tick).value,
            any_type=self.query_one("#any-type", Tick).value,
        )
        _check(spec)
        return spec

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _parsed(self, name: str, parse: Callable[[str], T], absent: T) -> T:
        text = self._text(name)
        if not text:
            return absent
        try:
            return parse(text)
        except ValueError as error:
            raise UsageError(str(error), "An empty field means no limit.") from error


def _field(name: str, hint: str) -> ComposeResult:
    with Horizontal(classes="dialog--field"):
        yield Label(name, markup=False)
        yield Input(id=name, placeholder=hint, compact=True)


def _moment(text: str) -> float:
    # To the minute, so that `30d` is the same job at every look.
    return parse_timestamp(text, time.time() // 60 * 60)


def _priority(text: str) -> int:
    try:
        found = int(text)
    except ValueError:
        found = MOST_PRIORITY + 1
    if abs(found) > MOST_PRIORITY:
        raise ValueError(f"{text!r} is no priority; write a number from -9 to 9.")
    return found


def _check(spec: JobSpec) -> None:
    """Raise UsageError where nothing could ever fit."""
    if spec.max_bytes and spec.min_bytes > spec.max_bytes:
        raise UsageError(
            "The smallest size is above the largest.", "Exchange them, or empty one of the fields."
        )
    if spec.modified_before and spec.modified_since >= spec.modified_before:
        raise UsageError(
            "Nothing is modified after the one date and before the other.",
            "Exchange them, or empty one of the fields.",
        )

"""How a search was answered: the access paths that were tried, their SQL and SQLite's plans."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_SQL_CHARACTERS: Final = 2_000
_MAX_STATEMENTS: Final = 3
"""Statements per step that are shown; an ordered scan may run hundreds alike."""


class AccessPathKind(StrEnum):
    """The three ways to the first page of a search."""

    ID_LIST = "id list"
    """A condition names few images: look these up, check the rest, sort them."""
    ORDERED_INDEX = "ordered index"
    """Read images in the requested order and check the conditions, until the page is full."""
    SCAN = "scan"
    """Find all matches, then sort them."""


@dataclass(slots=True)
class Step:
    """One access path that was tried."""

    kind: AccessPathKind
    reason: str
    first_statement: int
    """Index of its first statement in the trace."""
    has_page: bool = False
    """Whether it gave the page; otherwise the next step was tried."""


@dataclass(slots=True)
class Trace:
    """Records the statements of one search; the finder notes where each step begins."""

    statements: list[str] = field(default_factory=list)
    """SQL with its parameters filled in, as SQLite ran it."""
    steps: list[Step] = field(default_factory=list)

    def start(self, kind: AccessPathKind, reason: str) -> None:
        """Note that an access path is tried from here."""
        self.steps.append(Step(kind, reason, len(self.statements)))

    def finish(self) -> None:
        """Note that the last access path gave the page."""
        if self.steps:
            self.steps[-1].has_page = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `search --explain` prints."""

    trace: Trace
    plans: dict[str, list[str]]
    """Statement → the lines of its query plan, indented."""
    images: int
    """Images on the page."""
    elapsed_s: float

    def lines(self) -> Iterator[str]:
        """The explanation as text that is safe to show."""
        first = self.trace.steps[0].first_statement if self.trace.steps else 0
        yield f"{first} statements to choose the access path"
        ends = [step.first_statement for step in self.trace.steps[1:]]
        for step, end in zip(self.trace.steps, [*ends, len(self.trace.statements)], strict=True):
            result = "gave the page" if step.has_page else "gave up"
            yield ""
            yield f"{step.kind}: {clean(step.reason)} ({result})"
            statements = _page_statements(self.trace.statements[step.first_statement : end])
            for sql in statements[:_MAX_STATEMENTS]:
                yield f"  {clean(sql, _MAX_SQL_CHARACTERS)}"
                yield from (f"    {clean(line)}" for line in self.plans.get(sql, ()))
            if len(statements) > _MAX_STATEMENTS:
                yield f"  … and {len(statements) - _MAX_STATEMENTS} more like these"
        yield ""
        yield f"{self.images} images on the first page, {self.elapsed_s * 1000:.1f} ms"


def _page_statements(statements: list[str]) -> list[str]:
    """Those that read the page; SQLite also traces what its text index and the planner run."""
    return [sql for sql in statements if "i.id" in sql and "LIMIT" in sql]


def query_plans(connection: sqlite3.Connection, trace: Trace) -> dict[str, list[str]]:
    """`EXPLAIN QUERY PLAN` for the statements that `Explanation.lines` shows.

    https://www.sqlite.org/eqp.html
    """
    plans = {}
    for step in trace.steps:
        for sql in _page_statements(trace.statements[step.first_statement :])[:_MAX_STATEMENTS]:
            if sql not in plans:
                plans[sql] = list(_plan(connection, sql))
    return plans


def _plan(connection: sqlite3.Connection, sql: str) -> Iterator[str]:
    depths = {0: 0}
    try:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    except sqlite3.Error as error:  # a value that SQLite cannot quote, such as a null character
        yield f"no plan: {error}"
        return
    for number, parent, _, detail in rows:
        depth = depths[number] = depths.get(parent, 0) + 1
        yield f"{'  ' * (depth - 1)}{detail}"

"""What is chosen in one source: prefixes and keys in, and others out again. Pure.

A mark says "in" or "out" for a prefix (everything under it, at any depth, loaded or not) or for
a key; the nearest mark above an object decides. Marks that say what holds anyway are not kept,
so a prefix with a mark below it is always partly chosen, and an empty selection has no marks.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.records import Access, JobSpec, Source


class SelectionState(Enum):
    """How much of a prefix or object is chosen."""

    NONE = "none"
    PARTLY = "partly"
    ALL = "all"


class Selection:
    """Prefixes and keys of one source, with exclusions inside them.

    A prefix is empty or ends in `/`; a key may end in `/` as well, so calls say which is meant.
    """

    def __init__(self) -> None:
        self._prefixes: dict[str, bool] = {}
        self._keys: dict[str, bool] = {}
        self._marks_below: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._prefixes or self._keys)

    # ---------------------------------------------------------------- questions

    def prefix_state(self, prefix: str) -> SelectionState:
        """How much under this prefix is chosen."""
        if self._marks_below[prefix]:
            return SelectionState.PARTLY
        return SelectionState.ALL if self._holds(prefix, _above(prefix)) else SelectionState.NONE

    def key_state(self, key: str) -> SelectionState:
        """Whether this object is chosen."""
        is_in = self._keys[key] if key in self._keys else self._inherited(_around(key))
        return SelectionState.ALL if is_in else SelectionState.NONE

    def _holds(self, prefix: str, above: Iterable[str]) -> bool:
        own = self._prefixes.get(prefix)
        return own if own is not None else self._inherited(above)

    def _inherited(self, above: Iterable[str]) -> bool:
        """What the nearest mark says; `above` begins with the nearest prefix."""
        return next((self._prefixes[p] for p in above if p in self._prefixes), False)

    # ------------------------------------------------------------------ changes

    def set_prefix(self, prefix: str, *, is_in: bool) -> None:
        """Choose everything under a prefix, or nothing of it."""
        self._forget_below(prefix)
        self._mark(self._prefixes, prefix, list(_above(prefix)), is_in=is_in)

    def set_key(self, key: str, *, is_in: bool) -> None:
        """Choose an object, or leave it out."""
        self._mark(self._keys, key, list(_around(key)), is_in=is_in)

    def toggle_prefix(self, prefix: str) -> None:
        """Choose everything under the prefix; if all of it is chosen already, nothing."""
        self.set_prefix(prefix, is_in=self.prefix_state(prefix) is not SelectionState.ALL)

    def toggle_key(self, key: str) -> None:
        """Choose the object, or leave it out again."""
        self.set_key(key, is_in=self.key_state(key) is not SelectionState.ALL)

    def toggle_lines(self, prefixes: Iterable[str], keys: Iterable[str]) -> None:
        """Choose a range of lines; if all of them are chosen already, none of them."""
        prefixes, keys = list(prefixes), list(keys)
        states = [*map(self.prefix_state, prefixes), *map(self.key_state, keys)]
        is_in = any(state is not SelectionState.ALL for state in states)
        for prefix in prefixes:
            self.set_prefix(prefix, is_in=is_in)
        for key in keys:
            self.set_key(key, is_in=is_in)

    def invert(self, prefix: str = "") -> None:
        """Under this prefix, choose what is not chosen and leave out what is."""
        above = list(_above(prefix))
        was_in = self._holds(prefix, above)
        for marks, path, _ in self._marked_below(prefix):
            marks[path] = not marks[path]
        self._mark(self._prefixes, prefix, above, is_in=not was_in)

    def clear(self) -> None:
        """Choose nothing."""
        self._prefixes.clear()
        self._keys.clear()
        self._marks_below.clear()

    def _mark(self, marks: dict[str, bool], path: str, above: list[str], *, is_in: bool) -> None:
        had_mark = marks.pop(path, None) is not None
        needs_mark = self._inherited(above) is not is_in
        if needs_mark:
            marks[path] = is_in
        for prefix in above:
            self._marks_below[prefix] += needs_mark - had_mark

    def _forget_below(self, prefix: str) -> None:
        for marks, path, above in self._marked_below(prefix):
            del marks[path]
            self._marks_below.subtract(above(path))

    def _marked_below(
        self, prefix: str
    ) -> list[tuple[dict[str, bool], str, Callable[[str], Iterator[str]]]]:
        """The marks under a prefix, each with where it stands and how to find what is above it."""
        if not self._marks_below[prefix]:
            return []
        return [
            *(
                (self._prefixes, p, _above)
                for p in self._prefixes
                if p != prefix and p.startswith(prefix)
            ),
            *((self._keys, k, _around) for k in self._keys if k.startswith(prefix)),
        ]

    # ------------------------------------------------------------------ results

    def count(self) -> tuple[int, int, int]:
        """How many prefixes and keys are marked in, and how many marks leave something out."""
        marks_out = sum(not v for v in (*self._prefixes.values(), *self._keys.values()))
        return sum(self._prefixes.values()), sum(self._keys.values()), marks_out

    def spec(
        self,
        source: Source,
        access: Access,
        *,
        include: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
        force: bool = False,
    ) -> JobSpec:
        """The job that reads what is chosen; of its prefixes, the longest that fits decides."""
        from tasveer_tui.records import JobSpec

        return JobSpec(
            source,
            access,
            prefixes=_those(self._prefixes, is_in=True),
            keys=_those(self._keys, is_in=True),
            without_prefixes=_those(self._prefixes, is_in=False),
            without_keys=_those(self._keys, is_in=False),
            include=include,
            exclude=exclude,
            force=force,
        )


def _those(marks: dict[str, bool], *, is_in: bool) -> tuple[str, ...]:
    return tuple(sorted(path for path, value in marks.items() if value is is_in))


def _above(prefix: str) -> Iterator[str]:
    """The prefixes that hold this prefix, the nearest first."""
    if prefix:
        yield from _slashes(prefix[:-1])
        yield ""


def _around(key: str) -> Iterator[str]:
    """The prefixes that hold this key, the nearest first. A key `a/` is held by `a/`."""
    yield from _slashes(key)
    yield ""


def _slashes(text: str) -> Iterator[str]:
    end = len(text)
    while (end := text.rfind("/", 0, end)) >= 0:
        yield text[: end + 1]

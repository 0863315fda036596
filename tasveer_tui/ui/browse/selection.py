"""The selection in one source: prefixes and keys, with exclusions inside them. Pure.

A rule includes or excludes a prefix (everything below it, at any depth, loaded or not) or a key.
For an object, the rule of the longest matching prefix decides. Redundant rules are dropped, so a
prefix with a rule below it is always partly selected, and an empty selection has no rules.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasveer_tui.records import Access, JobSpec, Source


class SelectionState(Enum):
    """How much of a prefix or object is selected."""

    NONE = "none"
    PARTLY = "partly"
    ALL = "all"


class Selection:
    """The rules of one source.

    A prefix is empty or ends in `/`. A key may end in `/` too, so each has its own methods.
    """

    def __init__(self) -> None:
        self._prefixes: dict[str, bool] = {}
        """Prefix → whether its rule includes it."""
        self._keys: dict[str, bool] = {}
        self._rules_below: Counter[str] = Counter()
        """Prefix → number of rules below it."""

    def __bool__(self) -> bool:
        return bool(self._prefixes or self._keys)

    # ------------------------------------------------------------------ queries

    def prefix_state(self, prefix: str) -> SelectionState:
        """How much below this prefix is selected."""
        if self._rules_below[prefix]:
            return SelectionState.PARTLY
        return (
            SelectionState.ALL if self._includes(prefix, _parents(prefix)) else SelectionState.NONE
        )

    def key_state(self, key: str) -> SelectionState:
        """Whether this object is selected: ALL or NONE."""
        is_in = self._keys[key] if key in self._keys else self._inherited(_prefixes_of_key(key))
        return SelectionState.ALL if is_in else SelectionState.NONE

    def _includes(self, prefix: str, parents: Iterable[str]) -> bool:
        own = self._prefixes.get(prefix)
        return own if own is not None else self._inherited(parents)

    def _inherited(self, parents: Iterable[str]) -> bool:
        """The rule of the first parent that has one; `parents` starts with the longest prefix."""
        return next((self._prefixes[p] for p in parents if p in self._prefixes), False)

    # ------------------------------------------------------------------ changes

    def set_prefix(self, prefix: str, *, is_in: bool) -> None:
        """Select or deselect everything below a prefix."""
        self._drop_rules_below(prefix)
        self._set_rule(self._prefixes, prefix, list(_parents(prefix)), is_in=is_in)

    def set_key(self, key: str, *, is_in: bool) -> None:
        """Select or deselect an object."""
        self._set_rule(self._keys, key, list(_prefixes_of_key(key)), is_in=is_in)

    def toggle_prefix(self, prefix: str) -> None:
        """Select everything below the prefix; if all of it is selected, deselect it."""
        self.set_prefix(prefix, is_in=self.prefix_state(prefix) is not SelectionState.ALL)

    def toggle_lines(self, prefixes: Iterable[str], keys: Iterable[str]) -> None:
        """Select these prefixes and keys; if all of them are selected, deselect them."""
        prefixes, keys = list(prefixes), list(keys)
        states = [*map(self.prefix_state, prefixes), *map(self.key_state, keys)]
        is_in = any(state is not SelectionState.ALL for state in states)
        for prefix in prefixes:
            self.set_prefix(prefix, is_in=is_in)
        for key in keys:
            self.set_key(key, is_in=is_in)

    def invert(self, prefix: str = "") -> None:
        """Invert the selection below this prefix."""
        parents = list(_parents(prefix))
        was_in = self._includes(prefix, parents)
        for rules, path, _ in self._find_rules_below(prefix):
            rules[path] = not rules[path]
        self._set_rule(self._prefixes, prefix, parents, is_in=not was_in)

    def clear(self) -> None:
        """Deselect everything."""
        self._prefixes.clear()
        self._keys.clear()
        self._rules_below.clear()

    def _set_rule(
        self, rules: dict[str, bool], path: str, parents: list[str], *, is_in: bool
    ) -> None:
        had_rule = rules.pop(path, None) is not None
        needs_rule = self._inherited(parents) is not is_in
        if needs_rule:
            rules[path] = is_in
        for prefix in parents:
            self._rules_below[prefix] += needs_rule - had_rule

    def _drop_rules_below(self, prefix: str) -> None:
        for rules, path, parents_of in self._find_rules_below(prefix):
            del rules[path]
            self._rules_below.subtract(parents_of(path))

    def _find_rules_below(
        self, prefix: str
    ) -> list[tuple[dict[str, bool], str, Callable[[str], Iterator[str]]]]:
        """The rules below a prefix: their dictionary, their key, and the function for parents."""
        if not self._rules_below[prefix]:
            return []
        return [
            *(
                (self._prefixes, p, _parents)
                for p in self._prefixes
                if p != prefix and p.startswith(prefix)
            ),
            *((self._keys, k, _prefixes_of_key) for k in self._keys if k.startswith(prefix)),
        ]

    # ------------------------------------------------------------------ results

    def count(self) -> tuple[int, int, int]:
        """The numbers of selected prefixes, of selected keys and of exclusions."""
        exclusions = sum(not v for v in (*self._prefixes.values(), *self._keys.values()))
        return sum(self._prefixes.values()), sum(self._keys.values()), exclusions

    def spec(
        self,
        source: Source,
        access: Access,
        *,
        include: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
        force: bool = False,
    ) -> JobSpec:
        """The job that ingests the selection."""
        from tasveer_tui.records import JobSpec

        return JobSpec(
            source,
            access,
            prefixes=_paths(self._prefixes, is_in=True),
            keys=_paths(self._keys, is_in=True),
            without_prefixes=_paths(self._prefixes, is_in=False),
            without_keys=_paths(self._keys, is_in=False),
            include=include,
            exclude=exclude,
            force=force,
        )


def _paths(rules: dict[str, bool], *, is_in: bool) -> tuple[str, ...]:
    return tuple(sorted(path for path, value in rules.items() if value is is_in))


def _parents(prefix: str) -> Iterator[str]:
    """The prefixes that contain this prefix, the longest first."""
    if prefix:
        yield from _slashes(prefix[:-1])
        yield ""


def _prefixes_of_key(key: str) -> Iterator[str]:
    """The prefixes that contain this key, the longest first. `a/` contains the key `a/`."""
    yield from _slashes(key)
    yield ""


def _slashes(text: str) -> Iterator[str]:
    end = len(text)
    while (end := text.rfind("/", 0, end)) >= 0:
        yield text[: end + 1]

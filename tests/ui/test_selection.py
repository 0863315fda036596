"""The selection, compared with a plain set of keys after any sequence of changes."""

from __future__ import annotations

import dataclasses
import shlex

from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.records import Access, JobSpec, ObjectRef, Source
from tasveer_tui.ui.browse.selection import Selection, SelectionState
from tasveer_tui.ui.kit.command_line import ingest_command

SOURCE = Source("", "photos")
PARTS = ("", "a", "b", "ab")
KEYS = sorted(
    {f"{x}/{y}/{z}" for x in PARTS for y in PARTS for z in PARTS}
    | {f"{x}/{y}" for x in PARTS for y in PARTS}
    | {"a", "b", "ab", "a/", "a/b/"}
)
PREFIXES = sorted({key[: i + 1] for key in KEYS for i, c in enumerate(key) if c == "/"} | {""})

prefixes = st.sampled_from(PREFIXES)
keys = st.sampled_from(KEYS)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("toggle_prefix"), prefixes),
        st.tuples(st.just("toggle_key"), keys),
        st.tuples(st.just("invert"), prefixes),
        st.tuples(st.just("toggle_lines"), st.tuples(st.lists(prefixes), st.lists(keys))),
    ),
    max_size=12,
)


def under(prefix: str) -> set[str]:
    return {key for key in KEYS if key.startswith(prefix)}


def apply(selection: Selection, selected: set[str], change: tuple[str, object]) -> set[str]:
    """Apply the change to both; the set is the reference."""
    name, argument = change
    if name == "toggle_prefix":
        assert isinstance(argument, str)
        is_in = selection.prefix_state(argument) is not SelectionState.ALL
        selection.toggle_prefix(argument)
        return selected | under(argument) if is_in else selected - under(argument)
    if name == "toggle_key":
        assert isinstance(argument, str)
        selection.toggle_lines([], [argument])
        return selected ^ {argument}
    if name == "invert":
        assert isinstance(argument, str)
        selection.invert(argument)
        return selected ^ under(argument)
    some_prefixes, some_keys = argument
    states = [*map(selection.prefix_state, some_prefixes), *map(selection.key_state, some_keys)]
    selection.toggle_lines(some_prefixes, some_keys)
    touched = set(some_keys).union(*map(under, some_prefixes))
    is_in = any(state is not SelectionState.ALL for state in states)
    return selected | touched if is_in else selected - touched


def matching_keys(spec: JobSpec) -> set[str]:
    """The keys that the catalogue's filter accepts for a job."""
    filters = KeyFilter(dataclasses.replace(spec, include=("**",)))
    listed = {key for key in KEYS if key.startswith(spec.prefixes) or key in spec.keys}
    return {key for key in listed if filters.accepts(ObjectRef(key, 1))}


def job_of(command: str) -> JobSpec:
    """The job that `tasveer-tui ingest` makes of a command."""
    words = shlex.split(command)[2:]
    excluded = [
        word for word, before in zip(words[1:], words, strict=False) if before == "--exclude"
    ]
    places = [word.removeprefix("s3://photos/") for word in words if word.startswith("s3://")]
    return JobSpec(SOURCE, Access(), prefixes=tuple(places), exclude=tuple(excluded))


@given(changes)
def test_the_selection_matches_a_plain_set(
    made: list[tuple[str, object]],
) -> None:
    selection, selected = Selection(), set[str]()
    for change in made:
        selected = apply(selection, selected, change)
    assert {key for key in KEYS if selection.key_state(key) is SelectionState.ALL} == selected


@given(changes)
def test_the_state_of_a_prefix_matches_its_keys(made: list[tuple[str, object]]) -> None:
    selection, selected = Selection(), set[str]()
    for change in made:
        selected = apply(selection, selected, change)
    for prefix in PREFIXES:
        state = selection.prefix_state(prefix)
        if state is SelectionState.ALL:
            assert under(prefix) <= selected
        elif state is SelectionState.NONE:
            assert not under(prefix) & selected
    assert bool(selection) or not selected


@given(changes)
def test_the_job_spec_matches_the_selection(made: list[tuple[str, object]]) -> None:
    selection, selected = Selection(), set[str]()
    for change in made:
        selected = apply(selection, selected, change)
    assert matching_keys(selection.spec(SOURCE, Access())) == selected


@given(st.lists(prefixes, max_size=8))
def test_the_copied_command_ingests_exactly_the_selection(toggled: list[str]) -> None:
    selection, selected = Selection(), set[str]()
    for prefix in toggled:
        selected = apply(selection, selected, ("toggle_prefix", prefix))
    if not selected:
        return
    commands = ingest_command(selection.spec(SOURCE, Access())).split(" && ")
    assert set[str]().union(*(matching_keys(job_of(command)) for command in commands)) == selected


@given(changes, prefixes)
def test_inverting_twice_changes_nothing(made: list[tuple[str, object]], prefix: str) -> None:
    selection, selected = Selection(), set[str]()
    for change in made:
        selected = apply(selection, selected, change)
    before = selection.spec(SOURCE, Access())
    selection.invert(prefix)
    selection.invert(prefix)
    assert selection.spec(SOURCE, Access()) == before


@given(changes)
def test_selecting_all_then_none_leaves_an_empty_selection(
    made: list[tuple[str, object]],
) -> None:
    selection, selected = Selection(), set[str]()
    for change in made:
        selected = apply(selection, selected, change)
    selection.set_prefix("", is_in=True)
    assert selection.count() == (1, 0, 0)
    selection.set_prefix("", is_in=False)
    assert not selection


def test_an_exclusion_makes_its_parents_partially_selected() -> None:
    selection = Selection()
    selection.toggle_prefix("raw/")
    selection.toggle_prefix("raw/2019/")
    assert selection.prefix_state("raw/") is SelectionState.PARTLY
    assert selection.prefix_state("") is SelectionState.PARTLY
    assert selection.prefix_state("raw/2019/") is SelectionState.NONE
    assert selection.prefix_state("raw/2020/") is SelectionState.ALL
    assert selection.key_state("raw/2019/a.jpg") is SelectionState.NONE
    assert selection.count() == (1, 0, 1)


def test_toggling_a_partially_selected_prefix_selects_all_of_it() -> None:
    selection = Selection()
    selection.set_key("raw/a.jpg", is_in=True)
    assert selection.prefix_state("raw/") is SelectionState.PARTLY
    selection.toggle_prefix("raw/")
    assert selection.prefix_state("raw/") is SelectionState.ALL
    assert selection.count() == (1, 0, 0)


def test_a_key_that_ends_in_a_slash_is_not_the_prefix_of_that_name() -> None:
    selection = Selection()
    selection.set_key("raw/", is_in=True)
    assert selection.key_state("raw/") is SelectionState.ALL
    assert selection.prefix_state("raw/") is SelectionState.PARTLY
    assert selection.key_state("raw/a.jpg") is SelectionState.NONE

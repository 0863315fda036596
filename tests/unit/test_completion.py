from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasveer_tui.catalogue import stats
from tasveer_tui.catalogue.completion import complete
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.errors import QueryError
from tests.support import catalogue_factory
from tests.support.property_examples import examples
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sample_catalogue() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(300, seed=11)
    yield made
    made.connection.close()


@pytest.fixture
def finder(sample_catalogue: SampleCatalogue) -> Finder:
    return Finder(sample_catalogue.connection, now=NOW)


def _texts(text: str, finder: Finder | None = None, saved: tuple[str, ...] = ()) -> list[str]:
    return [text[: each.start] + each.text for each in complete(text, finder, saved)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cam", "camera:"),
        ("iso:100 -cam", "iso:100 -camera:"),
        ("(len", "(lens:"),
        ("iso", "iso:"),
        ("has:gp", "has:gps"),
        ("canon o", "canon orientation:"),
        ("x order by ta", "x order by taken"),
        ("x order by iso desc, mo", "x order by iso desc, model"),
        ("order by iso d", "order by iso desc"),
        ("status:no", "status:noexif"),
        ("gps:", "gps:yes"),
        ("month:ja", "month:jan"),
        ("taken:la", "taken:last 7d"),
        ("ex", "ext:"),
        ("gps.", ""),
    ],
)
def test_the_language_itself_is_completed(text: str, first: str) -> None:
    assert (_texts(text) or [""])[0] == first


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("camera:can", 'camera:"Canon EOS 5D Mark III"'),
        ('camera:"can', 'camera:"Canon EOS 5D Mark III"'),
        ("camera!=iph", 'camera!="Apple iPhone 12"'),
        ("make:(canon, app", "make:(canon, Apple"),
        ("place:", "place:Paris"),
        ("country:fr", "country:France"),
        ("iso>=16", "iso>=1600"),
        ("shutter<=", "shutter<=1/250"),
        ("focal:5", "focal:50mm"),
        ("taken:20", "taken:2024"),
        ("exif.I", "exif.ISO:"),
        ("EXIF.make:ni", 'EXIF.make:"NIKON CORPORATION"'),
        ("keyword:caf", "keyword:Café"),
        ("flash:", "flash:yes"),
        ("path:10", "path:10/"),
    ],
)
def test_values_that_occur_are_offered(finder: Finder, text: str, wanted: str) -> None:
    assert wanted in _texts(text, finder)


def test_counts_are_those_of_what_stands_before(finder: Finder) -> None:
    for before in ("", "iso:100 ", "has:gps and ", "iso:100 or ("):
        for each in complete(f"{before}camera:", finder):
            is_search = before.strip() in ("", "iso:100")
            context = before if is_search else {"has:gps and ": "has:gps "}.get(before, "")
            assert each.count == finder.count(parse(f"{context}camera={each.text}"))
    counts = [each.count or 0 for each in complete("camera:", finder)]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 3


def test_a_whole_name_is_offered_with_what_compares() -> None:
    assert _texts("flash taken")[:3] == ["flash taken:", "flash taken>=", "flash taken<="]
    assert "iso!=" in _texts("iso")
    assert _texts("camera") == ["camera:"]


def test_saved_searches_are_offered() -> None:
    assert _texts("canon @n", saved=("Night", "noon", "best")) == ["canon @Night", "canon @noon"]


def test_every_suggestion_parses(finder: Finder) -> None:
    for name in ("camera", "lens", "iso", "f", "shutter", "focal", "ev", "size", "mp", "ratio",
                 "flash", "program", "title", "name", "path", "ext", "etag", "year", "status",
                 "month", "weekday", "dup", "exif.ISO", "exif.UserComment",
                 "xmp.Subject"):  # fmt: skip
        offered = _texts(f"{name}:", finder)
        assert offered, name
        for text in offered:
            assert finder.count(parse(text)) >= 0


@settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.one_of(st.text(max_size=40), st.text('camerx:=<>!@()"-/\\ .,orybiso', max_size=40)))
def test_no_text_breaks_it(finder: Finder, text: str) -> None:
    for each in complete(text, finder, limit=3, budget_s=0.01):
        assert 0 <= each.start <= len(text)


@pytest.mark.parametrize(
    ("shell", "words", "wanted"),
    [
        ("bash", ["camera", ":", "can"], r"plain,\"Canon\ EOS\ 5D\ Mark\ III\""),
        ("bash", ["iso:100", "cam"], "plain,camera:"),
        ("zsh", ["camera:can"], '"Canon EOS 5D Mark III"'),
        ("zsh", ["iso:100", "cam"], "camera"),
        ("fish", ["camera:can"], 'camera:"Canon EOS 5D Mark III"'),
        ("fish", ["has:le"], "has:lens"),
    ],
)
def test_shell_completion_is_printed(
    tmp_path: Path, shell: str, words: list[str], wanted: str
) -> None:
    path = tmp_path / "c.db"
    catalogue_factory.filled_catalogue(path, 20).close()
    line = ["tasveer-tui", "search", *words]
    environment = {
        **os.environ,
        "_TASVEER_TUI_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(line),
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(line) - 1),
        "TASVEER_DB": str(path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tasveer_tui"], env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert wanted in done.stdout
    assert done.stderr == ""


def test_a_mistake_offers_nothing() -> None:
    assert complete("no.such.field:x") == ()
    with pytest.raises(QueryError):
        parse("no.such.field:x")


@pytest.mark.parametrize("text", ["camera:eos", "place:par", "keyword:a", "lens:50"])
def test_what_was_not_counted_in_time_has_no_number(
    text: str, finder: Finder, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = complete(text, finder, limit=1000, budget_s=60.0)
    name = text.partition(":")[0]
    nothing = stats.Facet(name, (), distinct=0, absent=0, is_final=False)
    monkeypatch.setattr(stats, "facet", lambda *_, **__: nothing)
    hurried = complete(text, finder, limit=1000)
    assert {each.text for each in hurried} >= {each.text for each in counted} != set()
    assert all(each.count is None for each in hurried)
    assert complete("artist:", finder) == ()  # words are of many fields

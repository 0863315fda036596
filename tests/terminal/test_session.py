"""A person's first session, in a real terminal: select, ingest, watch, search, inspect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.image_files import jpeg
from tests.support.program import Program
from tests.support.tmux import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.terminal

IMAGES_EACH = 30


@pytest.fixture
def program(range_server: RangeServer, tmp_path: Path) -> Program:
    for trip in ("alps", "lisbon", "tokyo"):
        for number in range(IMAGES_EACH):
            data = jpeg(
                make="Canon",
                model="Canon EOS 6D" if number % 2 else "Canon EOS R5",
                iso=100 * 2 ** (number % 5),
                artist="\x1b[31mred\x1b]0;owned\x07",
                taken_at=f"2019-05-{number % 28 + 1:02d}T10:00:00",
                has_thumbnail=True,
            )
            range_server.put("photos", f"{trip}/IMG_{number:04d}.jpg", data)
    range_server.put("photos", "[b]\x1b[2J/odd.jpg", jpeg(make="Odd"))
    return Program(tmp_path, range_server.url)


@pytest.fixture(params=[(80, 24), (160, 50)], ids=["80x24", "160x50"])
def terminal(request: pytest.FixtureRequest, program: Program) -> Iterator[Terminal]:
    columns, lines = request.param
    with Terminal(
        program.command("s3://photos"), program.environment(), columns=columns, lines=lines
    ) as terminal:
        yield terminal


def test_two_prefixes_are_selected_ingested_searched_and_inspected(terminal: Terminal) -> None:
    terminal.wait("alps/", "tokyo/")
    terminal.keys("g", "j", "j")
    terminal.keys("Space")
    terminal.wait("■ alps/")
    terminal.keys("Space")
    terminal.wait("■ lisbon/", f"{2 * IMAGES_EACH} images")
    terminal.keys("Enter")
    terminal.wait("final", f"{2 * IMAGES_EACH} images")
    terminal.keys("C-d")
    terminal.wait("done", "100 %")
    terminal.keys("3")
    terminal.wait(f"{2 * IMAGES_EACH} of {2 * IMAGES_EACH}")
    terminal.keys("/")
    terminal.wait("enter to the table")
    terminal.type('camera:"eos 6d" iso>=800')
    terminal.wait(f"{2 * 6} of {2 * IMAGES_EACH}")
    terminal.keys("Enter")
    terminal.wait("i inspector")
    terminal.keys_at_once("Enter", "/", *"artist")
    terminal.wait("␛[31mred␛]0;owned␇")
    terminal.keys("Escape", "Escape")
    _counts_and_previews(terminal)
    terminal.keys("q")
    terminal.wait("EXIT=0")


def _counts_and_previews(terminal: Terminal) -> None:
    """The values of a column under the search, then what its export begins with."""
    terminal.keys("l", "l", "F")
    terminal.wait("Canon EOS 6D", f"{2 * 6}")
    terminal.keys("Escape")
    terminal.keys("e")
    terminal.wait(f"Export {2 * 6} images", '"SourceFile": "s3://photos/')
    terminal.keys("Down", "Down")
    terminal.wait("> csv", "SourceFile,camera,make", "images.csv")
    terminal.keys("Escape")


def test_a_mistake_in_a_search_is_marked_where_it_stands(terminal: Terminal) -> None:
    terminal.wait("alps/")
    terminal.keys("3")
    terminal.wait("images")
    terminal.keys("/")
    terminal.wait("enter to the table")
    terminal.type("isoo>100")
    terminal.wait("^", "iso")


def test_help_shows_the_keys_of_the_screen_and_closes(terminal: Terminal) -> None:
    terminal.wait("alps/")
    terminal.keys("?")
    terminal.wait("select", "esc")
    terminal.keys("Escape")
    terminal.wait("alps/", "tokyo/")


def test_a_hostile_key_is_shown_and_does_nothing(terminal: Terminal) -> None:
    terminal.wait("[b]␛[2J/", "alps/")


def test_an_unreachable_endpoint_is_shown_with_a_remedy(tmp_path: Path) -> None:
    program = Program(tmp_path, "http://127.0.0.1:9")
    with Terminal(
        program.command("s3://photos"), program.environment(), columns=80, lines=24
    ) as terminal:
        terminal.wait("127.0.0.1:9", "Browse")
        terminal.keys("q")
        terminal.wait("EXIT=0")

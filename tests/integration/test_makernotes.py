"""Cameras' own notes from the bucket to the search, and the setting that leaves them unread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.image_files import ASCII, LONG
from tests.support.makernotes import canon, jpeg_with_note
from tests.support.program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.range_server import RangeServer

KEY = "s3://photos/a.jpg"


@pytest.fixture
def program(range_server: RangeServer, tmp_path: Path) -> Program:
    """A bucket with one picture whose lens only the maker note names."""
    note = canon({0x95: (ASCII, "EF24-105mm f/4L IS USM"), 0x0C: (LONG, 123456789)})
    range_server.put("photos", "a.jpg", jpeg_with_note("Canon", note, model="Canon EOS 6D"))
    return Program(tmp_path, range_server.url)


def test_lens_and_serial_of_the_note_are_searched(program: Program) -> None:
    program.run("ingest", "s3://photos")
    query = "lens:24-105 serial:123456789 maker.LensModel:EF24* has:maker.SerialNumber"
    assert program.run("search", query, "--format", "keys").stdout.split() == [KEY]
    assert not program.run("search", "exif.LensModel:EF24", "--format", "keys").stdout.split()


def test_show_prints_the_note_s_tags_and_where_the_lens_is_from(program: Program) -> None:
    text = program.run("show", KEY).stdout
    assert "Maker notes (Canon)" in text
    assert "Canon:LensModel" in text
    plain = json.loads(program.run("show", KEY, "--format", "json").stdout)
    assert plain[0]["Canon:LensModel"] == "EF24-105mm f/4L IS USM"


def test_the_setting_leaves_notes_unread_everywhere(program: Program) -> None:
    program.extra = {"TASVEER_INGEST_MAKER_NOTES": "false"}
    program.run("ingest", "s3://photos")
    assert not program.run("search", "has:lens", "--format", "keys").stdout.split()
    text = program.run("show", KEY).stdout
    assert "bytes, unread" in text
    reported = program.run("doctor").stdout
    assert "switched off" in reported
    assert "heif" in reported

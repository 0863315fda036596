from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.catalogue import blob
from tasveer_tui.catalogue.common_tags import FIRST_FREE_ID, dictionary, known_ids
from tests.parts.catalogues import record_of

TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ATOM = TEXT | st.integers() | st.floats(allow_nan=False)
ROW = st.tuples(
    st.integers(1, 5000), st.integers(0, 65535), TEXT, st.integers(0), ATOM | st.lists(ATOM), TEXT
)


@given(st.lists(ROW))
def test_tags_come_back_as_they_were(rows: list[blob.TagRow]) -> None:
    assert blob.unpack(blob.pack(rows)) == rows


def test_numbers_that_are_none_come_back_as_such() -> None:
    (row,) = blob.unpack(blob.pack([(1, 0, "", 1, float("nan"), "0/0")]))
    assert repr(row[4]) == "nan"


def test_the_preset_dictionary_never_changes() -> None:
    # Blobs that were written with another one could not be read any more: append rows to
    # the list only together with a new blob.VERSION.
    assert (len(dictionary()), zlib.crc32(dictionary())) == (6241, 531848901)


def test_each_common_tag_has_one_fixed_id() -> None:
    ids = known_ids()
    assert sorted(ids.values()) == list(range(1, len(ids) + 1))
    assert len(ids) < FIRST_FREE_ID


def test_a_usual_set_of_tags_takes_little_room() -> None:
    ids = known_ids()
    rows: list[blob.TagRow] = [
        (ids[tag.group, tag.name], tag.number, tag.type, tag.count, tag.value, tag.raw)
        for tag in record_of(2).tags
    ]
    assert len(blob.pack(rows)) < 280


@pytest.mark.parametrize("damaged", [b"", b"\x02abc", b"\x01abc", b"\x01"])
def test_damaged_blobs_are_told(damaged: bytes) -> None:
    with pytest.raises(blob.BlobError):
        blob.unpack(damaged)


def test_one_tags_value_is_found_by_its_id() -> None:
    packed = blob.pack(
        [(3, 0, "", 1, "first", ""), (3, 0, "", 1, "second", ""), (4, 0, "", 1, 2, "")]
    )
    assert [blob.tag_value(packed, number) for number in (3, 4, 5)] == ["first", 2, None]

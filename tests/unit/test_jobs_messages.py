from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.jobs.protocol import (
    MAX_RESULT_BYTES,
    MessageError,
    ReadTask,
    ResultChunk,
    ScanTask,
    encode_result,
    pack,
    pack_event,
    unpack,
    unpack_batch_result,
)
from tasveer_tui.records import (
    MESSAGE_VERSION,
    Access,
    Batch,
    Facts,
    LeasedObject,
    ObjectRef,
    ObjectResult,
    Outcome,
    Page,
    Record,
    ScanLease,
    ScannedPage,
    Tag,
)

ACCESS = Access(profile="studio", endpoint_url="http://127.0.0.1:9000")
RECORD = Record(
    Outcome.OK,
    "jpeg",
    (
        Tag("ExifIFD", "ISO", 0x8827, "SHORT", 1, 400),
        Tag("ExifIFD", "FNumber", 0x829D, "RATIONAL", 1, 2.8, "28/10"),
        Tag("GPS", "GPSLatitude", 2, "RATIONAL", 3, [48, 51.5, "x"]),
    ),
    Facts(make="Canon", keywords=("sea", "夏"), iso=400, lat_deg=-12.5),
    ("a note",),
    size_bytes=12,
    etag="e",
    bytes_read=10,
    requests=1,
)


def results_of(*results: ObjectResult) -> tuple[ObjectResult, ...]:
    parcel = ResultChunk("worker@host", [encode_result(result) for result in results])
    return unpack_batch_result(unpack(pack(7, parcel, batch_id=9))).results


@pytest.mark.parametrize(
    "value",
    [
        ScanTask(ACCESS, "photos", ScanLease(1, 2, "raw/", "raw/é\n\x07", is_exact=True)),
        ReadTask(ACCESS, "photos", Batch(2, 3, (LeasedObject(4, ObjectRef("a\\\"b'.jpg", 5)),))),
        ScannedPage(1, 2, "", Page(("p/",), (ObjectRef("k", 1, "e", 2.5, "GLACIER"),), "k"), "w"),
    ],
)
def test_a_value_arrives_as_it_was_sent(value: object) -> None:
    envelope = unpack(pack(2, value, reply="tasveer.record.x", batch_id=3, scan_id=1))

    assert envelope.value(type(value)) == value
    told = (envelope.job_id, envelope.reply, envelope.batch_id, envelope.scan_id)
    assert told == (2, "tasveer.record.x", 3, 1)


def test_a_record_arrives_with_every_tag_and_type() -> None:
    result = ObjectResult(5, RECORD, "why")

    (arrived,) = results_of(result)

    assert arrived == result
    assert [type(tag.value) for tag in arrived.record.tags] == [int, float, list]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63))
def test_any_text_and_number_of_a_tag_arrives(text: str, number: int) -> None:
    tags = (Tag("XMP", text, 0, "", 1, text, text), Tag("XMP", "n", 0, "", 1, number))
    result = ObjectResult(1, Record(Outcome.OK, tags=tags))

    assert results_of(result) == (result,)


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf")])
def test_a_value_that_json_cannot_hold_spoils_only_its_own_object(value: str | float) -> None:
    odd = ObjectResult(1, Record(Outcome.OK, tags=(Tag("XMP", "Odd", 0, "", 1, value),)))
    sane = ObjectResult(2, RECORD)

    first, second = results_of(odd, sane)

    assert second == sane
    assert (first.object_id, first.record.outcome) == (1, Outcome.MALFORMED)
    assert "cannot be kept" in first.message


def test_a_result_that_is_too_large_travels_without_its_tags_and_says_so() -> None:
    tags = tuple(Tag("XMP", f"T{n}", 0, "", 1, "x" * 1000) for n in range(MAX_RESULT_BYTES // 1000))
    result = ObjectResult(1, Record(Outcome.OK, tags=tags, facts=Facts(make="Canon")))

    (arrived,) = results_of(result)

    assert arrived.record.tags == ()
    assert arrived.record.facts.make == "Canon"
    assert "too large" in arrived.record.notes[-1]


def test_a_message_of_another_version_still_says_whom_to_answer() -> None:
    order = ReadTask(ACCESS, "photos", Batch(2, 3, ()))
    told = json.loads(pack(2, order, reply="tasveer.record.x", batch_id=3))
    told |= {"version": MESSAGE_VERSION + 1, "body": {"quite": "other"}, "added": 1}

    envelope = unpack(json.dumps(told))

    assert (envelope.job_id, envelope.reply) == (2, "tasveer.record.x")
    with pytest.raises(MessageError, match=f"version {MESSAGE_VERSION + 1}"):
        envelope.value(ReadTask)


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '{"version": "x", "job_id": 1}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="no message"):
        unpack(text)


def test_a_body_of_another_shape_is_refused() -> None:
    with pytest.raises(MessageError, match="cannot be understood"):
        unpack(pack(1, {"access": 5})).value(ReadTask)


def test_event_messages_keep_odd_characters() -> None:
    envelope = unpack(pack_event(4, "It broke: \ud800.", scan_id=3, is_final=False))

    assert (envelope.job_id, envelope.scan_id, envelope.is_final) == (4, 3, False)
    assert envelope.note == "It broke: ?."


def test_no_message_has_a_place_for_a_secret() -> None:
    text = pack(1, ReadTask(ACCESS, "photos", Batch(1, 1, ())))

    assert set(json.loads(text)["body"]["access"]) == {
        "profile", "region", "endpoint_url", "is_anonymous", "requester_pays",
        "addressing_style", "ca_bundle",
    }  # fmt: skip

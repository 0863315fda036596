from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.jobs.protocol import (
    MAX_RESULT_BYTES,
    BatchLost,
    JobStopped,
    MessageError,
    ObjectsReturned,
    PagesListed,
    ReadTask,
    Reply,
    ResultChunk,
    ScanFailed,
    ScanTask,
    Task,
    compress,
    decode_results,
    encode_result,
    pack_reply,
    pack_task,
    unpack,
    unpack_reply,
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
    chunk = ResultChunk(7, 9, "worker@host", [encode_result(result) for result in results])
    arrived = through(chunk)
    assert isinstance(arrived, ResultChunk)
    return decode_results(arrived).results


def through(reply: Reply) -> Reply:
    """The reply as it arrives in another process."""
    return unpack_reply(reply.NAME, unpack(compress(pack_reply(reply))))


@pytest.mark.parametrize(
    "task",
    [
        ScanTask(ACCESS, "photos", ScanLease(1, 2, "raw/", "raw/é\n\x07", is_exact=True)),
        ReadTask(ACCESS, "photos", Batch(2, 3, (LeasedObject(4, ObjectRef("a\\\"b'.jpg", 5)),))),
    ],
)
def test_a_task_arrives_as_it_was_sent(task: Task) -> None:
    envelope = unpack(pack_task(task, "tasveer.record.x"))

    assert envelope.value(type(task)) == task
    assert (envelope.job_id, envelope.reply) == (2, "tasveer.record.x")
    assert envelope.scan_id + envelope.batch_id in {1, 3}


PAGE = Page(("p/",), (ObjectRef("k", 1, "e", 2.5, "GLACIER"),), "k")


@pytest.mark.parametrize(
    "reply",
    [
        PagesListed(2, (ScannedPage(1, 2, "", PAGE, "w"), ScannedPage(3, 2, "", PAGE, "w"))),
        ResultChunk(2, 3, "w", []),
        ObjectsReturned(2, 3, [4, 5], "The source is down."),
        BatchLost(2, 3, "It died."),
        ScanFailed(2, 1, "Denied.", is_final=True),
        ScanFailed(2, 1, "Down.", is_final=False, is_source_down=True),
        JobStopped(2, "Expired.", 3),
    ],
)
def test_a_reply_arrives_as_it_was_sent(reply: Reply) -> None:
    assert through(reply) == reply


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
    assert "cannot be stored" in first.message


def test_a_result_that_is_too_large_travels_without_its_tags_and_says_so() -> None:
    tags = tuple(Tag("XMP", f"T{n}", 0, "", 1, "x" * 1000) for n in range(MAX_RESULT_BYTES // 1000))
    result = ObjectResult(1, Record(Outcome.OK, tags=tags, facts=Facts(make="Canon")))

    (arrived,) = results_of(result)

    assert arrived.record.tags == ()
    assert arrived.record.facts.make == "Canon"
    assert "too large" in arrived.record.notes[-1]


def test_a_message_of_another_version_still_says_whom_to_answer() -> None:
    reported = json.loads(
        pack_task(ReadTask(ACCESS, "photos", Batch(2, 3, ())), "tasveer.record.x")
    )
    reported |= {"version": MESSAGE_VERSION + 1, "body": {"quite": "other"}, "added": 1}

    envelope = unpack(json.dumps(reported))

    assert (envelope.job_id, envelope.reply) == (2, "tasveer.record.x")
    with pytest.raises(MessageError, match=f"version {MESSAGE_VERSION + 1}"):
        envelope.value(ReadTask)


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '{"version": "x", "job_id": 1}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="not a message"):
        unpack(text)


def test_a_body_of_another_shape_is_refused() -> None:
    with pytest.raises(MessageError, match="cannot be understood"):
        unpack(pack_reply(BatchLost(1, 2))).value(ReadTask)


def test_a_reason_with_odd_characters_arrives() -> None:
    reply = through(ScanFailed(4, 3, "It failed: \ud800."))

    assert reply == ScanFailed(4, 3, "It failed: ?.")


def test_no_message_has_a_place_for_a_secret() -> None:
    text = pack_task(ReadTask(ACCESS, "photos", Batch(1, 1, ())))

    assert set(json.loads(text)["body"]["access"]) == {
        "profile", "region", "endpoint_url", "is_anonymous", "requester_pays",
        "addressing_style", "ca_bundle",
    }  # fmt: skip


# Written by build 7908661, whose messages have version 3.
OLD_TASK_REFUSAL = (
    '{"version":3,"job_id":7,"note":"Worker w@h: A message of tasveer-tui 0.1.0 has version 4; '
    'this program, 0.1.0, reads version 3. Run the same version of tasveer-tui everywhere.",'
    '"is_final":true,"program":"0.1.0","body":null}'
)
OLD_PAGE = (
    '{"version":3,"job_id":7,"program":"0.1.0","body":{"scan_id":1,"job_id":7,"start_after":"",'
    '"page":{"prefixes":[],"objects":[],"cursor":"","is_last":true},"worker":"w@h",'
    '"goes_on":false,"splits":[]}}'
)


class OldEnvelope(msgspec.Struct, frozen=True):
    """What build 7908661 reads of every message, to refuse those that it cannot understand."""

    version: int
    job_id: int
    reply: str = ""
    program: str = ""
    body: msgspec.Raw = msgspec.Raw(b"null")


def test_an_old_worker_can_refuse_a_task() -> None:
    task = ReadTask(ACCESS, "photos", Batch(7, 3, ()))

    envelope = msgspec.json.decode(pack_task(task, "tasveer.record.x"), type=OldEnvelope)

    assert (envelope.job_id, envelope.reply) == (7, "tasveer.record.x")
    assert envelope.version == MESSAGE_VERSION > 3


def test_the_refusal_of_an_old_worker_is_understood() -> None:
    reply = unpack_reply(JobStopped.NAME, unpack(OLD_TASK_REFUSAL))

    assert isinstance(reply, JobStopped)
    assert reply.job_id == 7
    assert reply.reason.startswith("Worker w@h: A message of tasveer-tui 0.1.0 has version 4")


def test_a_page_of_an_old_worker_is_refused_with_a_clear_message() -> None:
    with pytest.raises(MessageError, match=r"has version 3; .* reads version 4\. Run the same"):
        unpack_reply(PagesListed.NAME, unpack(OLD_PAGE))


def test_a_reply_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(MessageError, match=r"'tasveer\.other' is not a reply"):
        unpack_reply("tasveer.other", unpack(pack_reply(BatchLost(1, 2))))

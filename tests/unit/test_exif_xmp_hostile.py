import time

import pytest

from tasveer_tui.exif import Budget, read
from tasveer_tui.records import Outcome, Record
from tests.support.image_files import fetch_from, jpeg_with, segment
from tests.unit.test_exif_xmp import HEAD, TAIL

LAUGHS = "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">'
    for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
DOCUMENT_TYPES = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a "{"a" * 10}">{LAUGHS}]>',
    "quadratic blowup": f'<!DOCTYPE x [<!ENTITY j "{"a" * 20_000}">]>',
    "external entity": '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
    "external document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    "no entity at all": "<!DOCTYPE x>",
}


def record_of(packet: bytes, budget: Budget | None = None) -> Record:
    assert len(packet) < 65_000, "one segment holds no more"
    data = jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    return read(fetch_from(data), budget or Budget())


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
def test_a_document_type_is_refused_before_it_is_parsed(kind: str, encoding: str) -> None:
    body = "&j;" * 1_000 if kind != "no entity at all" else "a"
    packet = f"{DOCUMENT_TYPES[kind]}{HEAD}><dc:source>{body}</dc:source>{TAIL}"
    if encoding.startswith("utf-16"):
        packet = packet.replace(body, "&j;" if kind != "no entity at all" else "a")
        packet = packet.replace("a" * 20_000, "a" * 2_000)
    record = record_of(packet.encode(encoding))
    assert record.outcome is Outcome.MALFORMED
    assert not [tag for tag in record.tags if tag.group.startswith("XMP")]


def test_an_encoding_that_hides_a_document_type_is_not_believed() -> None:
    hidden = "+ADwAIQ-DOCTYPE x [+ADwAIQ-ENTITY j +ACI-a+ACIAPgBdAD4-"
    packet = (
        f'<?xml version="1.0" encoding="utf-7"?>{hidden}{HEAD}><dc:source>&j;</dc:source>{TAIL}'
    )
    record = record_of(packet.encode())
    assert "a" not in [tag.value for tag in record.tags]


def test_an_undeclared_entity_is_a_mistake_of_the_packet() -> None:
    packet = f"{HEAD} xmp:Rating='4'><dc:source>&j;</dc:source>{TAIL}"
    record = record_of(packet.encode())
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.rating == 4


def test_the_entities_that_xml_itself_has_are_understood() -> None:
    packet = f"{HEAD}><dc:source>&lt;a&gt; &amp; &#233;</dc:source>{TAIL}"
    (source,) = [tag.value for tag in record_of(packet.encode()).tags if tag.name == "Source"]
    assert source == "<a> & \u00e9"


def test_ten_thousand_elements_in_each_other_meet_the_budget() -> None:
    for opened, closed in (("<mine:a>", "</mine:a>"), ("<b>", "</b>")):
        deep = opened * 3_000 + closed * 3_000
        started = time.thread_time()
        record = record_of(f"{HEAD}>{deep}{TAIL}".encode())
        assert time.thread_time() - started < 1
        assert record.outcome in (Outcome.OVER_BUDGET, Outcome.OK)


def test_thousands_of_attributes_meet_the_budget() -> None:
    many = " ".join(f'mine:a{number}=""' for number in range(4_000))
    started = time.thread_time()
    record = record_of(f"{HEAD} {many}>{TAIL}".encode(), Budget(entries=3_000))
    assert time.thread_time() - started < 1
    assert record.outcome is Outcome.OVER_BUDGET

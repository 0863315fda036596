import pytest

from tasveer_tui.exif import Budget, read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import fetch_from, jpeg_with, segment

HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Test"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/'
    'ResourceEvent#" xmlns:mine="http://example.com/mine/" '
    'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
)
TAIL = '</rdf:Description></rdf:RDF></x:xmpmeta>\n   \n<?xpacket end="w"?>'


def record_of(packet: bytes, budget: Budget | None = None) -> Record:
    data = jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    return read(fetch_from(data), budget or Budget())


def values(body: str, attributes: str = "") -> dict[str, TagValue]:
    record = record_of(f"{HEAD} {attributes}>{body}{TAIL}".encode())
    assert record.outcome is Outcome.OK, record.notes
    tags = [tag for tag in record.tags if tag.group.startswith("XMP")]
    found = {f"{tag.group}:{tag.name}": tag.value for tag in tags}
    assert found.pop("XMP-x:XMPToolkit") == "Test"
    return found


def test_attributes_and_elements_are_the_same_properties() -> None:
    assert values("", 'xmp:Rating="4" xmp:CreatorTool="Camera 1.0"') == {
        "XMP-xmp:Rating": 4,
        "XMP-xmp:CreatorTool": "Camera 1.0",
    }
    assert values("<xmp:Rating>4</xmp:Rating>") == {"XMP-xmp:Rating": 4}


def test_lists_are_lists_even_of_one() -> None:
    body = "<dc:subject><rdf:Bag><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>"
    assert values(body) == {"XMP-dc:Subject": ["sea"]}


def test_the_default_language_bears_the_name_alone() -> None:
    body = (
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sea</rdf:li>'
        '<rdf:li xml:lang="de-DE">Meer</rdf:li></rdf:Alt></dc:title>'
    )
    assert values(body) == {"XMP-dc:Title": "Sea", "XMP-dc:Title-de-DE": "Meer"}


def test_structures_are_named_by_their_path() -> None:
    body = (
        "<xmpMM:History><rdf:Seq>"
        '<rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action></rdf:li>'
        '<rdf:li stEvt:action="derived"/></rdf:Seq></xmpMM:History>'
        '<Iptc4xmpCore:CreatorContactInfo Iptc4xmpCore:CiAdrCity="Paris"/>'
        '<mine:place rdf:resource="http://example.com/here"/>'
    )
    assert values(body) == {
        "XMP-xmpMM:HistoryAction": ["saved", "derived"],
        "XMP-iptcCore:CreatorCity": "Paris",
        "XMP-mine:Place": "http://example.com/here",
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("xmp:CreateDate", "2019-05-04T10:11:12.5+02:00", "2019:05:04 10:11:12.5+02:00"),
        ("xmp:CreateDate", "2019-05-04", "2019:05:04"),
        ("exif:ExposureTime", "1/250", 0.004),
        ("exif:ShutterSpeedValue", "8/1", 1 / 256),
        ("aux:LensInfo", "24/1 70/1 28/10 0/0", "24 70 2.8 undef"),
        ("exif:GPSLatitude", "48,51.5N", 48 + 51.5 / 60),
        ("exif:GPSLongitude", "2,17,30W", -(2 + 17.5 / 60)),
        ("dc:source", "1/250", "1/250"),
        ("dc:source", "007", "007"),
        ("dc:source", "1.50", "1.50"),
        ("dc:source", "-2.5", -2.5),
        ("dc:source", "", ""),
    ],
)
def test_values_become_what_they_mean_without_loss(name: str, text: str, value: TagValue) -> None:
    (found,) = values(f"<{name}>{text}</{name}>").values()
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


def test_sixteen_bit_packets_are_read() -> None:
    packet = f'{HEAD} xmp:Rating="4">{TAIL}'
    for encoding in ("utf-16-le", "utf-16-be"):
        assert record_of(packet.encode(encoding)).facts.rating == 4


def test_control_characters_in_the_packet_are_forgiven() -> None:
    packet = f"{HEAD}><dc:source>a\1b</dc:source><xmp:Rating>3</xmp:Rating>{TAIL}"
    assert record_of(packet.encode()).facts.rating == 3


def test_what_stands_before_a_mistake_is_kept_and_the_mistake_noted() -> None:
    record = record_of(f"{HEAD} xmp:Rating='4'><dc:source>a".encode())
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.rating == 4
    assert "XMP" in record.notes[0]


def test_what_is_no_xml_at_all_is_malformed() -> None:
    assert record_of(b"no angle bracket").outcome is Outcome.MALFORMED


def test_entities_are_refused() -> None:
    lines = ['<!ENTITY a "aaaaaaaaaa">']
    lines += [
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefg", "bcdefgh", strict=True)
    ]
    packet = f"<!DOCTYPE x [{''.join(lines)}]>{HEAD}><dc:source>&h;</dc:source>{TAIL}"
    assert record_of(packet.encode()).outcome is Outcome.MALFORMED


def test_deep_nesting_and_many_elements_meet_the_budget() -> None:
    deep = "<mine:a><rdf:Description>" * 500 + "</rdf:Description></mine:a>" * 500
    assert record_of(f"{HEAD}>{deep}{TAIL}".encode()).outcome is Outcome.OVER_BUDGET
    many = "<mine:a/>" * 2_000
    record = record_of(f"{HEAD}>{many}{TAIL}".encode(), Budget(entries=1_000))
    assert record.outcome is Outcome.OVER_BUDGET

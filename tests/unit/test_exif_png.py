import struct
import zlib

from tasveer_tui.exif import Budget, read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import (
    ASCII,
    Ifd,
    chunk,
    fetch_from,
    png_with,
    tiff_block,
    xmp_packet,
)

BLOCK = tiff_block(Ifd({0x10F: (ASCII, "Canon Inc.")}))
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}


def profile(kind: str, data: bytes, *, length: int | None = None) -> bytes:
    """A raw profile's text: its name, its length, hexadecimal lines."""
    digits = data.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return f"\n{kind}\n{length or len(data):8d}\n{lines}\n".encode()


def test_exif_before_the_pixels_takes_one_request() -> None:
    log: list[tuple[int, int]] = []
    data = png_with(chunk(b"eXIf", BLOCK), idat_bytes=2_000_000)
    record = read(fetch_from(data, log=log))
    assert (record.outcome, record.format, record.facts.make) == (Outcome.OK, "png", "Canon Inc.")
    assert (record.facts.width, record.facts.height) == (64, 48)
    assert len(log) == 2


def test_exif_behind_the_pixels_is_found_from_the_end() -> None:
    log: list[tuple[int, int]] = []
    packet = xmp_packet({"title": "Late", "rating": 3})
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + packet
    data = png_with(after=[chunk(b"eXIf", BLOCK), chunk(b"iTXt", text)], idat_bytes=3_000_000)
    record = read(fetch_from(data, log=log))
    assert (record.facts.make, record.facts.title, record.facts.rating) == ("Canon Inc.", "Late", 3)
    assert len(log) <= 3
    assert record.bytes_read < 200_000


def test_pixels_that_look_like_chunks_do_not_mislead() -> None:
    fake = chunk(b"IDAT", b"eXIf" * 4_000)
    data = png_with(fake, after=[chunk(b"eXIf", BLOCK)], idat_bytes=1_000_000)
    assert read(fetch_from(data)).facts.make == "Canon Inc."


def test_one_large_chunk_of_pixels_is_hopped_over() -> None:
    data = png_with(chunk(b"IDAT", bytes(3_000_000)), after=[chunk(b"eXIf", BLOCK)])
    record = read(fetch_from(data))
    assert record.facts.make == "Canon Inc."
    assert record.bytes_read < 200_000


def test_a_leading_exif_header_inside_the_chunk_is_taken_off() -> None:
    record = read(fetch_from(png_with(chunk(b"eXIf", b"Exif\0\0" + BLOCK))))
    assert record.facts.make == "Canon Inc."


def test_raw_profiles_are_read_whatever_length_they_claim() -> None:
    body = profile("exif", b"Exif\0\0" + BLOCK, length=7)
    packed = b"Raw profile type exif\0\0" + zlib.compress(body)
    for piece in (
        chunk(b"tEXt", b"Raw profile type exif\0" + body),
        chunk(b"zTXt", packed),
    ):
        assert read(fetch_from(png_with(piece))).facts.make == "Canon Inc."


def test_an_iptc_profile_is_read() -> None:
    iptc = b"\x1c\x02\x19\0\x05paris"
    resource = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    text = b"Raw profile type iptc\0" + profile("iptc", resource)
    assert read(fetch_from(png_with(chunk(b"tEXt", text)))).facts.keywords == ("paris",)


def test_texts_are_tags_but_no_photographic_metadata() -> None:
    data = png_with(
        chunk(b"tEXt", b"Creation Time\0today"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"packed")),
        chunk(b"iTXt", b"Title\0\1\0en\0Titel\0" + zlib.compress("Übung".encode())),
    )
    record = read(fetch_from(data))
    assert record.outcome is Outcome.NO_METADATA
    found = values(record)
    assert found["PNG:CreationTime"] == "today"
    assert found["PNG:Comment"] == "packed"
    assert found["PNG:Title"] == "Übung"
    assert record.facts.title == "Übung"


def test_a_text_that_inflates_without_end_does_not_cost_the_exif() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000)))
    record = read(fetch_from(png_with(bomb, chunk(b"eXIf", BLOCK))))
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.make == "Canon Inc."
    assert any("inflates" in note for note in record.notes)


def test_a_broken_text_does_not_cost_the_chunks_behind_it() -> None:
    broken = chunk(b"zTXt", b"Comment\0\0not deflated at all")
    record = read(fetch_from(png_with(broken, chunk(b"eXIf", BLOCK))))
    assert record.facts.make == "Canon Inc."
    assert record.outcome is Outcome.PARTIAL


def test_a_hundred_thousand_chunks_end_early() -> None:
    data = png_with(*[chunk(b"prVt", b"")] * 100_000)
    record = read(fetch_from(data), Budget())
    assert record.outcome is Outcome.NO_METADATA
    assert "left unread" in record.notes[0]


def test_dimensions_beyond_any_picture_do_no_harm() -> None:
    head = (2**31 - 1).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0"
    record = read(fetch_from(SIGNATURE + chunk(b"IHDR", head) + chunk(b"eXIf", BLOCK)))
    assert record.facts.width == 2**31 - 1
    assert record.facts.make == "Canon Inc."


def test_short_chunks_are_reported() -> None:
    parts = [
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(
            b"cHRM", struct.pack(">8I", *[31270, 32900, 64000, 33000, 30000, 60000, 15000, 100000])
        ),
        chunk(b"sRGB", b"\2"),
        chunk(b"sBIT", b"\5\6\5"),
        chunk(b"pHYs", struct.pack(">IIB", 2835, 2834, 1)),
        chunk(b"bKGD", struct.pack(">3H", 1, 2, 3)),
        chunk(b"tRNS", struct.pack(">3H", 9, 8, 7)),
        chunk(b"oFFs", struct.pack(">IIB", 11, 12, 0)),
        chunk(b"acTL", struct.pack(">II", 3, 0)),
        chunk(b"tIME", struct.pack(">H5B", 2019, 5, 4, 10, 11, 12)),
        chunk(b"PLTE", bytes(30)),
    ]
    found = values(read(fetch_from(png_with(*parts))))
    assert found["PNG:BitDepth"] == 8
    assert found["PNG:Gamma"] == 2.2
    assert (found["PNG:WhitePointX"], found["PNG:BlueY"]) == (0.3127, 1)
    assert found["PNG:SRGBRendering"] == 2
    assert found["PNG:SignificantBits"] == [5, 6, 5]
    assert found["PNG-pHYs:PixelsPerUnitX"] == 2835
    assert found["PNG:BackgroundColor"] == [1, 2, 3]
    assert found["PNG:Transparency"] == [9, 8, 7]
    assert found["PNG:ImageOffset"] == "11, 12 (pixels)"
    assert found["PNG:AnimationFrames"] == 3
    assert found["PNG:ModifyDate"] == "2019:05:04 10:11:12"
    assert found["PNG:Palette"] == "(Binary data 30 bytes)"


def test_short_chunks_cut_shorter_say_nothing() -> None:
    names = (b"gAMA", b"pHYs", b"tIME", b"oFFs")
    found = values(read(fetch_from(png_with(*[chunk(name, b"\1") for name in names]))))
    assert set(found) == set(values(read(fetch_from(png_with()))))
    assert "PNG:Gamma" not in values(read(fetch_from(png_with(chunk(b"gAMA", bytes(4))))))


def test_transparency_of_a_palette_is_a_byte_for_each_colour() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 3, 0, 0, 0))
    signature = b"\x89PNG\r\n\x1a\n"
    short = signature + header + chunk(b"tRNS", b"\1\2") + chunk(b"PLTE", b"\1\2\3")
    found = values(read(fetch_from(short)))
    assert (found["PNG:Transparency"], found["PNG:Palette"]) == ([1, 2], [1, 2, 3])
    long = signature + header + chunk(b"tRNS", bytes(256))
    assert values(read(fetch_from(long)))["PNG:Transparency"] == "(Binary data 256 bytes)"

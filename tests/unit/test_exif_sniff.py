import pytest

from tasveer_tui.exif.sniff import FileType, sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", FileType("jpeg", "jpeg")),
        (b"\x89PNG\r\n\x1a\n", FileType("png", "png")),
        (b"RIFF\x10\0\0\0WEBPVP8 ", FileType("webp", "webp")),
        (b"II*\0\x08\0\0\0", FileType("tiff", "tiff")),
        (b"MM\0*\0\0\0\x08", FileType("tiff", "tiff")),
        (b"II+\0\x08\0\0\0\x10\0\0\0", FileType("tiff", "tiff")),
        (b"II*\0\x10\0\0\0CR\x02\0", FileType("cr2", "tiff")),
        (b"IIRO\x08\0\0\0", FileType("orf", "tiff")),
        (b"II*\0\x20\0\0\0IIIITwaR", FileType("iiq", "iiq")),
        (b"II\x42\0\x20\0\0\0", FileType("tiff", "tiff")),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileType("heic", "bmff")),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", FileType("heic", "bmff")),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", FileType("avif", "bmff")),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", FileType("cr3", "cr3")),
        (b"\0\0\0\x0cJXL \r\n\x87\n", FileType("jxl", "jxl")),
        (b"\xff\x0a\xfa\x1f", FileType("jxl", "jxl")),
        (b"\0\0\0\x0cjP  \r\n\x87\n", FileType("jp2", "jp2")),
        (b"\0\0\0\x0cjP\x1a\x1a\r\n\x87\n", FileType("jp2", "jp2")),
        (b"\xff\x4f\xff\x51\0\x2f", FileType("j2k", "j2k")),
        (b"8BPS\0\1", FileType("psd", "psd")),
        (b"FUJIFILMCCD-RAW 0201", FileType("raf", "raf")),
    ],
)
def test_a_format_is_known_by_its_first_bytes(head: bytes, kind: FileType) -> None:
    assert sniff(head.ljust(64, b"\0")) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
        b"BMW is a car",
    ],
)
def test_other_things_are_unknown(head: bytes) -> None:
    assert sniff(head) == FileType("", "")

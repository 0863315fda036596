"""The child process for what may hang or burst: decoding pictures, reading cameras' own notes.

Run as a file, with the task's name and the folders in which its libraries are as arguments. It
is given limits on memory and files at once, and on time for each request, because what it reads
is a stranger's. Requests and answers are frames on stdin and stdout: a length of four bytes, then
that many bytes. A request is a line of JSON and data, an answer a byte (0: done, 1: failed) and
data. It imports nothing of the project, whose import would double its start.
"""

import contextlib
import io
import json
import os
import signal
import struct
import sys
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO, Final

_MIB = 1 << 20
_MAX_MEMORY_BYTES: Final = {"picture": 512 * _MIB, "note": 128 * _MIB}
_MAX_CPU_S: Final = {"picture": 5.0, "note": 1.0}
"""For one request; then the system ends the process."""
_MAX_REQUEST_BYTES = 32 * _MIB
_FRAME_LENGTH: Final = struct.Struct(">I")

_MAX_PIXELS = 64_000_000
_PILLOW_FORMATS: Final = ("JPEG", "PNG", "WEBP", "PPM", "AVIF")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")

_MAX_ROWS = 512
_MAX_LIST_VALUES = 32
_MAX_TEXT_LENGTH = 1024


class UnsupportedError(Exception):
    """Why there is no answer, for the parent to put into words."""


def set_limits(memory_bytes: int) -> None:
    """Without such limits in the system, only the parent's timeout applies."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(what, (most, most))


# ----------------------------------------------------------------------------- pictures


def decode_image(arguments: dict[str, Any], data: bytes) -> bytes:
    """Width and height in four bytes each, then RGB: upright, and fitted into the box."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    width, height, orientation = (arguments[name] for name in ("width", "height", "orientation"))
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    formats: tuple[str, ...] = _PILLOW_FORMATS
    if data[4:8] == b"ftyp":
        # Decoders of these turn the picture themselves.
        orientation = 1
        formats = (_heif_format(data),)
    box = (height, width) if orientation in (5, 6, 7, 8) else (width, height)
    with Image.open(io.BytesIO(data), formats=formats) as image:
        image.draft("RGB", box)
        image.thumbnail(box)
        small = image.convert("RGB")
    if orientation in turns:
        small = small.transpose(turns[orientation])
    return struct.pack(">II", small.width, small.height) + small.tobytes()


def _heif_format(data: bytes) -> str:
    """Pillow's name for the format; HEIC needs a plugin, which may be absent."""
    brands = {data[at : at + 4] for at in range(8, min(int.from_bytes(data[:4], "big"), 128), 4)}
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    if not brands.intersection(_HEIC_BRANDS):
        raise ValueError("no brand that is known")
    try:
        import pillow_heif
    except ImportError as error:
        raise UnsupportedError("heif") from error
    pillow_heif.register_heif_opener(thumbnails=False)
    return "HEIF"


# -------------------------------------------------------------------------------- notes


class OffsetFile:
    """A part of a file, at its offsets in the whole."""

    def __init__(self, data: bytes, start: int) -> None:
        self._file = io.BytesIO(data)
        self._start = start
        self._size = len(data)

    def seek(self, place: int) -> None:
        """Go there; outside of the stretch there is nothing to read."""
        place -= self._start
        self._file.seek(place if 0 <= place < self._size else self._size)

    def read(self, length: int) -> bytes:
        """As a file."""
        return self._file.read(length)


def read_maker_note(arguments: dict[str, Any], data: bytes) -> bytes:
    """Rows of JSON: the directory's number (0 for the first), then the fields of `_row`."""
    from exifread.core.exif_header import ExifHeader

    window: Any = OffsetFile(data, arguments["start"])
    header = ExifHeader(window, arguments["order"], arguments["base"], 0, strict=False)
    is_broken = False
    try:
        _read_main_directory(header, arguments)
    except Exception:  # noqa: BLE001 - keep what was read before any error
        is_broken = True
    below = arguments["below"]
    rows = _directory_rows(header, 0, {*arguments["wanted"], *below})
    for number in below:
        place = next((row[-1] for row in rows if row[1] == number), None)
        if place is not None:
            header.tags.clear()
            with contextlib.suppress(Exception):
                header.dump_ifd(place, "MakerNote", tag_dict={0: ("", None)})
            rows += _directory_rows(header, number, None)
    return json.dumps({"broken": is_broken, "rows": [row[:-1] for row in rows]}).encode()


def _read_main_directory(header: Any, arguments: dict[str, Any]) -> None:  # noqa: ANN401 - ExifRead's
    """The note's own directory."""
    from importlib import import_module
    from types import SimpleNamespace

    name, _, table = arguments["table"].partition(".")
    tags = getattr(import_module(f"exifread.tags.makernote.{name}"), table) if name else {}
    ifd = arguments["ifd"]
    if name != "canon":
        header.dump_ifd(ifd, "MakerNote", tag_dict=tags or {0: ("", None)})
        return
    # Canon packs most into arrays, which ExifRead takes apart only on this way.
    header.tags["Image Make"] = SimpleNamespace(printable="Canon")
    header.tags["Image Model"] = SimpleNamespace(printable=arguments["model"])
    header.tags["EXIF MakerNote"] = SimpleNamespace(values=[], field_offset=ifd)
    header.decode_maker_note()


def _directory_rows(header: Any, below: int, wanted: set[int] | None) -> list[list[Any]]:  # noqa: ANN401
    """What has a name, or is wanted for its number; all, where no set of numbers is given."""
    rows: list[list[Any]] = []
    for name, tag in header.tags.items():
        group, _, name = name.partition(" ")  # noqa: PLW2901 - taken apart
        is_named = bool(name) and not name.startswith(("Tag 0x", "Unknown"))
        if group != "MakerNote" or len(rows) >= _MAX_ROWS:
            continue
        if is_named or wanted is None or tag.tag in wanted:
            rows.append([below, *_tag_row(name, tag)])
    return rows


def _tag_row(name: str, tag: Any) -> list[Any]:  # noqa: ANN401 - ExifRead's
    """Number, name, type, size in bytes, values, words for them; and where a directory is."""
    values = tag.values
    if isinstance(values, bytes):
        values = values.decode("latin-1")
    if isinstance(values, str):
        shown: Any = values[:_MAX_TEXT_LENGTH]
    elif isinstance(values, list):
        is_short = len(values) <= _MAX_LIST_VALUES or tag.prefer_printable
        shown = [_json_number(part) for part in values[:_MAX_LIST_VALUES]] if is_short else []
    else:
        shown = []
    kind = tag.field_type.name
    words = str(tag.printable)[:_MAX_TEXT_LENGTH] if tag.prefer_printable else ""
    is_pointer = kind in ("LONG", "IFD") and values
    place = values[0] if is_pointer else tag.field_offset
    return [tag.tag, name, kind, tag.field_length, shown, words, place]


def _json_number(part: Any) -> Any:  # noqa: ANN401 - ExifRead's
    """A whole number, or numerator and denominator, or a float."""
    if isinstance(part, tuple):
        part = part[0] if part else 0
    if isinstance(part, int | float):
        return part
    return [part.numerator, part.denominator]


# -------------------------------------------------------------------------------- frames

_TASKS: Final[dict[str, Callable[[dict[str, Any], bytes], bytes]]] = {
    "picture": decode_image,
    "note": read_maker_note,
}


def serve(task: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests one by one until stdin ends."""
    while len(head := requests.read(_FRAME_LENGTH.size)) == _FRAME_LENGTH.size:
        (length,) = _FRAME_LENGTH.unpack(head)
        if length > _MAX_REQUEST_BYTES:
            return
        body = requests.read(length)
        # Its signal ends the process: nothing that hangs in C would obey anything milder.
        signal.setitimer(signal.ITIMER_PROF, _MAX_CPU_S[task])
        answer = _handle_request(task, body)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(_FRAME_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _handle_request(task: str, body: bytes) -> bytes:
    line, _, data = body.partition(b"\n")
    try:
        return b"\0" + _TASKS[task](json.loads(line), data)
    except UnsupportedError as error:
        return b"\1" + str(error).encode()
    except Exception:  # noqa: BLE001 - the process's outermost edge; MemoryError is one of these
        return b"\1"


def main() -> None:
    """Serve a task until stdin ends."""
    task, *folders = sys.argv[1:]
    sys.path += folders
    # Output that a library prints must not get between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    set_limits(_MAX_MEMORY_BYTES[task])
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("error")
    serve(task, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()

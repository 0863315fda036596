"""The objects of the demo's bucket, and the outcome that reading each must have.

The bucket is the same all_shots time. An object is painted when `DemoObject.make` is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasveer_tui.demo.itinerary import shots
from tasveer_tui.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.demo.itinerary import Shot

BUCKET = "tasveer-demo"

_DAY_S = 86_400

_README = """\
Holiday archive of Mira and Jonas.

YEAR/MM-place   as it came from the cameras, some of it edited
phone/          uploads from the phones
raw-scans/      slides, 4000 dpi
exports/        copies for the web and for the print shop
incoming/       not sorted yet; some of it is broken
"""

_CONTENT_TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "webp": "image/webp",
    "txt": "text/plain", "pdf": "application/pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoObject:
    """An object, and how to make its bytes."""

    key: str
    shot: Shot
    make: Callable[[Shot], bytes]
    expected: Outcome | None
    """The outcome of reading it; None for a folder marker, which jobs skip."""

    @property
    def modified_at(self) -> float:
        """LastModified: one day after the photograph was taken."""
        return self.shot.taken.timestamp() // 1 + _DAY_S

    @property
    def content_type(self) -> str:
        """Content-Type by the suffix of the key, as upload tools set it."""
        return _CONTENT_TYPES.get(self.key.rpartition(".")[2].lower(), "binary/octet-stream")


def demo_objects() -> tuple[DemoObject, ...]:
    """Every object of the bucket, in a fixed order."""
    all_shots = tuple(shots())
    return (
        *_photographs(all_shots),
        *_exported_copies(all_shots),
        *_incoming(all_shots),
        *_unusual_keys(all_shots),
    )


def _photographs(all_shots: tuple[Shot, ...]) -> Iterator[DemoObject]:
    from tasveer_tui.demo.images import camera_file, scanned_tiff

    for shot in all_shots:
        make = scanned_tiff if shot.stop.kit == "scanner" else camera_file
        yield DemoObject(shot.key, shot, make, Outcome.OK)


def _exported_copies(all_shots: tuple[Shot, ...]) -> Iterator[DemoObject]:
    """Web and print copies of the best photographs, and some copied under a second key."""
    from tasveer_tui.demo.images import camera_file, print_copy, web_copy

    best = [shot for shot in all_shots if shot.rating == 5 and shot.orientation == 1]  # noqa: PLR2004
    for shot in best[:10]:
        yield DemoObject(f"exports/web/{_slug(shot)}.webp", shot, web_copy, Outcome.OK)
    for shot in best[3:9]:
        yield DemoObject(f"exports/print/{_slug(shot)}.png", shot, print_copy, Outcome.OK)
    for shot in best[::4]:
        yield DemoObject(
            f"exports/selected/{shot.key.rpartition('/')[2]}", shot, camera_file, Outcome.OK
        )


def _slug(shot: Shot) -> str:
    words = "".join(
        char if char.isascii() and char.isalnum() else " " for char in shot.title.lower()
    )
    return "-".join([*words.split(), str(shot.number)])


def _incoming(all_shots: tuple[Shot, ...]) -> Iterator[DemoObject]:
    """Unsorted uploads: most are broken, empty, foreign or hostile."""
    from tasveer_tui.demo import oddities as odd
    from tasveer_tui.demo.images import stripped_jpeg

    made = (
        ("incoming/", _empty, None),
        ("incoming/.DS_Store", odd.ds_store, Outcome.UNSUPPORTED),
        ("incoming/IMG_0001.JPG", _empty, Outcome.EMPTY),
        ("incoming/card-2/IMG_3218.JPG", odd.truncated_in_metadata, Outcome.TRUNCATED),
        ("incoming/card-2/IMG_3219.JPG", odd.truncated_in_pixels, Outcome.OK),
        ("incoming/card-2/IMG_3220.JPG", odd.garbage_in_exif, Outcome.MALFORMED),
        ("incoming/card-2/IMG_3221.JPG", odd.corrupt_ifd, Outcome.PARTIAL),
        ("incoming/card-2/scan0001.tif", odd.looping_tiff, Outcome.PARTIAL),
        ("incoming/note-to-self.jpg", odd.text_named_jpg, Outcome.UNSUPPORTED),
        ("incoming/from-mallory.jpg", odd.hostile_text, Outcome.OK),
        ("incoming/Screenshot 2023-06-11 at 09.41.00.png", odd.plain_png, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230611-WA0003.jpg", stripped_jpeg, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230611-WA0004.jpg", stripped_jpeg, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230612-WA0001.jpg", stripped_jpeg, Outcome.NO_METADATA),
        ("invoices/print order 2023-07.pdf", odd.pdf, Outcome.UNSUPPORTED),
        ("README.txt", _readme, Outcome.UNSUPPORTED),
    )
    for index, (key, make, expected) in enumerate(made):
        yield DemoObject(key, all_shots[index * 17 % len(all_shots)], make, expected)


def _unusual_keys(all_shots: tuple[Shot, ...]) -> Iterator[DemoObject]:
    """Keys with characters that have a meaning in URLs, markup, shells and terminals."""
    from tasveer_tui.demo.images import camera_file

    names = (
        "with space.jpg",
        "a+b=c&d.jpg",
        "100%20percent.jpg",
        "東京 – Café.jpg",
        "/double slash.jpg",
        "../two dots.jpg",
        "[bold]not markup[/bold].jpg",
        "quote'\"`$(date).jpg",
        "#hash?query.jpg",
    )
    small = [shot for shot in all_shots if shot.kit.is_fixed_f and shot.stop.kit != "scanner"]
    for name, shot in zip(names, small, strict=False):
        yield DemoObject(f"odd names/{name}", shot, camera_file, Outcome.OK)


def _empty(_: Shot) -> bytes:
    return b""


def _readme(_: Shot) -> bytes:
    return _README.encode()

"""The demo's bucket: what lies in it, and the class in which each object must end.

Generated, and the same every time. Nothing is painted until an object's bytes are asked for.
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

_TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "webp": "image/webp",
    "txt": "text/plain", "pdf": "application/pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """An object that can be made."""

    key: str
    shot: Shot
    make: Callable[[Shot], bytes]
    expected: Outcome | None
    """None: a folder marker, which every job leaves out."""

    @property
    def modified_at(self) -> float:
        """Uploaded a day after it was taken."""
        return self.shot.taken.timestamp() // 1 + _DAY_S

    @property
    def content_type(self) -> str:
        """By the key's ending, as uploaders guess it."""
        return _TYPES.get(self.key.rpartition(".")[2].lower(), "binary/octet-stream")


def recipes() -> tuple[Recipe, ...]:
    """Every object of the bucket."""
    every = tuple(shots())
    return (*_photographs(every), *_copies(every), *_incoming(every), *_odd_keys(every))


def _photographs(every: tuple[Shot, ...]) -> Iterator[Recipe]:
    from tasveer_tui.demo.exports import camera_file, scan

    for shot in every:
        make = scan if shot.stop.kit == "scanner" else camera_file
        yield Recipe(shot.key, shot, make, Outcome.OK)


def _copies(every: tuple[Shot, ...]) -> Iterator[Recipe]:
    """Web and print copies of the best, and the same bytes under a second key."""
    from tasveer_tui.demo.exports import camera_file, print_copy, web_copy

    best = [shot for shot in every if shot.rating == 5 and shot.orientation == 1]  # noqa: PLR2004
    for shot in best[:10]:
        yield Recipe(f"exports/web/{_slug(shot)}.webp", shot, web_copy, Outcome.OK)
    for shot in best[3:9]:
        yield Recipe(f"exports/print/{_slug(shot)}.png", shot, print_copy, Outcome.OK)
    for shot in best[::4]:
        yield Recipe(
            f"exports/selected/{shot.key.rpartition('/')[2]}", shot, camera_file, Outcome.OK
        )


def _slug(shot: Shot) -> str:
    words = "".join(
        char if char.isascii() and char.isalnum() else " " for char in shot.title.lower()
    )
    return "-".join([*words.split(), str(shot.number)])


def _incoming(every: tuple[Shot, ...]) -> Iterator[Recipe]:
    """What nobody has looked at yet."""
    from tasveer_tui.demo import oddities as odd
    from tasveer_tui.demo.exports import stripped

    made = (
        ("incoming/", _nothing, None),
        ("incoming/.DS_Store", odd.finder_droppings, Outcome.UNSUPPORTED),
        ("incoming/IMG_0001.JPG", _nothing, Outcome.EMPTY),
        ("incoming/card-2/IMG_3218.JPG", odd.cut_in_metadata, Outcome.TRUNCATED),
        ("incoming/card-2/IMG_3219.JPG", odd.cut_in_pixels, Outcome.OK),
        ("incoming/card-2/IMG_3220.JPG", odd.garbage_in_exif, Outcome.MALFORMED),
        ("incoming/card-2/IMG_3221.JPG", odd.corrupt_ifd, Outcome.PARTIAL),
        ("incoming/card-2/scan0001.tif", odd.looping_tiff, Outcome.PARTIAL),
        ("incoming/note-to-self.jpg", odd.text_in_disguise, Outcome.UNSUPPORTED),
        ("incoming/from-mallory.jpg", odd.hostile, Outcome.OK),
        ("incoming/Screenshot 2023-06-11 at 09.41.00.png", odd.plain_png, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230611-WA0003.jpg", stripped, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230611-WA0004.jpg", stripped, Outcome.NO_METADATA),
        ("incoming/messenger/IMG-20230612-WA0001.jpg", stripped, Outcome.NO_METADATA),
        ("invoices/print order 2023-07.pdf", odd.pdf, Outcome.UNSUPPORTED),
        ("README.txt", _readme, Outcome.UNSUPPORTED),
    )
    for index, (key, make, expected) in enumerate(made):
        yield Recipe(key, every[index * 17 % len(every)], make, expected)


def _odd_keys(every: tuple[Shot, ...]) -> Iterator[Recipe]:
    """Names that break what builds URLs, markup or terminal lines carelessly."""
    from tasveer_tui.demo.exports import camera_file

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
    small = [shot for shot in every if shot.kit.is_fixed_f and shot.stop.kit != "scanner"]
    for name, shot in zip(names, small, strict=False):
        yield Recipe(f"odd names/{name}", shot, camera_file, Outcome.OK)


def _nothing(_: Shot) -> bytes:
    return b""


def _readme(_: Shot) -> bytes:
    return _README.encode()

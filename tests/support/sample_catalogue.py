"""Made-up images in a real catalogue, written by the catalogue's own writer.

Everything comes from a seed, so a failing case can be made again. The images are odd on
purpose: absent facts, accents, empty parts of keys, poles and the 180th meridian.
"""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tasveer_tui.catalogue.search import functions
from tasveer_tui.catalogue.storage import sql_functions as reader_functions
from tasveer_tui.catalogue.storage.connections import Connection
from tasveer_tui.catalogue.storage.image_writer import ImageWriter, Reading
from tasveer_tui.catalogue.storage.migrations import migrate
from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import Facts, ObjectRef, Outcome, Record, Source, Tag, TagValue

NOW = datetime(2024, 6, 15, 12, 30, tzinfo=UTC)
SOURCES = (Source("", "photos"), Source("http://127.0.0.1:9000", "Archive-2"))

_CAMERAS = (
    ("Canon", "Canon EOS 5D Mark III"),
    ("NIKON CORPORATION", "NIKON D850"),
    ("Apple", "iPhone 12"),
    ("Léica", "M10 Ünïcode"),
    ("", ""),
)
_LENSES = ("EF50mm f/1.8 STM", "Sigma 35mm F1.4 DG", "NIKKOR Z 24-70mm", "Émile's 50_mm", "")
_FILE_NAMES = (
    "IMG_0001.JPG",
    "img_0002.jpg",
    "DSC 77.nef",
    "Über.tif",
    "a%b_c.png",
    "noext",
    ".hid",
)
_FOLDERS = ("raw/2019", "RAW/2020", "web//x", "", "été/café", "raw")
_TITLES = ("", "Eiffel Tower", "eiffel tower at night", "Straße", "100%", "İstanbul", "a_b", "ab")
_KEYWORDS = ("night", "Tower", "Café", "boat", "x")
_POSITIONS = (
    (48.8584, 2.2945), (48.86, 2.3), (0.0, 180.0), (0.01, -179.99), (89.9, 10.0), (-33.9, 151.2),
)  # fmt: skip
_OUTCOMES = (*(Outcome.OK,) * 12, *Outcome)


@dataclasses.dataclass(frozen=True, slots=True)
class SampleImage:
    """One image as it was written."""

    id: int
    source: Source
    ref: ObjectRef
    record: Record
    message: str
    ingested_at: float


class SampleCatalogue:
    """A catalogue of made-up images, and the same images as plain values."""

    def __init__(self, count: int, seed: int = 1, path: str = ":memory:") -> None:
        self._random = random.Random(seed)
        self.connection: Connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, factory=Connection
        )
        self.samples: list[SampleImage] = []
        build_catalogue(self.connection, count, self)
        reader_functions.register(self.connection)
        functions.register(self.connection)

    def fill(self, count: int, first: int = 1) -> None:
        """Write `count` images, a thousand at a time."""
        writer = ImageWriter(self.connection)
        for start in range(first, count + 1, 1000):
            some = [self._sample(i) for i in range(start, min(start + 1000, count + 1))]
            self._insert_objects(some)
            writer.write(
                [
                    Reading(s.id, SOURCES.index(s.source) + 1, s.ref, s.record, s.message)
                    for s in some
                ],
                some[0].ingested_at,
            )
            self.samples += some

    def fill_up_to(self, count: int) -> None:
        """Write more of them in a transaction, up to `count`."""
        self.connection.execute("BEGIN")
        self.fill(count, len(self.samples) + 1)
        self.connection.execute("COMMIT")

    def rewrite(self, count: int) -> None:
        """Read the first `count` images again, with other facts."""
        self.connection.execute("BEGIN")
        for at, old in enumerate(self.samples[:count]):
            new = self._sample(old.id)
            while new.record.outcome is not Outcome.OK:
                new = self._sample(old.id)
            self.samples[at] = dataclasses.replace(new, ref=old.ref, source=old.source)
        writer = ImageWriter(self.connection)
        writer.write(
            [
                Reading(s.id, SOURCES.index(s.source) + 1, s.ref, s.record, s.message)
                for s in self.samples[:count]
            ],
            self.samples[0].ingested_at,
        )
        self.connection.execute("COMMIT")

    def _insert_objects(self, samples: list[SampleImage]) -> None:
        self.connection.executemany(
            "INSERT INTO object (id, source_id, key, size_bytes, etag, modified_at, storage_class)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    s.id, SOURCES.index(s.source) + 1, to_stored(s.ref.key), s.ref.size_bytes,
                    s.ref.etag, s.ref.modified_at, s.ref.storage_class,
                )
                for s in samples
            ),
        )  # fmt: skip

    def _sample(self, number: int) -> SampleImage:
        pick = self._random.choice
        source = pick(SOURCES)
        key = "/".join(
            part for part in (pick(_FOLDERS), f"{number % 97}-{pick(_FILE_NAMES)}") if part
        )
        ref = ObjectRef(
            f"{number}/{key}" if self._random.random() < 0.9 else f"{key}{number}",
            pick((0, 5_000_000, self._random.randrange(10_000_000))),
            pick(("", "dup", f"e{number}")),
            (NOW - timedelta(hours=self._random.randrange(2000))).timestamp(),
        )
        facts = self._facts()
        outcome = pick(_OUTCOMES)
        record = Record(
            outcome, pick(("jpeg", "tiff", "heic", "")), self._tags(facts), facts,
            bytes_read=self._random.randrange(70_000), requests=pick((1, 2)),
        )  # fmt: skip
        if outcome.status().value not in ("ok", "gone"):
            record = replace(record, tags=(), facts=Facts())
        message = pick(("", "Denied by the bucket's policy")) if outcome is not Outcome.OK else ""
        return SampleImage(number, source, ref, record, message, NOW.timestamp() - 3600)

    def _maybe(self, value: object) -> object:
        return value if self._random.random() < 0.8 else None

    def _facts(self) -> Facts:
        pick, chance = self._random.choice, self._random.random
        make, model = pick(_CAMERAS)
        lat, lon = pick(_POSITIONS) if chance() < 0.5 else (None, None)
        taken = NOW.replace(tzinfo=None) - timedelta(
            seconds=pick((0, 3600, 86_400, 40 * 86_400, self._random.randrange(200_000_000)))
        )
        numbers = {
            "iso": pick((100, 200, 1600, 3200)), "exposure_s": pick((1 / 250, 0.004, 1 / 60, 2.0)),
            "f_number": pick((1.8, 2.8, 8.0)), "focal_mm": pick((24.0, 50.0, 70.0, 4.25)),
            "focal35_mm": pick((24.0, 50.0)), "exposure_bias_ev": pick((0.0, -1 / 3, -0.3, 1.0)),
            "flash": pick((0, 1, 16, 25, 65)), "white_balance": pick((0, 1)),
            "metering": pick((1, 2, 3, 5, 255)), "program": pick((0, 1, 2, 3)),
            "orientation": pick((1, 3, 6, 8)), "rating": pick((0, 1, 5)),
            "alt_m": pick((-3.0, 35.5, 1200.0)),
        }  # fmt: skip
        width, height = pick(((6000, 4000), (4000, 6000), (100, 100), (9000, 3000), (None, 5)))
        facts = Facts(
            make=make, model=model, lens=pick(_LENSES), serial=pick(("", "0123", "X9")),
            software=pick(("", "GIMP 2.10")), artist=pick(("", "José", "Ann")),
            copyright=pick(("", "© 2019 Ann")), title=pick(_TITLES), caption=pick(_TITLES),
            keywords=tuple(sorted(set(self._random.sample(_KEYWORDS, pick((0, 1, 2)))))),
            taken_at=taken.isoformat() if chance() < 0.8 else "", lat_deg=lat, lon_deg=lon,
            width=width, height=height,
        )  # fmt: skip
        return replace(facts, **{name: self._maybe(value) for name, value in numbers.items()})  # type: ignore[arg-type]

    def _tags(self, facts: Facts) -> tuple[Tag, ...]:
        pick = self._random.choice
        values: list[tuple[str, str, TagValue | None]] = [
            ("IFD0", "Make", facts.make),
            ("IFD0", "Model", facts.model),
            ("IFD0", "Artist", facts.artist),
            ("ExifIFD", "ISO", facts.iso),
            ("ExifIFD", "ExposureProgram", facts.program),
            ("ExifIFD", "ExposureTime", facts.exposure_s),
            ("ExifIFD", "DateTimeOriginal", facts.taken_at.replace("-", ":").replace("T", " ")),
            ("ExifIFD", "UserComment", pick((None, "", "long " * 300 + "tail", "Straße 5", 7))),
            ("GPS", "GPSLatitude", facts.lat_deg),
            ("IFD1", "Compression", self._maybe(6)),  # type: ignore[list-item]
            ("XMP-dc", "Subject", list(facts.keywords) or None),
            ("XMP-xmp", "Rating", pick((None, "3", "1/2", "five", -1))),
            ("IPTC", "Keywords", list(facts.keywords) or None),
            ("Canon", "LensType", pick((None, 12, "EF 50"))),
            ("File", "FileType", "JPEG"),
        ]
        return tuple(
            Tag(group, name, 1, "ASCII" if isinstance(value, str) else "SHORT", 1, value)
            for group, name, value in values
            if value is not None
        )


def build_catalogue(
    connection: sqlite3.Connection, count: int, sample_catalogue: SampleCatalogue
) -> None:
    """Create the catalogue with its sources and `count` images."""
    connection.execute("BEGIN")
    migrate(connection)
    connection.executemany(
        "INSERT INTO source (endpoint, bucket, access) VALUES (?, ?, '{}')",
        ((source.endpoint, source.bucket) for source in SOURCES),
    )
    sample_catalogue.fill(count)
    connection.execute("COMMIT")

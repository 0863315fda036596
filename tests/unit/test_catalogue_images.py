from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.storage.interning import camera_name
from tasveer_tui.catalogue.storage.text_codec import fold
from tasveer_tui.errors import CatalogueError
from tasveer_tui.records import (
    Access,
    Facts,
    JobSpec,
    ObjectRef,
    Outcome,
    Record,
    Source,
    Status,
    Tag,
)
from tests.support.catalogue_factory import (
    NOW,
    SOURCE,
    fill,
    key_of,
    read_all,
    record_listing,
    record_of,
    ref_of,
)
from tests.support.property_examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasveer_tui.records import Image, IngestState


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "c.sqlite", clock=lambda: NOW)) as opened:
        yield opened
        assert opened.check() == []


def reread(catalogue: Catalogue, ref: ObjectRef, record: Record, *, source: Source = SOURCE) -> int:
    """Read one object with a job of its own, whatever is known of it; the image's id."""
    recorder = catalogue.recorder()
    spec = JobSpec(source, Access(), prefixes=(), keys=(ref.key,), force=True)
    job_id = catalogue.add_job(spec)
    record_listing(recorder, job_id, [ref])
    read_all(recorder, job_id, lambda _: record)
    return image_of(catalogue, ref.key, source=source).id


def image_of(catalogue: Catalogue, key: str, *, source: Source = SOURCE) -> Image:
    image = catalogue.find(source, key)
    assert image is not None
    return image


def state_of(catalogue: Catalogue, ref: ObjectRef) -> IngestState:
    return catalogue.object_states(SOURCE, [ref])[ref.key]


def containing(catalogue: Catalogue, text: str) -> list[int]:
    """Ids of images with this text (3 characters or more) in a tag or the key."""
    rows = catalogue.reader().execute(
        """SELECT DISTINCT f.rowid FROM value_tri v
           JOIN posting f ON f.posting MATCH CAST(v.rowid AS TEXT)
           WHERE v.value_tri MATCH ? ORDER BY 1""",
        (f'"{fold(text)}"',),
    )
    return [row[0] for row in rows]


def with_tag(catalogue: Catalogue, group: str, name: str) -> list[int]:
    rows = catalogue.reader().execute(
        """SELECT f.rowid FROM tag t JOIN shape_tag s ON s.tag_id = t.id
           JOIN posting f ON f.posting MATCH 's' || s.shape_id WHERE t.grp = ? AND t.name = ?""",
        (group, name),
    )
    return [row[0] for row in rows]


# ------------------------------------------------------------------------ round trips


def test_every_image_comes_back_as_it_was_read(catalogue: Catalogue) -> None:
    fill(catalogue, 120)
    for index in range(120):
        image = image_of(catalogue, key_of(index))
        assert image.record == record_of(index)
        assert image.ref == ref_of(index)
        assert (image.source, image.ingested_at) == (SOURCE, NOW)


def test_an_image_is_found_by_its_id_and_a_wrong_id_is_reported(catalogue: Catalogue) -> None:
    fill(catalogue, 1)
    image = image_of(catalogue, key_of(0))
    assert catalogue.image(image.id) == image
    with pytest.raises(CatalogueError, match="no image 99"):
        catalogue.image(99)


def test_what_was_never_read_is_not_found(catalogue: Catalogue) -> None:
    assert catalogue.find(SOURCE, "none.jpg") is None
    fill(catalogue, 1)
    assert catalogue.find(SOURCE, "none.jpg") is None
    assert catalogue.find(Source("http://elsewhere", "photos"), key_of(0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "\ud800",
        "\udc80.jpg",
        "x" * 1_000_000,
        "\U0010fffe",
        "'; --",
        "\x1b]52;c;a\x07",
        "\u202e",
    ],
)
def test_hostile_text_is_kept_as_it_is(catalogue: Catalogue, text: str) -> None:
    key = f"dir/{text[:300]}/{text[:300]}"
    tags = (Tag(text[:50], text[:50], value=text, raw=text), Tag("IFD0", "Make", value=[text, 1]))
    facts = Facts(
        make=text, model=text, lens=text, artist=text, caption=text, keywords=(text, "b"),
        taken_offset=text[:9],
    )  # fmt: skip
    record = Record(Outcome.MALFORMED, text[:9], tags, facts, (text,), 5, "e" + text[:9])
    ref = ObjectRef(key, 5, "e" + text[:9], 1.5, "STANDARD" + text[:9])
    image_id = reread(catalogue, ref, record)
    image = catalogue.image(image_id)
    assert (image.ref, image.message) == (ref, text)
    assert image.record == replace(
        record, facts=replace(facts, keywords=image.record.facts.keywords)
    )
    assert set(image.record.facts.keywords) == {text, "b"}
    assert catalogue.failures(1)[0].message == text


NUMBER = st.none() | st.integers() | st.floats()


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(integer=NUMBER, real=NUMBER, taken=st.text(max_size=25), value=NUMBER)
def test_numbers_that_a_column_cannot_hold_are_absent_but_kept_as_tags(
    catalogue: Catalogue, integer: int, real: float, taken: str, value: float | None
) -> None:
    facts = Facts(iso=integer, exposure_s=real, lat_deg=real, lon_deg=real, taken_at=taken)
    tags = () if value is None else (Tag("ExifIFD", "ISO", value=value),)
    reread(catalogue, ref_of(0), Record(Outcome.OK, "jpeg", tags, facts))
    image = image_of(catalogue, key_of(0))
    assert image.record.outcome is Outcome.OK
    assert repr(image.record.tags) == repr(tags)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2019-05-04T10:11:12.345", "2019-05-04T10:11:12.345"),
        ("2019-05-04T10:11:12.340", "2019-05-04T10:11:12.34"),
        ("1969-12-31T23:59:59", "1969-12-31T23:59:59"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
        ("2019-05-04", "2019-05-04T00:00:00"),
        ("0000-00-00T00:00:00", ""),
        ("yesterday", ""),
    ],
)
def test_camera_times_are_kept_to_the_microsecond(
    catalogue: Catalogue, written: str, kept: str
) -> None:
    reread(catalogue, ref_of(0), Record(Outcome.OK, facts=Facts(taken_at=written)))
    assert image_of(catalogue, key_of(0)).record.facts.taken_at == kept


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("SONY", "ILCE-7M3", "SONY ILCE-7M3"),
        ("", "X100", "X100"),
        ("Leica", "", "Leica"),
        ("  ", "", ""),
    ],
)
def test_a_cameras_name_does_not_repeat_its_make(make: str, model: str, name: str) -> None:
    assert camera_name(make, model) == name


# ------------------------------------------------------------------- reading it again


def test_a_second_reading_replaces_the_first(catalogue: Catalogue) -> None:
    fill(catalogue, 5)
    before = image_of(catalogue, key_of(0))
    changed = replace(record_of(1), etag=ref_of(0).etag)
    assert reread(catalogue, ref_of(0), changed) == before.id
    assert image_of(catalogue, key_of(0)).record == replace(
        changed, size_bytes=ref_of(0).size_bytes
    )
    assert catalogue.sources()[0].images == 5


def test_what_only_the_first_reading_had_is_not_found_any_more(catalogue: Catalogue) -> None:
    first = Record(
        Outcome.OK,
        tags=(
            Tag("IFD0", "Artist", value="Ansel Adams"),
            Tag("XMP-dc", "Subject", value=["half dome"]),
        ),
        facts=Facts(keywords=("half dome",), lat_deg=37.7, lon_deg=-119.5),
    )
    image_id = reread(catalogue, ref_of(0), first)
    assert containing(catalogue, "ansel") == containing(catalogue, "DOME") == [image_id]
    reread(catalogue, ref_of(0), Record(Outcome.OK, tags=(Tag("IFD0", "Make", value="Canon"),)))
    assert containing(catalogue, "ansel") == containing(catalogue, "dome") == []
    assert with_tag(catalogue, "IFD0", "Artist") == []
    assert with_tag(catalogue, "IFD0", "Make") == containing(catalogue, "canon") == [image_id]
    counts = "SELECT (SELECT count(*) FROM keyword), (SELECT count(*) FROM place)"
    assert catalogue.reader().execute(counts).fetchone() == (0, 0)


def test_reading_everything_again_leaves_no_term_behind(catalogue: Catalogue) -> None:
    fill(catalogue, 60)
    for index in range(60):
        reread(catalogue, ref_of(index), Record(Outcome.OK, etag=ref_of(index).etag))
    expected = {image_of(catalogue, key_of(index)).id for index in range(60)}
    assert containing(catalogue, "img_0") == sorted(expected)
    for text in ("canon", "lightroom", "nikkor", "été", "jane doe"):
        assert containing(catalogue, text) == []


def test_a_try_that_failed_does_not_wipe_out_what_is_known(catalogue: Catalogue) -> None:
    fill(catalogue, 1)
    reread(catalogue, ref_of(0), Record(Outcome.NETWORK))
    assert image_of(catalogue, key_of(0)).record == record_of(0)
    assert state_of(catalogue, ref_of(0)) == "done"
    assert catalogue.job(2).failed == 1


def test_a_try_that_failed_stands_for_a_version_that_was_never_read(catalogue: Catalogue) -> None:
    fill(catalogue, 1)
    newer = replace(ref_of(0), etag="new")
    assert state_of(catalogue, newer) == "stale"
    reread(catalogue, newer, Record(Outcome.NETWORK))
    assert image_of(catalogue, key_of(0)).record.outcome is Outcome.NETWORK
    assert state_of(catalogue, newer) == "failed"


def test_an_object_that_is_gone_keeps_the_metadata_that_it_had(catalogue: Catalogue) -> None:
    fill(catalogue, 1)
    reread(catalogue, ref_of(0), Record(Outcome.GONE))
    image = image_of(catalogue, key_of(0))
    assert image.record == replace(record_of(0), outcome=Outcome.GONE)
    assert image.message
    assert containing(catalogue, "canon") == [image.id]


def test_the_state_words_and_the_absent_columns_stand_in_the_rows(catalogue: Catalogue) -> None:
    fill(catalogue, 10)
    rows = catalogue.reader().execute(
        "SELECT status, iso, taken_at, lat_deg, camera_id FROM image WHERE outcome = 'no_metadata'"
    )
    assert rows.fetchall() == [(Status.NOEXIF, -(2**47), -(2.0**47), -(2.0**47), 0)]


# --------------------------------------------------------------------- for searches


def test_tags_are_marked_where_the_index_of_values_has_not_all(catalogue: Catalogue) -> None:
    fill(catalogue, 30)
    rows = dict(catalogue.reader().execute("SELECT name, is_text FROM tag WHERE grp <> 'GPS'"))
    whole = {name for name, is_text in rows.items() if is_text}
    assert whole >= {"Make", "LensModel", "Subject", "ISO", "ExposureTime"}
    assert {name for name, is_text in rows.items() if not is_text} >= {"ModifyDate", "CreateDate"}


@pytest.mark.parametrize(
    ("sql", "result"),
    [
        ("SELECT fold('Été')", "ete"),
        ("SELECT fold(NULL)", None),
        ("SELECT 'Canon EOS' REGEXP 'canon\\s'", 1),
        ("SELECT NULL REGEXP 'x'", 0),
        ("SELECT round(distance_m(48.8584, 2.2945, 51.5007, -0.1246) / 1000)", 341.0),
        ("SELECT distance_m(0, 0, 0, 180) = distance_m(90, 0, -90, 0)", 1),
    ],
)
def test_readers_have_the_functions_that_searches_need(
    catalogue: Catalogue, sql: str, result: object
) -> None:
    assert catalogue.reader().execute(sql).fetchone()[0] == result

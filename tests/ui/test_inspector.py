from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from msgspec import structs
from textual.app import App, ComposeResult

from tasveer_tui.errors import AccessDeniedError, NetworkError
from tasveer_tui.records import Facts, Image, ObjectFacts, ObjectRef, Outcome, Record, Source, Tag
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.ui.kit.background import BackgroundTasks
from tasveer_tui.ui.kit.halfblocks import Picture
from tasveer_tui.ui.kit.messages import CopyText, SearchFor, ShowNote
from tasveer_tui.ui.shared.inspection import Report, report
from tasveer_tui.ui.shared.inspector import Inspector, TagList
from tasveer_tui.workspace import Inspection
from tests.support.app_harness import screen_text, type_text, wait_until

if TYPE_CHECKING:
    from textual.message import Message

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.app import TasveerApp

HOSTILE = "a[/oops]\x1b]52;c;aGk=\x07\x1b[31m\u202e"
SOURCE = Source("http://127.0.0.1:9000", "photos")
REF = ObjectRef("2019/IMG_1.jpg", 3_200_000, "abc123", 1_600_000_000)
TAGS = (
    Tag("IFD0", "Make", 271, "ASCII", 6, "Canon"),
    Tag("IFD0", "Software", 305, "ASCII", 9, 'Tool "X"'),
    Tag("ExifIFD", "ExposureTime", 33434, "RATIONAL", 1, 0.004, "10/2500"),
    Tag("ExifIFD", "ISO", 34855, "SHORT", 1, 400),
    Tag("GPS", "GPSLatitude", 2, "RATIONAL", 3, 48.858333, "48/1 51/1 30/1"),
    Tag("Sony", "OwnerName", 9, "ASCII", 5, "Jane"),
    Tag("XMP-dc", "Subject", 0, "", 2, ["beach", "dog"]),
    Tag("IFD0", "Artist", 315, "ASCII", 9, HOSTILE),
)
RECORD = Record(
    Outcome.OK, "jpeg", TAGS, size_bytes=3_200_000, etag="abc123", bytes_read=65_536, requests=1
)
INSPECTION = Inspection(
    SOURCE, ObjectFacts(REF, "image/jpeg", "v1", (("Cache-Control", "no"),)), RECORD
)
IMAGE = Image(1, SOURCE, REF, RECORD, "", 1_700_000_000)


@dataclass(frozen=True)
class Grid:
    width: int
    height: int
    rgb: bytes


class Host(App[None]):
    def __init__(self, settings: UiSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or UiSettings()
        self.background = BackgroundTasks(cast("TasveerApp", self))
        self.news: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Inspector()

    @property
    def inspector(self) -> Inspector:
        return self.query_one(Inspector)

    def on_copy_text(self, event: CopyText) -> None:
        self.news.append(event)

    def on_search_for(self, event: SearchFor) -> None:
        self.news.append(event)

    def on_show_note(self, event: ShowNote) -> None:
        self.news.append(event)

    def show_error(self, error: TasveerError) -> None:
        raise AssertionError(error)

    def show_fault(self, fault: Exception) -> None:
        raise fault


async def test_each_state_has_a_text() -> None:
    app = Host()
    async with app.run_test(size=(70, 40)) as pilot:
        app.inspector.show_nothing("Select an object.")
        await pilot.pause()
        assert "Select an object." in screen_text(app)
        app.inspector.show_reading("2019/IMG_1.jpg")
        await pilot.pause()
        assert " IMG_1.jpg " in screen_text(app)
        assert "reading…" in screen_text(app)
        app.inspector.show_error("2019/IMG_1.jpg", AccessDeniedError("You may not.", "Ask Jane."))
        await pilot.pause()
        assert "You may not." in screen_text(app)
        assert "Ask Jane." in screen_text(app)
        app.inspector.show(INSPECTION)
        await wait_until(pilot, lambda: "Metadata read." in screen_text(app), "the report")
        assert "You may not." not in screen_text(app)


async def test_tags_are_grouped_with_value_raw_value_and_number() -> None:
    app = Host()
    async with app.run_test(size=(70, 50)) as pilot:
        app.inspector.show(INSPECTION)
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "the tags")
        lines = screen_text(app).splitlines()
        (line,) = [line for line in lines if "ExposureTime" in line]
        assert line.split() == ["ExposureTime", "1/250", "s", "10/2500", "829A"]
        titles = ["Image (IFD0)", "EXIF", "GPS", "Maker notes (Sony)", "XMP dc"]
        titles += ["Object in S3", "Reading"]
        places = [n for title in titles for n, line in enumerate(lines) if line.strip() == title]
        assert len(places) == len(titles)
        assert places == sorted(places)
        assert "3.2 MB (3,200,000 bytes)" in screen_text(app)
        assert "65,536 of 3,200,000" in screen_text(app)
        assert "Cache-Control" in screen_text(app)


async def test_facts_are_listed_first_with_their_source_tag() -> None:
    app = Host()
    facts = Facts(title="Beach")
    title = Tag("XMP-dc", "Title", 0, "", 1, "Beach")
    other = Tag("IFD0", "XPTitle", 40091, "BYTE", 5, "Old")
    record = structs.replace(RECORD, facts=facts, tags=(*TAGS, title, other))
    async with app.run_test(size=(90, 50)) as pilot:
        app.inspector.show(replace(IMAGE, record=record))
        await wait_until(pilot, lambda: "Facts" in screen_text(app), "the facts")
        lines = screen_text(app).splitlines()
        line = next(line for line in lines if "not IFD0:XPTitle" in line)
        assert line.split() == ["Title", "Beach", "XMP-dc:Title,", "not", "IFD0:XPTitle"]
        assert lines.index(line) < min(n for n, text in enumerate(lines) if "Image (IFD0)" in text)
        app.inspector.focus_tags()
        await wait_until(pilot, lambda: "from XMP-dc:Title" in screen_text(app), "the whole of it")


async def test_an_unread_maker_note_is_shown_in_place_of_its_tags() -> None:
    app = Host()
    record = structs.replace(RECORD, tags=TAGS[:2], maker_note_length=1_432)
    async with app.run_test(size=(90, 50)) as pilot:
        app.inspector.show(replace(IMAGE, record=record))
        await wait_until(pilot, lambda: "1,432 bytes, unread" in screen_text(app), "the maker note")
        assert "Maker notes" in screen_text(app)


async def test_images_of_the_catalogue_are_shown_like_objects() -> None:
    app = Host()
    async with app.run_test(size=(70, 50)) as pilot:
        app.inspector.show(
            replace(
                IMAGE,
                message="Oddity.",
                record=structs.replace(RECORD, outcome=Outcome.PARTIAL),
            )
        )
        await wait_until(pilot, lambda: "Oddity." in screen_text(app), "the message")
        assert "2023-11-14 22:13:20 UTC" in screen_text(app)


async def test_control_characters_in_tags_are_shown_and_have_no_effect() -> None:
    app = Host()
    hostile = structs.replace(
        RECORD, notes=(HOSTILE,), tags=(Tag(HOSTILE, HOSTILE, 1, HOSTILE, 2, [HOSTILE], HOSTILE),)
    )
    async with app.run_test(size=(120, 40)) as pilot:
        app.inspector.show(
            replace(IMAGE, record=hostile, ref=structs.replace(REF, key=HOSTILE), message=HOSTILE)
        )
        await wait_until(pilot, lambda: "a[/oops]␛]52;" in screen_text(app), "the report")
        assert not set(screen_text(app)) & set("\x1b\x07\u202e\x9b")
        app.inspector.show_error(HOSTILE, NetworkError(HOSTILE, HOSTILE))
        await pilot.pause()
        assert not set(screen_text(app)) & set("\x1b\x07\u202e\x9b")


async def test_the_filter_matches_names_values_and_numbers_until_escape() -> None:
    app = Host()
    async with app.run_test(size=(70, 40)) as pilot:
        app.inspector.show(INSPECTION)
        tags = app.query_one(TagList)
        await wait_until(pilot, lambda: tags.row_count, "the tags")
        everything = tags.row_count
        app.inspector.focus_tags()
        await pilot.press("slash")
        await type_text(pilot, "829a")
        await wait_until(pilot, lambda: tags.row_count == 2, "one tag and its title")
        assert "1/250 s" in screen_text(app)
        assert app.inspector.close_topmost()
        await pilot.pause()
        assert tags.row_count == everything
        assert tags.has_focus
        assert not app.inspector.close_topmost()


async def test_the_cursor_skips_titles_and_stays_on_its_tag() -> None:
    app = Host()
    async with app.run_test(size=(70, 40)) as pilot:
        app.inspector.show(INSPECTION)
        tags = app.query_one(TagList)
        await wait_until(pilot, lambda: tags.current, "the tags")
        app.inspector.focus_tags()
        names = []
        for _ in range(5):
            assert tags.current is not None
            names.append(tags.current.name)
            await pilot.press("j")
        assert names == ["Make", "Software", "Artist", "ExposureTime", "ISO"]
        await pilot.press("k", "k")
        assert tags.current is not None
        assert tags.current.name == "ExposureTime"
        app.inspector.show(IMAGE)
        await wait_until(pilot, lambda: "Ingested" in screen_text(app), "the other subject")
        assert tags.current is not None
        assert tags.current.name == "ExposureTime"
        await pilot.press("g", "k", "G", "j")
        assert tags.current is not None


async def test_a_value_is_copied_and_searched_for() -> None:
    app = Host()
    async with app.run_test(size=(70, 40)) as pilot:
        app.inspector.show(INSPECTION)
        tags = app.query_one(TagList)
        await wait_until(pilot, lambda: tags.current, "the tags")
        app.inspector.focus_tags()
        await pilot.press("j", "y", "f")
        await wait_until(pilot, lambda: len(app.news) == 2, "two messages")
        copied, searched = app.news
        assert isinstance(copied, CopyText)
        assert copied.text == 'Tool "X"'
        assert isinstance(searched, SearchFor)
        assert searched.query == r'exif.Software="Tool \"X\""'
        await pilot.press("j", "f")
        await wait_until(pilot, lambda: len(app.news) == 3, "the hostile one")
        hostile = app.news[-1]
        assert isinstance(hostile, SearchFor)
        assert hostile.query.isprintable()
        await pilot.press("G", "f")
        tags.cursor = next(
            n for n, row in enumerate(tags._rows) if getattr(row, "name", "") == "Subject"
        )
        await pilot.press("f")
        await wait_until(pilot, lambda: isinstance(app.news[-1], ShowNote), "the refusal")


async def test_the_thumbnail_loads_after_the_tags_and_can_be_switched_off() -> None:
    app = Host()
    with_thumbnail = replace(
        IMAGE, record=structs.replace(RECORD, thumb_length=5000, thumb_offset=100)
    )
    asked: list[tuple[int, int]] = []

    def thumbnail(width: int, height: int) -> Grid:
        asked.append((width, height))
        return Grid(8, 6, bytes(8 * 6 * 3))

    async with app.run_test(size=(60, 45)) as pilot:
        app.inspector.show(with_thumbnail, thumbnail=thumbnail)
        await wait_until(pilot, lambda: "▀▀▀▀▀▀▀▀" in screen_text(app), "the picture")
        ((width, height),) = asked
        assert width == 58
        assert height == 28
        await pilot.resize_terminal(100, 30)
        app.inspector.focus_tags()
        await pilot.press("p")
        await wait_until(pilot, lambda: "▀" not in screen_text(app), "no picture")
        await pilot.press("p")
        await wait_until(pilot, lambda: "▀▀▀▀▀▀▀▀" in screen_text(app), "the picture again")
        app.inspector.show(INSPECTION, thumbnail=thumbnail)
        await wait_until(pilot, lambda: "▀" not in screen_text(app), "an object without one")


async def test_a_failed_thumbnail_shows_a_message_and_the_tags() -> None:
    app = Host()
    with_thumbnail = replace(IMAGE, record=structs.replace(RECORD, thumb_length=5000))

    def thumbnail(_width: int, _height: int) -> Grid:
        raise NetworkError("The endpoint is away.", "Try again.")

    async with app.run_test(size=(60, 45)) as pilot:
        app.inspector.show(with_thumbnail, thumbnail=thumbnail)
        await wait_until(pilot, lambda: "The endpoint is away." in screen_text(app), "the sentence")
        assert "ExposureTime" in screen_text(app)
        assert app.query_one(Picture).display, "hiding it would lay out the screen again"


async def test_the_settings_can_switch_thumbnails_off() -> None:
    app = Host(UiSettings(images=False))
    with_thumbnail = replace(IMAGE, record=structs.replace(RECORD, thumb_length=5000))
    was_asked = threading.Event()

    def thumbnail(_width: int, _height: int) -> Grid:
        was_asked.set()
        return Grid(0, 0, b"")

    async with app.run_test(size=(60, 45)) as pilot:
        app.inspector.show(with_thumbnail, thumbnail=thumbnail)
        await wait_until(pilot, lambda: "ExposureTime" in screen_text(app), "the tags")
        await pilot.pause(0.3)
        assert not was_asked.is_set()


def test_the_report_of_a_failed_object_has_its_s3_facts() -> None:
    made = report(replace(IMAGE, record=Record(Outcome.DENIED), message=""))
    assert isinstance(made, Report)
    assert made.message == Outcome.DENIED.description()
    assert "2019/IMG_1.jpg" in {entry.value for entry in made.entries}

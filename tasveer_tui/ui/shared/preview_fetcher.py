"""What the inspector fetches on request: the whole image, and the versions of an object."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, cast

from tasveer_tui.humanize import size_text, time_text
from tasveer_tui.records import Image
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.messages import ShowError, ShowNote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.widget import Widget

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, ObjectVersion
    from tasveer_tui.ui.kit.dialogs import MenuItem
    from tasveer_tui.ui.kit.halfblocks import PixelGrid
    from tasveer_tui.ui.shared.inspection import Subject
    from tasveer_tui.workspace import Inspection, Workspace

DECODABLE_FORMATS: Final = frozenset({"jpeg", "png", "webp", "avif", "heic", "heif"})
"""Formats that the inspector can show; HEIC and HEIF need the extra `heif`."""
MAX_IMAGE_BYTES: Final = 31 << 20
"""Size of the largest image that the inspector shows."""
NOT_AN_IMAGE: Final = "This object is not an image."


class PreviewPane(Protocol):
    """What the fetcher needs of the inspector."""

    @property
    def subject(self) -> Subject | None:
        """The object on display."""

    def set_hint(self, text: str = "") -> None:
        """Replace the line below the outcome."""

    def show_reading(self, title: str) -> None:
        """Show that an object is being read."""

    def show_error(self, title: str, error: TasveerError) -> None:
        """Show an error instead of an object."""

    def show(
        self, subject: Subject, *, thumbnail: Callable[[int, int], PixelGrid] | None = None
    ) -> None:
        """Show an object."""

    def show_picture(self, load: Callable[[int, int], PixelGrid]) -> None:
        """Show an image instead of the thumbnail."""


def ref_of(subject: Subject) -> ObjectRef:
    """The object's key, size, ETag and date."""
    return subject.ref if isinstance(subject, Image) else subject.facts.ref


def version_of(subject: Subject) -> str:
    """The id of the requested version; empty for the latest."""
    return "" if isinstance(subject, Image) else subject.version_id


def preview_hint(subject: Subject) -> str:
    """How to see an image without an embedded thumbnail; nothing is fetched unasked."""
    if subject.record.thumb_length or preview_refusal(subject):
        return ""
    size = size_text(ref_of(subject).size_bytes)
    return f"No embedded thumbnail. P downloads and shows the image ({size})."


def preview_refusal(subject: Subject) -> str:
    """Why the image cannot be shown in the inspector; empty if it can."""
    kind = subject.record.format
    if not kind:
        return NOT_AN_IMAGE
    if kind not in DECODABLE_FORMATS:
        return f"Cannot show {kind.upper()} here. O opens it in the system's viewer."
    if ref_of(subject).size_bytes > MAX_IMAGE_BYTES:
        limit = size_text(MAX_IMAGE_BYTES)
        return f"Too large to show here (limit {limit}). O opens it in the system's viewer."
    return ""


class PreviewFetcher:
    """Asks for confirmation, fetches, shows progress; `cancel` and `stop` end it."""

    def __init__(self, pane: PreviewPane) -> None:
        """`pane` is the inspector, a widget."""
        self._pane = pane
        self._widget = cast("Widget", pane)
        self._group = ""
        """The running task; empty if there is none."""

    # ------------------------------------------------------------------ stopping

    def cancel(self) -> None:
        """Drop the running fetch."""
        if self._group:
            background(self._widget).cancel(self._widget, self._group)
            self._group = ""

    def stop(self) -> bool:
        """Drop the running fetch and report it; False if there is none."""
        if not self._group:
            return False
        self.cancel()
        self._pane.set_hint("Stopped.")
        return True

    def _on_error(self, error: TasveerError) -> None:
        self._group = ""
        self._pane.set_hint("")
        self._widget.post_message(ShowError(error))

    def _confirm(self, verb: str, note: str, then: Callable[[Subject], None]) -> None:
        """Ask once, with the size; call `then` if the subject is still the same."""
        from tasveer_tui.ui.kit.dialogs import ConfirmScreen

        subject = self._pane.subject
        if subject is None:
            return
        ref = ref_of(subject)
        text = f"This downloads {size_text(ref.size_bytes)}. {note}"
        if subject.record.bytes_read:
            text += f" Its metadata took {size_text(subject.record.bytes_read)}."

        def on_answer(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_confirmed and self._pane.subject is subject:
                then(subject)

        name = clean(ref.key.rpartition("/")[2], 60)
        self._widget.app.push_screen(
            ConfirmScreen(f"{verb} {name}?", text, yes=verb, no="No"), on_answer
        )

    def _refuse(self, reason: str) -> None:
        self._widget.post_message(ShowNote(reason, is_warning=True))

    # ------------------------------------------------------------------- image

    def request_image(self) -> None:
        """Offer to download the whole image and show it in the inspector."""
        subject = self._pane.subject
        if subject is None:
            return
        if reason := preview_refusal(subject):
            self._refuse(reason)
        else:
            self._confirm("Show", "The image is shown here and not stored.", self._fetch_image)

    def _fetch_image(self, subject: Subject) -> None:
        space, data = workspace(self._widget), bytearray()

        def fetch() -> Iterator[int]:
            for chunk in space.fetch(subject.source, ref_of(subject), version_of(subject)):
                data.extend(chunk)
                yield len(data)

        self._stream("picture", subject, fetch, lambda: self._show_image(subject, bytes(data)))

    def _stream(
        self,
        group: str,
        subject: Subject,
        fetch: Callable[[], Iterator[int]],
        done: Callable[[], None],
    ) -> None:
        """Fetch in the background and show the progress."""
        total = size_text(ref_of(subject).size_bytes)
        self.cancel()
        self._group = group
        self._pane.set_hint(f"downloading {total}… Esc stops")
        background(self._widget).stream(
            self._widget,
            group,
            fetch,
            lambda count: self._pane.set_hint(f"{size_text(count)} of {total}… Esc stops"),
            on_end=lambda _: done(),
            on_error=self._on_error,
        )

    def _show_image(self, subject: Subject, data: bytes) -> None:
        self._group = ""
        self._pane.set_hint(f"The whole image, {size_text(len(data))}.")
        orientation = subject.record.facts.orientation or 1
        space = workspace(self._widget)
        self._pane.show_picture(
            lambda width, height: space.decode_image(data, width, height, orientation)
        )

    # -------------------------------------------------------------------- viewer

    def request_viewer(self) -> None:
        """Offer to open the image in the system's viewer."""
        subject, space = self._pane.subject, workspace(self._widget)
        if subject is None:
            return
        if not subject.record.format:
            self._refuse(NOT_AN_IMAGE)
        elif not space.viewer.program():
            self._refuse("There is no desktop to open it on. D in Browse downloads it.")
        else:
            note = "It opens from a temporary file, which is deleted when you quit."
            self._confirm("Open", note, self._open_viewer)

    def _open_viewer(self, subject: Subject) -> None:
        space = workspace(self._widget)

        def show() -> Iterator[int]:
            chunks = space.fetch(subject.source, ref_of(subject), version_of(subject))
            yield from space.viewer.show(chunks, subject.record.format)

        self._stream("viewer", subject, show, self._on_viewer_opened)

    def _on_viewer_opened(self) -> None:
        self._group = ""
        self._pane.set_hint("Opened in the system's viewer.")

    # ------------------------------------------------------------------ versions

    def list_versions(self) -> None:
        """List the versions of the subject and let the user pick one."""
        subject, space = self._pane.subject, workspace(self._widget)
        if subject is None:
            return
        self.cancel()
        self._group = "versions"
        self._pane.set_hint("listing versions… Esc stops")
        background(self._widget).run(
            self._widget,
            "versions",
            lambda: space.versions(subject.source, ref_of(subject).key),
            partial(self._pick_version, subject),
            on_error=self._on_error,
        )

    def _pick_version(self, subject: Subject, versions: tuple[ObjectVersion, ...]) -> None:
        from tasveer_tui.ui.kit.dialogs import MenuScreen

        self._group = ""
        self._pane.set_hint("")
        if len(versions) <= 1:
            self._widget.post_message(ShowNote("The bucket keeps no other version of this object."))
            return
        choices = [_choice(version, ref_of(subject).etag) for version in versions]
        self._widget.app.push_screen(
            MenuScreen("Versions, newest first", choices, hint="Enter reads a version."),
            lambda index: self._read_version(subject, versions, index),
        )

    def _read_version(
        self, subject: Subject, versions: tuple[ObjectVersion, ...], index: int | None
    ) -> None:
        if index is None or index < 0 or self._pane.subject is not subject:
            return
        version, space = versions[index], workspace(self._widget)
        if version.is_deletion:
            self._refuse("This version is a delete marker: it has no content.")
            return
        key = ref_of(subject).key
        self._pane.show_reading(f"{key} of {time_text(version.ref.modified_at)}")
        self._group = "version"
        background(self._widget).run(
            self._widget,
            "version",
            lambda: space.inspect(subject.source, key, version.version_id),
            partial(self._show_version, space),
            on_error=lambda error: self._pane.show_error(key, error),
        )

    def _show_version(self, space: Workspace, found: Inspection) -> None:
        self._group = ""

        def load(width: int, height: int) -> PixelGrid:
            key = found.facts.ref.key
            return space.thumbnail(found.source, key, found.record, width, height, found.version_id)

        self._pane.show(found, thumbnail=load)


def _choice(version: ObjectVersion, shown_etag: str) -> MenuItem:
    from tasveer_tui.ui.kit.dialogs import MenuItem

    ref = version.ref
    facts = [
        "delete marker" if version.is_deletion else size_text(ref.size_bytes),
        "latest" if version.is_latest else "",
        "on display" if ref.etag and ref.etag == shown_etag else "",
        f"id {version.version_id}",
    ]
    return MenuItem(time_text(ref.modified_at), " · ".join(filter(None, facts)))

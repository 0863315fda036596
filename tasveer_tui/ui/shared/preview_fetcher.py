"""What the inspector fetches only when it is asked to: the whole picture, an object's versions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tasveer_tui.humanize import size_text, time_text
from tasveer_tui.records import Image
from tasveer_tui.text import clean
from tasveer_tui.ui.kit.background import background, workspace
from tasveer_tui.ui.kit.messages import ShowError, ShowNote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, ObjectVersion
    from tasveer_tui.ui.kit.halfblocks import PixelGrid
    from tasveer_tui.ui.kit.pick import Choice
    from tasveer_tui.ui.shared.inspection import Subject
    from tasveer_tui.ui.shared.inspector import Inspector
    from tasveer_tui.workspace import Inspection, Workspace

DECODED: Final = frozenset({"jpeg", "png", "webp", "avif", "heic", "heif"})
"""Formats that can be shown here; the last two with the extra for them."""
LARGEST: Final = 31 << 20
"""Bytes of a picture that is shown here."""
NO_PICTURE: Final = "This is no picture."


def ref_of(subject: Subject) -> ObjectRef:
    """The object in S3."""
    return subject.ref if isinstance(subject, Image) else subject.facts.ref


def version_of(subject: Subject) -> str:
    """The version that was asked for."""
    return "" if isinstance(subject, Image) else subject.version_id


def offer(subject: Subject) -> str:
    """What can be had where there is no thumbnail; nothing is fetched by itself."""
    record = subject.record
    if record.thumb_length or refusal(subject):
        return ""
    return f"No thumbnail inside; P fetches the picture ({size_text(ref_of(subject).size_bytes)})."


def refusal(subject: Subject) -> str:
    """Why the picture cannot be shown here; empty where it can."""
    kind = subject.record.format
    if not kind:
        return NO_PICTURE
    if kind not in DECODED:
        return f"{kind.upper()} cannot be shown here; O opens it in the system's viewer."
    if ref_of(subject).size_bytes > LARGEST:
        return f"More than {size_text(LARGEST)} are not shown here; O opens the system's viewer."
    return ""


class Fetching:
    """Asks, fetches, tells how far it is, and stops when told to."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._group = ""
        """What is being fetched."""

    # ------------------------------------------------------------------ stopping

    def forget(self) -> None:
        """What is fetched is not wanted any more."""
        if self._group:
            background(self._inspector).forget(self._inspector, self._group)
            self._group = ""

    def stop(self) -> bool:
        """Stop what is fetched and say so; False if nothing was."""
        if not self._group:
            return False
        self.forget()
        self._inspector.say_more("Stopped.")
        return True

    def _failed(self, error: TasveerError) -> None:
        self._group = ""
        self._inspector.say_more("")
        self._inspector.post_message(ShowError(error))

    def _ask(self, title: str, more: str, yes: str, then: Callable[[Subject], None]) -> None:
        """Ask once, with the size; `then` only if the subject is still the same."""
        from tasveer_tui.ui.kit.confirm import ConfirmScreen

        subject = self._inspector.subject
        if subject is None:
            return
        ref = ref_of(subject)
        read = subject.record.bytes_read
        text = f"{size_text(ref.size_bytes)} are fetched. {more}"
        if read:
            text += f" Its metadata took {size_text(read)}."

        def answered(is_sure: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_sure and self._inspector.subject is subject:
                then(subject)

        name = clean(ref.key.rpartition("/")[2], 60)
        self._inspector.app.push_screen(
            ConfirmScreen(f"{title} {name}?", text, yes=yes, no="No"), answered
        )

    def _refuse(self, sentence: str) -> None:
        self._inspector.post_message(ShowNote(sentence, is_warning=True))

    # ------------------------------------------------------------------- picture

    def ask_picture(self) -> None:
        """Offer to fetch the whole picture and to show it here."""
        subject = self._inspector.subject
        if subject is None:
            return
        if said := refusal(subject):
            self._refuse(said)
        else:
            self._ask("Fetch", "It is shown here, and kept nowhere.", "Fetch", self._picture)

    def _picture(self, subject: Subject) -> None:
        space, data = workspace(self._inspector), bytearray()

        def fetch() -> Iterator[int]:
            for piece in space.fetch(subject.source, ref_of(subject), version_of(subject)):
                data.extend(piece)
                yield len(data)

        self._follow("picture", subject, fetch, lambda: self._picture_came(subject, bytes(data)))

    def _follow(
        self,
        group: str,
        subject: Subject,
        fetch: Callable[[], Iterator[int]],
        done: Callable[[], None],
    ) -> None:
        """Fetch, and tell how far it is."""
        whole = size_text(ref_of(subject).size_bytes)
        self.forget()
        self._group = group
        self._inspector.say_more(f"fetching {whole}… esc stops")
        background(self._inspector).follow(
            self._inspector,
            group,
            fetch,
            lambda so_far: self._inspector.say_more(
                f"fetched {size_text(so_far)} of {whole}… esc stops"
            ),
            done=lambda _: done(),
            failed=self._failed,
        )

    def _picture_came(self, subject: Subject, data: bytes) -> None:
        self._group = ""
        self._inspector.say_more(f"The whole picture, {size_text(len(data))}.")
        orientation = subject.record.facts.orientation or 1
        space = workspace(self._inspector)
        self._inspector.show_picture(
            lambda width, height: space.decode_image(data, width, height, orientation)
        )

    # -------------------------------------------------------------------- viewer

    def ask_viewer(self) -> None:
        """Offer to open the picture in the system's own program."""
        subject, space = self._inspector.subject, workspace(self._inspector)
        if subject is None:
            return
        if not subject.record.format:
            self._refuse(NO_PICTURE)
        elif not space.viewer.program():
            self._refuse("There is no desktop here to open it on; D in Browse downloads it.")
        else:
            said = "It is opened out of a temporary file, which goes when you leave."
            self._ask("Open", said, "Open", self._view)

    def _view(self, subject: Subject) -> None:
        space = workspace(self._inspector)

        def show() -> Iterator[int]:
            pieces = space.fetch(subject.source, ref_of(subject), version_of(subject))
            yield from space.viewer.show(pieces, subject.record.format)

        self._follow("viewer", subject, show, self._viewed)

    def _viewed(self) -> None:
        self._group = ""
        self._inspector.say_more("Opened in the system's viewer.")

    # ------------------------------------------------------------------ versions

    def list_versions(self) -> None:
        """Ask for the versions of what is shown."""
        subject, space = self._inspector.subject, workspace(self._inspector)
        if subject is None:
            return
        self.forget()
        self._group = "versions"
        self._inspector.say_more("looking for versions… esc stops")
        background(self._inspector).run(
            self._inspector,
            "versions",
            lambda: space.versions(subject.source, ref_of(subject).key),
            partial(self._versions_came, subject),
            failed=self._failed,
        )

    def _versions_came(self, subject: Subject, versions: tuple[ObjectVersion, ...]) -> None:
        from tasveer_tui.ui.kit.pick import PickScreen

        self._group = ""
        self._inspector.say_more("")
        if len(versions) <= 1:
            self._inspector.post_message(ShowNote("The bucket keeps no other version of it."))
            return
        choices = [_choice(version, ref_of(subject).etag) for version in versions]
        self._inspector.app.push_screen(
            PickScreen("Versions, the newest first", choices, hint="enter reads one, now."),
            lambda taken: self._read_version(subject, versions, taken),
        )

    def _read_version(
        self, subject: Subject, versions: tuple[ObjectVersion, ...], taken: int | None
    ) -> None:
        if taken is None or taken < 0 or self._inspector.subject is not subject:
            return
        version, space = versions[taken], workspace(self._inspector)
        if version.is_deletion:
            self._refuse("There it was deleted: this version has nothing to read.")
            return
        key = ref_of(subject).key
        self._inspector.show_reading(f"{key} of {time_text(version.ref.modified_at)}")
        self._group = "version"
        background(self._inspector).run(
            self._inspector,
            "version",
            lambda: space.inspect(subject.source, key, version.version_id),
            partial(self._version_came, space),
            failed=lambda error: self._inspector.show_error(key, error),
        )

    def _version_came(self, space: Workspace, found: Inspection) -> None:
        self._group = ""

        def load(width: int, height: int) -> PixelGrid:
            key = found.facts.ref.key
            return space.thumbnail(found.source, key, found.record, width, height, found.version_id)

        self._inspector.show(found, thumbnail=load)


def _choice(version: ObjectVersion, shown_etag: str) -> Choice:
    from tasveer_tui.ui.kit.pick import Choice

    ref = version.ref
    facts = [
        "deleted" if version.is_deletion else size_text(ref.size_bytes),
        "the latest" if version.is_latest else "",
        "shown now" if ref.etag and ref.etag == shown_etag else "",
        f"id {version.version_id}",
    ]
    return Choice(time_text(ref.modified_at), " · ".join(filter(None, facts)))

"""The dialog that asks for a location and for the access to it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, VerticalScroll
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.location import SCHEME, parse_location
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.kit.widgets import CheckBox

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import Access

FIELDS = (
    ("location", "location", "BUCKET, s3://BUCKET/PREFIX, or empty for all buckets"),
    ("profile", "profile", "default"),
    ("region", "region", "detected"),
    ("endpoint_url", "endpoint", "AWS · or https://host:port"),
)


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What to open, and with which access."""

    location: str
    """Empty to list all buckets that the access can see."""
    access: Access


class BucketDialog(Dialog[OpenRequest | None]):
    """A form. The result is None if it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)
    AUTO_FOCUS = "#location"

    def __init__(self, location: str, access: Access) -> None:
        super().__init__()
        self._location = location
        self._access = access

    def compose(self) -> ComposeResult:
        """The location and the access."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Open a bucket"), classes="dialog--title")
            for name, label, placeholder in FIELDS:
                value = self._location if name == "location" else getattr(self._access, name)
                with Horizontal(classes="dialog--field"):
                    yield Label(label, markup=False)
                    yield Input(value, id=name, placeholder=placeholder, compact=True)
            yield CheckBox(
                "unsigned, for a public bucket", id="unsigned", value=self._access.is_anonymous
            )
            yield CheckBox(
                "requester pays: charge the requests to me",
                id="payer",
                value=self._access.requester_pays,
            )
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Open"), id="open", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield FooterBar()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _typed_location(self) -> str:
        location = self._text("location")
        return "" if location == SCHEME else location

    def on_mount(self) -> None:
        """Load the names of the profiles."""
        background(self).run(self, "profiles", workspace(self).profiles, self._on_profiles)

    def _on_profiles(self, profiles: tuple[str, ...]) -> None:
        field = self.query_one("#profile", Input)
        field.suggester = SuggestFromList(profiles)
        if others := [clean(profile) for profile in profiles if profile != "default"]:
            field.placeholder = f"default, or {', '.join(others)}"

    def on_input_submitted(self) -> None:
        """Enter in a field opens the location."""
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Open the location, or close the dialog."""
        if event.button.id == "open":
            self.action_accept()
        else:
            self.action_back()

    def action_accept(self) -> None:
        """Open the location if it is valid."""
        try:
            if location := self._typed_location():
                parse_location(location)
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        access = dataclasses.replace(
            self._access,
            profile=self._text("profile"),
            region=self._text("region"),
            endpoint_url=self._text("endpoint_url"),
            is_anonymous=self.query_one("#unsigned", CheckBox).value,
            requester_pays=self.query_one("#payer", CheckBox).value,
        )
        self.dismiss(OpenRequest(location, access))

    def action_back(self) -> None:
        """Close the dialog without a change."""
        self.dismiss(None)

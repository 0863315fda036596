"""Asks for a bucket by its name, and how to reach it."""

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
from tasveer_tui.ui.kit.checkbox import Tick
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import ShowError

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.records import Access

FIELDS = (
    ("place", "place", "BUCKET, s3://BUCKET/PREFIX, or nothing for all buckets"),
    ("profile", "profile", "the default one"),
    ("region", "region", "found out"),
    ("endpoint_url", "endpoint", "AWS · or https://host:port"),
)


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What a person asked to open."""

    location: str
    """Empty for every bucket that is seen this way."""
    access: Access


class BucketScreen(Dialog[OpenRequest | None]):
    """A small form; the result is None when it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)
    AUTO_FOCUS = "#place"

    def __init__(self, place: str, access: Access) -> None:
        super().__init__()
        self._place = place
        self._access = access

    def compose(self) -> ComposeResult:
        """The place and the ways to reach it."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Text("Open a bucket"), classes="dialog--title")
            for name, label, placeholder in FIELDS:
                value = self._place if name == "place" else getattr(self._access, name)
                with Horizontal(classes="dialog--field"):
                    yield Label(label, markup=False)
                    yield Input(value, id=name, placeholder=placeholder, compact=True)
            yield Tick(
                "unsigned, for a public bucket", id="unsigned", value=self._access.is_anonymous
            )
            yield Tick(
                "the requests are charged to me", id="payer", value=self._access.requester_pays
            )
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text("Open"), id="open", variant="primary", compact=True)
                yield Button(Text("Close"), id="close", compact=True)
        yield KeyBar()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _place_said(self) -> str:
        place = self._text("place")
        return "" if place == SCHEME else place

    def on_mount(self) -> None:
        """Name the profiles that there are."""
        background(self).run(self, "profiles", workspace(self).profiles, self._profiles_came)

    def _profiles_came(self, profiles: tuple[str, ...]) -> None:
        field = self.query_one("#profile", Input)
        field.suggester = SuggestFromList(profiles)
        if profiles:
            field.placeholder = f"the default one · or {', '.join(map(clean, profiles))}"

    def on_input_submitted(self) -> None:
        """Open it."""
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Open it, or leave."""
        if event.button.id == "open":
            self.action_accept()
        else:
            self.action_back()

    def action_accept(self) -> None:
        """Open it, if the place can be understood."""
        try:
            if place := self._place_said():
                parse_location(place)
        except UsageError as error:
            self.post_message(ShowError(error))
            return
        access = dataclasses.replace(
            self._access,
            profile=self._text("profile"),
            region=self._text("region"),
            endpoint_url=self._text("endpoint_url"),
            is_anonymous=self.query_one("#unsigned", Tick).value,
            requester_pays=self.query_one("#payer", Tick).value,
        )
        self.dismiss(OpenRequest(place, access))

    def action_back(self) -> None:
        """Leave as it is."""
        self.dismiss(None)

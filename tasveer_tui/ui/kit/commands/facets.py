"""Commands of the panel of values beside the images."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_PANEL = Place.PANEL

PANEL = (
    Command(
        "panel.choose",
        "enter,space",
        "narrow",
        "Narrow the search to this value, too, or no more; on a title, list all values.",
        _PANEL,
        in_footer=True,
    ),
    Command(
        "panel.exclude",
        "minus",
        "not this",
        "Leave this value out of the search, or no more.",
        _PANEL,
        in_footer=True,
    ),
    Command(
        "panel.reset",
        "backspace",
        "all values",
        "Take what was chosen in this section out of the search.",
        _PANEL,
        in_footer=True,
    ),
    Command(
        "panel.next",
        "right_square_bracket",
        "next section",
        "Go to the next section.",
        _PANEL,
        action="jump(1)",
    ),
    Command(
        "panel.previous",
        "left_square_bracket",
        "section before",
        "Go to the section before.",
        _PANEL,
        action="jump(-1)",
    ),
    Command("panel.add", "a", "add section", "Count another field or tag.", _PANEL, in_footer=True),
    Command("panel.remove", "x", "remove section", "Take this section away.", _PANEL),
)

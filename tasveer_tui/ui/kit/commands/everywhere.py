"""Commands that work in every place, and in every list."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_ALL = Place.EVERYWHERE
_LIST = Place.LIST

EVERYWHERE = (
    Command(
        "app.browse",
        "1",
        "browse",
        "Go to the buckets and their prefixes.",
        _ALL,
        action="place('browse')",
    ),
    Command(
        "app.jobs", "2", "jobs", "Go to the jobs and their progress.", _ALL, action="place('jobs')"
    ),
    Command(
        "app.library",
        "3",
        "library",
        "Go to the catalogue and its search.",
        _ALL,
        action="place('library')",
    ),
    Command(
        "app.insight",
        "4",
        "insight",
        "Go to the counts over the search, the map and the reports.",
        _ALL,
        action="place('insight')",
    ),
    Command(
        "app.focus_next", "tab", "next pane", "Go to the next pane.", _ALL, action="app.focus_next"
    ),
    Command(
        "app.focus_previous",
        "shift+tab",
        "previous pane",
        "Go to the pane before.",
        _ALL,
        action="app.focus_previous",
    ),
    Command(
        "app.help", "question_mark,f1", "help", "Show what the keys do here.", _ALL, in_footer=True
    ),
    Command(
        "app.palette",
        "ctrl+p,colon",
        "commands",
        "Find any command by its name.",
        _ALL,
        action="command_palette",
    ),
    Command(
        "app.theme",
        "f2",
        "light/dark",
        "Change between the dark and the light theme.",
        _ALL,
        action="flip_theme",
    ),
    Command(
        "app.graphics",
        "f3",
        "graphics",
        "Draw thumbnails with half blocks, or with the graphics of Kitty or of Sixel.",
        _ALL,
        action="flip_graphics",
    ),
    Command(
        "app.back",
        "escape",
        "back",
        "Close the innermost thing that is open.",
        _ALL,
        action="screen.back",
    ),
    Command("app.leave", "q", "quit", "Leave the program.", _ALL, in_footer=True),
)

LISTS = (
    Command("list.row_down", "j,down", "down", "Go to the next line.", _LIST),
    Command("list.row_up", "k,up", "up", "Go to the line before.", _LIST),
    Command("list.page_down", "ctrl+f,pagedown", "page down", "Go a page on.", _LIST),
    Command("list.page_up", "ctrl+b,pageup", "page up", "Go a page back.", _LIST),
    Command("list.first_row", "g,home", "first", "Go to the first line.", _LIST),
    Command("list.last_row", "G,end", "last", "Go to the last line.", _LIST),
)

"""Commands of Insight and of its map."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_INSIGHT = Place.INSIGHT
_MAP = Place.MAP

INSIGHT = (
    Command(
        "insight.narrow",
        "enter",
        "show images",
        "Show the images of the line in the Library.",
        _INSIGHT,
        in_footer=True,
    ),
    Command(
        "insight.next_page",
        "right_square_bracket,l,right",
        "next page",
        "Go to the next page.",
        _INSIGHT,
        in_footer=True,
        action="turn(1)",
    ),
    Command(
        "insight.previous_page",
        "left_square_bracket,h,left",
        "previous page",
        "Go to the page before.",
        _INSIGHT,
        action="turn(-1)",
    ),
    Command("insight.map", "m", "map", "Show or hide the map.", _INSIGHT, in_footer=True),
    Command("insight.search", "slash", "search", "Write a search.", _INSIGHT, in_footer=True),
    Command("insight.clear", "u", "all images", "Count every image again.", _INSIGHT),
    Command("insight.export", "e", "export", "Write the page into a CSV file.", _INSIGHT),
    Command(
        "insight.copy_command",
        "y",
        "copy command",
        "Copy the command line that lists the images of the line.",
        _INSIGHT,
    ),
    Command("insight.refresh", "r", "refresh", "Count again.", _INSIGHT),
)

MAP = (
    Command(
        "map.choose",
        "enter",
        "show images",
        "Show the images in the window of the map in the Library.",
        _MAP,
        in_footer=True,
    ),
    Command(
        "map.zoom_in",
        "plus,equals_sign",
        "nearer",
        "Zoom in.",
        _MAP,
        in_footer=True,
        action="zoom(1)",
    ),
    Command(
        "map.zoom_out", "minus", "farther", "Zoom out.", _MAP, in_footer=True, action="zoom(-1)"
    ),
    Command("map.west", "h,left", "west", "Move the window.", _MAP, action="pan(-1, 0)"),
    Command("map.south", "j,down", "south", "Move the window.", _MAP, action="pan(0, 1)"),
    Command("map.north", "k,up", "north", "Move the window.", _MAP, action="pan(0, -1)"),
    Command("map.east", "l,right", "east", "Move the window.", _MAP, action="pan(1, 0)"),
    Command("map.fit", "f", "fit", "Show the part of the earth with pictures.", _MAP),
    Command("map.whole", "0", "whole earth", "Show the whole earth.", _MAP),
)

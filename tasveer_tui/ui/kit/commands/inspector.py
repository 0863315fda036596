"""Commands of the inspector and of what lays images side by side."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_INSPECTOR = Place.INSPECTOR
_COMPARE = Place.COMPARE

COMPARE = (
    Command(
        "compare.left", "h,left", "left", "Show the images before.", _COMPARE, action="pan(-1)"
    ),
    Command(
        "compare.right", "l,right", "right", "Show the next images.", _COMPARE, action="pan(1)"
    ),
    Command(
        "compare.flip_all",
        "d",
        "differing/all",
        "Show every tag, or only those that differ.",
        _COMPARE,
        in_footer=True,
    ),
    Command(
        "compare.flip_raw",
        "r",
        "human/raw",
        "Show values as they stand in the file, or as a person reads them.",
        _COMPARE,
        in_footer=True,
    ),
    Command(
        "compare.copy_text",
        "y",
        "copy text",
        "Copy what is shown as text, with tabs between the images.",
        _COMPARE,
        in_footer=True,
    ),
    Command(
        "compare.copy_json",
        "J",
        "copy JSON",
        "Copy what is shown as JSON.",
        _COMPARE,
        in_footer=True,
    ),
    Command(
        "compare.leave", "escape,C", "close", "Go back to the images.", _COMPARE, in_footer=True
    ),
)

INSPECTOR = (
    Command(
        "inspector.filter",
        "slash",
        "filter",
        "Show only the tags that hold the text typed.",
        _INSPECTOR,
        in_footer=True,
    ),
    Command(
        "inspector.copy_value",
        "y,c",
        "copy value",
        "Copy the value of the tag under the cursor.",
        _INSPECTOR,
        in_footer=True,
    ),
    Command(
        "inspector.same_value",
        "f",
        "same value",
        "Search every image that has the same value in this tag.",
        _INSPECTOR,
        in_footer=True,
    ),
    Command("inspector.preview", "p", "preview", "Show or hide the thumbnail.", _INSPECTOR),
    Command(
        "inspector.next_group",
        "right_square_bracket",
        "next group",
        "Go to the next group of tags.",
        _INSPECTOR,
        action="jump(1)",
    ),
    Command(
        "inspector.previous_group",
        "left_square_bracket",
        "group before",
        "Go to the group of tags before.",
        _INSPECTOR,
        action="jump(-1)",
    ),
    Command(
        "inspector.near_value",
        "n",
        "range",
        "Search every image whose number in this tag lies in a range around this one.",
        _INSPECTOR,
        in_footer=True,
    ),
    Command(
        "inspector.copy_text", "Y", "copy all", "Copy the tags that are listed as text.", _INSPECTOR
    ),
    Command(
        "inspector.copy_json",
        "J",
        "copy all as JSON",
        "Copy the tags that are listed as JSON.",
        _INSPECTOR,
    ),
    Command(
        "inspector.fetch_picture",
        "P",
        "whole picture",
        "Fetch the whole picture and show it here; asked once, with its size.",
        _INSPECTOR,
    ),
    Command(
        "inspector.open_viewer",
        "O",
        "system viewer",
        "Fetch the whole picture and open it in the system's own program.",
        _INSPECTOR,
    ),
    Command(
        "inspector.versions",
        "V",
        "versions",
        "List the versions that the bucket keeps of the object, and read one of them.",
        _INSPECTOR,
    ),
    Command(
        "inspector.copy_link",
        "w",
        "copy link",
        "Copy a link that lets anybody read the object for an hour.",
        _INSPECTOR,
    ),
)

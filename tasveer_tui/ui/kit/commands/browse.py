"""Commands of Browse: the bucket tree, the objects, seeking, the dispatch sheet."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_BROWSE = Place.BROWSE
_TREE = Place.TREE
_OBJECTS = Place.OBJECTS
_SEEK = Place.SEEK
_DISPATCH = Place.DISPATCH
_DIALOG = Place.DIALOG
_PICK = Place.PICK

BROWSE = (
    Command(
        "browse.dispatch",
        "enter",
        "dispatch",
        "Show what reading the chosen takes, then read it.",
        _BROWSE,
        in_footer=True,
    ),
    Command(
        "browse.open",
        "enter",
        "open",
        "Open the line: expand the prefix, inspect the object.",
        _BROWSE,
        in_footer=True,
    ),
    Command(
        "browse.toggle",
        "space",
        "choose",
        "Choose the line, or leave it out again.",
        _BROWSE,
        in_footer=True,
        action="choose",
    ),
    Command(
        "browse.range",
        "v",
        "range",
        "Start a range here; v or space again chooses its lines.",
        _BROWSE,
    ),
    Command(
        "browse.choose_all",
        "ctrl+a",
        "all",
        "Choose everything in this prefix, or nothing of it.",
        _BROWSE,
    ),
    Command(
        "browse.invert",
        "t",
        "invert",
        "Choose in this prefix what is not chosen, and the other way round.",
        _BROWSE,
    ),
    Command(
        "browse.glob",
        "asterisk",
        "by pattern",
        "Choose what fits a pattern such as *.jpg, of the lines that are loaded.",
        _BROWSE,
    ),
    Command(
        "browse.not_done",
        "w",
        "not done",
        "Choose what is not read yet, or was read before it changed.",
        _BROWSE,
    ),
    Command("browse.clear", "u", "choose none", "Choose nothing of this bucket any more.", _BROWSE),
    Command(
        "browse.seek",
        "slash",
        "seek",
        "Show only what begins with the text typed; the server looks it up.",
        _BROWSE,
        in_footer=True,
    ),
    Command(
        "browse.inspect", "i", "inspector", "Show or hide the inspector.", _BROWSE, in_footer=True
    ),
    Command(
        "browse.bucket",
        "o",
        "open bucket",
        "Open a bucket or s3://bucket/prefix by its name.",
        _BROWSE,
        in_footer=True,
    ),
    Command(
        "browse.copy_command",
        "y",
        "copy command",
        "Copy the command line that reads the chosen, or else this prefix.",
        _BROWSE,
        in_footer=True,
    ),
    Command(
        "browse.watch",
        "W",
        "watch",
        "List the chosen, or else this prefix, again and again, and read what is new; or end that.",
        _BROWSE,
    ),
    Command(
        "browse.up",
        "backspace",
        "up",
        "Go to the prefix above; above a bucket, look for more buckets.",
        _BROWSE,
    ),
    Command(
        "browse.measure",
        "full_stop",
        "count",
        "Count the objects and bytes in the prefix, at any depth; again to stop.",
        _BROWSE,
    ),
    Command(
        "browse.copy",
        "c",
        "copy or link",
        "Copy the key, the address, the ETag, or a link that works for a while.",
        _BROWSE,
    ),
    Command(
        "browse.download",
        "D",
        "download",
        "Fetch the pictures themselves: what is chosen, or the line under the cursor.",
        _BROWSE,
    ),
    Command(
        "browse.back_in_time",
        "alt+left,left_curly_bracket",
        "back",
        "Go to the prefix where you were before.",
        _BROWSE,
        action="travel(-1)",
    ),
    Command(
        "browse.forth_in_time",
        "alt+right,right_curly_bracket",
        "forth",
        "Go again to where you came back from.",
        _BROWSE,
        action="travel(1)",
    ),
    Command("browse.bookmark", "b", "bookmark", "Mark this prefix, or unmark it.", _BROWSE),
    Command(
        "browse.bookmarks", "B", "bookmarks", "Go to one of the places that you marked.", _BROWSE
    ),
    Command("browse.refresh", "r", "refresh", "List this prefix again.", _BROWSE),
)

TREE = (
    Command(
        "tree.expand",
        "l,right",
        "expand",
        "Show what is in the prefix, then go into it.",
        _TREE,
        in_footer=True,
    ),
    Command(
        "tree.collapse",
        "h,left",
        "collapse",
        "Hide what is in the prefix, then go to the one above.",
        _TREE,
    ),
)

OBJECTS = (
    Command("objects.leave", "h,left", "to the tree", "Go back to the tree.", _OBJECTS),
    Command(
        "objects.sort",
        "right_square_bracket",
        "sort",
        "Sort by the next column: name, size, time; then by name again.",
        _OBJECTS,
    ),
    Command("objects.reverse", "left_square_bracket", "reverse", "Turn the order round.", _OBJECTS),
)

SEEK = (
    Command(
        "seek.keep",
        "enter",
        "keep",
        "Keep what is found and go back to the list.",
        _SEEK,
        in_footer=True,
        has_priority=True,
    ),
    Command(
        "seek.back",
        "escape",
        "show all",
        "Show everything again.",
        _SEEK,
        in_footer=True,
        action="screen.back",
    ),
)

DISPATCH = (
    Command(
        "dispatch.send",
        "ctrl+d",
        "dispatch",
        "Read it, from any field of the sheet.",
        _DISPATCH,
        in_footer=True,
        has_priority=True,
    ),
    Command(
        "dispatch.copy_command",
        "f4",
        "copy command",
        "Copy the command line that does the same.",
        _DISPATCH,
        in_footer=True,
        has_priority=True,
    ),
)

PICK = (
    Command(
        "pick.take",
        "enter",
        "take",
        "Take the line.",
        _PICK,
        in_footer=True,
        has_priority=True,
    ),
    Command(
        "pick.back",
        "escape",
        "close",
        "Close the list and take none.",
        _PICK,
        in_footer=True,
        has_priority=True,
    ),
)

DIALOGS = (
    Command(
        "dialog.accept",
        "ctrl+d",
        "accept",
        "Do what the dialog is about, from any of its fields.",
        _DIALOG,
        in_footer=True,
        has_priority=True,
    ),
    Command(
        "dialog.back",
        "escape",
        "close",
        "Close it and change nothing.",
        _DIALOG,
        in_footer=True,
        has_priority=True,
    ),
)

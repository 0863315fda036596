"""Commands of Browse: the bucket tree, the objects, seeking, the dispatch sheet."""

from tasveer_tui.ui.commands.command import Command, Place

_BROWSE = Place.BROWSE
_TREE = Place.TREE
_OBJECTS = Place.OBJECTS
_SEEK = Place.SEEK
_DISPATCH = Place.DISPATCH
_DIALOG = Place.DIALOG

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
        "browse.up",
        "backspace",
        "up",
        "Go to the prefix above; above a bucket, look for more buckets.",
        _BROWSE,
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

OBJECTS = (Command("objects.leave", "h,left", "to the tree", "Go back to the tree.", _OBJECTS),)

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

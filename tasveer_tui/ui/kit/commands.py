"""Every command, one row each: id, keys, label, help. `ui.kit.keys` makes the rest from them.

To add a command, add a row here and a method `action_<name>` to the screen or widget of its scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Scope(Enum):
    """Where commands work: a screen, or a part of one."""

    EVERYWHERE = ("app", "Everywhere")
    LIST = ("list", "In every list")
    BROWSE = ("browse", "Browse")
    TREE = ("tree", "Bucket tree")
    OBJECTS = ("objects", "Objects")
    SEEK = ("seek", "Prefix filter")
    INGEST = ("ingest", "Ingest sheet")
    DIALOG = ("dialog", "Dialogs")
    JOBS = ("jobs", "Jobs")
    JOB_FILTER = ("job_filter", "Job filter")
    LIBRARY = ("library", "Library")
    TABLE = ("table", "Table")
    SEARCH = ("search", "Search bar")
    SEARCHES = ("searches", "Saved searches")
    FAILURES = ("failures", "Failed objects")
    FACETS = ("facets", "Column values")
    EXPORT = ("export", "Export sheet")
    INSPECTOR = ("inspector", "Inspector")
    MENU = ("menu", "Menus")
    INSIGHT = ("insight", "Insight")
    MAP = ("map", "Map")
    SHEET = ("sheet", "Contact sheet")
    COMPARE = ("compare", "Comparison")
    PANEL = ("panel", "Filter panel")

    def __init__(self, prefix: str, title: str) -> None:
        self.prefix = prefix
        """The first part of the ids of its commands."""
        self.title = title
        """The heading in the help."""


_SCOPES: Final = {scope.prefix: scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do."""

    id: str
    """`scope.name`. The settings file names it to change its keys."""
    keys: str
    """Comma-separated, as Textual names them; the footer shows the first one."""
    label: str
    """One to three words for the footer and the palette."""
    help: str
    """A sentence: what it does."""
    in_footer: bool = False
    action: str = ""
    """Textual action on the screen or widget of the scope; by default the id's last part."""
    has_priority: bool = False
    """It works while an input has the focus. Never for keys that type a character."""

    @property
    def scope(self) -> Scope:
        """Where it works."""
        return _SCOPES[self.id.partition(".")[0]]

    @property
    def action_name(self) -> str:
        """The action that its binding runs."""
        return self.action or self.id.rpartition(".")[2]


FOOTER: Final = True

# fmt: off
ROWS: Final = (
    Command("browse.ingest", "enter", "ingest", "Estimate the ingest of the selection (or this prefix), then start it.", FOOTER),
    Command("browse.open", "enter", "open", "Open the line: expand the prefix, inspect the object.", FOOTER),
    Command("browse.select", "space", "select", "Select the line, or deselect it.", FOOTER),
    Command("browse.select_range", "v", "range", "Start a range; v or space again selects its lines."),
    Command("browse.select_all", "ctrl+a", "select all", "Select everything in this prefix, or nothing."),
    Command("browse.invert", "t", "invert", "Invert the selection in this prefix."),
    Command("browse.select_pattern", "asterisk", "by pattern", "Select the loaded lines that match a pattern such as *.jpg."),
    Command("browse.select_pending", "w", "new or changed",
            "Select the lines that are new or changed since they were ingested."),
    Command("browse.clear_selection", "u", "clear selection", "Clear the selection in this bucket."),
    Command("browse.seek", "slash", "filter", "Filter by prefix (the server does the matching).", FOOTER),
    Command("browse.inspect", "i", "inspect", "Show or hide the inspector.", FOOTER),
    Command("browse.bucket", "o", "open bucket", "Open a bucket or s3://bucket/prefix by name.", FOOTER),
    Command("browse.copy_command", "y", "copy command",
            "Copy the command that ingests the selection, or else this prefix.", FOOTER),
    Command("browse.watch", "W", "watch", "Watch the selection (or this prefix) for new objects; press again to stop."),
    Command("browse.up", "backspace", "up", "Go to the parent prefix; from a bucket, list more buckets."),
    Command("browse.count", "full_stop", "count", "Count the objects and bytes in the prefix; press again to stop."),
    Command("browse.copy", "c", "copy or link", "Copy the key, the location, the ETag or a temporary link."),
    Command("browse.download", "D", "download", "Download the original images: the selection, or else this line."),
    Command("browse.history_back", "alt+left,left_curly_bracket", "back",
            "Go back to the previous prefix.", action="travel(-1)"),
    Command("browse.history_forward", "alt+right,right_curly_bracket", "forward",
            "Go forward to the next prefix.", action="travel(1)"),
    Command("browse.bookmark", "b", "bookmark", "Add or remove a bookmark for this prefix."),
    Command("browse.bookmarks", "B", "bookmarks", "List the bookmarks and open one."),
    Command("browse.refresh", "r", "refresh", "List this prefix again."),

    Command("tree.expand", "l,right", "expand", "Expand the prefix, then go into it.", FOOTER),
    Command("tree.collapse", "h,left", "collapse", "Collapse the prefix, then go to its parent."),

    Command("objects.leave", "h,left", "to the tree", "Go back to the tree."),
    Command("objects.sort", "right_square_bracket", "sort", "Sort by the next column: name, size, time."),
    Command("objects.reverse", "left_square_bracket", "reverse", "Reverse the order."),

    Command("seek.keep", "enter", "keep", "Keep the filter and go back to the list.", FOOTER, has_priority=True),
    Command("seek.back", "escape", "show all", "Clear the filter.", FOOTER, action="screen.back"),

    Command("ingest.send", "ctrl+d", "ingest", "Start to ingest, from any field of the sheet.", FOOTER, has_priority=True),
    Command("ingest.copy_command", "f4", "copy command", "Copy the command that does the same.", FOOTER, has_priority=True),

    Command("dialog.accept", "ctrl+d", "accept", "Confirm, from any field of the dialog.", FOOTER, has_priority=True),
    Command("dialog.back", "escape", "close", "Close the dialog without a change.", FOOTER, has_priority=True),

    Command("menu.select", "enter", "select", "Select this line.", FOOTER, has_priority=True),
    Command("menu.back", "escape", "close", "Close the menu without a selection.", FOOTER, has_priority=True),

    Command("jobs.open", "enter", "open", "Open the failures of the job or the class, or the object in Browse.", FOOTER),
    Command("jobs.pause", "P", "pause", "Pause the job.", FOOTER),
    Command("jobs.resume", "P", "resume", "Resume a paused job, or retry a failed one.", FOOTER),
    Command("jobs.cancel", "x", "cancel", "Cancel the job (asks first).", FOOTER),
    Command("jobs.unwatch", "x", "stop watching", "Stop watching the location (asks first).", FOOTER),
    Command("jobs.retry", "R", "retry", "Retry the failures of the class under the cursor, or of the whole job.", FOOTER),
    Command("jobs.filter", "slash", "filter", "Filter the jobs by state, location or number, older ones included.", FOOTER),
    Command("jobs.log", "L", "log", "Show the engine's log: everything, then warnings, then errors.", FOOTER),
    Command("jobs.next_pane", "tab", "next pane", "Next pane: jobs, watches, failures, workers, recent reads, log.", FOOTER),
    Command("jobs.raise", "plus,equals_sign", "raise priority",
            "Raise the job's priority: jobs of lower priority wait for it.", FOOTER),
    Command("jobs.lower", "minus", "lower priority", "Lower the job's priority.", FOOTER),
    Command("jobs.tune", "T", "concurrency", "Change how many objects each worker process reads at once.", FOOTER),
    Command("jobs.previous_pane", "shift+tab", "previous pane", "Go to the previous pane."),
    Command("jobs.refresh", "r", "refresh", "Read the ledger again."),
    Command("jobs.copy_command", "y", "copy command", "Copy the command that shows this job."),

    Command("job_filter.keep", "enter", "keep", "Keep the filter and go back to the jobs.", FOOTER, has_priority=True),
    Command("job_filter.back", "escape", "show all", "Clear the filter and show all jobs.", FOOTER, action="screen.back"),

    Command("failures.open", "enter", "in Browse", "Show the object in Browse.", FOOTER),
    Command("failures.retry", "R", "retry", "Retry this object.", FOOTER),
    Command("failures.retry_all", "A", "retry all", "Retry all objects of this list.", FOOTER),
    Command("failures.copy_key", "y", "copy key", "Copy the object's location.", FOOTER),
    Command("failures.leave", "escape", "close", "Close the list.", FOOTER),

    Command("panel.filter", "enter,space", "filter",
            "Add or remove this value as a filter; on a title, list all values.", FOOTER, action="open"),
    Command("panel.exclude", "minus", "exclude", "Exclude this value, or stop excluding it.", FOOTER),
    Command("panel.clear", "backspace", "clear filter", "Clear the filter of this section.", FOOTER),
    Command("panel.next", "right_square_bracket", "next section", "Go to the next section.", action="jump(1)"),
    Command("panel.previous", "left_square_bracket", "previous section", "Go to the previous section.", action="jump(-1)"),
    Command("panel.add", "a", "add section", "Add a section for another field or tag.", FOOTER),
    Command("panel.remove", "x", "remove section", "Remove this section."),

    Command("library.search", "slash", "search", "Edit the search.", FOOTER),
    Command("library.inspect", "i", "inspector", "Show or hide the inspector.", FOOTER),
    Command("library.copy_command", "y", "copy command", "Copy the command that prints this search."),
    Command("library.export", "e", "export", "Export the search's results to a file.", FOOTER),
    Command("library.sheet", "v", "contact sheet", "Switch between thumbnails and the table.", FOOTER),
    Command("library.facets", "f", "filter panel", "Show or hide the most frequent values to filter by.", FOOTER),
    Command("library.select", "space", "select", "Select the image, or deselect it, and go to the next one.", FOOTER),
    Command("library.compare", "C", "compare", "Compare the selected images tag by tag.", FOOTER),
    Command("library.save_search", "S", "save search", "Save the search under a name."),
    Command("library.searches", "s", "saved searches", "List the saved and recent searches."),
    Command("library.clear_selection", "u", "clear selection", "Clear the selection."),
    Command("library.refresh", "r", "refresh", "Search again."),
    Command("library.clear", "backspace", "clear search", "Clear the search."),

    Command("table.open", "enter", "inspect", "Show the image's tags."),
    Command("table.left", "h,left", "column left", "Go to the previous column.", action="column_left"),
    Command("table.right", "l,right", "column right", "Go to the next column.", action="column_right"),
    Command("table.sort_up", "left_square_bracket", "sort up",
            "Sort by this column, smallest first.", FOOTER, action="sort('asc')"),
    Command("table.sort_down", "right_square_bracket", "sort down",
            "Sort by this column, largest first.", FOOTER, action="sort('desc')"),
    Command("table.facet", "F", "values", "Count the values of this column in the search's results.", FOOTER),
    Command("table.hide_column", "minus", "hide column", "Hide this column."),
    Command("table.show_columns", "equals_sign", "show columns", "Show all hidden columns."),
    Command("table.add_column", "a", "add column", "Add a column for a field or a tag."),
    Command("table.freeze", "exclamation_mark", "freeze columns", "Freeze columns up to here; again, only the first."),
    Command("table.copy_cell", "c", "copy cell", "Copy this cell."),
    Command("table.copy_row", "Y", "copy row", "Copy the row, tab-separated."),
    Command("table.column_left", "H", "move column left", "Move this column to the left.", action="move_column(-1)"),
    Command("table.column_right", "L", "move column right", "Move this column to the right.", action="move_column(1)"),
    Command("table.wider", "plus", "wider", "Widen this column.", action="widen_column(1)"),
    Command("table.narrower", "underscore", "narrower", "Narrow this column.", action="widen_column(-1)"),

    Command("search.keep", "enter", "to the table",
            "Keep the search and go to the table; in the list, use the suggestion.", FOOTER, action="bar('keep')"),
    Command("search.complete", "tab", "complete", "Use the suggestion.", FOOTER, action="bar('complete')"),
    Command("search.next", "down", "down the list",
            "Go to the next suggestion; without a list, to the table.", action="bar('next')"),
    Command("search.previous", "up,ctrl+r", "recent searches",
            "Go to the previous suggestion; from the first, list recent searches.", FOOTER, action="bar('previous')"),
    Command("search.leave", "escape", "close", "Close the list; without a list, go to the table.", action="bar('leave')"),

    Command("searches.take", "enter", "search", "Run this search.", FOOTER),
    Command("searches.edit", "e", "edit", "Put this search into the search bar.", FOOTER),
    Command("searches.delete", "x", "delete", "Delete the saved search.", FOOTER),
    Command("searches.leave", "escape,s", "close", "Close the list and keep the search.", FOOTER),

    Command("facets.filter", "enter", "filter", "Filter by this value.", FOOTER, action="open"),
    Command("facets.exclude", "minus", "exclude", "Exclude this value.", FOOTER),
    Command("facets.leave", "escape,F", "close", "Close the list and keep the search.", FOOTER),

    Command("export.next_format", "down", "next format",
            "Select the next format, and change the file's extension to match.", FOOTER, action="format(1)", has_priority=True),
    Command("export.previous_format", "up", "previous format",
            "Select the previous format.", action="format(-1)", has_priority=True),
    Command("export.copy_command", "f4", "copy command", "Copy the command that exports the same.", FOOTER, has_priority=True),

    Command("inspector.filter", "slash", "filter", "Filter the tags by text.", FOOTER),
    Command("inspector.copy_value", "y,c", "copy value", "Copy the value of this tag.", FOOTER),
    Command("inspector.same_value", "f", "same value", "Search for images with the same value of this tag.", FOOTER),
    Command("inspector.preview", "p", "preview", "Show or hide the thumbnail."),
    Command("inspector.next_group", "right_square_bracket", "next group", "Go to the next group of tags.", action="jump(1)"),
    Command("inspector.previous_group", "left_square_bracket", "previous group",
            "Go to the previous group of tags.", action="jump(-1)"),
    Command("inspector.near_value", "n", "range", "Search for images whose number in this tag is near this one.", FOOTER),
    Command("inspector.copy_text", "Y", "copy all", "Copy the listed tags as text."),
    Command("inspector.copy_json", "J", "copy all as JSON", "Copy the listed tags as JSON."),
    Command("inspector.full_image", "P", "full image", "Download the full image and show it here (asks first)."),
    Command("inspector.open_viewer", "O", "system viewer", "Download the full image and open it in the system's viewer."),
    Command("inspector.versions", "V", "versions", "List the versions of the object in the bucket and read one."),
    Command("inspector.copy_link", "w", "copy link", "Copy a link that lets anyone read the object for an hour."),

    Command("insight.show_images", "enter", "show images", "Show the images of this line in the Library.", FOOTER),
    Command("insight.next_page", "right_square_bracket,l,right", "next page", "Go to the next page.", FOOTER, action="turn(1)"),
    Command("insight.previous_page", "left_square_bracket,h,left", "previous page",
            "Go to the previous page.", action="turn(-1)"),
    Command("insight.map", "m", "map", "Show or hide the map.", FOOTER),
    Command("insight.search", "slash", "search", "Edit the search.", FOOTER),
    Command("insight.clear", "u", "all images", "Clear the search and count all images."),
    Command("insight.export", "e", "export", "Export the page to a CSV file."),
    Command("insight.copy_command", "y", "copy command", "Copy the command that lists the images of this line."),
    Command("insight.refresh", "r", "refresh", "Count again."),

    Command("map.show_images", "enter", "show images", "Show the images in the map's window in the Library.", FOOTER),
    Command("map.zoom_in", "plus,equals_sign", "zoom in", "Zoom in.", FOOTER, action="zoom(1)"),
    Command("map.zoom_out", "minus", "zoom out", "Zoom out.", FOOTER, action="zoom(-1)"),
    Command("map.west", "h,left", "west", "Move the window west.", action="pan(-1, 0)"),
    Command("map.south", "j,down", "south", "Move the window south.", action="pan(0, 1)"),
    Command("map.north", "k,up", "north", "Move the window north.", action="pan(0, -1)"),
    Command("map.east", "l,right", "east", "Move the window east.", action="pan(1, 0)"),
    Command("map.fit", "f", "fit", "Show the part of the world that has images."),
    Command("map.whole", "0", "whole world", "Show the whole world."),

    Command("sheet.open", "enter", "inspect", "Show the image's tags.", FOOTER),
    Command("sheet.left", "h,left", "left", "Go to the previous image.", action="step(-1, 0)"),
    Command("sheet.right", "l,right", "right", "Go to the next image.", action="step(1, 0)"),
    Command("sheet.down", "j,down", "down", "Go to the image below.", action="step(0, 1)"),
    Command("sheet.up", "k,up", "up", "Go to the image above.", action="step(0, -1)"),
    Command("sheet.page_down", "ctrl+f,pagedown", "page down", "Go down a page.", action="page(1)"),
    Command("sheet.page_up", "ctrl+b,pageup", "page up", "Go up a page.", action="page(-1)"),
    Command("sheet.first", "g,home", "first", "Go to the first image.", action="ends(0)"),
    Command("sheet.last", "G,end", "last", "Go to the last image.", action="ends(1)"),
    Command("sheet.larger", "plus,equals_sign", "larger", "Show larger thumbnails.", FOOTER, action="resize(1)"),
    Command("sheet.smaller", "minus", "smaller", "Show smaller thumbnails.", FOOTER, action="resize(-1)"),

    Command("compare.left", "h,left", "left", "Show the previous images.", action="pan(-1)"),
    Command("compare.right", "l,right", "right", "Show the next images.", action="pan(1)"),
    Command("compare.toggle_all", "d", "differing/all", "Show all tags, or only those that differ.", FOOTER),
    Command("compare.toggle_raw", "r", "human/raw", "Show raw values, or human-readable ones.", FOOTER),
    Command("compare.copy_text", "y", "copy text", "Copy the comparison, tab-separated.", FOOTER),
    Command("compare.copy_json", "J", "copy JSON", "Copy the comparison as JSON.", FOOTER),
    Command("compare.leave", "escape,C", "close", "Go back to the images.", FOOTER),

    Command("list.row_down", "j,down", "down", "Go to the next line."),
    Command("list.row_up", "k,up", "up", "Go to the previous line."),
    Command("list.page_down", "ctrl+f,pagedown", "page down", "Go down a page."),
    Command("list.page_up", "ctrl+b,pageup", "page up", "Go up a page."),
    Command("list.first_row", "g,home", "first", "Go to the first line."),
    Command("list.last_row", "G,end", "last", "Go to the last line."),

    Command("app.browse", "1", "browse", "Show the buckets and their prefixes.", action="show_screen('browse')"),
    Command("app.jobs", "2", "jobs", "Show the jobs and their progress.", action="show_screen('jobs')"),
    Command("app.library", "3", "library", "Show the catalogue and search it.", action="show_screen('library')"),
    Command("app.insight", "4", "insight", "Show counts, a map and reports of the search.", action="show_screen('insight')"),
    Command("app.focus_next", "tab", "next pane", "Go to the next pane.", action="app.focus_next"),
    Command("app.focus_previous", "shift+tab", "previous pane", "Go to the previous pane.", action="app.focus_previous"),
    Command("app.help", "question_mark,f1", "help", "Show the keys that work here.", FOOTER),
    Command("app.palette", "ctrl+p,colon", "commands", "Find a command by name.", action="command_palette"),
    Command("app.theme", "f2", "light/dark", "Switch between the dark and the light theme.", action="toggle_theme"),
    Command("app.graphics", "f3", "graphics",
            "Draw thumbnails with half blocks, Kitty's graphics or Sixel.", action="next_graphics"),
    Command("app.back", "escape", "back", "Close the part of the screen that was opened last.", action="screen.back"),
    Command("app.quit", "q", "quit", "Quit the program.", FOOTER),
)
"""In the order of the footer and the help."""
# fmt: on

COMMANDS: Final = {command.id: command for command in ROWS}

RENAMED: Final = {
    "browse.dispatch": "browse.ingest",
    "browse.toggle": "browse.select",
    "dispatch.send": "ingest.send",
    "dispatch.copy_command": "ingest.copy_command",
    "browse.range": "browse.select_range",
    "browse.choose_all": "browse.select_all",
    "browse.glob": "browse.select_pattern",
    "browse.not_done": "browse.select_pending",
    "browse.clear": "browse.clear_selection",
    "browse.measure": "browse.count",
    "browse.back_in_time": "browse.history_back",
    "browse.forth_in_time": "browse.history_forward",
    "pick.take": "menu.select",
    "pick.back": "menu.back",
    "panel.choose": "panel.filter",
    "panel.reset": "panel.clear",
    "library.mark": "library.select",
    "library.clear_marks": "library.clear_selection",
    "facets.choose": "facets.filter",
    "inspector.fetch_picture": "inspector.full_image",
    "insight.narrow": "insight.show_images",
    "map.choose": "map.show_images",
    "sheet.choose": "sheet.open",
    "compare.flip_all": "compare.toggle_all",
    "compare.flip_raw": "compare.toggle_raw",
    "app.leave": "app.quit",
}
"""Ids of earlier versions, which settings files may still name."""

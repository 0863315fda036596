"""Commands of Library: the table, the contact sheet, the search bar, the values of a column."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_LIBRARY = Place.LIBRARY
_TABLE = Place.TABLE
_SEARCH = Place.SEARCH
_SHEET = Place.SHEET
_SEARCHES = Place.SEARCHES
_FACETS = Place.FACETS
_EXPORT = Place.EXPORT

LIBRARY = (
    Command("library.search", "slash", "search", "Write a search.", _LIBRARY, in_footer=True),
    Command(
        "library.inspect", "i", "inspector", "Show or hide the inspector.", _LIBRARY, in_footer=True
    ),
    Command(
        "library.copy_command",
        "y",
        "copy command",
        "Copy the command line that prints this search.",
        _LIBRARY,
    ),
    Command(
        "library.export",
        "e",
        "export",
        "Write what the search finds into a file.",
        _LIBRARY,
        in_footer=True,
    ),
    Command(
        "library.sheet",
        "v",
        "contact sheet",
        "Show thumbnails instead of the table, or the table again.",
        _LIBRARY,
        in_footer=True,
    ),
    Command(
        "library.facets",
        "f",
        "filter panel",
        "Show the most frequent values beside the images, to narrow by; hide them again.",
        _LIBRARY,
        in_footer=True,
    ),
    Command(
        "library.mark",
        "space",
        "mark",
        "Mark the image, or take its mark away, and go on to the next one.",
        _LIBRARY,
        in_footer=True,
    ),
    Command(
        "library.compare",
        "C",
        "compare",
        "Lay the marked images side by side, tag by tag.",
        _LIBRARY,
        in_footer=True,
    ),
    Command(
        "library.save_search",
        "S",
        "save search",
        "Keep the present search under a name.",
        _LIBRARY,
    ),
    Command(
        "library.searches",
        "s",
        "saved searches",
        "List the saved and the recent searches.",
        _LIBRARY,
    ),
    Command("library.clear_marks", "u", "clear marks", "Take every mark away.", _LIBRARY),
    Command("library.refresh", "r", "refresh", "Search again.", _LIBRARY),
    Command(
        "library.clear",
        "backspace",
        "clear search",
        "Take the search away and show every image.",
        _LIBRARY,
    ),
)

TABLE = (
    Command(
        "table.open",
        "enter",
        "inspect",
        "Go to the tags of this image.",
        _TABLE,
        action="choose",
    ),
    Command(
        "table.left",
        "h,left",
        "column left",
        "Go to the column before.",
        _TABLE,
        action="column_left",
    ),
    Command(
        "table.right",
        "l,right",
        "column right",
        "Go to the next column.",
        _TABLE,
        action="column_right",
    ),
    Command(
        "table.sort_up",
        "left_square_bracket",
        "sort up",
        "Sort by this column, smallest first.",
        _TABLE,
        in_footer=True,
        action="sort('asc')",
    ),
    Command(
        "table.sort_down",
        "right_square_bracket",
        "sort down",
        "Sort by this column, largest first.",
        _TABLE,
        in_footer=True,
        action="sort('desc')",
    ),
    Command(
        "table.facet",
        "F",
        "values",
        "Count the values of this column under the present search.",
        _TABLE,
        in_footer=True,
    ),
    Command("table.hide_column", "minus", "hide column", "Hide this column.", _TABLE),
    Command(
        "table.show_columns",
        "equals_sign",
        "show columns",
        "Show the hidden columns again.",
        _TABLE,
    ),
    Command(
        "table.add_column",
        "a",
        "add column",
        "Add a column: any field, or any tag.",
        _TABLE,
    ),
    Command(
        "table.freeze",
        "exclamation_mark",
        "freeze columns",
        "Let the columns up to this one stand while the others scroll, or only the first again.",
        _TABLE,
    ),
    Command("table.copy_cell", "c", "copy cell", "Copy what stands in this cell.", _TABLE),
    Command("table.copy_row", "Y", "copy row", "Copy the row, tabs between its cells.", _TABLE),
    Command(
        "table.column_left",
        "H",
        "move column left",
        "Move this column to the left.",
        _TABLE,
        action="move_column(-1)",
    ),
    Command(
        "table.column_right",
        "L",
        "move column right",
        "Move this column to the right.",
        _TABLE,
        action="move_column(1)",
    ),
    Command(
        "table.wider", "plus", "wider", "Make this column wider.", _TABLE, action="widen_column(1)"
    ),
    Command(
        "table.narrower",
        "underscore",
        "narrower",
        "Make this column narrower.",
        _TABLE,
        action="widen_column(-1)",
    ),
)

SHEET = (
    Command("sheet.choose", "enter", "inspect", "Show the image's tags.", _SHEET, in_footer=True),
    Command(
        "sheet.left", "h,left", "left", "Go to the image before.", _SHEET, action="step(-1, 0)"
    ),
    Command(
        "sheet.right", "l,right", "right", "Go to the next image.", _SHEET, action="step(1, 0)"
    ),
    Command("sheet.down", "j,down", "down", "Go to the image below.", _SHEET, action="step(0, 1)"),
    Command("sheet.up", "k,up", "up", "Go to the image above.", _SHEET, action="step(0, -1)"),
    Command(
        "sheet.page_down",
        "ctrl+f,pagedown",
        "page down",
        "Go a screen on.",
        _SHEET,
        action="page(1)",
    ),
    Command(
        "sheet.page_up", "ctrl+b,pageup", "page up", "Go a screen back.", _SHEET, action="page(-1)"
    ),
    Command("sheet.first", "g,home", "first", "Go to the first image.", _SHEET, action="ends(0)"),
    Command("sheet.last", "G,end", "last", "Go to the last image.", _SHEET, action="ends(1)"),
    Command(
        "sheet.larger",
        "plus,equals_sign",
        "larger",
        "Show larger thumbnails.",
        _SHEET,
        in_footer=True,
        action="resize(1)",
    ),
    Command(
        "sheet.smaller",
        "minus",
        "smaller",
        "Show smaller thumbnails.",
        _SHEET,
        in_footer=True,
        action="resize(-1)",
    ),
)

SEARCH = (
    Command(
        "search.keep",
        "enter",
        "to the table",
        "Keep the search and go to the table; in the list, take the line.",
        _SEARCH,
        in_footer=True,
        action="bar('keep')",
    ),
    Command(
        "search.complete",
        "tab",
        "complete",
        "Take what the list offers.",
        _SEARCH,
        in_footer=True,
        action="bar('complete')",
    ),
    Command(
        "search.next",
        "down",
        "down the list",
        "Go down in the list; where there is none, to the table.",
        _SEARCH,
        action="bar('next')",
    ),
    Command(
        "search.previous",
        "up,ctrl+r",
        "recent searches",
        "Go up in the list; from its top, list the recent searches that hold what is typed.",
        _SEARCH,
        in_footer=True,
        action="bar('previous')",
    ),
    Command(
        "search.leave",
        "escape",
        "close",
        "Close the list; where there is none, go to the table.",
        _SEARCH,
        action="bar('leave')",
    ),
)

SEARCHES = (
    Command("searches.take", "enter", "search", "Make this search.", _SEARCHES, in_footer=True),
    Command(
        "searches.edit",
        "e",
        "edit",
        "Put what is saved under this name into the search bar.",
        _SEARCHES,
        in_footer=True,
    ),
    Command(
        "searches.delete",
        "x",
        "delete",
        "Forget the saved search.",
        _SEARCHES,
        in_footer=True,
    ),
    Command(
        "searches.leave",
        "escape,s",
        "close",
        "Close the list and keep the search.",
        _SEARCHES,
        in_footer=True,
    ),
)

FACETS = (
    Command(
        "facets.choose",
        "enter",
        "narrow",
        "Narrow the search to this value.",
        _FACETS,
        in_footer=True,
    ),
    Command(
        "facets.exclude",
        "minus",
        "leave out",
        "Leave this value out of the search.",
        _FACETS,
        in_footer=True,
    ),
    Command(
        "facets.leave",
        "escape,F",
        "close",
        "Close the list and keep the search.",
        _FACETS,
        in_footer=True,
    ),
)

EXPORT = (
    Command(
        "export.next_format",
        "down",
        "next format",
        "Take the next format, from the file's name too.",
        _EXPORT,
        in_footer=True,
        has_priority=True,
        action="format(1)",
    ),
    Command(
        "export.previous_format",
        "up",
        "format before",
        "Take the format before.",
        _EXPORT,
        has_priority=True,
        action="format(-1)",
    ),
    Command(
        "export.copy_command",
        "f4",
        "copy command",
        "Copy the command line that writes the same.",
        _EXPORT,
        in_footer=True,
        has_priority=True,
    ),
)

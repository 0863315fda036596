"""What the library says where it has no images to show."""

from __future__ import annotations

from rich.text import Text

from tasveer_tui.text import clean
from tasveer_tui.ui.shared.suggestions import EXAMPLES


def empty_text() -> Text:
    """Say how images come into the catalogue."""
    text = Text()
    text.append("The catalogue is empty.\n\n", "bold")
    for key, what in (
        ("1", "go to Browse and find the prefix that you want to know about"),
        ("space", "choose prefixes or objects, as many as you like"),
        ("enter", "see what reading them takes, and dispatch the job"),
    ):
        text.append(f"{key:>7}", "bold")
        text.append(f"  {what}\n")
    text.append("\nOr from a shell:  ", "dim")
    text.append("tasveer-tui ingest s3://BUCKET/PREFIX\n")
    text.append(
        "\nImages can be searched while the job is still running. Searches look like these:\n\n"
    )
    return text.append_text(_examples())


def nothing_text(query: str) -> Text:
    """Say that a search finds nothing, and what searches look like."""
    text = Text()
    text.append("No image is found by  ", "bold")
    text.append(clean(query, 300))
    text.append("\n\nSearches look like these:\n\n")
    return text.append_text(_examples())


def _examples() -> Text:
    text = Text()
    for query, meaning in EXAMPLES:
        text.append(f"  {query}\n")
        text.append(f"      {meaning}\n", "dim")
    return text

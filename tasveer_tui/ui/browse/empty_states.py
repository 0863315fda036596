"""What Browse says where there is nothing to list: why that is, and what to do next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ExpiredCredentialsError,
    NoCredentialsError,
)
from tasveer_tui.humanize import plural

if TYPE_CHECKING:
    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.browse.listing_model import Listing

Words: TypeAlias = tuple[str, ...]
"""A title, and the lines below it."""

OPEN = "o opens a bucket by its name, unsigned if you tick that."


def no_sources(error: TasveerError | None, *, is_loading: bool, opening: str = "") -> Words:
    """There is no bucket to show, or none yet; `opening` is a place that is being opened."""
    if opening:
        return (f"Opening {opening}…", "esc leaves it.")
    if is_loading:
        return ("Looking for buckets…", OPEN)
    if isinstance(error, NoCredentialsError):
        return (
            "There are no credentials.",
            "With an account of your own:",
            "    aws configure",
            "    aws sso login --profile NAME",
            "    tasveer-tui --profile NAME",
            "",
            "For a public bucket, none are needed:",
            "    tasveer-tui --no-sign-request s3://BUCKET",
            "",
            "To see the program with pictures of its own:",
            "    tasveer-tui demo",
            "",
            OPEN,
        )
    if error is not None:
        return (error.message, error.remedy, "", OPEN)
    return ("These credentials see no bucket.", OPEN)


def listing_failed(listing: Listing, error: TasveerError, *, is_anonymous: bool = False) -> Words:
    """A prefix could not be listed."""
    other_way = "If the bucket is public, open it unsigned with o."
    if is_anonymous:
        other_way = "o opens it with a profile of yours."
    advice: Words = ("r tries again.",)
    if isinstance(error, AccessDeniedError):
        advice = (
            "If you may list only a part of the bucket, open that part:",
            f"    o   s3://{listing.source.bucket}/PREFIX/",
            other_way,
        )
    elif isinstance(error, (NoCredentialsError, ExpiredCredentialsError)):
        advice = (other_way, "r tries again, with whatever credentials there are then.")
    elif isinstance(error, BucketNotFoundError):
        advice = ("o opens another bucket, or this one at another endpoint.",)
    return (error.message, error.remedy, "", *advice)


def nothing_listed(listing: Listing) -> Words:
    """A prefix has no objects of its own, or none yet."""
    if not listing.is_started:
        return ("Listing…",)
    inside = plural(len(listing.prefixes), "prefix", "prefixes")
    more = "" if listing.is_complete else " so far"
    if listing.seek:
        found = f"{inside}{more} in the tree." if listing.prefixes else ""
        return (f"No object here begins with {listing.seek}", found, "esc shows everything again.")
    if listing.prefixes:
        them = "it" if len(listing.prefixes) == 1 else "them"
        return ("No objects directly in here.", f"{inside}{more}; l opens {them} in the tree.")
    if not listing.is_complete:
        return ("No objects yet.", "enter on the last line of the tree looks on.")
    if not listing.prefix:
        return (
            "The bucket is empty.",
            "Put pictures into it, then press r.",
            f"    aws s3 cp PICTURE {listing.source.uri()}",
        )
    return ("There is nothing in here any more.", "r lists it again.")

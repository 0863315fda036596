"""The texts of Browse without objects or buckets: the reason, and the next step. Pure."""

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

Lines: TypeAlias = tuple[str, ...]
"""A title and the lines below it."""

OPEN = "o opens a bucket by name, with or without credentials."


def no_sources(error: TasveerError | None, *, is_loading: bool, opening: str = "") -> Lines:
    """No buckets. `opening` is the location that is being opened."""
    if opening:
        return (f"Opening {opening}…", "Esc cancels.")
    if is_loading:
        return ("Listing buckets…", OPEN)
    if isinstance(error, NoCredentialsError):
        return (
            "No credentials found.",
            "To use your account:",
            "    aws configure",
            "    aws sso login --profile NAME",
            "    tasveer-tui --profile NAME",
            "",
            "A public bucket needs no credentials:",
            "    tasveer-tui --no-sign-request s3://BUCKET",
            "",
            "To try the program with demo images:",
            "    tasveer-tui demo",
            "",
            OPEN,
        )
    if error is not None:
        return (error.message, error.remedy, "", OPEN)
    return ("These credentials see no bucket.", OPEN)


def listing_failed(listing: Listing, error: TasveerError, *, is_anonymous: bool = False) -> Lines:
    """A prefix whose listing failed."""
    other_access = "If the bucket is public, open it unsigned with o."
    if is_anonymous:
        other_access = "o opens it with one of your profiles."
    advice: Lines = ("r retries.",)
    if isinstance(error, AccessDeniedError):
        advice = (
            "If you have access to only a part of the bucket, open that part:",
            f"    o   s3://{listing.source.bucket}/PREFIX/",
            other_access,
        )
    elif isinstance(error, (NoCredentialsError, ExpiredCredentialsError)):
        advice = (other_access, "r retries with the current credentials.")
    elif isinstance(error, BucketNotFoundError):
        advice = ("o opens another bucket, or this one at another endpoint.",)
    return (error.message, error.remedy, "", *advice)


def nothing_listed(listing: Listing) -> Lines:
    """A prefix without objects directly in it, so far."""
    if not listing.is_started:
        return ("Listing…",)
    inside = plural(len(listing.prefixes), "prefix", "prefixes")
    more = "" if listing.is_complete else " so far"
    if listing.seek:
        found = f"{inside}{more} in the tree." if listing.prefixes else ""
        return (f"No object here starts with {listing.seek}", found, "Esc clears the filter.")
    if listing.prefixes:
        them = "it" if len(listing.prefixes) == 1 else "them"
        return (
            "No objects directly in this prefix.",
            f"{inside}{more}; l opens {them} in the tree.",
        )
    if not listing.is_complete:
        return ("No objects yet.", "Enter on the last line of the tree loads more.")
    if not listing.prefix:
        return (
            "The bucket is empty.",
            "Upload images, then press r.",
            f"    aws s3 cp FILE {listing.source.uri()}",
        )
    return ("This prefix is empty.", "r lists it again.")

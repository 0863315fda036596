"""S3 locations as a person writes them: `s3://bucket/prefix`."""

from __future__ import annotations

from typing import Final, NamedTuple

from tasveer_tui.errors import UsageError

SCHEME: Final = "s3://"


class Location(NamedTuple):
    """A bucket, and a prefix or a key in it."""

    bucket: str
    path: str = ""


def parse_location(text: str) -> Location:
    """Parse `bucket`, `bucket/path`, `s3://bucket` or `s3://bucket/path`.

    The path is kept as it is: a key may begin with a slash or end with a space. Raises UsageError.
    """
    bucket, _, path = text.removeprefix(SCHEME).partition("/")
    if not bucket or ":" in bucket or any(char.isspace() for char in bucket):
        raise UsageError(f"{text!r} is not an S3 location.", "Write BUCKET or s3://BUCKET/PREFIX.")
    return Location(bucket, path)

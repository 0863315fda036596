"""Places in S3 as a person writes them, and the prefixes that lead there. Pure."""

from __future__ import annotations

from tasveer_tui.errors import UsageError

SCHEME = "s3://"


def parse_place(text: str) -> tuple[str, str]:
    """`bucket`, `s3://bucket` or `s3://bucket/prefix` → bucket and prefix or key.

    Raises UsageError.
    """
    bucket, _, path = text.strip().removeprefix(SCHEME).partition("/")
    if not bucket or ":" in bucket or any(char.isspace() for char in bucket):
        raise UsageError(
            f"{text!r} is not a place in S3.", "It looks like BUCKET or s3://BUCKET/PREFIX."
        )
    return bucket, path


def leading_prefixes(path: str) -> tuple[list[str], str]:
    """The prefixes to open one after the other, and what is left to seek in the last one.

    `a/b/c` → `["a/", "a/b/"]` and `c`.
    """
    prefixes = []
    end = 0
    while (end := path.find("/", end) + 1) > 0:
        prefixes.append(path[:end])
    return prefixes, path[len(prefixes[-1]) :] if prefixes else path

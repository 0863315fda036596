"""Pages of keys: ListObjectsV2, read by a small streaming parser.

Continuing where a page ended is by key, not by the server's token: a key can be stored, and
is still good in another process a week later.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus
from xml.parsers import expat

from tasveer_tui.errors import NetworkError, StorageError
from tasveer_tui.records import ObjectRef, Page
from tasveer_tui.s3.errors import ErrorResponse
from tasveer_tui.s3.ranges import bare_etag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.retry import RetryPolicy
    from tasveer_tui.s3.transport import S3Transport

MAX_PAGE_KEYS = 1000
MAX_PAGE_BYTES = 32 << 20
"""Of one page's XML: a thousand keys of 1 KiB, escaped, are 4 MiB."""
LAST_CHARACTER = "\U0010ffff"
_DIRECTORY_BUCKET = "--x-s3"
_ROW_ELEMENTS = frozenset({"Contents", "CommonPrefixes"})


class Lister:
    """Lists one prefix of one bucket."""

    def __init__(self, channel: S3Transport, patience: RetryPolicy, place: S3Resource) -> None:
        """`place` has no key."""
        self._transport = channel
        self._retry_policy = patience
        self._place = place

    def pages(
        self, prefix: str, delimiter: str, start_after: str, limit: int = MAX_PAGE_KEYS
    ) -> Iterator[Page]:
        """Pages after `start_after` up to the last, by the server's tokens; one is always given.

        A page that shows nothing new is not given, unless it is the last.
        """
        query = {
            "list-type": "2",
            "encoding-type": "url",
            "max-keys": str(max(1, min(limit, MAX_PAGE_KEYS))),
            "prefix": prefix,
            "delimiter": delimiter,
            "start-after": self._start_after(prefix, delimiter, start_after),
        }
        pages = self._raw_pages({name: value for name, value in query.items() if value})
        if self.is_unordered:
            pages = _pages_after(pages, start_after)
        for page in pages:
            # A key that sorts behind even the last character brings its group once more.
            rest = tuple(name for name in page.prefixes if name != start_after)
            if rest or page.objects or page.is_last:
                yield Page(rest, page.objects, page.cursor, page.is_last)

    @property
    def is_unordered(self) -> bool:
        """Whether the service lists in no order, and knows no StartAfter."""
        return self._place.bucket.endswith(_DIRECTORY_BUCKET)

    def _start_after(self, prefix: str, delimiter: str, cursor: str) -> str:
        """The StartAfter that leaves a cursor behind, with its whole group if it is a prefix."""
        if self.is_unordered:
            return ""
        is_group = delimiter and cursor.endswith(delimiter) and cursor != prefix
        return cursor + LAST_CHARACTER if is_group else cursor

    def _raw_pages(self, query: dict[str, str]) -> Iterator[Page]:
        while True:
            page, token = self._retry_policy.run(partial(self._request, query))
            yield page
            if page.is_last:
                return
            following = {"continuation-token": token} if token else {"start-after": page.cursor}
            if not following.items() - query.items():
                raise StorageError(f"The endpoint lists the same page of {self._place} again.")
            query = {k: v for k, v in query.items() if k != "start-after"} | following

    def _request(self, query: dict[str, str]) -> tuple[Page, str]:
        with self._transport.get(self._place, query=query) as answer:
            if isinstance(answer, ErrorResponse):
                raise answer.to_error(self._place)
            body = answer.read(MAX_PAGE_BYTES)
        try:
            return parse_page(body)
        except (expat.ExpatError, ValueError) as error:
            raise NetworkError(
                f"The listing of {self._place} cannot be understood: {error}.",
                "Check that --endpoint-url leads to an S3 service.",
            ) from error


def _pages_after(pages: Iterator[Page], cursor: str) -> Iterator[Page]:
    """What follows `cursor`, where the service has no order and no StartAfter."""
    for page in pages:
        if not cursor:
            yield page
            continue
        keys = [ref.key for ref in page.objects]
        if cursor == page.cursor:
            cursor = ""
            if page.is_last:
                yield Page()
        elif cursor in keys:
            rest = page.objects[keys.index(cursor) + 1 :]
            yield Page(page.prefixes, rest, page.cursor, page.is_last)
            cursor = ""
    if cursor:
        raise StorageError(
            f"The listing cannot go on after {cursor}, which is gone.", "List the prefix again."
        )


# ------------------------------------------------------------------------------- XML


def parse_page(body: bytes) -> tuple[Page, str]:
    """The page in a ListBucketResult, and the token of the next.

    Raises ValueError and ExpatError when it is none.
    """
    rows, top = _parse_rows(body)
    if "IsTruncated" not in top:
        raise ValueError("it is no ListBucketResult")
    decode = unquote_plus if top.get("EncodingType") == "url" else str
    objects = tuple(_to_object_ref(row, decode) for name, row in rows if name == "Contents")
    prefixes = tuple(decode(row.get("Prefix", "")) for name, row in rows if name != "Contents")
    token = top.get("NextContinuationToken", "")
    ends = [*(ref.key for ref in objects[-1:]), *prefixes[-1:]]
    # The later end, unless the server's token names one of them: SeaweedFS has its own order.
    cursor = token if token in ends else max(ends, default="")
    return Page(prefixes, objects, cursor, is_last=top["IsTruncated"] != "true"), token


def _to_object_ref(row: dict[str, str], decode: Callable[[str], str]) -> ObjectRef:
    return ObjectRef(
        decode(row["Key"]),
        int(row["Size"]),
        bare_etag(row.get("ETag", "")),
        _epoch_seconds(row.get("LastModified", "")),
        row.get("StorageClass") or "STANDARD",
    )


def _epoch_seconds(stamp: str) -> float:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _parse_rows(body: bytes) -> tuple[list[tuple[str, dict[str, str]]], dict[str, str]]:
    """The rows of a listing in order, and the fields beside them."""
    rows: list[tuple[str, dict[str, str]]] = []
    top: dict[str, str] = {}
    fields, text = top, list[str]()

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal fields
        text.clear()
        if name in _ROW_ELEMENTS:
            fields = {}
            rows.append((name, fields))

    def end(name: str) -> None:
        nonlocal fields
        if name in _ROW_ELEMENTS:
            fields = top
        else:
            # Nested fields (an owner's ID) come before the row's own end and do no harm.
            fields[name] = "".join(text)
        text.clear()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(body, True)  # noqa: FBT003 - the parser takes no keyword
    return rows, top


def _refuse_doctype(*_: object) -> None:
    # No S3 sends one, and it is where entity bombs begin.
    raise ValueError("it has a document type")

"""Lists objects: ListObjectsV2 in pages, finds single keys, partitions a prefix.

A listing continues after a key, not from the service's continuation token: a key can be stored,
and another process can continue from it a week later. Responses are read by a small streaming
parser, at 4 µs of CPU a key (boto3: 62).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus
from xml.parsers import expat

from tasveer_tui.errors import NetworkError, StorageError
from tasveer_tui.records import ObjectRef, Page
from tasveer_tui.s3.errors import ErrorResponse
from tasveer_tui.s3.ranges import bare_etag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.retry import RetryPolicy
    from tasveer_tui.s3.transport import S3Transport

MAX_PAGE_KEYS = 1000
"""S3's own limit."""
MAX_PAGE_BYTES = 32 << 20
"""Of one page's XML: a thousand keys of 1 KiB, escaped, are 4 MiB."""
LAST_CHARACTER = "\U0010ffff"
_DIRECTORY_BUCKET_SUFFIX = "--x-s3"
_ROW_ELEMENTS = frozenset({"Contents", "CommonPrefixes"})


class Lister:
    """Lists the objects of one bucket."""

    def __init__(
        self, transport: S3Transport, retry_policy: RetryPolicy, bucket: S3Resource
    ) -> None:
        """`bucket` is a resource without a key."""
        self._transport = transport
        self._retry_policy = retry_policy
        self._bucket = bucket

    @property
    def is_unordered(self) -> bool:
        """Whether the bucket lists in no order and ignores StartAfter: a directory bucket."""
        return self._bucket.bucket.endswith(_DIRECTORY_BUCKET_SUFFIX)

    def pages(
        self, prefix: str, delimiter: str, start_after: str, limit: int = MAX_PAGE_KEYS
    ) -> Iterator[Page]:
        """The pages after `start_after` to the end; at least one. Each step is a request.

        A page with nothing new is left out, unless it is the last.
        """
        query = {
            "list-type": "2",
            "encoding-type": "url",
            "max-keys": str(max(1, min(limit, MAX_PAGE_KEYS))),
            "prefix": prefix,
            "delimiter": delimiter,
            "start-after": self._start_after(prefix, delimiter, start_after),
        }
        pages = self._request_pages({name: value for name, value in query.items() if value})
        if self.is_unordered:
            pages = _pages_after(pages, start_after)
        for page in pages:
            # A key that sorts after the last character lists its common prefix a second time.
            rest = tuple(name for name in page.prefixes if name != start_after)
            if rest or page.objects or page.is_last:
                yield Page(rest, page.objects, page.cursor, page.is_last)

    def first_key_after(self, prefix: str, text: str) -> str:
        """The first key under `prefix` that sorts after a text, or ""."""
        page = next(self.pages(prefix, "", text, 1))
        return page.objects[0].key if page.objects else ""

    def _start_after(self, prefix: str, delimiter: str, cursor: str) -> str:
        """The StartAfter that skips a cursor; if it is a common prefix, all keys under it."""
        if self.is_unordered:
            return ""
        is_common_prefix = delimiter and cursor.endswith(delimiter) and cursor != prefix
        return cursor + LAST_CHARACTER if is_common_prefix else cursor

    def _request_pages(self, query: dict[str, str]) -> Iterator[Page]:
        while True:
            page, token = self._retry_policy.run(partial(self._request_page, query))
            yield page
            if page.is_last:
                return
            following = {"continuation-token": token} if token else {"start-after": page.cursor}
            if not following.items() - query.items():
                raise StorageError(
                    f"The endpoint returns the same page of {self._bucket} again and again.",
                    "Check that --endpoint-url leads to an S3 service.",
                )
            query = {k: v for k, v in query.items() if k != "start-after"} | following

    def _request_page(self, query: dict[str, str]) -> tuple[Page, str]:
        """One page and the token of the next; one try."""
        with self._transport.get(self._bucket, query=query) as response:
            if isinstance(response, ErrorResponse):
                raise response.to_error(self._bucket)
            body = response.read(MAX_PAGE_BYTES)
        try:
            return parse_page(body)
        except (expat.ExpatError, ValueError) as error:
            raise NetworkError(
                f"The listing of {self._bucket} is not valid: {error}.",
                "Check that --endpoint-url leads to an S3 service.",
            ) from error


def _pages_after(pages: Iterator[Page], cursor: str) -> Iterator[Page]:
    """The pages after a cursor, for a bucket that has no order and ignores StartAfter."""
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
            f"The listing cannot continue after {cursor}, which was deleted.",
            "List the prefix again.",
        )


# --------------------------------------------------- the XML of a ListObjectsV2 response


def parse_page(body: bytes) -> tuple[Page, str]:
    """The page in a ListBucketResult, and the continuation token of the next.

    Raises ValueError and ExpatError if the body is something else.
    """
    rows, top = _parse_rows(body)
    if "IsTruncated" not in top:
        raise ValueError("it is not a ListBucketResult")
    decode = unquote_plus if top.get("EncodingType") == "url" else str
    objects = tuple(_to_object_ref(row, decode) for name, row in rows if name == "Contents")
    prefixes = tuple(decode(row.get("Prefix", "")) for name, row in rows if name != "Contents")
    token = top.get("NextContinuationToken", "")
    ends = [*(ref.key for ref in objects[-1:]), *prefixes[-1:]]
    # The later of both, unless the token is one of them: SeaweedFS lists in its own order.
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
    """A LastModified as seconds since 1970; 0.0 if it is not a date."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _parse_rows(body: bytes) -> tuple[list[tuple[str, dict[str, str]]], dict[str, str]]:
    """The rows of a listing in order, each with its element's name; and the other fields."""
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
            # A nested field (an owner's ID) becomes a field of the row, which is harmless.
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
    # S3 sends no document type, and entity bombs need one.
    raise ValueError("it has a document type declaration")


# ----------------------------------------------------------------------------- single keys

KEYS_PER_THREAD = 25
MAX_THREADS = 8
INITIAL_PAGE_KEYS = 100
_PAGE_GROWTH_FACTOR = 4
_LAST_BEFORE_SURROGATES = 0xD7FF
_FIRST_AFTER_SURROGATES = 0xE000


@dataclass(slots=True)
class LookupResult:
    """The objects by key, None for a key without an object; and the requests sent."""

    objects: dict[str, ObjectRef | None] = field(default_factory=dict)
    requests: int = 0


def find_keys(lister: Lister, keys: Sequence[str]) -> LookupResult:
    """Find every key by listing, so that one request answers neighbouring keys; blocks.

    Raises StorageError if a listing fails.
    """
    ordered = sorted(set(keys))
    parts = [
        ordered[first : first + KEYS_PER_THREAD]
        for first in range(0, len(ordered), KEYS_PER_THREAD)
    ]
    if len(parts) < 2:  # noqa: PLR2004
        return _find_part(lister, ordered)
    total = LookupResult()
    with ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="find") as threads:
        for result in threads.map(lambda part: _find_part(lister, part), parts):
            total.objects |= result.objects
            total.requests += result.requests
    return total


def _find_part(lister: Lister, keys: Sequence[str]) -> LookupResult:
    """Find sorted keys. Pages grow with the number of keys that the last page answered."""
    result = LookupResult(dict.fromkeys(keys))
    pending, limit = deque(keys), INITIAL_PAGE_KEYS
    while pending:
        is_single = lister.is_unordered or len(pending) == 1
        listed, end, is_ordered = _list_from(lister, pending[0], limit, is_single=is_single)
        result.requests += 1
        answered = 0
        while pending and (not end or pending[0] <= end) and (is_ordered or pending[0] in listed):
            key = pending.popleft()
            result.objects[key] = listed.get(key)
            answered += 1
            if is_single:
                break
        if not answered:
            # An unordered page does not prove that a key is absent.
            key = pending.popleft()
            result.objects[key] = _find_one(lister, key)
            result.requests += 1
        limit = max(1, min(MAX_PAGE_KEYS, _PAGE_GROWTH_FACTOR * answered))
    return result


def _list_from(
    lister: Lister, key: str, limit: int, *, is_single: bool
) -> tuple[dict[str, ObjectRef], str, bool]:
    """The objects from `key` on, the last key covered ("": all), whether they are in order."""
    if is_single:
        ref = _find_one(lister, key)
        return ({key: ref} if ref else {}), key, True
    page = next(lister.pages("", "", just_before(key), limit))
    names = [ref.key for ref in page.objects]
    is_ordered = all(before < after for before, after in pairwise(names))
    return {ref.key: ref for ref in page.objects}, "" if page.is_last else page.cursor, is_ordered


def _find_one(lister: Lister, key: str) -> ObjectRef | None:
    """The object with this key: it is the first one with the key as its prefix, or absent."""
    page = next(lister.pages(key, "", "", 1))
    return next((ref for ref in page.objects if ref.key == key), None)


def just_before(key: str) -> str:
    """A text that sorts before `key`, with hardly any possible key in between."""
    stem, code = key[:-1], ord(key[-1])
    if not code:
        return stem
    code = _LAST_BEFORE_SURROGATES if code == _FIRST_AFTER_SURROGATES else code - 1
    return f"{stem}{chr(code)}{LAST_CHARACTER}"


# ---------------------------------------------------------------------- partition of a prefix

MAX_BRANCHES = 40
"""Each costs a request; keys after the last one stay in the last partition."""


def partition_points(
    first_key_after: Callable[[str], str],
    prefix: str,
    cursor: str,
    until: str,
    max_partitions: int,
) -> tuple[str, ...]:
    """At most `max_partitions` - 1 keys that partition the rest of a listing, in order.

    The rest is what follows `cursor`, and precedes `until` unless that is "". How its keys are
    distributed is unknown, so existing keys are searched: one request shows whether any key
    follows all those with the same first n characters as the cursor. At the smallest such n the
    keys branch, and the first key of each branch is a candidate.

    `first_key_after` gives the first key under `prefix` that sorts after a text, or "".
    """
    cached: dict[str, str] = {}

    def next_branch(head: str) -> str:
        """The first key after all keys that start with `head`; "" if it is outside the rest."""
        if head not in cached:
            key = first_key_after(head + LAST_CHARACTER)
            is_inside = key > head and (not until or key < until)
            cached[head] = key if is_inside else ""
        return cached[head]

    shortest, longest = len(prefix) + 1, len(cursor)
    if longest < shortest or not next_branch(cursor[:longest]):
        return ()
    while shortest < longest:
        middle = (shortest + longest) // 2
        if next_branch(cursor[:middle]):
            longest = middle
        else:
            shortest = middle + 1
    branches, head = list[str](), cursor[:longest]
    while len(branches) < MAX_BRANCHES and (key := next_branch(head)) and key[:longest] != head:
        branches.append(key)
        head = key[:longest]
    return _pick_evenly(branches, max_partitions)


def _pick_evenly(branches: list[str], max_partitions: int) -> tuple[str, ...]:
    """Keys at equal distances, as the number of objects in each branch is unknown."""
    count = min(max_partitions - 1, len(branches))
    step = (len(branches) + 1) / (count + 1)
    return tuple(branches[round(step * (number + 1)) - 1] for number in range(count))

"""The buckets of the test server and its responses, without network; see `range_server`."""

from __future__ import annotations

import base64
import bisect
import hashlib
import re
from dataclasses import dataclass, field
from email.utils import formatdate
from time import gmtime, strftime
from typing import TYPE_CHECKING
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
RANGE_HEADER = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True)
class StoredObject:
    """An object; many keys may share one."""

    data: bytes
    etag: str
    modified_at: float = 1_700_000_000.0
    storage_class: str = "STANDARD"
    content_type: str = "image/jpeg"


@dataclass(slots=True)
class Request:
    """A request as it arrived. `target` is the raw request target."""

    method: str
    target: str
    headers: dict[str, str]
    op: str = ""
    bucket: str = ""
    key: str = ""
    """Of a listing: the prefix."""
    query: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def error_reply(status: int, code: str, *, extra: str = "", **headers: str) -> Reply:
    body = f"<Error><Code>{code}</Code><Message>{code} on request</Message>{extra}</Error>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body.encode(), {"Content-Type": "application/xml", **named})


def xml_reply(root: str, body: str) -> Reply:
    text = f"<{root} {XMLNS}>{body}</{root}>"
    return Reply(200, text.encode(), {"Content-Type": "application/xml"})


class Bucket:
    """Objects by key; listings are in the order of the keys' UTF-8 bytes."""

    def __init__(self) -> None:
        self.objects: dict[str, StoredObject] = {}
        self.old_versions: dict[str, list[StoredObject]] = {}
        """Replaced versions, oldest first; their ids are their ETags."""
        self.region = ""
        self.max_keys = 1000
        """Of one page of a listing."""
        self._sorted: list[bytes] | None = None

    def touch(self) -> None:
        self._sorted = None

    def listing(
        self, prefix: bytes, delimiter: bytes, after: bytes, limit: int
    ) -> tuple[list[tuple[bool, bytes]], bool]:
        """Entries (is a prefix, name) after `after`, and whether there are more."""
        if self._sorted is None:
            self._sorted = sorted(key.encode() for key in self.objects)
        keys, found = self._sorted, list[tuple[bool, bytes]]()
        at = max(bisect.bisect_left(keys, prefix), bisect.bisect_right(keys, after))
        while at < len(keys) and keys[at].startswith(prefix):
            if len(found) == limit:
                return found, True
            key = keys[at]
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            if cut < 0:
                found.append((False, key))
                at += 1
            else:
                group = key[: cut + len(delimiter)]
                found.append((True, group))
                at = bisect.bisect_left(keys, group[:-1] + bytes([group[-1] + 1]), at)
        return found, False


class S3Store:
    """All buckets, and the responses to requests."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.region = "us-east-1"
        self.is_signature_needed = False

    # ---------------------------------------------------------------- contents

    def make_bucket(self, bucket: str, *, region: str = "") -> None:
        """Make an empty bucket; with `region`, requests for another region get a 301 response."""
        self.buckets.setdefault(bucket, Bucket()).region = region

    def put(
        self, bucket: str, key: str, data: bytes, *, etag: str = "", storage_class: str = "STANDARD"
    ) -> StoredObject:
        stored = StoredObject(
            data, etag or hashlib.md5(data).hexdigest(), storage_class=storage_class
        )
        self.put_many(bucket, [key], stored)
        return stored

    def put_many(self, bucket: str, keys: Iterable[str], stored: StoredObject) -> None:
        """Put one object under many keys: a large bucket with little memory."""
        held = self.buckets.setdefault(bucket, Bucket())
        held.objects.update(dict.fromkeys(keys, stored))
        held.touch()

    def keep(self, bucket: str, key: str) -> None:
        """Keep the current object as an old version; `put` then makes the next one."""
        held = self.buckets[bucket]
        held.old_versions.setdefault(key, []).append(held.objects[key])

    def remove(self, bucket: str, key: str) -> None:
        held = self.buckets[bucket]
        del held.objects[key]
        held.touch()

    # --------------------------------------------------------------- responses

    def reply(self, request: Request) -> Reply:
        """The response of S3 to a request."""
        signature = request.headers.get("authorization", "")
        if self.is_signature_needed and not signature:
            return error_reply(403, "AccessDenied")
        if request.op == "ListBuckets":
            return self._list_buckets()
        if request.bucket not in self.buckets:
            return error_reply(404, "NoSuchBucket")
        return self._in_bucket(self.buckets[request.bucket], request, signature)

    def _in_bucket(self, bucket: Bucket, request: Request, signature: str) -> Reply:
        region = bucket.region or self.region
        if bucket.region and f"/{region}/s3/" not in signature:
            return error_reply(301, "PermanentRedirect", x_amz_bucket_region=region)
        if request.op == "HeadBucket":
            return Reply(200, headers={"x-amz-bucket-region": region})
        if request.op == "ListObjectsV2":
            return _list_objects(bucket, request)
        if request.op == "ListObjectVersions":
            return _list_versions(bucket, request.query["prefix"])
        return _get_object(_find_version(bucket, request), request)

    def _list_buckets(self) -> Reply:
        rows = "".join(
            f"<Bucket><Name>{escape(name)}</Name>"
            "<CreationDate>2023-11-14T22:13:20.000Z</CreationDate></Bucket>"
            for name in sorted(self.buckets)
        )
        return xml_reply("ListAllMyBucketsResult", f"<Buckets>{rows}</Buckets>")


def _find_version(bucket: Bucket, request: Request) -> StoredObject | None:
    """The object, or its requested version."""
    stored, wanted = bucket.objects.get(request.key), request.query.get("versionId")
    if wanted is None:
        return stored
    kept = [*bucket.old_versions.get(request.key, ()), *filter(None, [stored])]
    return next((one for one in kept if one.etag == wanted), None)


def _get_object(stored: StoredObject | None, request: Request) -> Reply:
    if stored is None:
        return error_reply(404, "NoSuchKey")
    if request.headers.get("if-match", stored.etag).strip('"') != stored.etag:
        return error_reply(412, "PreconditionFailed")
    if stored.storage_class in {"GLACIER", "DEEP_ARCHIVE"} and request.method == "GET":
        return error_reply(403, "InvalidObjectState")
    size = len(stored.data)
    headers = {
        "ETag": f'"{stored.etag}"',
        "Last-Modified": formatdate(stored.modified_at, usegmt=True),
        "Content-Type": stored.content_type,
        "Accept-Ranges": "bytes",
        "x-amz-storage-class": stored.storage_class,
    }
    asked = RANGE_HEADER.fullmatch(request.headers.get("range", ""))
    if asked is None:
        return Reply(200, stored.data[:], headers)
    start, end = int(asked[1]), min(int(asked[2] or size), size - 1)
    if start >= size:
        extra = f"<ActualObjectSize>{size}</ActualObjectSize>"
        return error_reply(416, "InvalidRange", extra=extra, Content_Range=f"bytes */{size}")
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Reply(206, stored.data[start : end + 1], headers)


def _list_objects(bucket: Bucket, request: Request) -> Reply:
    query = request.query
    after = base64.b64decode(query.get("continuation-token", "")) or (
        query.get("start-after", "").encode()
    )
    limit = min(int(query.get("max-keys", "1000")), bucket.max_keys)
    prefix, delimiter = query.get("prefix", "").encode(), query.get("delimiter", "").encode()
    entries, is_more = bucket.listing(prefix, delimiter, after, limit)
    is_encoded = query.get("encoding-type") == "url"

    def name(raw: bytes) -> str:
        return quote_plus(raw, safe="/") if is_encoded else escape(raw.decode())

    rows = [
        f"<CommonPrefixes><Prefix>{name(key)}</Prefix></CommonPrefixes>"
        if is_prefix
        else _contents(name(key), bucket.objects[key.decode()])
        for is_prefix, key in entries
    ]
    token = ""
    if is_more:
        is_prefix, last = entries[-1]
        # A common prefix represents all its keys: continue after the last of them.
        token = base64.b64encode(last + b"\xff" if is_prefix else last).decode()
    fields = {
        "Prefix": name(prefix),
        "KeyCount": str(len(entries)),
        "IsTruncated": str(is_more).lower(),
        "NextContinuationToken": token,
        "EncodingType": "url" if is_encoded else "",
    }
    reported = "".join(f"<{tag}>{text}</{tag}>" for tag, text in fields.items() if text)
    return xml_reply("ListBucketResult", reported + "".join(rows))


def _list_versions(bucket: Bucket, prefix: str) -> Reply:
    rows = [
        _contents(
            escape(key), stored, "Version", f"<VersionId>{stored.etag}</VersionId>"
            f"<IsLatest>{str(stored is latest).lower()}</IsLatest>",
        )
        for key, latest in sorted(bucket.objects.items())
        if key.startswith(prefix)
        for stored in (latest, *reversed(bucket.old_versions.get(key, ())))
    ]  # fmt: skip
    return xml_reply("ListVersionsResult", "<IsTruncated>false</IsTruncated>" + "".join(rows))


def _contents(name: str, stored: StoredObject, tag: str = "Contents", more: str = "") -> str:
    stamp = strftime("%Y-%m-%dT%H:%M:%S.000Z", gmtime(stored.modified_at))
    return (
        f"<{tag}><Key>{name}</Key><LastModified>{stamp}</LastModified>"
        f"<ETag>&quot;{stored.etag}&quot;</ETag><Size>{len(stored.data)}</Size>"
        f"<StorageClass>{stored.storage_class}</StorageClass>{more}</{tag}>"
    )

"""The calls that are rare: buckets, one object's facts, links. botocore makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasveer_tui.errors import AccessDeniedError
from tasveer_tui.records import BucketInfo, ObjectFacts, ObjectRef, ObjectVersion
from tasveer_tui.s3.ranges import bare_etag
from tasveer_tui.s3.sdk_errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.s3.errors import S3Resource
    from tasveer_tui.s3.transport import S3Transport

_FACT_HEADERS = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "expires"}
)
_EXCLUDED_HEADERS = frozenset(
    {"x-amz-id-2", "x-amz-request-id", "x-amz-storage-class", "x-amz-version-id"}
)


_MAX_VERSION_PAGES = 10


def list_buckets(channel: S3Transport) -> tuple[BucketInfo, ...]:
    """The buckets that the credentials can see, in the server's order."""
    found, token = list[BucketInfo](), dict[str, str]()
    with translate_errors(channel.session.resource()):
        while True:
            answer = channel.session.client().list_buckets(**token)
            found += map(_to_bucket_info, answer.get("Buckets") or ())
            if not answer.get("ContinuationToken"):
                return tuple(found)
            token = {"ContinuationToken": answer["ContinuationToken"]}


def head_object(channel: S3Transport, place: S3Resource) -> ObjectFacts:
    """What HeadObject says."""
    more = {"RequestPayer": "requester"} if channel.requester_pays else {}
    if place.version_id:
        more["VersionId"] = place.version_id
    with translate_errors(place):
        client = channel.session.client(channel.region(place.bucket))
        return _to_object_facts(
            place.key, client.head_object(Bucket=place.bucket, Key=place.key, **more)
        )


def list_versions(channel: S3Transport, place: S3Resource) -> tuple[ObjectVersion, ...]:
    """The versions that the bucket keeps of an object, the newest first, some thousands at most.

    A bucket that keeps none has one, whose id is "null".
    """
    asked: dict[str, Any] = {"Bucket": place.bucket, "Prefix": place.key}
    if channel.requester_pays:
        asked["RequestPayer"] = "requester"
    found = list[ObjectVersion]()
    try:
        with translate_errors(place):
            client = channel.session.client(channel.region(place.bucket))
            for _ in range(_MAX_VERSION_PAGES):
                answer = client.list_object_versions(**asked)
                found += _to_versions(place.key, answer)
                if not answer.get("IsTruncated") or answer.get("NextKeyMarker") != place.key:
                    break
                asked["KeyMarker"] = place.key
                asked["VersionIdMarker"] = answer["NextVersionIdMarker"]
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"The versions of {place} may not be listed.",
            "It takes the right s3:ListBucketVersions; the latest version is shown without it.",
        ) from error
    return tuple(sorted(found, key=lambda one: (not one.is_latest, -one.ref.modified_at)))


def presign(channel: S3Transport, place: S3Resource, expires_s: int) -> str:
    """A link to the object, good for anybody until it expires."""
    with translate_errors(place):
        client = channel.session.client(channel.region(place.bucket), "presign")
        link: str = client.generate_presigned_url(
            "get_object",
            Params={"Bucket": place.bucket, "Key": place.key},
            ExpiresIn=expires_s,
        )
    return link


def _to_bucket_info(row: dict[str, Any]) -> BucketInfo:
    created = row.get("CreationDate")
    return BucketInfo(row["Name"], created.timestamp() if created else 0.0)


def _to_versions(key: str, answer: dict[str, Any]) -> Iterator[ObjectVersion]:
    """Those of this key: the answer has those of every key that begins like it."""
    for field in ("Versions", "DeleteMarkers"):
        for row in answer.get(field) or ():
            if row["Key"] == key:
                yield ObjectVersion(
                    ObjectRef(
                        key,
                        int(row.get("Size", 0)),
                        bare_etag(row.get("ETag", "")),
                        row["LastModified"].timestamp() if "LastModified" in row else 0.0,
                        row.get("StorageClass", "STANDARD"),
                    ),
                    row.get("VersionId", "null"),
                    is_latest=bool(row.get("IsLatest")),
                    is_deletion=field == "DeleteMarkers",
                )


def _to_object_facts(key: str, answer: dict[str, Any]) -> ObjectFacts:
    ref = ObjectRef(
        key,
        int(answer.get("ContentLength", 0)),
        bare_etag(answer.get("ETag", "")),
        answer["LastModified"].timestamp() if "LastModified" in answer else 0.0,
        answer.get("StorageClass", "STANDARD"),
    )
    headers = answer["ResponseMetadata"]["HTTPHeaders"].items()
    further = sorted((name, value) for name, value in headers if _is_fact_header(name))
    return ObjectFacts(
        ref, answer.get("ContentType", ""), answer.get("VersionId", ""), tuple(further)
    )


def _is_fact_header(name: str) -> bool:
    return name in _FACT_HEADERS or (name.startswith("x-amz-") and name not in _EXCLUDED_HEADERS)

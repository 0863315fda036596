"""Operations that are called rarely, so botocore sends them.

ListBuckets, HeadObject, ListObjectVersions, and presigned GetObject URLs.
"""

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

_SHOWN_HEADERS = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "expires"}
)
_EXCLUDED_HEADERS = frozenset(
    {"x-amz-id-2", "x-amz-request-id", "x-amz-storage-class", "x-amz-version-id"}
)
_MAX_VERSION_PAGES = 10


def list_buckets(transport: S3Transport) -> tuple[BucketInfo, ...]:
    """The buckets that the credentials can list (ListBuckets), in the service's order."""
    buckets, token = list[BucketInfo](), dict[str, str]()
    with translate_errors(transport.session.resource()):
        while True:
            response = transport.session.client().list_buckets(**token)
            buckets += map(_to_bucket_info, response.get("Buckets") or ())
            if not response.get("ContinuationToken"):
                return tuple(buckets)
            token = {"ContinuationToken": response["ContinuationToken"]}


def head_object(transport: S3Transport, resource: S3Resource) -> ObjectFacts:
    """The object's size, ETag and headers (HeadObject)."""
    options = {"RequestPayer": "requester"} if transport.requester_pays else {}
    if resource.version_id:
        options["VersionId"] = resource.version_id
    with translate_errors(resource):
        client = transport.session.client(transport.region(resource.bucket))
        return _to_object_facts(
            resource.key, client.head_object(Bucket=resource.bucket, Key=resource.key, **options)
        )


def list_versions(transport: S3Transport, resource: S3Resource) -> tuple[ObjectVersion, ...]:
    """The versions of an object (ListObjectVersions), newest first, up to some thousands.

    In a bucket without versioning an object has one version, with the id "null".
    """
    arguments: dict[str, Any] = {"Bucket": resource.bucket, "Prefix": resource.key}
    if transport.requester_pays:
        arguments["RequestPayer"] = "requester"
    versions = list[ObjectVersion]()
    try:
        with translate_errors(resource):
            client = transport.session.client(transport.region(resource.bucket))
            for _ in range(_MAX_VERSION_PAGES):
                response = client.list_object_versions(**arguments)
                versions += _to_versions(resource.key, response)
                if not response.get("IsTruncated") or response.get("NextKeyMarker") != resource.key:
                    break
                arguments["KeyMarker"] = resource.key
                arguments["VersionIdMarker"] = response["NextVersionIdMarker"]
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"Access to the versions of {resource} is denied.",
            "Listing them needs the permission s3:ListBucketVersions; the latest is shown anyway.",
        ) from error
    return tuple(sorted(versions, key=lambda each: (not each.is_latest, -each.ref.modified_at)))


def presign(transport: S3Transport, resource: S3Resource, expires_s: int) -> str:
    """A URL with which anyone can read the object until it expires."""
    with translate_errors(resource):
        client = transport.session.client(transport.region(resource.bucket), "presign")
        url: str = client.generate_presigned_url(
            "get_object",
            Params={"Bucket": resource.bucket, "Key": resource.key},
            ExpiresIn=expires_s,
        )
    return url


def _to_bucket_info(row: dict[str, Any]) -> BucketInfo:
    created = row.get("CreationDate")
    return BucketInfo(row["Name"], created.timestamp() if created else 0.0)


def _to_versions(key: str, response: dict[str, Any]) -> Iterator[ObjectVersion]:
    """The versions of this key; the response has those of every key with it as a prefix."""
    for field in ("Versions", "DeleteMarkers"):
        for row in response.get(field) or ():
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


def _to_object_facts(key: str, response: dict[str, Any]) -> ObjectFacts:
    ref = ObjectRef(
        key,
        int(response.get("ContentLength", 0)),
        bare_etag(response.get("ETag", "")),
        response["LastModified"].timestamp() if "LastModified" in response else 0.0,
        response.get("StorageClass", "STANDARD"),
    )
    headers = response["ResponseMetadata"]["HTTPHeaders"].items()
    shown = sorted((name, value) for name, value in headers if _is_shown_header(name))
    return ObjectFacts(
        ref, response.get("ContentType", ""), response.get("VersionId", ""), tuple(shown)
    )


def _is_shown_header(name: str) -> bool:
    return name in _SHOWN_HEADERS or (name.startswith("x-amz-") and name not in _EXCLUDED_HEADERS)

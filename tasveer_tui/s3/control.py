"""The calls that are rare: buckets, one object's facts, links. botocore makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasveer_tui.records import BucketInfo, ObjectFacts, ObjectRef
from tasveer_tui.s3.ranges import bare_etag
from tasveer_tui.s3.translate import translated

if TYPE_CHECKING:
    from tasveer_tui.s3.channel import Channel
    from tasveer_tui.s3.faults import Place

_FACTS = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "expires"}
)
_NOT_FACTS = frozenset(
    {"x-amz-id-2", "x-amz-request-id", "x-amz-storage-class", "x-amz-version-id"}
)


def buckets(channel: Channel) -> tuple[BucketInfo, ...]:
    """The buckets that the credentials can see, in the server's order."""
    found, token = list[BucketInfo](), dict[str, str]()
    with translated(channel.session.place()):
        while True:
            answer = channel.session.client().list_buckets(**token)
            found += map(_bucket, answer.get("Buckets") or ())
            if not answer.get("ContinuationToken"):
                return tuple(found)
            token = {"ContinuationToken": answer["ContinuationToken"]}


def facts(channel: Channel, place: Place) -> ObjectFacts:
    """What HeadObject says."""
    payer = {"RequestPayer": "requester"} if channel.requester_pays else {}
    with translated(place):
        client = channel.session.client(channel.region(place.bucket))
        return _facts(place.key, client.head_object(Bucket=place.bucket, Key=place.key, **payer))


def presigned(channel: Channel, place: Place, expires_s: int) -> str:
    """A link to the object, good for anybody until it expires."""
    with translated(place):
        client = channel.session.client(channel.region(place.bucket), "presign")
        link: str = client.generate_presigned_url(
            "get_object",
            Params={"Bucket": place.bucket, "Key": place.key},
            ExpiresIn=expires_s,
        )
    return link


def _bucket(row: dict[str, Any]) -> BucketInfo:
    created = row.get("CreationDate")
    return BucketInfo(row["Name"], created.timestamp() if created else 0.0)


def _facts(key: str, answer: dict[str, Any]) -> ObjectFacts:
    ref = ObjectRef(
        key,
        int(answer.get("ContentLength", 0)),
        bare_etag(answer.get("ETag", "")),
        answer["LastModified"].timestamp() if "LastModified" in answer else 0.0,
        answer.get("StorageClass", "STANDARD"),
    )
    headers = answer["ResponseMetadata"]["HTTPHeaders"].items()
    further = sorted((name, value) for name, value in headers if _is_fact(name))
    return ObjectFacts(
        ref, answer.get("ContentType", ""), answer.get("VersionId", ""), tuple(further)
    )


def _is_fact(name: str) -> bool:
    return name in _FACTS or (name.startswith("x-amz-") and name not in _NOT_FACTS)

"""S3: sources, objects, pages of a listing, ranges of bytes."""

from dataclasses import dataclass

import msgspec

MAX_CONCURRENT_READS = 512
"""Limit of the objects that one process reads at the same time."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach S3, without a secret: messages contain it.

    An empty value means: as the AWS command line does.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    is_anonymous: bool = False
    requester_pays: bool = False
    addressing_style: str = "auto"
    """auto, path or virtual."""
    ca_bundle: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One bucket at one endpoint; `endpoint` is empty for AWS itself."""

    endpoint: str
    bucket: str

    def uri(self, key: str = "") -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.bucket}/{key}"


@dataclass(frozen=True, slots=True)
class BucketInfo:
    """A bucket that the credentials can see."""

    name: str
    created_at: float = 0.0


class ObjectRef(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An object as listed. `etag` has no quotes."""

    key: str
    size_bytes: int
    etag: str = ""
    modified_at: float = 0.0
    storage_class: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One of the versions that a bucket keeps of an object."""

    ref: ObjectRef
    version_id: str
    is_latest: bool = False
    is_deletion: bool = False
    """A delete marker: it has no bytes."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, in the order of the keys' UTF-8 bytes."""

    prefixes: tuple[str, ...] = ()
    objects: tuple[ObjectRef, ...] = ()
    cursor: str = ""
    """The last key or prefix of the page; `start_after` of the next one."""
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """The response to HeadObject."""

    ref: ObjectRef
    content_type: str = ""
    version_id: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers worth showing: metadata, encryption, cache control…"""


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """Bytes of an object from `start`; shorter than requested only at the object's end."""

    start: int
    data: bytes
    size_bytes: int
    """Of the whole object."""
    etag: str = ""

"""What S3 has: sources, objects, pages of keys, bytes."""

from dataclasses import dataclass

import msgspec

MAX_CONCURRENT_READS = 512
"""Objects that one process may read side by side."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach S3, without any secret: it may travel in a message.

    Empty text means "as the aws command line would find it".
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
    """It only says that the object was deleted; it has no bytes."""


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
    """What HeadObject says."""

    ref: ObjectRef
    content_type: str = ""
    version_id: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Further facts worth showing: metadata, encryption, cache control…"""


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """Bytes of one object from `start`; shorter than asked only at the object's end."""

    start: int
    data: bytes
    size_bytes: int
    """Of the whole object."""
    etag: str = ""

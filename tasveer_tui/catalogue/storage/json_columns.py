"""Values as JSON text in a column, and back; nothing secret goes in."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec

from tasveer_tui.decoding import decode

if TYPE_CHECKING:
    from tasveer_tui.records import Access, JobSpec, Source

Value = TypeVar("Value")


def to_json(value: object) -> str:
    """A value of `records`, or a list, as JSON, lone surrogates and all."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(value, default=asdict)


def from_json(text: str, kind: type[Value]) -> Value:
    """What `to_json` was given."""
    try:
        return decode(text, kind)
    except msgspec.MsgspecError:
        return msgspec.convert(json.loads(text), type=kind)


def public_source(source: Source) -> Source:
    """The source without the user and password that its endpoint may carry."""
    return replace(source, endpoint=_public_url(source.endpoint))


def public_access(access: Access) -> Access:
    """The access without the user and password that its endpoint may carry."""
    return replace(access, endpoint_url=_public_url(access.endpoint_url))


def public_spec(spec: JobSpec) -> JobSpec:
    """The job's spec with nothing secret in it."""
    return replace(spec, source=public_source(spec.source), access=public_access(spec.access))


def _public_url(url: str) -> str:
    if "@" not in url and "?" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()

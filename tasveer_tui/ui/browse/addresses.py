"""What can be copied of an object or prefix: its names, its address, links to it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.ui.kit.pick import Choice

if TYPE_CHECKING:
    from tasveer_tui.records import ObjectRef, Source
    from tasveer_tui.workspace import Workspace

KEY, PREFIX, URI, ETAG, URL = "key", "prefix", "S3 address", "ETag", "web address"
COMMAND = "aws command"
LINKS: Final = {"link for 1 hour": 3_600, "link for 1 day": 86_400, "link for 7 days": 604_800}
"""Seconds for which a presigned link works; 7 days is the longest that S3 allows."""


@dataclass(frozen=True, slots=True)
class CopySource:
    """The line that something is copied of; `ref` only for an object."""

    source: Source
    path: str
    ref: ObjectRef | None = None

    @property
    def uri(self) -> str:
        """`s3://bucket/path`."""
        return self.source.uri(self.path)


def copy_choices(thing: CopySource) -> list[Choice]:
    """What is offered."""
    name = PREFIX if thing.ref is None else KEY
    choices = [Choice(URI, thing.uri), Choice(name, thing.path)]
    if thing.ref is None:
        return [*choices, Choice(COMMAND, _command(thing))]
    return [
        *choices,
        Choice(ETAG, thing.ref.etag),
        Choice(COMMAND, _command(thing)),
        Choice(URL, "for those who may read it anyway"),
        *(Choice(label, "for anybody who has it") for label in LINKS),
    ]


def copy_text(space: Workspace, thing: CopySource, label: str) -> str:
    """The text itself; signs links, so it blocks. Raises StorageError."""
    if label in LINKS:
        return space.presign(thing.source, thing.path, LINKS[label])
    if label == URL:
        return space.presign(thing.source, thing.path, 1).partition("?")[0]
    plain = {
        URI: thing.uri,
        KEY: thing.path,
        PREFIX: thing.path,
        ETAG: thing.ref.etag if thing.ref else "",
        COMMAND: _command(thing),
    }
    return plain[label]


def _command(thing: CopySource) -> str:
    """How the aws program would fetch it."""
    verb = "cp --recursive" if thing.ref is None else "cp"
    endpoint = (
        f" --endpoint-url {shlex.quote(thing.source.endpoint)}" if thing.source.endpoint else ""
    )
    return f"aws s3 {verb} {shlex.quote(thing.uri)} .{endpoint}"

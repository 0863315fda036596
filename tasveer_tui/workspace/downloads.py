"""Downloads objects into a folder: resumes, and overwrites nothing unless asked to."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.errors import ObjectEmptyError, StorageError, UsageError
from tasveer_tui.workspace.selected_objects import selected_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobSpec, ObjectRef
    from tasveer_tui.s3 import S3

CHUNK_BYTES: Final = 8 << 20
"""Bytes per request."""
MAX_NAME_BYTES: Final = 200
"""Bytes of one path component; file systems allow 255."""
_RESERVED_NAMES: Final = {"", ".", ".."}
_MAX_FAILURES: Final = 100


@dataclass(frozen=True, slots=True)
class Download:
    """The progress of a download."""

    objects: int = 0
    """Files completed; existing ones are not counted."""
    size_bytes: int = 0
    """Bytes fetched now; what an earlier attempt fetched is not counted."""
    key: str = ""
    """The object that is being fetched."""
    skipped: int = 0
    """Files that existed and were not overwritten."""
    failures: tuple[tuple[str, str], ...] = field(default=())
    """Keys and messages of the first hundred failures."""
    failed: int = 0
    is_final: bool = False


def local_path(folder: Path, key: str, below: str = "") -> Path:
    """The path for a key: always inside `folder`.

    Components that would lead elsewhere, and characters that file systems refuse, are written as
    `%XX`. Names that are too long are cut and made unique by a hash.
    """
    parts = PurePosixPath(*[_safe_name(part) for part in key.removeprefix(below).split("/")])
    return folder.joinpath(parts)


def _safe_name(part: str) -> str:
    if part in _RESERVED_NAMES:
        return "".join(f"%{ord(char):02X}" for char in part) or "%00"
    safe = "".join(
        char if char.isprintable() and char not in '\\:*?"<>|%' else _percent_encode(char)
        for char in part
    )
    data = safe.encode("utf-8", "surrogateescape")
    if len(data) <= MAX_NAME_BYTES:
        return safe
    digest = hashlib.sha256(data).hexdigest()[:12]
    stem, dot, ending = safe.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending) <= 8 else ""  # noqa: PLR2004 - an extension
    kept = (stem if tail else safe).encode("utf-8", "surrogateescape")[: MAX_NAME_BYTES - 30]
    return f"{kept.decode('utf-8', 'ignore')}-{digest}{tail}"


def _percent_encode(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))


def download(
    s3: S3, spec: JobSpec, folder: Path, *, overwrites: bool = False, below: str = ""
) -> Iterator[Download]:
    """Download what a job would read, file by file; each step is at most one request.

    `below` is the prefix that is removed from the files' paths. Close the iterator to stop; a new
    download resumes. An object that fails is recorded, and the next one follows. Raises UsageError
    if the folder cannot be written, and what listing raises.
    """
    done = Download()
    _prepare_folder(folder)
    for ref in _selected_objects(s3, spec):
        path = local_path(folder, ref.key, below)
        done = replace(done, key=ref.key)
        if path.exists() and not overwrites:
            done = replace(done, skipped=done.skipped + 1)
            yield done
            continue
        try:
            for fetched in _fetch(s3, spec.source.bucket, ref, path):
                done = replace(done, size_bytes=done.size_bytes + fetched)
                yield done
            done = replace(done, objects=done.objects + 1)
        except StorageError as error:
            done = _with_failure(done, ref.key, str(error))
        except OSError as error:
            raise UsageError(
                f"{path} cannot be written: {error.strerror or error}.", "Select another folder."
            ) from error
        yield done
    yield replace(done, key="", is_final=True)


def _with_failure(done: Download, key: str, sentence: str) -> Download:
    failures = (*done.failures, (key, sentence))[:_MAX_FAILURES]
    return replace(done, failures=failures, failed=done.failed + 1)


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be created: {error.strerror}.", "Select another folder."
        ) from error
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{folder} cannot be written.", "Select another folder.")


def _selected_objects(s3: S3, spec: JobSpec) -> Iterator[ObjectRef]:
    """The objects that the filters accept, without folder markers."""
    keys = KeyFilter(spec)
    for page, _ in selected_pages(s3, spec):
        yield from (ref for ref in page.objects if keys.accepts(ref) and not ref.key.endswith("/"))


def _fetch(s3: S3, bucket: str, ref: ObjectRef, path: Path) -> Iterator[int]:
    """Fetch one object into a draft beside `path`, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{ref.key}\0{ref.etag}\0{ref.size_bytes}".encode()).hexdigest()[:12]
    draft = path.with_name(f".{digest}.part")
    with draft.open("ab") as file:
        at = file.tell()
        if at > ref.size_bytes:
            file.truncate(0)
            at = 0
        while at < ref.size_bytes:
            length = min(CHUNK_BYTES, ref.size_bytes - at)
            chunk = s3.read_range(bucket, ref.key, at, length, etag=ref.etag)
            if not chunk.data:
                raise ObjectEmptyError(f"{ref.key} is shorter than it was listed.")
            file.write(chunk.data)
            at += len(chunk.data)
            yield len(chunk.data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

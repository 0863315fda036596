"""Command lines that do the same as a screen. Pure; they contain no secrets."""

from __future__ import annotations

import dataclasses
import re
import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import Access, JobSpec

PROGRAM = "tasveer-tui"
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_WILD = re.compile(r"[*?\[]")


def ingest_command(spec: JobSpec) -> str:
    """`tasveer-tui ingest s3://… --exclude …`, quoted for a shell.

    An exclude pattern has no exceptions, so a selection inside an excluded prefix gets its own
    command, after `&&`.
    """
    depths = sorted({_depth(path, spec) for path in (*spec.prefixes, *spec.keys)})
    return " && ".join(
        " ".join(map(quoted, _words(_at_depth(spec, depth)))) for depth in depths or [0]
    )


def _depth(path: str, spec: JobSpec) -> int:
    """Number of excluded prefixes that contain a path."""
    return sum(path.startswith(prefix) for prefix in spec.without_prefixes)


def _at_depth(spec: JobSpec, depth: int) -> JobSpec:
    """The part of the job at this depth of excluded prefixes, with its exclusions."""
    prefixes = tuple(p for p in spec.prefixes if _depth(p, spec) == depth)
    return dataclasses.replace(
        spec,
        prefixes=prefixes,
        keys=tuple(k for k in spec.keys if _depth(k, spec) == depth),
        without_prefixes=tuple(p for p in spec.without_prefixes if p.startswith(prefixes)),
        without_keys=tuple(k for k in spec.without_keys if k.startswith(prefixes)),
    )


def _words(spec: JobSpec) -> list[str]:
    words = [PROGRAM, "ingest"]
    words += [spec.source.uri(path) for path in (*spec.prefixes, *spec.keys)]
    for glob in spec.include:
        words += ["--include", glob]
    for glob in (*spec.exclude, *_exclusions(spec)):
        words += ["--exclude", glob]
    words += _filter_words(spec)
    return [*words, *access_words(spec.access)]


def _filter_words(spec: JobSpec) -> Iterator[str]:
    """The other options."""
    for flag, value in (
        ("--min-size", str(spec.min_bytes) if spec.min_bytes else ""),
        ("--max-size", str(spec.max_bytes) if spec.max_bytes else ""),
        ("--since", _moment(spec.modified_since)),
        ("--before", _moment(spec.modified_before)),
        ("--priority", str(spec.priority) if spec.priority else ""),
    ):
        if value:
            yield from (flag, value)
    if spec.any_type:
        yield "--any-type"
    if spec.force:
        yield "--force"


def _moment(seconds: float) -> str:
    """A time for `--since`: the date only, at midnight."""
    if not seconds:
        return ""
    moment = datetime.fromtimestamp(int(seconds), UTC)
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return f"{moment:%Y-%m-%d}" if is_day else moment.isoformat()


def access_words(access: Access) -> Iterator[str]:
    """The S3 options that are set."""
    for flag, value in (
        ("--profile", access.profile),
        ("--region", access.region),
        ("--endpoint-url", re.sub(r"//[^/@]*@", "//", access.endpoint_url)),
        ("--ca-bundle", access.ca_bundle),
    ):
        if value:
            yield from (flag, value)
    if access.addressing_style != "auto":
        yield from ("--addressing-style", access.addressing_style)
    if access.is_anonymous:
        yield "--no-sign-request"
    if access.requester_pays:
        yield from ("--request-payer", "requester")


def _exclusions(spec: JobSpec) -> Iterator[str]:
    for prefix in spec.without_prefixes:
        yield f"{_literal(prefix)}**"
    for key in spec.without_keys:
        yield _literal(key) if "/" in key else _at_root(key)


def _at_root(key: str) -> str:
    """A pattern for a key without a slash, which as such would match in every prefix."""
    first = "[]/]" if key[0] == "]" else f"[/{key[0]}]"
    return first + _literal(key[1:])


def _literal(text: str) -> str:
    """A pattern that matches only this text."""
    return _WILD.sub(lambda found: f"[{found.group()}]", text)


def quoted(word: str) -> str:
    """Quote a word for POSIX shells, or for bash and zsh if it has control characters.

    A key can contain newlines and escape sequences, which must have no effect when pasted.
    """
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))

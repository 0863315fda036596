"""A dispatch as the command line that does the same. Pure; holds no secret."""

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

    An excluded glob knows no exception, so what is chosen again inside a prefix that is left
    out gets a command of its own, after `&&`.
    """
    depths = sorted({_depth(path, spec) for path in (*spec.prefixes, *spec.keys)})
    return " && ".join(
        " ".join(map(quoted, _words(_at_depth(spec, depth)))) for depth in depths or [0]
    )


def _depth(path: str, spec: JobSpec) -> int:
    """How many prefixes that are left out stand around a path."""
    return sum(path.startswith(prefix) for prefix in spec.without_prefixes)


def _at_depth(spec: JobSpec, depth: int) -> JobSpec:
    """The part of the job that stands in so many excluded prefixes, with what it leaves out."""
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
    for glob in (*spec.exclude, *_left_out(spec)):
        words += ["--exclude", glob]
    words += _filter_words(spec)
    return [*words, *access_words(spec.access)]


def _filter_words(spec: JobSpec) -> Iterator[str]:
    """The other filters and wishes that were said."""
    for flag, told in (
        ("--min-size", str(spec.min_bytes) if spec.min_bytes else ""),
        ("--max-size", str(spec.max_bytes) if spec.max_bytes else ""),
        ("--since", _moment(spec.modified_since)),
        ("--before", _moment(spec.modified_before)),
        ("--priority", str(spec.priority) if spec.priority else ""),
    ):
        if told:
            yield from (flag, told)
    if spec.any_type:
        yield "--any-type"
    if spec.force:
        yield "--force"


def _moment(seconds: float) -> str:
    """A moment as `--since` takes it; a day where it is the beginning of one."""
    if not seconds:
        return ""
    moment = datetime.fromtimestamp(int(seconds), UTC)
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return f"{moment:%Y-%m-%d}" if is_day else moment.isoformat()


def access_words(access: Access) -> Iterator[str]:
    """The S3 options that were said."""
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


def _left_out(spec: JobSpec) -> Iterator[str]:
    for prefix in spec.without_prefixes:
        yield f"{_literal(prefix)}**"
    for key in spec.without_keys:
        yield _literal(key) if "/" in key else _at_root(key)


def _at_root(key: str) -> str:
    """A glob for a key without a slash, which would be held against the end of every key."""
    first = "[]/]" if key[0] == "]" else f"[/{key[0]}]"
    return first + _literal(key[1:])


def _literal(text: str) -> str:
    """A glob that matches just this text."""
    return _WILD.sub(lambda found: f"[{found.group()}]", text)


def quoted(word: str) -> str:
    """One word for a POSIX shell, for bash and zsh where it holds control characters.

    A key may hold newlines and escapes, which must not act when the command is pasted.
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

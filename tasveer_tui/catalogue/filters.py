"""Which objects a job takes, decided by what a listing says of them alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.columns import extension

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.records import JobSpec, ObjectRef

IMAGE_EXTENSIONS: Final = frozenset(
    (  # noqa: SIM905 - forty quotation marks say no more
        "jpg jpeg jpe jfif png webp tif tiff heic heif hif avif jxl jp2 psd gif bmp "
        "dng nef nrw cr2 cr3 crw arw sr2 pef raf rw2 orf srw x3f mrw iiq 3fr gpr"
    ).split()
)
"""What is taken where no include glob is given, beside names without an extension."""


class KeyFilter:
    """A job's filters over objects of its prefixes and over its single keys.

    Globs: `*` and `?` stay within a segment of the key, `**` crosses `/`, `[a-z]` and `[!a-z]`
    are sets. A glob without `/` is held against the last segment, one with `/` against the
    whole key. What follows the last dot is compared without regard to case, the rest with.
    """

    def __init__(self, spec: JobSpec) -> None:
        self._keys = frozenset(spec.keys)
        self._without_keys = frozenset(spec.without_keys)
        self._prefixes = spec.prefixes
        self._without_prefixes = spec.without_prefixes
        self._include = tuple(map(_compiled, spec.include))
        self._exclude = tuple(map(_compiled, spec.exclude))
        self._any_type = spec.any_type
        self._least_bytes, self._most_bytes = spec.min_bytes, spec.max_bytes or float("inf")
        self._since, self._before = spec.modified_since, spec.modified_before or float("inf")

    def wants(self, ref: ObjectRef) -> bool:
        """Whether the job reads this object, where it has changed.

        Of the prefixes around a key, chosen or excluded, the longest decides. A key that was
        named singly is taken whatever its extension and prefix; globs, sizes and dates count for
        it all the same.
        """
        key = ref.key
        if key in self._without_keys or (not ref.size_bytes and key.endswith("/")):
            return False
        if not self._is_within(ref):
            return False
        is_named = key in self._keys
        if not is_named and self._is_left_out(key):
            return False
        return self._is_included(key, is_named=is_named) and not _matches(self._exclude, key)

    def _is_within(self, ref: ObjectRef) -> bool:
        is_sized = self._least_bytes <= ref.size_bytes <= self._most_bytes
        return is_sized and self._since <= ref.modified_at < self._before

    def _is_left_out(self, key: str) -> bool:
        if not key.startswith(self._without_prefixes):
            return False
        return _longest(self._without_prefixes, key) >= _longest(self._prefixes, key)

    def _is_included(self, key: str, *, is_named: bool) -> bool:
        if self._include:
            return _matches(self._include, key)
        if is_named or self._any_type:
            return True
        ending = extension(key.rpartition("/")[2])
        return not ending or ending in IMAGE_EXTENSIONS


def glob_matches(glob: str, key: str) -> bool:
    """Whether a key fits a glob, as `--include` understands it."""
    return _compiled(glob).fullmatch(key) is not None


def _longest(prefixes: Iterable[str], key: str) -> int:
    return max((len(prefix) for prefix in prefixes if key.startswith(prefix)), default=-1)


def _matches(patterns: Iterable[re.Pattern[str]], key: str) -> bool:
    return any(pattern.fullmatch(key) for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[str]:
    stem, dot, ending = glob.rpartition(".")
    if not dot or "/" in ending or "]" in ending:
        stem, ending = glob, ""
    anywhere = "" if "/" in glob else "(?:.*/)?"
    tail = rf"(?i:\.{_translated(ending)})" if dot and stem != glob else ""
    return re.compile(f"{anywhere}{_translated(stem)}{tail}", re.DOTALL)


_PIECE: Final = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILD: Final = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _translated(glob: str) -> str:
    return "".join(_expression(piece) for piece in _PIECE.findall(glob))


def _expression(piece: str) -> str:
    if piece in _WILD:
        return _WILD[piece]
    if len(piece) > 1:
        inside = piece[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    return re.escape(piece)

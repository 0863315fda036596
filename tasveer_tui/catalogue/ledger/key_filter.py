"""Which listed objects a job reads."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.columns import extension

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.records import JobSpec, ObjectRef

IMAGE_EXTENSIONS: Final = frozenset(
    (  # noqa: SIM905 - easier to read than forty quotation marks
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
        self._include = tuple(map(_compile_glob, spec.include))
        self._exclude = tuple(map(_compile_glob, spec.exclude))
        self._any_type = spec.any_type
        self._min_bytes, self._max_bytes = spec.min_bytes, spec.max_bytes or float("inf")
        self._since, self._before = spec.modified_since, spec.modified_before or float("inf")

    def accepts(self, ref: ObjectRef) -> bool:
        """Whether the job reads this object, where it has changed.

        Of the selected and excluded prefixes of a key, the longest decides. A key that was
        named singly is taken whatever its extension and prefix; globs, sizes and dates count for
        it all the same.
        """
        key = ref.key
        if key in self._without_keys or (not ref.size_bytes and key.endswith("/")):
            return False
        if not self._is_in_range(ref):
            return False
        is_named = key in self._keys
        if not is_named and self._is_excluded_by_prefix(key):
            return False
        return self._is_included(key, is_named=is_named) and not _matches(self._exclude, key)

    def _is_in_range(self, ref: ObjectRef) -> bool:
        is_sized = self._min_bytes <= ref.size_bytes <= self._max_bytes
        return is_sized and self._since <= ref.modified_at < self._before

    def _is_excluded_by_prefix(self, key: str) -> bool:
        if not key.startswith(self._without_prefixes):
            return False
        return _longest_prefix_length(self._without_prefixes, key) >= _longest_prefix_length(
            self._prefixes, key
        )

    def _is_included(self, key: str, *, is_named: bool) -> bool:
        if self._include:
            return _matches(self._include, key)
        if is_named or self._any_type:
            return True
        ending = extension(key.rpartition("/")[2])
        return not ending or ending in IMAGE_EXTENSIONS


def glob_matches(glob: str, key: str) -> bool:
    """Whether a key fits a glob, as `--include` understands it."""
    return _compile_glob(glob).fullmatch(key) is not None


def _longest_prefix_length(prefixes: Iterable[str], key: str) -> int:
    return max((len(prefix) for prefix in prefixes if key.startswith(prefix)), default=-1)


def _matches(patterns: Iterable[re.Pattern[str]], key: str) -> bool:
    return any(pattern.fullmatch(key) for pattern in patterns)


@lru_cache(maxsize=256)
def _compile_glob(glob: str) -> re.Pattern[str]:
    stem, dot, ending = glob.rpartition(".")
    if not dot or "/" in ending or "]" in ending:
        stem, ending = glob, ""
    anywhere = "" if "/" in glob else "(?:.*/)?"
    tail = rf"(?i:\.{_glob_to_regex(ending)})" if dot and stem != glob else ""
    return re.compile(f"{anywhere}{_glob_to_regex(stem)}{tail}", re.DOTALL)


_GLOB_TOKEN: Final = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILDCARDS: Final = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _glob_to_regex(glob: str) -> str:
    return "".join(_token_to_regex(piece) for piece in _GLOB_TOKEN.findall(glob))


def _token_to_regex(piece: str) -> str:
    if piece in _WILDCARDS:
        return _WILDCARDS[piece]
    if len(piece) > 1:
        inside = piece[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    return re.escape(piece)

"""Wildcards and regular expressions: checked before they run, and turned into matchers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tasveer_tui.catalogue.storage.sql_functions import QUANTIFIER
from tasveer_tui.catalogue.storage.text_codec import fold

MAX_PATTERN_LENGTH: Final = 200
"""Characters of a regular expression."""
MAX_REPEATS: Final = 4
"""Of `*`, `+` and `{…}` in a regular expression: the time grows with the power of it."""
_SPECIAL_IN_SET: Final = ("[", "--", "&&", "~~", "||")
"""Python reserves these for sets of sets."""


class PatternError(ValueError):
    """The pattern cannot be used; `position` counts its characters from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def is_wildcard(text: str) -> bool:
    """Whether `*` or `?` stand in the text."""
    return "*" in text or "?" in text


def literals(pattern: str) -> list[str]:
    """The parts of a wildcard pattern that every match contains, folded."""
    return [fold(part) for part in re.split(r"[*?]+", pattern)]


def longest_literal(pattern: str) -> str:
    """The longest of them."""
    return max(literals(pattern), key=len)


@lru_cache(maxsize=256)
def compile_wildcard(pattern: str) -> re.Pattern[str]:
    """For `fullmatch` on folded texts. Takes linear time, whatever the pattern."""
    head, *rest = re.split(r"\*+", pattern)
    if not rest:
        return re.compile(_literal_regex(head), re.DOTALL)
    # An atomic group never gives back what it took, so stars cannot multiply.
    runs = "".join(f"(?>.*?{_literal_regex(part)})" for part in rest[:-1])
    return re.compile(f"{_literal_regex(head)}{runs}.*{_literal_regex(rest[-1])}", re.DOTALL)


def _literal_regex(part: str) -> str:
    return ".".join(re.escape(fold(text)) for text in part.split("?"))


def check_regex(pattern: str) -> None:
    """See that the regular expression can be compiled and cannot run away.

    Raises:
        PatternError: it cannot be used.

    """
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise PatternError(f"A regular expression may have {MAX_PATTERN_LENGTH} characters")
    _RegexChecker(pattern).run()
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise PatternError(f"Not a regular expression: {error.msg}", error.pos or 0) from error
    except (OverflowError, RecursionError) as error:
        raise PatternError("The regular expression is too large") from error


class _RegexChecker:
    """Goes once over a pattern and counts what repeats, group by group."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._repeats = 0
        self._choice_stack = [False]
        """Per open group: whether something in it can match in more than one way."""

    def run(self) -> None:
        while self._position < len(self._pattern):
            self._step(self._pattern[self._position])

    def _step(self, char: str) -> None:
        if char == "[":
            self._skip_set()
        elif char == "(":
            self._choice_stack.append(False)
        elif char == ")" and len(self._choice_stack) > 1:
            self._close()
        elif char == "|":
            self._choice_stack[-1] = True
        elif repeat := QUANTIFIER.match(self._pattern, self._position):
            self._repeat(repeat)
        self._position += 2 if char == "\\" else 1

    def _repeat(self, repeat: re.Match[str]) -> None:
        self._repeats += 1
        self._choice_stack[-1] = True
        if self._repeats > MAX_REPEATS:
            raise PatternError(
                f"More than {MAX_REPEATS} repetitions could take for ever", self._position
            )
        self._position = repeat.end() - 1

    def _close(self) -> None:
        has_choice = self._choice_stack.pop()
        if has_choice and QUANTIFIER.match(self._pattern, self._position + 1):
            raise PatternError(
                "A repeated group that itself repeats or chooses could take for ever",
                self._position + 1,
            )
        self._choice_stack[-1] = self._choice_stack[-1] or has_choice

    def _skip_set(self) -> None:
        start = self._position
        at = start + 1
        at += self._pattern.startswith("^", at)
        at += self._pattern.startswith("]", at)
        while at < len(self._pattern) and self._pattern[at] != "]":
            if self._pattern.startswith(_SPECIAL_IN_SET, at):
                raise PatternError(f"Write \\{self._pattern[at]} inside […]", at)
            at += 2 if self._pattern[at] == "\\" else 1
        self._position = at

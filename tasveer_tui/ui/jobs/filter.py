"""The filter of the jobs' history: words that all must fit a job. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.records import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasveer_tui.records import JobView

HINT = "a state, a part of the place, or a number:  failed 2019"


def filtered(jobs: Iterable[JobView], text: str) -> tuple[JobView, ...]:
    """The jobs that every word fits."""
    words = text.casefold().split()
    return tuple(job for job in jobs if all(_fits(job, word) for word in words))


def _fits(job: JobView, word: str) -> bool:
    """A job's number, the beginning of its state's name, or a part of one of its places."""
    if word.removeprefix("#") == str(job.id):
        return True
    if _is_state(word):
        return job.state.startswith(word)
    spec = job.spec
    places = (spec.source.uri(path) for path in (*spec.prefixes, *spec.keys))
    return word in spec.source.endpoint.casefold() or any(word in p.casefold() for p in places)


def _is_state(word: str) -> bool:
    return len(word) >= 4 and any(state.startswith(word) for state in JobState)  # noqa: PLR2004

"""The state of the header: the source, how S3 is accessed, and what the engine does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasveer_tui.records import Access, JobView, Source
    from tasveer_tui.workspace import Workspace


RECENT_JOBS = 50


@dataclass(frozen=True, slots=True)
class Status:
    """What the header shows."""

    facts: tuple[str, ...] = ()
    """Source, profile, region, endpoint: most important first."""
    engine: str = ""
    """The engine's state in a few words."""
    problem: str = ""
    """The engine's last problem, one sentence."""
    active_jobs: int = 0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """State of the ledger and the engine."""

    jobs: int = 0
    left: int = 0
    ended: int = 0
    """Objects of recent jobs that have an outcome; grows while a job runs."""
    is_running: bool = False
    problem: str = ""
    recent: tuple[JobView, ...] | None = field(default=None, compare=False)
    """The latest jobs; None if they could not be read."""
    watch_jobs: frozenset[int] = field(default=frozenset(), compare=False)
    """Ids of the latest jobs that watches started."""


def access_facts(source: Source | None, access: Access) -> tuple[str, ...]:
    """How the source is accessed, without secrets."""
    facts = [source.uri().rstrip("/")] if source else []
    facts += filter(None, (_signer(access), access.region))
    endpoint = source.endpoint if source else access.endpoint_url
    if endpoint:
        facts.append(_host(endpoint))
    return tuple(facts)


def access_text(source: Source, access: Access) -> str:
    """What distinguishes equally named buckets: credentials and endpoint."""
    return " ".join(filter(None, (_signer(access), _host(source.endpoint) or "AWS")))


def _signer(access: Access) -> str:
    if access.is_anonymous:
        return "unsigned"
    return f"profile {access.profile}" if access.profile else ""


def _host(endpoint: str) -> str:
    """The endpoint without scheme and user info."""
    return endpoint.partition("://")[2].rpartition("@")[2] or endpoint


def engine_words(engine: EngineStatus, *, has_broker: bool) -> str:
    """The engine's state in a few words."""
    kind = "broker" if has_broker else "engine"
    if engine.problem:
        return f"{kind} problem"
    if engine.jobs:
        jobs = "1 job" if engine.jobs == 1 else f"{engine.jobs} jobs"
        return f"{jobs}, {engine.left:,} left" if engine.is_running else f"{jobs} waiting"
    return f"{kind} idle"


def read_engine(workspace: Workspace) -> EngineStatus:
    """Read the ledger and the engine's state. Blocks. Does not create a catalogue."""
    if not workspace.options.db.exists():
        return EngineStatus(recent=())
    jobs = workspace.catalogue.jobs(limit=RECENT_JOBS)
    active = [job for job in jobs if _is_active(job)]
    return EngineStatus(
        jobs=len(active),
        left=sum(job.left for job in active),
        ended=sum(job.done for job in jobs),
        is_running=workspace.engine.is_running(),
        problem=workspace.engine.problem(),
        recent=jobs,
        watch_jobs=frozenset(watch.job_id for watch in workspace.watches()),
    )


def _is_active(job: JobView) -> bool:
    return job.state in {"queued", "running"}

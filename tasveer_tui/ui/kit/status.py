"""What the header says: where one is, how S3 is reached, and what the engine does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasveer_tui.records import Access, JobView, Source
    from tasveer_tui.workspace import Workspace


RECENT_JOBS = 50


@dataclass(frozen=True, slots=True)
class Status:
    """One state of the header."""

    facts: tuple[str, ...] = ()
    """Source, profile, region, endpoint: the most important first."""
    engine: str = ""
    """The engine in a few words."""
    problem: str = ""
    """The engine's last trouble, a sentence."""
    active_jobs: int = 0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What the ledger and the engine say."""

    jobs: int = 0
    left: int = 0
    ended: int = 0
    """Objects of recent jobs that have an outcome: it grows while something is read."""
    is_running: bool = False
    problem: str = ""
    recent: tuple[JobView, ...] | None = field(default=None, compare=False)
    """The newest jobs; None where they could not be read."""
    rounds: frozenset[int] = field(default=frozenset(), compare=False)
    """The jobs of watches' newest rounds."""


def access_facts(source: Source | None, access: Access) -> tuple[str, ...]:
    """How the source is reached, in words that hold no secret."""
    facts = [source.uri().rstrip("/")] if source else []
    facts += filter(None, (_signer(access), access.region))
    endpoint = source.endpoint if source else access.endpoint_url
    if endpoint:
        facts.append(_host(endpoint))
    return tuple(facts)


def way_text(source: Source, access: Access) -> str:
    """What tells a bucket from one that is reached otherwise: who asks, and where."""
    return " ".join(filter(None, (_signer(access), _host(source.endpoint) or "AWS")))


def _signer(access: Access) -> str:
    if access.is_anonymous:
        return "unsigned"
    return f"profile {access.profile}" if access.profile else ""


def _host(endpoint: str) -> str:
    """The endpoint without its scheme and whatever stands before an @."""
    return endpoint.partition("://")[2].rpartition("@")[2] or endpoint


def engine_words(engine: EngineStatus, *, has_broker: bool) -> str:
    """The engine in a few words."""
    kind = "broker" if has_broker else "engine"
    if engine.problem:
        return f"{kind} in trouble"
    if engine.jobs:
        jobs = "1 job" if engine.jobs == 1 else f"{engine.jobs} jobs"
        return f"{jobs}, {engine.left:,} left" if engine.is_running else f"{jobs} waiting"
    return f"{kind} idle"


def read_engine(workspace: Workspace) -> EngineStatus:
    """Ask ledger and engine; blocks. Creates no catalogue where there is none."""
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
        rounds=frozenset(watch.job_id for watch in workspace.watches()),
    )


def _is_active(job: JobView) -> bool:
    return job.state in {"queued", "running"}

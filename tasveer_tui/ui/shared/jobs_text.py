"""Texts about jobs and watches. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.humanize import (
    approximate_duration_text,
    duration_text,
    minute_text,
    plural,
    rate_text,
    size_text,
)
from tasveer_tui.records import JobState
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobSpec, JobView, WatchView
    from tasveer_tui.workspace import Progress


def place_text(spec: JobSpec) -> str:
    """A job's first prefix or key and the number of others, cleaned."""
    paths = (*spec.prefixes, *spec.keys) or ("",)
    more = f" +{len(paths) - 1:,}" if len(paths) > 1 else ""
    return clean(spec.source.uri(paths[0]), 400) + more


def where_text(spec: JobSpec) -> str:
    """The same without `s3://`, for a narrow column."""
    return place_text(spec).removeprefix("s3://")


def left_text(pace: Progress) -> str:
    """`1:05 to 1:40 left`; empty if unknown."""
    if pace.eta_soonest_s is None:
        return ""
    soonest = duration_text(pace.eta_soonest_s)
    if pace.is_lower_bound:
        return f"more than {soonest} left"
    if pace.eta_latest_s is None:
        return f"{soonest} left, or much more"
    latest = duration_text(pace.eta_latest_s)
    return f"{soonest} left" if latest == soonest else f"{soonest} to {latest} left"


def about_left_text(pace: Progress) -> str:
    """`~1:20`, for a narrow column."""
    if pace.eta_s is None:
        return ""
    return f"{'>' if pace.is_lower_bound else '~'}{duration_text(pace.eta_s)}"


def filters_text(spec: JobSpec) -> str:
    """The job's filters; empty without any."""
    return ", ".join(_filters(spec))


def _filters(spec: JobSpec) -> Iterator[str]:
    for is_set, words in (
        (spec.include, f"only {clean(' '.join(spec.include), 60)}"),
        (spec.exclude, f"not {clean(' '.join(spec.exclude), 60)}"),
        (spec.min_bytes, f"from {size_text(spec.min_bytes)}"),
        (spec.max_bytes, f"up to {size_text(spec.max_bytes)}"),
        (spec.modified_since, f"since {minute_text(spec.modified_since)}"),
        (spec.modified_before, f"before {minute_text(spec.modified_before)}"),
        (spec.any_type, "every type"),
        (spec.force, "including unchanged objects"),
    ):
        if is_set:
            yield words


def now_parts(job: JobView, pace: Progress, sparks: str, now: float) -> Iterator[str]:
    """Texts about the job's current work."""
    if job.state.is_final:
        return
    if job.rest_until > now:
        yield f"the source cannot be reached; next attempt in {duration_text(job.rest_until - now)}"
    if not job.listed:
        yield "waiting for the first page of the listing"
    elif not job.is_scanned:
        yield f"listing: {plural(job.listed, 'object')} so far"
    if pace.images_per_s:
        yield " ".join(filter(None, (f"{rate_text(pace.images_per_s)} images/s", sparks)))
        yield f"{size_text(pace.bytes_per_s)}/s"
    if left := left_text(pace):
        yield left


def sum_parts(job: JobView, now: float) -> Iterator[str]:
    """Texts about the job's results so far."""
    elapsed_s = (job.finished_at or now) - job.started_at if job.started_at else 0.0
    if elapsed_s > 0:
        yield f"{duration_text(elapsed_s)} elapsed"
    if job.state.is_final and elapsed_s >= 1 and job.done:
        yield f"{rate_text(job.done / elapsed_s)} images/s"
    if job.bytes_read:
        share = 100 * job.bytes_saved / job.bytes_listed if job.bytes_listed else 0
        saved = f", {size_text(job.bytes_saved)} saved ({share:.1f} %)" if job.bytes_saved else ""
        yield f"{size_text(job.bytes_read)} read{saved}"
    for count, words in (
        (job.filtered, "filtered out"),
        (job.changed, "replaced in the meantime"),
        (job.gone, "gone from the bucket"),
        (job.tried_again, "retries"),
    ):
        if count:
            yield f"{count:,} {words}"
    if filters := filters_text(job.spec):
        yield f"filters: {filters}"


def end_text(job: JobView) -> tuple[str, bool]:
    """How a job ended, and whether that is a warning."""
    location = place_text(job.spec)
    if job.state is JobState.CANCELLED:
        return f"Job {job.id} cancelled: {location}.", False
    if job.state is JobState.FAILED:
        return f"Job {job.id} failed: {location}. {clean(job.error)}", True
    failed = f", {job.failed:,} failed" if job.failed else ""
    text = f"Job {job.id} done: {location}, {plural(job.done, 'object')} read{failed}."
    return text, bool(job.failed)


def watch_text(watch: WatchView, now: float) -> str:
    """`every 5 minutes, next in 2:10, 230 objects read`."""
    wait_s = watch.next_at - now
    when = f"next in {duration_text(wait_s)}" if wait_s > 0 else "listing now"
    found = f", {plural(watch.found, 'object')} read" if watch.found else ""
    return f"every {approximate_duration_text(watch.every_s)}, {when}{found}"

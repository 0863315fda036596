"""What the jobs screen says of a job, a watch or a worker, in words. Pure."""

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
    """Where a job looks, safe to show: its first prefix, and how many more."""
    chosen = (*spec.prefixes, *spec.keys) or ("",)
    more = f" +{len(chosen) - 1:,}" if len(chosen) > 1 else ""
    return clean(spec.source.uri(chosen[0]), 400) + more


def where_text(spec: JobSpec) -> str:
    """The same for a narrow column, without what all places have in common."""
    return place_text(spec).removeprefix("s3://")


def left_text(pace: Progress) -> str:
    """`1:05 to 1:40 left`; what cannot be told is not told."""
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
    """What the job was asked besides its places; empty where nothing was."""
    return ", ".join(_filters(spec))


def _filters(spec: JobSpec) -> Iterator[str]:
    for is_said, words in (
        (spec.include, f"only {clean(' '.join(spec.include), 60)}"),
        (spec.exclude, f"not {clean(' '.join(spec.exclude), 60)}"),
        (spec.min_bytes, f"from {size_text(spec.min_bytes)}"),
        (spec.max_bytes, f"up to {size_text(spec.max_bytes)}"),
        (spec.modified_since, f"since {minute_text(spec.modified_since)}"),
        (spec.modified_before, f"before {minute_text(spec.modified_before)}"),
        (spec.any_type, "every type"),
        (spec.force, "unchanged ones again"),
    ):
        if is_said:
            yield words


def now_parts(job: JobView, pace: Progress, sparks: str, now: float) -> Iterator[str]:
    """What happens at this moment."""
    if job.state.is_final:
        return
    if job.rest_until > now:
        yield f"the source cannot be reached; tried again in {duration_text(job.rest_until - now)}"
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
    """What has come of it so far."""
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
        (job.filtered, "left out by filters"),
        (job.changed, "replaced since"),
        (job.gone, "gone from the bucket"),
        (job.tried_again, "read once more after a fault"),
    ):
        if count:
            yield f"{count:,} {words}"
    if told := filters_text(job.spec):
        yield f"asked for: {told}"


def end_text(job: JobView) -> tuple[str, bool]:
    """A sentence on how a job ended, and whether it is a warning."""
    place = place_text(job.spec)
    if job.state is JobState.CANCELLED:
        return f"Job {job.id} was cancelled: {place}.", False
    if job.state is JobState.FAILED:
        return f"Job {job.id} failed: {place}. {clean(job.error)}", True
    failed = f", {job.failed:,} failed" if job.failed else ""
    text = f"Job {job.id} is done: {place}, {plural(job.done, 'object')} read{failed}."
    return text, bool(job.failed)


def watch_text(watch: WatchView, now: float) -> str:
    """`every 5 minutes, next in 2:10, 230 objects read`."""
    wait_s = watch.next_at - now
    when = f"next in {duration_text(wait_s)}" if wait_s > 0 else "listing now"
    found = f", {plural(watch.found, 'object')} read" if watch.found else ""
    return f"every {approximate_duration_text(watch.every_s)}, {when}{found}"

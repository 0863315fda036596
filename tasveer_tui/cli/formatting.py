"""Jobs, engine and workers as lines of text."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from tasveer_tui.humanize import duration_text, plural, rate_text, size_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.jobs import BrokerReport, EngineReport
    from tasveer_tui.records import JobView
    from tasveer_tui.workspace import Progress


def job_lines(job: JobView) -> list[str]:
    """The counts of a job, one line for each stage."""
    elapsed_s = max(0.0, (job.finished_at or job.started_at) - job.started_at)
    rate = f", {job.done / elapsed_s:,.0f} images/s" if elapsed_s and job.done else ""
    lines = [
        f"Job {job.id} ({clean(job.spec.source.uri())}): {job.state}"
        + (f" in {elapsed_s:.1f} s{rate}" if elapsed_s else ""),
        (
            f"  listed {job.listed:,} · filtered out {job.filtered:,} · "
            f"unchanged {job.unchanged:,} · to read {job.total:,}"
        ),
        f"  new {job.added:,} · changed {job.changed:,} · gone {job.gone:,}",
        (
            f"  with metadata {job.ok:,} · without EXIF {job.noexif:,} · not an image "
            f"{job.notimage:,} · failed {job.failed:,} · left {job.left:,}"
        ),
        (
            f"  read {size_text(job.bytes_read)} in {job.requests:,} requests instead of "
            f"{size_text(job.bytes_listed)}; saved {size_text(job.bytes_saved)}"
        ),
    ]
    if job.tried_again:
        lines.append(f"  retries: {job.tried_again:,}")
    if job.error:
        lines.append(f"  {clean(job.error)}")
    return lines


def pace_text(job: JobView, pace: Progress) -> str:
    """`410/s, 27.1 MB/s, 12.3 GB saved, 1:05 to 1:40 left`."""
    parts = [f"{rate_text(pace.images_per_s)}/s", f"{size_text(pace.bytes_per_s)}/s"]
    if job.bytes_saved:
        parts.append(f"{size_text(job.bytes_saved)} saved")
    if pace.eta_soonest_s is not None:
        soonest = duration_text(pace.eta_soonest_s)
        if pace.is_lower_bound:
            parts.append(f"more than {soonest} left")
        elif pace.eta_latest_s is None:
            parts.append(f"{soonest} left, or much more")
        else:
            latest = duration_text(pace.eta_latest_s)
            parts.append(f"{soonest} to {latest} left" if latest != soonest else f"{soonest} left")
    return ", ".join(parts)


def report_lines(report: EngineReport) -> list[str]:
    """The engine, its queues and its workers."""
    problem = [f"  {clean(report.problem)}"] if report.problem else []
    if not report.is_running:
        return ["Engine: not running", *problem]
    where = f"broker at {report.broker}" if report.broker else "no broker (local)"
    lines = [
        f"Engine: running, {where}",
        (
            f"  waiting: {plural(report.scans_waiting, 'scan')}, "
            f"{plural(report.batches_waiting, 'batch', 'batches')}, "
            f"{plural(report.replies_waiting, 'result message')}"
        ),
    ]
    lines += [
        f"  {clean(worker.name)}: {worker.active} active, {worker.batches:,} done, "
        f"{worker.processes} × {worker.threads} in flight, load {worker.load:.1f}, "
        f"heartbeat {max(0.0, time() - worker.heartbeat_at):.0f} s ago, "
        f"tasveer-tui {clean(worker.program)}"
        for worker in report.workers
    ]
    if not report.workers:
        lines.append("  no worker heartbeat yet")
    return lines + problem


def broker_line(report: BrokerReport) -> str:
    """The workers that answer at a broker while no engine is running."""
    names = ", ".join(map(clean, report.workers))
    count = plural(len(report.workers), "worker")
    return f"Broker at {clean(report.url)}: {count}{': ' if names else ''}{names}"

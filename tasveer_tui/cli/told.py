"""The counts of a job in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.figures import size_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.records import JobView


def job_lines(job: JobView) -> list[str]:
    """A job's counts as a person would tell them."""
    elapsed_s = max(0.0, (job.finished_at or job.started_at) - job.started_at)
    rate = f", {job.done / elapsed_s:,.0f} images/s" if elapsed_s and job.done else ""
    lines = [
        f"Job {job.id} ({clean(job.spec.source.uri())}): {job.state}"
        + (f" in {elapsed_s:.1f} s{rate}" if elapsed_s else ""),
        (
            f"  listed {job.listed:,} · left out by the filters {job.filtered:,} · "
            f"unchanged {job.unchanged:,} · to read {job.total:,}"
        ),
        (
            f"  with metadata {job.ok:,} · without EXIF {job.noexif:,} · not an image "
            f"{job.notimage:,} · failed {job.failed:,} · left {job.left:,}"
        ),
        (
            f"  read {size_text(job.bytes_read)} in {job.requests:,} requests instead of "
            f"{size_text(job.bytes_listed)}; saved {size_text(job.bytes_saved)}"
        ),
    ]
    if job.error:
        lines.append(f"  {clean(job.error)}")
    return lines

"""What a dispatch would cost, counted before anything is sent."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.workspace.selected_objects import selected_pages
from tasveer_tui.workspace.views import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobSpec, Page
    from tasveer_tui.s3 import S3
    from tasveer_tui.workspace.workspace import Workspace

FIRST_READ_BYTES = 65_536
DEFAULT_IMAGES_PER_S = 300.0
"""Images/s where no job has ended yet: 64 requests in flight at some 200 ms each."""
DEFAULT_REQUESTS_PER_IMAGE = 1.1
"""Read requests per image where no job has ended yet."""
LIST_TO_GET_PRICE_RATIO = 12.5
"""A LIST request costs that many GETs on AWS ($0.005 against $0.0004 per 1,000)."""
MAX_RECENT_JOBS = 20


def estimate(workspace: Workspace, s3: S3, spec: JobSpec) -> Iterator[Estimate]:
    """Walk the listing and count; one estimate a page, the last one final."""
    rate, requests_per_image = _recent_rates(workspace)
    keys = KeyFilter(spec)
    counted = Estimate()
    for page, requests in selected_pages(s3, spec):
        counted = _add_page(workspace, keys, spec, counted, page)
        counted = dataclasses.replace(counted, list_requests=counted.list_requests + requests)
        yield _with_cost(workspace, counted, rate, requests_per_image)
    yield dataclasses.replace(
        _with_cost(workspace, counted, rate, requests_per_image), is_final=True
    )


def _add_page(
    workspace: Workspace, keys: KeyFilter, spec: JobSpec, so_far: Estimate, page: Page
) -> Estimate:
    wanted = [ref for ref in page.objects if keys.accepts(ref)]
    unchanged = frozenset() if spec.force else workspace.unchanged(spec.source, wanted)
    to_read = [ref for ref in wanted if ref.key not in unchanged]
    return dataclasses.replace(
        so_far,
        objects=so_far.objects + len(page.objects),
        size_bytes=so_far.size_bytes + sum(ref.size_bytes for ref in page.objects),
        to_read=so_far.to_read + len(to_read),
        to_read_bytes=so_far.to_read_bytes + sum(ref.size_bytes for ref in to_read),
        filtered=so_far.filtered + len(page.objects) - len(wanted),
        unchanged=so_far.unchanged + len(wanted) - len(to_read),
        read_bytes=so_far.read_bytes + sum(min(r.size_bytes, FIRST_READ_BYTES) for r in to_read),
    )


def _with_cost(
    workspace: Workspace, counted: Estimate, rate: float, requests_per_image: float
) -> Estimate:
    requests = math.ceil(counted.to_read * requests_per_image)
    price = workspace.options.request_price / 1000
    return dataclasses.replace(
        counted,
        read_requests=requests,
        seconds=counted.to_read / rate,
        dollars=price * (requests + counted.list_requests * LIST_TO_GET_PRICE_RATIO),
    )


def _recent_rates(workspace: Workspace) -> tuple[float, float]:
    """Images/s and read requests per image of the last job that read something."""
    if not workspace.has_catalogue:
        return DEFAULT_IMAGES_PER_S, DEFAULT_REQUESTS_PER_IMAGE
    for job in workspace.catalogue.jobs(MAX_RECENT_JOBS):
        elapsed_s = job.finished_at - job.started_at
        if job.state.is_final and job.done and elapsed_s > 0:
            return max(1.0, job.done / elapsed_s), max(1.0, job.requests / job.done)
    return DEFAULT_IMAGES_PER_S, DEFAULT_REQUESTS_PER_IMAGE

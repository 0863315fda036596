"""Estimates what a job would do, without reading an object."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import KeyFilter
from tasveer_tui.workspace.selected_objects import selected_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tasveer_tui.records import JobSpec, JobView, ObjectRef, Page, Source
    from tasveer_tui.s3 import S3

FIRST_READ_BYTES = 65_536
"""Bytes of the first range request for an object."""
DEFAULT_IMAGES_PER_S = 300.0
"""Images/s before the first job has ended: 64 requests in flight at about 200 ms each."""
DEFAULT_REQUESTS_PER_IMAGE = 1.1
"""Read requests per image before the first job has ended."""
LIST_TO_GET_PRICE_RATIO = 12.5
"""Price of a LIST request in GET requests on AWS ($0.005 and $0.0004 per 1,000)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job would do, as far as it is listed."""

    objects: int = 0
    size_bytes: int = 0
    """Of all listed objects."""
    to_read: int = 0
    to_read_bytes: int = 0
    """Of the objects to read, whole."""
    filtered: int = 0
    unchanged: int = 0
    list_requests: int = 0
    read_requests: int = 0
    read_bytes: int = 0
    seconds: float = 0.0
    dollars: float = 0.0
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class EstimateInputs:
    """What an estimate needs of the catalogue and the settings."""

    unchanged: Callable[[Source, Sequence[ObjectRef]], frozenset[str]]
    """The keys that a job would not read again; blocks."""
    recent_jobs: Iterable[JobView]
    """The newest first: the first one that ended with results gives the speed."""
    request_price: float
    """US dollars per 1,000 GET requests."""


def estimate(s3: S3, spec: JobSpec, inputs: EstimateInputs) -> Iterator[Estimate]:
    """List the selection and count; yields one estimate per page, the last one final. Blocks."""
    rate, requests_per_image = _recent_rates(inputs.recent_jobs)
    keys = KeyFilter(spec)
    total = Estimate()
    for page, requests in selected_pages(s3, spec):
        total = _add_page(inputs, keys, spec, total, page)
        total = dataclasses.replace(total, list_requests=total.list_requests + requests)
        yield _with_cost(inputs, total, rate, requests_per_image)
    yield dataclasses.replace(_with_cost(inputs, total, rate, requests_per_image), is_final=True)


def _add_page(
    inputs: EstimateInputs, keys: KeyFilter, spec: JobSpec, so_far: Estimate, page: Page
) -> Estimate:
    accepted = [ref for ref in page.objects if keys.accepts(ref)]
    unchanged = frozenset() if spec.force else inputs.unchanged(spec.source, accepted)
    to_read = [ref for ref in accepted if ref.key not in unchanged]
    return dataclasses.replace(
        so_far,
        objects=so_far.objects + len(page.objects),
        size_bytes=so_far.size_bytes + sum(ref.size_bytes for ref in page.objects),
        to_read=so_far.to_read + len(to_read),
        to_read_bytes=so_far.to_read_bytes + sum(ref.size_bytes for ref in to_read),
        filtered=so_far.filtered + len(page.objects) - len(accepted),
        unchanged=so_far.unchanged + len(accepted) - len(to_read),
        read_bytes=so_far.read_bytes + sum(min(r.size_bytes, FIRST_READ_BYTES) for r in to_read),
    )


def _with_cost(
    inputs: EstimateInputs, total: Estimate, rate: float, requests_per_image: float
) -> Estimate:
    requests = math.ceil(total.to_read * requests_per_image)
    price = inputs.request_price / 1000
    return dataclasses.replace(
        total,
        read_requests=requests,
        seconds=total.to_read / rate,
        dollars=price * (requests + total.list_requests * LIST_TO_GET_PRICE_RATIO),
    )


def _recent_rates(jobs: Iterable[JobView]) -> tuple[float, float]:
    """Images/s and read requests per image of the newest job that ended with results."""
    for job in jobs:
        elapsed_s = job.finished_at - job.started_at
        if job.state.is_final and job.done and elapsed_s > 0:
            return max(1.0, job.done / elapsed_s), max(1.0, job.requests / job.done)
    return DEFAULT_IMAGES_PER_S, DEFAULT_REQUESTS_PER_IMAGE

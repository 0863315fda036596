from __future__ import annotations

from dataclasses import replace

import pytest

from tasveer_tui.records import Access, JobSpec, JobState, JobView, Source
from tasveer_tui.workspace import Progress, ProgressEstimator


def job(done: int, *, total: int = 10_000, is_scanned: bool = True) -> JobView:
    spec = JobSpec(Source("", "b"), Access())
    return JobView(
        1,
        spec,
        JobState.RUNNING,
        0.0,
        is_scanned=is_scanned,
        total=total,
        ok=done,
        bytes_read=done * 65_536,
    )


def observe_rates(rates: list[float], **given: bool) -> Progress:
    """After some seconds with a number of images in each."""
    pace, done, progress = ProgressEstimator(), 0.0, Progress()
    progress = pace.update(job(0, **given), 0.0)
    for second, rate in enumerate(rates, start=1):
        done += rate
        progress = pace.update(job(int(done), **given), float(second))
    return progress


def test_a_steady_job_has_an_exact_estimate() -> None:
    progress = observe_rates([100.0] * 30)

    assert progress.images_per_s == pytest.approx(100)
    assert progress.bytes_per_s == pytest.approx(100 * 65_536)
    assert progress.eta_soonest_s == pytest.approx(70, rel=0.01)
    assert progress.eta_latest_s == pytest.approx(70, rel=0.01)
    assert not progress.is_lower_bound


def test_an_unsteady_job_has_a_spread_around_its_mean() -> None:
    progress = observe_rates([50.0, 50, 50, 150, 150, 150] * 6)

    assert progress.eta_s is not None
    assert progress.eta_soonest_s is not None
    assert progress.eta_latest_s is not None
    assert progress.eta_soonest_s < progress.eta_s * 0.8
    assert progress.eta_latest_s > progress.eta_s * 1.2


def test_nothing_is_promised_at_the_start_nor_while_nothing_moves() -> None:
    assert observe_rates([]).eta_s is None
    assert observe_rates([100.0]).eta_s is None
    assert observe_rates([0.0] * 10) == Progress()


def test_a_job_that_often_stands_still_has_no_latest_end() -> None:
    progress = observe_rates([0.0, 0, 0, 0, 400] * 6)

    assert progress.eta_soonest_s is not None
    assert progress.eta_latest_s is None


def test_while_the_listing_goes_on_the_end_is_a_lower_bound() -> None:
    assert observe_rates([100.0] * 30, is_scanned=False).is_lower_bound


def test_what_is_long_ago_says_nothing_of_now() -> None:
    progress = observe_rates([1000.0] * 5 + [10.0] * 200)

    assert progress.images_per_s == pytest.approx(10, rel=0.2)


def test_another_job_or_a_retry_resets_the_rate() -> None:
    pace = ProgressEstimator()
    for second in range(20):
        pace.update(job(second * 100), float(second))
    assert pace.update(job(500), 20.0) == Progress()
    assert pace.update(replace(job(700), id=2), 21.0) == Progress()

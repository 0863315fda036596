"""A job through a broker that speaks TLS alone and asks for a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs import check_broker
from tasveer_tui.records import JobState
from tests.parts.rabbit import PASSWORD, RabbitNode, rabbitmq
from tests.parts.sites import Site, fill

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parts.rangeserver import RangeServer

__all__ = ["rabbitmq"]
pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


def test_a_job_goes_through_a_broker_that_wants_to_know_who_comes(
    tmp_path: Path, range_server: RangeServer, rabbitmq: RabbitNode
) -> None:
    pem, authority = rabbitmq.tls, rabbitmq.authority
    files = {"cacertfile": authority, "certfile": pem, "keyfile": pem}
    with Site(tmp_path, range_server, rabbitmq.tls_url(**files)) as site:
        fill(site.server, 100)
        site.worker()
        job = site.ingest()
        assert (job.state, job.ok, site.images()) == (JobState.DONE, 100, 100)
        assert len(site.engine.report().workers) == 1
        assert PASSWORD not in site.log.read_text() + site.worker_log()

    for url, why in (
        (rabbitmq.tls_url("127.0.0.1", **files), "IP address mismatch"),
        (rabbitmq.tls_url(certfile=pem, keyfile=pem), "certificate verify failed"),
        (rabbitmq.tls_url(cacertfile=authority), "cannot be reached"),
        (rabbitmq.tls_url(**files).replace(PASSWORD, "wrong"), "cannot be reached"),
    ):
        with pytest.raises(BrokerError, match=why) as told:
            check_broker(url)
        assert PASSWORD not in str(told.value)

"""Whether the broker answers, and who listens there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs.app import make_app
from tasveer_tui.jobs.broker import masked, place
from tasveer_tui.jobs.post import faults, unreachable
from tasveer_tui.jobs.report import BrokerReport

if TYPE_CHECKING:
    from celery import Celery

CONNECT_S = 2.0
ANSWER_S = 1.0

_log = logging.getLogger(__name__)


def check(broker_url: str) -> BrokerReport:
    """See `tasveer_tui.jobs.check_broker`."""
    app = make_app(broker_url)
    reach(app, tries=1)
    with app.connection_for_write() as connection:
        answers = app.control.ping(timeout=ANSWER_S, connection=connection)
    names = sorted(name for answer in answers or () for name in answer)
    return BrokerReport(masked(broker_url), tuple(names))


def reach(app: Celery, *, tries: int) -> None:
    """Connect once and let go again; blocks. Raises BrokerError after so many tries."""
    connection: Any = app.connection_for_write(connect_timeout=CONNECT_S)
    where = place(connection.as_uri())

    def on_error(error: BaseException, _interval: float) -> None:
        _log.warning("%s", unreachable(where, error))

    try:
        if tries == 1:
            connection.connect()
        else:
            connection.ensure_connection(
                on_error, tries - 1, interval_start=0.5, interval_step=1.0, interval_max=3.0
            )
    except faults(connection) as error:
        fault = unreachable(where, error)
        asked = "once" if tries == 1 else f"{tries} times"
        raise BrokerError(f"{fault.message} It was asked {asked}.", fault.remedy) from error
    finally:
        connection.release()

"""Kills every party of a job at random moments, many times, and checks every object after it.

    python bench/kill_matrix.py [--kills 20] [--objects 10000] [--cells rabbitmq-worker,…]

One line a cell: what was killed how often, over how many objects, and what came of it. With
the cells of RabbitMQ a private node is started (`rabbitmq-server` must be installed).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from contextlib import nullcontext
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.kill_harness import EMBEDDED_VICTIMS, RABBITMQ_VICTIMS, KillHarness
from tests.support.rabbitmq import RabbitMQNode, server_script

CELLS = [f"embedded-{name}" for name in EMBEDDED_VICTIMS] + [
    f"rabbitmq-{name}" for name in RABBITMQ_VICTIMS
]


def run_cell(name: str, kills: int, objects: int, folder: Path) -> str:
    """One cell's line."""
    kind, _, victim = name.partition("-")
    folder.mkdir()
    with_node = nullcontext(None)
    if kind == "rabbitmq":
        (folder / "rabbit").mkdir()
        with_node = RabbitMQNode(folder / "rabbit")
    started, jobs = monotonic(), 0
    with with_node as node, KillHarness(folder, victim, node, count=objects) as ground:
        ground.begin()
        try:
            ground.kill_at_random(kills)
            ground.check()
            jobs = ground.job_id
        except AssertionError:
            traceback.print_exc()
            print(ground.job, ground.engine.problem(), file=sys.stderr)
            return f"{name:18} FAILED after {ground.kills} kills; see {folder}"
        read_again = ground.job.tried_again
    return (
        f"{name:18} {kills:>5} kills {jobs:>3} job(s) of {objects:,} objects "
        f"{monotonic() - started:>6.0f} s   every object once, in its class "
        f"(second chances {read_again:,})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"seed {given.seed}", flush=True)
    if server_script() is None and "rabbitmq" in given.cells:
        sys.exit("rabbitmq-server is not installed; `apt-get install rabbitmq-server`")
    folder = Path(tempfile.mkdtemp(prefix="tasveer-kills-"))
    lines = []
    for name in given.cells.split(","):
        lines.append(run_cell(name, given.kills, given.objects, folder / name))
        print(lines[-1], flush=True)
    sys.exit(any("FAILED" in line for line in lines))


if __name__ == "__main__":
    main()

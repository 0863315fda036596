#!/usr/bin/env python3
"""Run a Celery worker: another name for `bin/tasveer-tui worker`."""

import os
import sys
from pathlib import Path

program = str(Path(__file__).resolve().parent / "tasveer-tui")
os.execv(program, [program, "worker", *sys.argv[1:]])  # noqa: S606 - our own script

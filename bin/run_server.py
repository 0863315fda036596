#!/usr/bin/env python3
"""Read a whole bucket: `run_server.py [BUCKET]` is `bin/tasveer-tui ingest s3://BUCKET`.

Without a bucket it is the settings' default one.
"""

import os
import sys
from pathlib import Path

program = str(Path(__file__).resolve().parent / "tasveer-tui")
places = [arg if arg.startswith(("-", "s3://")) else f"s3://{arg}" for arg in sys.argv[1:2]]
os.execv(program, [program, "ingest", *places, *sys.argv[2:]])  # noqa: S606 - our own script

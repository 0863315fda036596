#!/usr/bin/env python3
"""Ingest a whole bucket: `run_server.py [BUCKET]` runs `bin/tasveer-tui ingest s3://BUCKET`.

Without a bucket it ingests the public bucket of the original TasveerMeta, unsigned.
"""

import os
import sys
from pathlib import Path

DEFAULT_ARGUMENTS = ("s3://waldo-recruiting", "--no-sign-request")

program = str(Path(__file__).resolve().parent / "tasveer-tui")
arguments = sys.argv[1:]
if not arguments or arguments[0].startswith("-"):
    arguments = [*DEFAULT_ARGUMENTS, *arguments]
elif not arguments[0].startswith("s3://"):
    arguments[0] = f"s3://{arguments[0]}"
os.execv(program, [program, "ingest", *arguments])  # noqa: S606 - our own script

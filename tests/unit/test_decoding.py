"""A type that several threads decode for the first time is known whole to each of them."""

from __future__ import annotations

import subprocess
import sys

# A process of its own: where this goes wrong, the process ends.
RACE = """
import sys, threading
from dataclasses import make_dataclass
from tasveer_tui.decoding import decode

sys.setswitchinterval(1e-6)
text = b'{"a": 1, "b": "x", "c": {"p": 1.5, "q": null}, "d": [{"p": 1.5, "q": "z"}]}'
wrong = []
for number in range(60):
    inner = make_dataclass(f"Inner{number}", [("p", float), ("q", str | None)], frozen=True)
    fields = [("a", int), ("b", str), ("c", inner), ("d", tuple[inner, ...])]
    outer = make_dataclass(f"Outer{number}", fields, frozen=True)
    gate = threading.Barrier(8)

    def read():
        gate.wait()
        if decode(text, outer) != outer(1, "x", inner(1.5, None), (inner(1.5, "z"),)):
            wrong.append(number)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
sys.exit(len(wrong))
"""


def test_threads_that_decode_a_new_type_at_the_same_time_all_get_it_whole() -> None:
    done = subprocess.run([sys.executable, "-c", RACE], check=False, timeout=60)
    assert done.returncode == 0

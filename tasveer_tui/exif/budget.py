"""What reading one object may cost, and the meter that holds it to that."""

import time
from dataclasses import dataclass, field

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits per object. Costs are counted when they are planned, before they arise."""

    requests: int = 16
    read_bytes: int = 4 * MIB
    cpu_s: float = 2.0
    """Of the calling thread; see `Meter.check_cpu`."""
    value_bytes: int = 4 * MIB
    """Sum of the tag values that are decoded: entries may share bytes."""
    inflated_bytes: int = 2 * MIB
    """Sum of what compressed chunks may grow to."""
    entries: int = 10_000
    """IFD entries, XMP elements and IPTC datasets together."""
    ifds: int = 64
    depth: int = 12
    """Of IFDs in IFDs and of elements in XMP."""


class OverBudgetError(Exception):
    """A limit was reached; the message is a sentence. Never leaves this package."""


@dataclass(slots=True)
class Meter:
    """Counts what reading one object costs. Every method raises OverBudgetError at its limit."""

    budget: Budget
    requests: int = 0
    read_bytes: int = 0
    value_bytes: int = 0
    inflated_bytes: int = 0
    entries: int = 0
    ifds: int = 0
    _started_s: float = field(default_factory=time.monotonic)
    _cpu_start_s: float | None = None

    def plan_request(self, length: int) -> None:
        """Count a request for `length` bytes, about to be made."""
        if self.requests >= self.budget.requests:
            raise OverBudgetError(f"More than {self.budget.requests} requests would be needed.")
        if self.read_bytes + length > self.budget.read_bytes:
            raise OverBudgetError(f"More than {self.budget.read_bytes:,} bytes would be needed.")
        self.check_cpu()
        self.requests += 1
        self.read_bytes += length

    def plan_values(self, length: int) -> None:
        """Count `length` bytes of tag values, about to be decoded."""
        self.value_bytes += length
        if self.value_bytes > self.budget.value_bytes:
            raise OverBudgetError(f"Tag values exceed {self.budget.value_bytes:,} bytes.")

    def plan_entries(self, count: int) -> None:
        """Count entries before they are read."""
        self.entries += count
        if self.entries > self.budget.entries:
            raise OverBudgetError(f"There are more than {self.budget.entries:,} entries.")

    def plan_ifd(self) -> None:
        """Count an IFD, and check the clock."""
        self.ifds += 1
        if self.ifds > self.budget.ifds:
            raise OverBudgetError(f"There are more than {self.budget.ifds} directories.")
        self.check_cpu()

    def remaining_inflated_bytes(self) -> int:
        """How many bytes may still be inflated; at least 1."""
        left = self.budget.inflated_bytes - self.inflated_bytes
        if left <= 0:
            raise OverBudgetError(f"Inflated data exceeds {self.budget.inflated_bytes:,} bytes.")
        return left

    def check_cpu(self) -> None:
        """Stop where the thread has computed for longer than allowed, half of it being reserve.

        To ask for CPU time is a system call, and nobody computes for longer than it takes: only
        who has taken half of the time is asked, and may then compute for the other half.
        """
        half_s = self.budget.cpu_s / 2
        if time.monotonic() - self._started_s <= half_s:
            return
        if self._cpu_start_s is None:
            self._cpu_start_s = time.thread_time()
        if time.thread_time() - self._cpu_start_s > half_s:
            raise OverBudgetError(f"Reading took more than {self.budget.cpu_s:g} s of CPU time.")

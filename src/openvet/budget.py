"""One budget for a whole audit: bytes, entries, depth, ratio and time.

Hostile input grows where it is opened: archives in archives, streams that inflate
a thousandfold, programs that loop. Every reader spends from the same budget, so
nesting multiplies nothing.
"""

import time

from openvet.errors import OverBudgetError
from openvet.wire import Record


class Limits(Record, frozen=True, kw_only=True):
    """What one audit may spend. Sizes in bytes, times in seconds."""

    inflated_bytes: int = 8 << 30
    """Bytes produced by decompression, over all archives together."""
    inflated_bytes_per_file: int = 2 << 30
    """Bytes produced by decompression inside one file of the target."""
    ratio: int = 1000
    """How many times larger than its compressed form a stream may become."""
    ratio_from: int = 16 << 20
    """Below this many bytes a high ratio harms nobody."""
    entries: int = 1_000_000
    """Files and members, over the whole target."""
    entries_per_file: int = 100_000
    """Members inside one file of the target."""
    depth: int = 12
    """Containers inside containers."""
    steps: int = 50_000_000
    """Opcodes, tokens or nodes read inside one file of the target."""
    seconds: float = 3600.0
    """The whole audit."""
    seconds_per_file: float = 60.0
    """One file of the target with all that is inside it."""
    memory_bytes: int = 64 << 20
    """The largest single piece that a reader holds in memory."""


class Budget:
    """What is left of the limits.

    Readers call `inflate`, `entry`, `descend` and `step` as they go; each raises
    `OverBudgetError`, which the engine records as a part not examined.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._ends = time.monotonic() + self.limits.seconds
        self.inflated = 0
        self._entries = 0
        self.next_file()

    def next_file(self) -> None:
        """Start the share of the next file of the target."""
        self._file_inflated = 0
        self._file_entries = 0
        self._file_steps = 0
        self._file_ends = time.monotonic() + self.limits.seconds_per_file

    def inflate(self, produced: int, *, total: int = 0, consumed: int = 0) -> None:
        """Spend `produced` decompressed bytes.

        Args:
            produced: Bytes that came out in this step.
            total: Bytes that came out of this stream so far.
            consumed: Compressed bytes that went into it so far.

        Raises:
            OverBudgetError: A limit on bytes, ratio or time was reached.
        """
        self.inflated += produced
        self._file_inflated += produced
        limits = self.limits
        if self._file_inflated > limits.inflated_bytes_per_file:
            raise OverBudgetError(
                "inflated_bytes_per_file",
                f"more than {limits.inflated_bytes_per_file} bytes decompressed",
            )
        if self.inflated > limits.inflated_bytes:
            raise OverBudgetError(
                "inflated_bytes",
                f"more than {limits.inflated_bytes} bytes decompressed in all",
            )
        if total > limits.ratio_from and total > limits.ratio * max(consumed, 1):
            raise OverBudgetError(
                "ratio", f"grows more than {limits.ratio} times when decompressed"
            )
        self.check_time()

    def entry(self, count: int = 1) -> None:
        """Spend files or members.

        Raises:
            OverBudgetError: There are too many.
        """
        self._entries += count
        self._file_entries += count
        if self._file_entries > self.limits.entries_per_file:
            raise OverBudgetError(
                "entries_per_file",
                f"more than {self.limits.entries_per_file} entries in one file",
            )
        if self._entries > self.limits.entries:
            raise OverBudgetError(
                "entries", f"more than {self.limits.entries} entries in all"
            )

    def listed(self, count: int = 1) -> None:
        """Spend files of the target itself, which belong to no single file.

        Raises:
            OverBudgetError: There are too many.
        """
        self._entries += count
        if self._entries > self.limits.entries:
            raise OverBudgetError(
                "entries", f"more than {self.limits.entries} entries in all"
            )

    def step(self, count: int = 1) -> None:
        """Spend opcodes, tokens or nodes; call it in batches inside hot loops.

        Raises:
            OverBudgetError: There are too many, or the time is over.
        """
        self._file_steps += count
        if self._file_steps > self.limits.steps:
            raise OverBudgetError(
                "steps", f"more than {self.limits.steps} steps to read it"
            )
        self.check_time()

    def check_time(self) -> None:
        """Check both clocks.

        Raises:
            OverBudgetError: The time is over.
        """
        if time.monotonic() > self._file_ends:
            raise OverBudgetError(
                "seconds_per_file",
                f"took longer than {self.limits.seconds_per_file:g} seconds",
            )
        self.check_audit()

    def check_audit(self) -> None:
        """Check the clock of the whole audit.

        Raises:
            OverBudgetError: The time is over.
        """
        if time.monotonic() > self._ends:
            raise OverBudgetError(
                "seconds", f"the audit took longer than {self.limits.seconds:g} seconds"
            )

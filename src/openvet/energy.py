"""What asking a model costs: electricity from processor time, and whether it fits.

Processor time is measured; electricity mostly is not. The counters of the processor
packages are used where they can be read, else watts for each busy hardware thread:
those of the processor where it is a known one, a wide band where it is not, and the
result says which. Memory and idle machines cost electricity too, whatever is asked;
that is left out, because a constant by the hour says nothing of a model (it was 93 % of
what codecarbon 3.3.2 reported for three CPU seconds). A counter cannot tell what a
package would have used idle: that is in its figure, and `LEFT_OUT` says so.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from openvet.wire import Record

Source = Literal["counter", "tdp", "default"]
LEFT_OUT: Final[dict[Source, str]] = {
    "counter": "idling counted, memory left out",
    "tdp": "memory and idling left out",
    "default": "memory and idling left out",
}
"""What of a machine's electricity a figure does not hold, by how it is known."""
JOULES: Final = 3600
"""In a watt-hour."""
LOW, MID, HIGH = 2.0, 5.0, 10.0
"""Watts for a busy hardware thread. Thermal design power over hardware threads gives
about 2 for laptops (15 W, 8 threads), 4 to 5 for servers (205 W, 48 threads) and 8 to
10 for desktops (125 W, 16 threads)."""
COUNTERS: Final = Path("/sys/class/powercap")
"""Where Linux shows the energy counters of zones of the machine (RAPL)."""
PACKAGE: Final = "package-"
"""Begins the names of zones that are a processor package, with its cores, caches and
graphics. `psys`, beside them, is the whole board and holds the packages once more;
`dram`, below some of them, is memory, which few machines count."""
MEMORY: Final = Path("/proc/meminfo")
PROCESSOR: Final = Path("/proc/cpuinfo")
PROCESSORS: Final = Path(__file__).with_name("processors.json")
BOOST: Final = 2.0
"""How much more than its share of the rated power a busy core can take for a while:
Intel's 95 W processors have been measured at 150 to 180 W (AnandTech 13544, 2018)."""


class Watts(Record, frozen=True, kw_only=True):
    """Power of one busy hardware thread."""

    low: float = LOW
    mid: float = MID
    high: float = HIGH
    source: Source = "default"
    processor: str = ""
    """As the machine names it; empty where its figures are not known."""

    @property
    def method(self) -> str:
        """How it is known, in words."""
        figures = f"{self.low:.2g}, {self.mid:.2g} and {self.high:.2g} W"
        if self.source == "tdp":
            return f"CPU time at {figures} a thread, by the TDP of {self.processor}"
        return f"CPU time at {figures} a thread: processor not known, or hidden"


class Energy(Record, frozen=True, kw_only=True):
    """Electricity in watt-hours, between two bounds."""

    low: float
    mid: float
    high: float
    source: Source
    """`counter`: that of the processor packages; `tdp`: by the power that the processor
    is rated for; `default`: a band of watts per busy thread."""


def of_cpu_seconds(seconds: float, watts: Watts | None = None) -> Energy:
    """Return the electricity of so much processor time.

    Args:
        seconds: CPU seconds, of all threads together.
        watts: Of a busy thread; the wide band if None.

    Raises:
        ValueError: They are negative.
    """
    if seconds < 0:
        raise ValueError(f"no such time: {seconds} s")
    hours, watts = seconds / JOULES, watts or Watts()
    return Energy(
        low=hours * watts.low,
        mid=hours * watts.mid,
        high=hours * watts.high,
        source=watts.source,
    )


def watts_of(name: str) -> Watts:
    """Return the power of a busy thread of a processor.

    Rated power is that of all cores at work at the base frequency (Intel's datasheets,
    "Processor Base Power"). So a thread takes at least its part of it where all are
    busy; the part of a core where it has one for itself; and some twice that where the
    processor runs faster because few cores are busy.

    Args:
        name: As `/proc/cpuinfo` or a vendor writes it.
    """
    import json

    words = name.replace("(R)", " ").replace("(TM)", " ").split()
    told = f" {' '.join(words)} "
    for family, models in json.loads(PROCESSORS.read_text("utf-8")).items():
        if not isinstance(models, dict) or f" {family} " not in told:
            continue
        for model, (power, cores, threads) in models.items():
            if f" {model} " in told:
                return Watts(
                    low=power / threads,
                    mid=power / cores,
                    high=BOOST * power / cores,
                    source="tdp",
                    processor=f"{family} {model} ({power} W, {threads} threads)",
                )
    return Watts()


def watts_here(file: Path = PROCESSOR) -> Watts:
    """Return the power of a busy thread of this machine, as well as it is known."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return Watts()
    named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return watts_of(next(named, ""))


class Zone(Record, frozen=True, kw_only=True):
    """A reading of the counter of one processor package."""

    place: str
    """Its folder: what it is found by in the next reading."""
    now: int
    """Microjoules."""
    most: int = 0
    """Where it starts again from 0, in microjoules; 0 where that is not told."""


def between(before: Sequence[Zone], after: Sequence[Zone]) -> Energy | None:
    """Return the electricity between two readings of `counter`, zone by zone.

    It is that of whole packages, so it bounds what a process used of them from above.

    Returns:
        None where there is no counter; where a zone came or went, because the others
        are a part of the machine; or where one fell and does not say how far it counts.
    """
    earlier = {zone.place: zone.now for zone in before}
    if not after or earlier.keys() != {zone.place for zone in after}:
        return None
    used = 0
    for zone in after:
        more = zone.now - earlier[zone.place]
        if more < 0:
            more += zone.most
        if more < 0:
            return None
        used += more
    hours = used / 1e6 / JOULES
    return Energy(low=hours, mid=hours, high=hours, source="counter")


def counter(folder: Path = COUNTERS) -> tuple[Zone, ...]:
    """Return what the counters of all processor packages show.

    Empty where there is none, or where one of them cannot be read: on most systems
    nobody but root may.
    """
    zones = []
    try:
        # Below `intel-rapl:0` lie `intel-rapl:0:0` and others, which are parts of it.
        for place in sorted(folder.glob("intel-rapl:*")):
            if place.name.count(":") > 1:
                continue
            if not (place / "name").read_text("ascii").startswith(PACKAGE):
                continue
            now = int((place / "energy_uj").read_text("ascii"))
            zones.append(Zone(place=place.name, now=now, most=_most(place)))
    except (OSError, ValueError):
        return ()
    return tuple(zones)


def _most(place: Path) -> int:
    """Return where the counter of a zone starts again; 0 where that is not told."""
    try:
        return int((place / "max_energy_range_uj").read_text("ascii"))
    except (OSError, ValueError):
        return 0


def memory_here(file: Path = MEMORY) -> int:
    """Return the bytes of memory that this machine can still give.

    Where the kernel does not tell, all that it has.
    """
    try:
        for line in file.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

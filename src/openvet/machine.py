"""The machine on which a model is to run: memory, cores, accelerator."""

import os
from pathlib import Path
from typing import Final

from openvet.patterns import pattern
from openvet.wire import Record

MEMORY: Final = Path("/proc/meminfo")
CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")
GRAPHICS: Final = Path("/sys/class/drm")
"""Where Linux shows the memory of AMD's graphics cards."""
NVIDIA: Final = Path("/proc/driver/nvidia/gpus")
UNITS: Final = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 1 << 10,
    "mi": 1 << 20,
    "gi": 1 << 30,
    "ti": 1 << 40,
}
_SIZE: Final = pattern(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([kmgt]i?|)b?\s*", 2)


class Machine(Record, frozen=True, kw_only=True):
    """A machine; what is empty or 0 is that of the machine that audits."""

    memory: str = ""
    """As `8 GiB`: what there is altogether."""
    cores: int = 0
    """Of its processors."""
    accelerator: str = ""
    """Memory of its graphics card, as `24 GiB`; `none` for a machine without one."""

    def __post_init__(self) -> None:
        """Refuse what is no size."""
        for text in (self.memory, self.accelerator):
            if text not in {"", "none"}:
                size(text)
        if self.cores < 0 or self.memory == "none":
            raise ValueError("a machine has memory and cores")


class Hardware(Record, frozen=True, kw_only=True):
    """What a machine has, in figures."""

    memory: int
    """Bytes, as far as this process may have them."""
    cores: int
    """That this process may use."""
    accelerator: int = 0
    """Bytes of the largest graphics card; 0 where none was seen."""
    accelerators: str = ""
    """What else was seen of graphics cards, in words."""
    stated: bool = False
    """Whether the person named the machine, or it is the one that audits."""


def size(text: str) -> int:
    """Return the bytes that a text as `8 GiB`, `512 MB` or `1.5g` means.

    Raises:
        ValueError: It means none.
    """
    found = _SIZE.fullmatch(text)
    if found is None or not float(found[1]) > 0:
        raise ValueError(f"{text[:40]!r} is no size; write it as `8 GiB`")
    return int(float(found[1]) * UNITS[found[2].lower()])


def hardware(machine: Machine) -> Hardware:
    """Return what a machine has; this one where nothing else is said."""
    here = hardware_here()
    card = machine.accelerator
    return Hardware(
        memory=size(machine.memory) if machine.memory else here.memory,
        cores=machine.cores or here.cores,
        accelerator=(0 if card == "none" else size(card)) if card else here.accelerator,
        accelerators="" if card else here.accelerators,
        stated=machine != Machine(),
    )


def hardware_here() -> Hardware:
    """Return what this machine has."""
    cards = [
        int(_text(p) or 0) for p in _found(GRAPHICS, "*/device/mem_info_vram_total")
    ]
    nvidia = len(_found(NVIDIA, "*"))
    return Hardware(
        memory=memory_here(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        accelerator=max(cards, default=0),
        accelerators=f"{nvidia} NVIDIA, of memory unknown" if nvidia else "",
    )


def memory_here(file: Path = MEMORY, container: Path = CONTAINER) -> int:
    """Return the bytes of memory of this machine, or of the container if it has fewer.

    Free or not: a question of today is not what is asked.
    """
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for line in _text(file).splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "MemTotal:" and words[1].isdigit():
            total = int(words[1]) << 10
    limit = _text(container)
    return min(total, int(limit)) if limit.isdigit() and int(limit) else total


def _found(folder: Path, glob: str) -> list[Path]:
    try:
        return sorted(folder.glob(glob))
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""

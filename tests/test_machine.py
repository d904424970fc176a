"""What a machine has is read off the system, or stated by the person."""

from pathlib import Path

import pytest

from openvet.machine import Machine, hardware, hardware_here, memory_here, size


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("8 GiB", 8 << 30), ("512MB", 512 * 10**6), ("1.5 g", 15 * 10**8), ("77", 77)],
)
def test_a_size_is_what_people_write(text: str, bytes_: int) -> None:
    assert size(text) == bytes_


@pytest.mark.parametrize("text", ["", "much", "8 GiB of it", "-1 GB", "0 GB", "1e9"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        size(text)


def test_what_a_person_names_is_that_and_the_rest_is_this_machine() -> None:
    here = hardware_here()
    named = hardware(Machine(memory="8 GiB", accelerator="24 GiB"))
    assert (named.memory, named.accelerator) == (8 << 30, 24 << 30)
    assert named.cores == here.cores >= 1
    assert named.stated
    assert not hardware(Machine()).stated
    assert hardware(Machine(accelerator="none")).accelerator == 0


@pytest.mark.parametrize(("memory", "cores"), [("none", 0), ("big", 0), ("1 GiB", -1)])
def test_a_machine_that_is_none_is_refused(memory: str, cores: int) -> None:
    with pytest.raises(ValueError, match=r"no size|memory and cores"):
        Machine(memory=memory, cores=cores)


def test_a_container_has_no_more_than_its_limit(tmp_path: Path) -> None:
    memory, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    memory.write_text("MemTotal:  2048 kB\nMemFree: 1 kB\n")
    assert memory_here(memory, limit) == 2 << 20
    limit.write_text("1048576\n")
    assert memory_here(memory, limit) == 1 << 20
    limit.write_text("max\n")
    assert memory_here(memory, limit) == 2 << 20

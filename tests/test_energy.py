"""Electricity is a band with a source, and a counter that wraps is understood."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.energy import (
    Energy,
    between,
    counter,
    memory_here,
    of_cpu_seconds,
)


@given(st.floats(0, 1e9))
def test_the_band_holds_its_middle_and_grows_with_time(seconds: float) -> None:
    found = of_cpu_seconds(seconds)
    assert found.low <= found.mid <= found.high
    assert found.source == "default"
    assert of_cpu_seconds(2 * seconds).mid == pytest.approx(2 * found.mid)


def test_an_hour_of_one_thread_is_the_watts_of_the_band() -> None:
    found = of_cpu_seconds(3600)
    assert (found.low, found.mid, found.high) == (2, 5, 10)


def test_no_time_is_negative() -> None:
    with pytest.raises(ValueError, match="no such time"):
        of_cpu_seconds(-1)


def zone(
    folder: Path,
    place: str,
    name: str,
    now: str,
    *,
    most: str | None = "262143328850\n",
) -> Path:
    """Write a zone as Linux shows it below /sys/class/powercap."""
    made = folder / f"intel-rapl:{place}"
    made.mkdir(exist_ok=True)
    (made / "name").write_text(f"{name}\n")
    (made / "energy_uj").write_text(now)
    if most is not None:
        (made / "max_energy_range_uj").write_text(most)
    return made


def joules(energy: Energy | None) -> float:
    assert energy is not None
    assert energy.low == energy.mid == energy.high
    assert energy.source == "counter"
    return energy.mid * 3600


def test_packages_are_added_up(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", "3000000\n")
    zone(tmp_path, "1", "package-1-die-0", "4000000\n")
    before = counter(tmp_path)
    assert [one.now for one in before] == [3_000_000, 4_000_000]
    zone(tmp_path, "0", "package-0", "5000000\n")
    zone(tmp_path, "1", "package-1-die-0", "5000000\n")
    assert joules(between(before, counter(tmp_path))) == pytest.approx(3)


def test_what_holds_a_package_or_lies_in_one_is_not_counted_with_it(
    tmp_path: Path,
) -> None:
    for now in ("0", "10000000"):
        zone(tmp_path, "0", "package-0", now)
        zone(tmp_path, "0:0", "core", now)
        zone(tmp_path, "0:1", "dram", now)
        zone(tmp_path, "1", "psys", now)
        (tmp_path / "intel-rapl").mkdir(exist_ok=True)
        if now == "0":
            before = counter(tmp_path)
    assert [one.place for one in before] == ["intel-rapl:0"]
    assert joules(between(before, counter(tmp_path))) == pytest.approx(10)


def test_a_board_without_packages_has_no_counter(tmp_path: Path) -> None:
    zone(tmp_path, "0", "psys", "1")
    assert counter(tmp_path) == ()


def test_the_tenth_package_counts_too(tmp_path: Path) -> None:
    for number in range(12):
        zone(tmp_path, str(number), f"package-{number}", "1")
    assert len(counter(tmp_path)) == 12


def test_each_package_starts_again_by_itself(tmp_path: Path) -> None:
    most = 262_143_328_850
    zone(tmp_path, "0", "package-0", str(most - 5_000_000))
    zone(tmp_path, "1", "package-1", "7000000")
    before = counter(tmp_path)
    zone(tmp_path, "0", "package-0", "5000000")
    zone(tmp_path, "1", "package-1", "17000000")
    assert joules(between(before, counter(tmp_path))) == pytest.approx(20)


def test_each_package_has_a_range_of_its_own(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", "900000", most="1000000")
    zone(tmp_path, "1", "package-1", "1900000", most="2000000")
    before = counter(tmp_path)
    zone(tmp_path, "0", "package-0", "100000", most="1000000")
    zone(tmp_path, "1", "package-1", "100000", most="2000000")
    assert joules(between(before, counter(tmp_path))) == pytest.approx(0.4)


@pytest.mark.parametrize("most", [None, "", "far", "0"])
def test_without_a_range_a_counter_holds_until_it_starts_again(
    tmp_path: Path, most: str | None
) -> None:
    zone(tmp_path, "0", "package-0", "1000000", most=most)
    before = counter(tmp_path)
    zone(tmp_path, "0", "package-0", "3000000", most=most)
    after = counter(tmp_path)
    assert joules(between(before, after)) == pytest.approx(2)
    assert between(after, before) is None


def test_of_a_package_that_came_or_went_no_sum_is_known(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", "1")
    one = counter(tmp_path)
    zone(tmp_path, "1", "package-1", "1")
    both = counter(tmp_path)
    assert between(one, both) is None
    assert between(both, one) is None
    assert between((), one) is None
    assert between(one, ()) is None
    assert between((), ()) is None


@pytest.mark.parametrize("file", ["name", "energy_uj"])
def test_one_package_that_cannot_be_read_leaves_no_sum(
    tmp_path: Path, file: str
) -> None:
    zone(tmp_path, "0", "package-0", "1")
    (zone(tmp_path, "1", "package-1", "1") / file).unlink()
    assert counter(tmp_path) == ()


@pytest.mark.parametrize("text", ["", "soon", "\xb5"])
def test_a_counter_that_says_nothing_is_none(tmp_path: Path, text: str) -> None:
    zone(tmp_path, "0", "package-0", text)
    assert counter(tmp_path) == ()
    assert counter(tmp_path / "absent") == ()


def test_memory_is_read_where_the_system_tells(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal: 9 kB\nMemAvailable:    2048 kB\n")
    assert memory_here(file) == 2 << 20
    file.write_text("MemAvailable:\n")
    assert memory_here(file) > 2 << 20
    assert memory_here(tmp_path / "absent") == memory_here(file)

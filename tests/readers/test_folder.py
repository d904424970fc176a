"""A folder becomes its files, each hashed once, within the limits of the audit."""

import time
from pathlib import Path

import pytest

from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.digests import Content, Digests
from openvet.errors import OverBudgetError
from openvet.readers.folder import FolderReader
from openvet.source import Source
from openvet.subject import File, Subject
from openvet.target import local


class Slow(Digests):
    """Takes its time over every file, and counts them."""

    hashed = 0

    def of(self, source: Source, identity: str) -> Content:
        self.hashed += 1
        time.sleep(0.05)
        return super().of(source, identity)


def read(folder: Path, context: Context) -> list[Subject]:
    return list(FolderReader().read(local(folder), context))


def test_a_file_with_several_names_is_hashed_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    for number in range(5):
        (tmp_path / f"link-{number}").symlink_to("a")
    digests = Slow()
    found = read(tmp_path, Context(digests=digests))
    assert digests.hashed == 1
    assert len({file.origin.digest for file in found}) == 6


def test_the_clock_of_a_file_starts_when_it_is_hashed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    budget = Budget(Limits(seconds_per_file=0.04))
    read(tmp_path, Context(budget=budget, digests=Slow()))
    budget.check_time()


def test_once_the_time_is_over_every_other_file_is_named_and_not_hashed(
    tmp_path: Path,
) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name)
    digests = Slow()
    context = Context(budget=Budget(Limits(seconds=0.04)), digests=digests)
    files = [file for file in read(tmp_path, context) if isinstance(file, File)]
    assert digests.hashed == 1
    assert [len(file.gaps) for file in files] == [0, 1, 1]
    assert "longer than 0.04 seconds" in files[1].gaps[0].detail


def test_there_are_only_so_many_files(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name)
    with pytest.raises(OverBudgetError, match="more than 2 entries"):
        read(tmp_path, Context(budget=Budget(Limits(entries=2))))

"""What befell the lines of a ledger is told from the lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import LedgerError
from openvet.ledger import End, Ledger, Start, Step
from openvet.signing.chain import MOST, examined, read


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the eight lines of a ledger."""
    path = tmp_path_factory.mktemp("chain") / "ledger"
    ledger = Ledger(path)
    ledger.append(
        Start(
            schema=1,
            tool="t",
            target="x",
            kind="folder",
            settings="s",
            started="2026-01-01",
        )
    )
    for name in "abcdef":
        kinds = ("File", "Subject")
        ledger.append(Step(kinds=kinds, digest=name, place=(name,), plan="p"))
    ledger.append(End(ended="2026-01-01", steps=6))
    ledger.close()
    return path.read_bytes().splitlines()


def told(lines: list[bytes]) -> list[str]:
    return list(examined(b"\n".join(lines) + b"\n").differs)


def test_a_ledger_as_it_was_written_is_whole(lines: list[bytes]) -> None:
    found = examined(b"\n".join(lines) + b"\n")
    assert (found.differs, found.complete, len(found.lines)) == ((), True, 8)


@pytest.mark.parametrize("number", range(2, 8))
def test_an_altered_line_is_named(lines: list[bytes], number: int) -> None:
    changed = list(lines)
    changed[number - 1] = changed[number - 1].replace(b'"plan":"p"', b'"plan":"q"')
    assert told(changed) == [f"line {number} was altered"]


def test_a_first_line_that_follows_another_was_altered(lines: list[bytes]) -> None:
    changed = [lines[0].replace(b"0" * 64, b"1" * 64), *lines[1:]]
    assert told(changed) == ["one or more of the lines 1 to 2 were altered"]


def test_neighbors_that_were_altered_are_named_together(lines: list[bytes]) -> None:
    changed = list(lines)
    for at in (3, 4):
        changed[at] = changed[at].replace(b'"plan":"p"', b'"plan":"q"')
    assert told(changed) == ["one or more of the lines 4 to 6 were altered"]


@pytest.mark.parametrize("number", range(2, 8))
def test_a_dropped_line_is_missed(lines: list[bytes], number: int) -> None:
    left = lines[: number - 1] + lines[number:]
    assert told(left) == [
        f"lines were dropped or altered before line {number}",
        "8 lines were written, 7 are there",
    ]


@pytest.mark.parametrize("number", range(2, 7))
def test_moved_lines_are_named_with_where_they_belong(
    lines: list[bytes], number: int
) -> None:
    moved = list(lines)
    moved[number - 1 : number + 1] = reversed(moved[number - 1 : number + 1])
    assert told(moved)[0] == (
        f"line {number} was moved: it was written after line {number + 1}"
    )


def test_a_line_that_was_written_first_is_known_where_it_stands(
    lines: list[bytes],
) -> None:
    assert "line 8 was moved: it was written as the first" in told(
        [*lines[1:], lines[0]]
    )


def test_a_line_that_was_added_is_counted(lines: list[bytes]) -> None:
    more = [*lines[:3], lines[2], *lines[3:]]
    assert told(more) == [
        "line 4 was moved: it was written after line 2",
        "8 lines were written, 9 are there",
    ]


@pytest.mark.parametrize("kept", range(1, 8))
def test_a_cut_ledger_is_not_complete(lines: list[bytes], kept: int) -> None:
    assert not examined(b"\n".join(lines[:kept])).complete
    assert not examined(b"\n".join(lines)[:-kept]).complete


def test_of_many_breaks_the_first_are_told(lines: list[bytes]) -> None:
    assert len(told(lines[:2] * 200)) == MOST + 1


def test_what_is_no_ledger_is_said(tmp_path: Path) -> None:
    for data in (b"", b"# A model\n"):
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(LedgerError, match="is not a ledger"):
            read(tmp_path / "x")


@given(st.data())
def test_whatever_befalls_the_lines_before_the_last_is_seen(
    lines: list[bytes], data: st.DataObject
) -> None:
    changed = list(lines)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(changed) - 2, 0)))
        what = data.draw(st.sampled_from(["alter", "drop", "move", "repeat"]))
        if what == "alter":
            altered = bytearray(changed[at])
            altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1
            changed[at] = bytes(altered)
        elif what == "repeat":
            changed.insert(at, changed[at])
        elif len(changed) > 1:
            line = changed.pop(at)
            if what == "move":
                changed.insert(data.draw(st.integers(0, len(changed))), line)
    found = examined(b"\n".join(changed) + b"\n")
    # A line end made from another byte splits a line, and the parts may be empty.
    same = list(found.lines) == lines
    assert same or found.differs or not found.complete


@given(st.binary())
def test_no_bytes_break_the_reading(data: bytes) -> None:
    found = examined(data)
    assert found.differs or not found.complete

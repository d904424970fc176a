"""What a pickle remembers is the same whether it is held or put away."""

import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.formats.pickle import memo, walker
from openvet.formats.pickle.walker import Walk
from openvet.source import BytesSource

WORDS = 3000


def walk(data: bytes, limits: Limits | None = None) -> Walk:
    return walker.walk(BytesSource(data), 0, Budget(limits))


def word(text: str) -> bytes:
    data = text.encode()
    return b"\x8c" + bytes((len(data),)) + data + b"\x94"


def many(first: bytes = b"") -> bytes:
    """A list of more words than a window holds, each remembered."""
    words = b"".join(word(f"a word that takes some room {n}") for n in range(WORDS))
    return b"\x80\x04" + first + b"]\x94(" + words + b"e"


def get(index: int) -> bytes:
    return b"j" + struct.pack("<I", index)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "HELD", 100)


@pytest.mark.usefixtures("small")
def test_a_name_that_was_put_away_is_imported_by_its_text() -> None:
    # The first two values are the names, the third is the list.
    body = many(word("os") + b"0" + word("system") + b"0")
    later = word("posix") + b"0" + get(WORDS + 3) + get(1) + b"\x93"
    filler = b"(" + b"".join(word(f"more and more words {n}") for n in range(WORDS))
    found = walk(body + b"0" + later + filler + b"1" + get(0) + get(1) + b"\x93.")
    assert [entry.path for entry in found.imports] == ["posix.system", "os.system"]
    assert found.broken == ""


@pytest.mark.usefixtures("small")
def test_a_number_that_is_given_again_holds_the_new_value() -> None:
    names = many()
    again = word("os") + b"0" + get(WORDS + 1) + b"r" + struct.pack("<I", 2000) + b"0"
    body = names + again + word("system") + b"0" + get(2000) + get(WORDS + 2) + b"\x93."
    found = walk(body)
    # CPython counts what it holds, so MEMOIZE gives the number after the last.
    assert [entry.path for entry in found.imports] == ["os.system"]


@pytest.mark.usefixtures("small")
def test_a_container_that_was_put_away_is_no_known_literal() -> None:
    pair = word("id") + b"\x85\x94"
    body = many(pair + b"0") + b"cos\nsystem\n" + get(1) + b"R."
    (call,) = walk(body).calls
    assert call.arguments != ("id",)


@pytest.mark.slow
def test_millions_of_words_fit_in_little_memory() -> None:
    data = pickle.dumps({f"word {n}": (n, "NN") for n in range(150_000)}, 4)
    limits = Limits(memory_bytes=16 << 20)
    found = walk(data, limits)
    assert (found.held, found.broken) == (False, "")


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@given(
    st.lists(
        st.text(max_size=30) | st.integers() | st.tuples(st.text(), st.integers()),
        min_size=120,
        max_size=400,
    ),
    st.integers(0, 5),
)
def test_an_honest_list_is_followed_to_its_end(
    thing: list[object], version: int
) -> None:
    twice = [thing, thing[0], thing[-1], thing]
    assert walk(pickle.dumps(twice, version)).broken == ""

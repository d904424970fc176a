"""Checkpoints are signed notes, and only signed text is read."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.signing.keys import PrivateKey
from openvet.signing.note import Checkpoint, opened
from specimens.signing import KINDS, signer

LINES = (b'{"fact":1}', b'{"fact":2}', b'{"fact":3}')
KEY = signer("Ed25519")


def by_hand(text: bytes, name: str | None = None, key: PrivateKey = KEY) -> bytes:
    """Return a note with any text."""
    name = name or text.partition(b"\n")[0].decode()
    spelled = base64.b64encode(key.public.note_id(name) + key.sign_note(text))
    return text + b"\n" + f"\N{EM DASH} {name} ".encode() + spelled + b"\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_comes_back_as_it_was_signed(kind: str) -> None:
    key = signer(kind)
    checkpoint = Checkpoint.of(LINES)
    note = checkpoint.signed(key)
    assert opened(note, key.public) == checkpoint
    origin, size, root, blank, signature, end = note.decode().split("\n")
    assert origin.startswith("openvet/ledger/")
    assert (size, blank, end) == ("3", "", "")
    assert base64.b64decode(root) == checkpoint.root
    assert signature.startswith(f"\N{EM DASH} {origin} ")


def test_ledgers_that_begin_otherwise_are_different_logs() -> None:
    assert Checkpoint.of(LINES).origin != Checkpoint.of(LINES[1:]).origin
    assert Checkpoint.of(LINES).origin == Checkpoint.of(LINES[:2]).origin


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    checkpoint = Checkpoint.of(LINES)
    other = signer("P-256")
    both = checkpoint.signed(KEY) + checkpoint.signed(other).split(b"\n\n")[1]
    assert opened(both, KEY.public) == opened(both, other.public) == checkpoint
    with pytest.raises(DoesNotHoldError, match="no signature of this key"):
        opened(checkpoint.signed(other), KEY.public)


def test_a_changed_text_does_not_hold() -> None:
    note = Checkpoint.of(LINES).signed(KEY).replace(b"\n3\n", b"\n4\n")
    with pytest.raises(DoesNotHoldError, match="it was changed"):
        opened(note, KEY.public)


def test_a_good_signature_beside_a_bad_one_of_the_same_key_does_not_hold() -> None:
    note = Checkpoint.of(LINES).signed(KEY)
    bad = Checkpoint.of(LINES[:2]).signed(KEY).split(b"\n\n")[1]
    with pytest.raises(DoesNotHoldError, match="it was changed"):
        opened(note + bad, KEY.public)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"log\n01\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n{'9' * 30}\n{ROOT}\n",
        "log\n1\nAAAA\n",
        "log\n1\n!\n",
        "log\n1\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(SignatureError):
        opened(by_hand(text.encode()), KEY.public)


def test_lines_that_others_add_to_a_checkpoint_are_passed_over() -> None:
    note = by_hand(f"log\n1\n{ROOT}\nmore\n".encode())
    assert opened(note, KEY.public).size == 1


@pytest.mark.parametrize(
    "change",
    [
        (b"\n\n", b"\n"),
        (b"\n3\n", b"\n3\r\n"),
        ("\N{EM DASH} ".encode(), b"- "),
        (b"openvet", b"\xff"),
    ],
)
def test_what_is_no_note_is_refused(change: tuple[bytes, bytes]) -> None:
    with pytest.raises(SignatureError):
        opened(Checkpoint.of(LINES).signed(KEY).replace(*change), KEY.public)


def test_a_note_without_end_is_refused() -> None:
    note = Checkpoint.of(LINES).signed(KEY)
    line = note.split(b"\n\n")[1]
    for many in (note + line * 100, note + b"x" * (2 << 20)):
        with pytest.raises(SignatureError, match="no signed note"):
            opened(many, KEY.public)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    for note in (data, data + b"\n\n" + data, by_hand(b"log\n1\n" + data + b"\n")):
        with contextlib.suppress(SignatureError):
            opened(note, KEY.public)


@given(st.data())
def test_no_change_of_a_note_goes_unseen(data: st.DataObject) -> None:
    checkpoint = Checkpoint.of(LINES)
    note = bytearray(checkpoint.signed(KEY))
    at = data.draw(st.integers(0, len(note) - 1))
    note[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(SignatureError):
        assert opened(bytes(note), KEY.public) == checkpoint

"""Checkpoints: the size and root of a ledger, as a C2SP signed note.

    openvet/ledger/5f1d0c2b9e7a4433
    812
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — openvet/ledger/5f1d0c2b9e7a4433 Az3grlgtzPICa5OS8npVmf1M…

Every ledger is a log of its own, named by the hash of its first line: one log must
never sign two roots of the same size.

References:
    - https://c2sp.org/tlog-checkpoint
    - https://c2sp.org/signed-note
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Final

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.patterns import pattern
from openvet.signing import merkle
from openvet.signing.keys import PrivateKey, PublicKey
from openvet.wire import Record

LARGEST: Final = 1 << 20
MOST_SIGNATURES: Final = 64
_SIZE: Final = pattern(rb"0|[1-9][0-9]{0,15}")
_LINE: Final = pattern("\N{EM DASH} ([^\\s+]{1,500}) ([A-Za-z0-9+/=]{8,20000})")
_CONTROL: Final = pattern(rb"[\x00-\x09\x0b-\x1f]")
NOT_ONE: Final = "name the checkpoint that `openvet sign` printed and stored"


class Checkpoint(Record, frozen=True, kw_only=True):
    """What stands for a whole ledger."""

    origin: str
    size: int
    """Lines of the ledger."""
    root: bytes
    """Of the Merkle tree over its lines, 32 bytes."""

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> "Checkpoint":
        """Return the checkpoint of a ledger, given its lines without line ends."""
        first = hashlib.sha256(lines[0] if lines else b"").hexdigest()[:16]
        return cls(
            origin=f"openvet/ledger/{first}", size=len(lines), root=merkle.root(lines)
        )

    @property
    def text(self) -> bytes:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n".encode()

    def signed(self, key: PrivateKey) -> bytes:
        """Return the note."""
        signature = key.public.note_id(self.origin) + key.sign_note(self.text)
        spelled = base64.b64encode(signature).decode()
        line = f"\N{EM DASH} {self.origin} {spelled}\n"
        return self.text + b"\n" + line.encode()


def opened(note: bytes, key: PublicKey) -> Checkpoint:
    """Return the checkpoint in a note that a key has signed.

    Raises:
        DoesNotHoldError: The key has not signed it, or not this text.
        SignatureError: It is no signed note, or its text no checkpoint.
    """
    text, signatures = _split(note)
    name = text.partition(b"\n")[0].decode("utf-8")
    mine = key.note_id(name)
    own = [s[4:] for who, s in signatures if who == name and s[:4] == mine]
    if not own:
        raise DoesNotHoldError("it carries no signature of this key")
    if not all(key.verifies_note(signature, text) for signature in own):
        raise DoesNotHoldError("its signature does not fit its text: it was changed")
    return _checkpoint(text)


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return the text of a note, and who signed it how."""
    if len(note) > LARGEST or _CONTROL.search(note):
        raise SignatureError("it is no signed note", hint=NOT_ONE)
    text, blank, signed = note.rpartition(b"\n\n")
    try:
        lines = signed.decode("utf-8").split("\n")
        text.decode("utf-8")
    except UnicodeDecodeError:
        raise SignatureError("it is no signed note", hint=NOT_ONE) from None
    if not blank or lines.pop() != "" or not 0 < len(lines) <= MOST_SIGNATURES:
        raise SignatureError("it is no signed note", hint=NOT_ONE)
    return text + b"\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise SignatureError("it has a line that is no signature", hint=NOT_ONE)
    return found[1], _base64(found[2].encode())


def _checkpoint(text: bytes) -> Checkpoint:
    lines = text.split(b"\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004
        raise SignatureError("its text is no checkpoint", hint=NOT_ONE)
    root = _base64(lines[2])
    if len(root) != hashlib.sha256().digest_size:
        raise SignatureError("its root is no SHA-256", hint=NOT_ONE)
    return Checkpoint(origin=lines[0].decode("utf-8"), size=int(lines[1]), root=root)


def _base64(spelled: bytes) -> bytes:
    try:
        return base64.b64decode(spelled, validate=True)
    except binascii.Error:
        raise SignatureError("it holds what is no base64", hint=NOT_ONE) from None

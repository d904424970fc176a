import random

import pytest

from openvet.formats.carried import identify
from openvet.formats.notes import KEPT, Notes
from openvet.source import BytesSource
from specimens.tensors import PICKLE, elf, pe


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PICKLE, "pickle"),
        (b"\x80\x02cposix\nsystem\nq\0.", "pickle"),
        (b"cposix\nsystem\n(S'true'\ntR.", "pickle"),
        (elf(), "elf"),
        (pe(), "pe"),
        (b"PK\x03\x04\x14\0" + bytes(40), "zip"),
        (b"#!/usr/bin/env python\n", "script"),
        (b"GGUF\3\0\0\0" + bytes(16), "gguf"),
        (b"MZ" + bytes(100), ""),
        (b"#!abc", ""),
        (b"\x80\x04abcdef", ""),
        (b"", ""),
    ],
)
def test_a_format_is_believed_only_with_a_second_sign(data: bytes, kind: str) -> None:
    assert identify(data) == kind


def test_noise_is_no_format() -> None:
    chance = random.Random(5)  # noqa: S311 - noise, not secrets
    assert not any(identify(chance.randbytes(64)) for _ in range(20_000))


@pytest.mark.slow
def test_notes_are_bounded_however_much_there_is_to_note() -> None:
    notes = Notes()
    for number in range(10 * KEPT):
        notes.attack("x-code", str(number))
        notes.odd("x-code", str(number))
        notes.gap("broken", str(number))
        notes.look(BytesSource(PICKLE), 0, len(PICKLE), str(number))
        notes.text(str(number), "a" * 100_000)
    assert len(notes.defects) == 2 * KEPT
    assert len(notes.gaps) == KEPT
    assert len(notes.payloads) == 2 * KEPT
    assert sum(len(text.value) for text in notes.texts) <= 8 << 20

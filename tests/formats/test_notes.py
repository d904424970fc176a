"""What a parser notes is bounded, and a crowd of hints displaces no certainty."""

from openvet.formats.notes import KEPT, Notes
from openvet.source import BytesSource
from specimens.archives import ELF


def test_a_crowd_of_oddities_displaces_no_attack() -> None:
    notes = Notes()
    for number in range(10 * KEPT):
        notes.odd("odd", str(number))
    notes.attack("attack", "the real one")
    assert len(notes.defects) == KEPT + 1
    assert notes.defects[-1].weight == "attack"


def test_a_crowd_of_bytes_that_may_be_something_displaces_no_program() -> None:
    notes = Notes()
    noise = BytesSource(bytes(range(1, 256)) * 64)
    for _ in range(2 * KEPT):
        notes.rest(noise, 0, noise.size, "bytes after the end")
    assert 0 < len(notes.payloads) <= KEPT
    program = BytesSource(ELF)
    assert notes.look(program, 0, program.size, "tensor x") == "elf"


def test_attacks_are_bounded_too() -> None:
    notes = Notes()
    for number in range(10 * KEPT):
        notes.attack("attack", str(number))
    assert len(notes.defects) == 2 * KEPT

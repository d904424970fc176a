import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import TensorValues, Weights
from openvet.check import Context, Settings
from openvet.checks.security.weights_look_tampered import WeightsLookTampered
from openvet.finding import Confidence, Severity
from openvet.formats.weights import KINDS, hidden, numbers
from openvet.readers.safetensors import SafetensorsReader
from openvet.source import BytesSource
from openvet.subject import File, Origin
from specimens.tensors import elf, entry, pe, safetensors

SIDE = 64


def noise(count: int = SIDE * SIDE) -> list[float]:
    chance = random.Random(7)  # noqa: S311 - weights, not secrets
    return [chance.gauss(0, 0.02) for _ in range(count)]


def model(values: list[float]) -> bytes:
    raw = struct.pack(f"<{len(values)}f", *values)
    shape = [len(values) // SIDE, SIDE]
    return safetensors({"w": entry("F32", shape, 0, len(raw))}, raw)


def flagged(folder: Path) -> None:
    values = noise()
    values[5] = float("nan")
    (folder / "model.safetensors").write_bytes(model(values))


def passed(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(model(noise()))


def found(data: bytes, *, deep: bool = False) -> list[str]:
    file = File(
        origin=Origin(place=("m.safetensors",), digest="0"), source=BytesSource(data)
    )
    context = Context(Settings(weights=deep))
    findings = [
        finding
        for subject in SafetensorsReader().read(file, context)
        if isinstance(subject, Weights)
        for finding in WeightsLookTampered().run(subject, context)
    ]
    assert all(finding.confidence is Confidence.LOW for finding in findings)
    return [finding.title for finding in findings]


def test_ordinary_weights_draw_no_remark() -> None:
    assert found(model(noise())) == []
    assert found(model(noise()), deep=True) == []
    assert found(model([0.0] * SIDE * SIDE)) == []


def test_one_value_that_is_not_a_number_is_a_hint() -> None:
    values = noise()
    values[1234] = float("nan")
    assert found(model(values)) == ["weights hold values that are not a number"]


def test_a_giant_row_is_a_hint_and_a_mask_of_negative_infinity_is_not() -> None:
    values = noise()
    values[3 * SIDE : 3 * SIDE + 20] = [1e6] * 20
    assert len(found(model(values))) == 1
    values = noise()
    values[:40] = [float("-inf")] * 40
    assert found(model(values)) == []


def test_a_positive_infinity_is_a_hint() -> None:
    values = noise()
    values[0] = float("inf")
    assert found(model(values)) == ["weights hold infinite values"]


def bits(data: bytes, width: int, *, lowest_first: bool) -> list[int]:
    digits = []
    for byte in data:
        parts = [(byte >> shift) & ((1 << width) - 1) for shift in range(0, 8, width)]
        digits += parts if lowest_first else parts[::-1]
    return digits


@pytest.mark.parametrize("payload", [pe(), elf()])
@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("lowest_first", [True, False])
def test_a_program_in_low_bits_is_found(
    payload: bytes, width: int, lowest_first: bool
) -> None:
    raw = bytearray(struct.pack(f"<{SIDE * SIDE}f", *noise()))
    mask = (1 << width) - 1
    for place, digit in enumerate(bits(payload, width, lowest_first=lowest_first)):
        raw[place * 4] = raw[place * 4] & ~mask | digit
    kinds = {one.kind for one in hidden(bytes(raw), KINDS["F32"])}
    assert kinds & {"pe", "elf"}


@pytest.mark.parametrize("low", [2, 3])
def test_a_program_in_several_low_bytes_is_found(low: int) -> None:
    raw = bytearray(struct.pack(f"<{SIDE * SIDE}f", *noise()))
    payload = elf() + bytes(-len(elf()) % low)
    for place in range(len(payload) // low):
        raw[place * 4 : place * 4 + low] = payload[place * low : (place + 1) * low]
    assert [one.layout for one in hidden(bytes(raw), KINDS["F32"])] == [
        f"{low} low bytes"
    ]


@pytest.mark.parametrize("dtype", KINDS)
def test_noise_of_every_type_spells_nothing(dtype: str) -> None:
    chance = random.Random(3)  # noqa: S311 - weights, not secrets
    assert list(hidden(chance.randbytes(1 << 18), KINDS[dtype])) == []


@given(st.binary(min_size=8, max_size=4096), st.sampled_from(sorted(KINDS)))
def test_no_values_make_it_raise(data: bytes, dtype: str) -> None:
    kind = KINDS[dtype]
    whole = data[: len(data) - len(data) % kind.width]
    seen = numbers(whole, kind)
    assert seen.values == len(whole) // kind.width
    assert seen.not_a_number + seen.infinite <= seen.values
    list(hidden(whole, kind))


@pytest.mark.parametrize(("dtype", "code"), [("F64", "d"), ("F32", "f"), ("F16", "e")])
def test_broken_values_are_counted_in_every_type(dtype: str, code: str) -> None:
    values = [0.5, float("nan"), float("inf"), float("-inf"), -0.5, 6.0e4]
    seen = numbers(struct.pack(f"<6{code}", *values), KINDS[dtype])
    assert (seen.not_a_number, seen.infinite) == (1, 1)
    halves = struct.pack("<6f", *values)
    top = b"".join(halves[at + 2 : at + 4] for at in range(0, 24, 4))
    assert numbers(top, KINDS["BF16"])[1:3] == (1, 1)


def test_a_file_spelled_by_low_bits_is_a_hint_and_fails_nothing() -> None:
    tensor = TensorValues(
        name="w", values=9, start=8, hidden=(("elf", "lowest bits", 0),)
    )
    weights = Weights(
        origin=Origin(place=("m",), digest="0"), tensors=(tensor,), values=9
    )
    (hint,) = WeightsLookTampered().run(weights, Context())
    assert (hint.severity, hint.confidence) == (Severity.HIGH, Confidence.LOW)

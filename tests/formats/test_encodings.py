import base64
import bz2
import codecs
import gzip
import lzma
import pickle
import quopri
import random
import zlib
from collections.abc import Callable
from itertools import product
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.formats.encodings import RUNS, UNREAD, encoded_in, reveal
from specimens.tensors import PICKLE, elf, pe

CODE = b"import os\nos.system('true')\n"
Wrap = Callable[[bytes], bytes]
PACKED: dict[str, Wrap] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "deflate": lambda data: zlib.compress(data, wbits=-15),
}
SPELLED: dict[str, Wrap] = {
    "base64": base64.b64encode,
    "base64 of links": base64.urlsafe_b64encode,
    "base64 in lines": base64.encodebytes,
    "hex": lambda data: data.hex().encode(),
    "hex with spaces": lambda data: data.hex(" ").encode(),
    "hex as escapes": lambda data: "".join(f"\\x{n:02x}" for n in data).encode(),
    "base32": base64.b32encode,
    "base85": base64.b85encode,
    "ascii85": base64.a85encode,
    "ascii85 in a frame": lambda data: base64.a85encode(data, adobe=True),
    "link escapes": lambda data: "".join(f"%{n:02x}" for n in data).encode(),
    "numbers": lambda data: str(list(data)).encode(),
    "uuencode": lambda data: codecs.encode(data, "uu"),
}
TURNED: dict[str, Wrap] = {
    "reversed": lambda data: data[::-1],
    "rot13": lambda data: codecs.encode(data.decode(), "rot13").encode(),
}
PROGRAMS = {"pickle": PICKLE, "elf": elf(), "pe": pe(), "code": CODE}


def kinds(text: bytes) -> set[str]:
    return {run.found.kind for run in encoded_in(text)}


@pytest.mark.parametrize("name", SPELLED)
@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_program_is_seen_in_every_spelling(kind: str, name: str) -> None:
    assert kinds(SPELLED[name](PROGRAMS[kind])) == {kind}


@pytest.mark.parametrize(("outer", "inner"), [*product(SPELLED, PACKED)])
def test_a_packed_program_is_seen_in_every_spelling(outer: str, inner: str) -> None:
    assert kinds(SPELLED[outer](PACKED[inner](elf()))) == {"elf"}


@pytest.mark.parametrize(
    ("outer", "inner"),
    [*product(("base64", "hex", "base32"), repeat=2)],
)
def test_two_spellings_over_each_other_are_taken_off(outer: str, inner: str) -> None:
    assert kinds(SPELLED[outer](SPELLED[inner](PICKLE))) == {"pickle"}


@pytest.mark.parametrize(("turn", "name"), [*product(TURNED, ("base64", "base32"))])
def test_a_turned_spelling_is_turned_back(turn: str, name: str) -> None:
    assert kinds(TURNED[turn](SPELLED[name](elf()))) == {"elf"}


def test_bytes_that_were_reversed_before_they_were_spelled_are_seen() -> None:
    assert kinds(base64.b64encode(elf()[::-1])) == {"elf"}
    assert kinds(base64.b64encode(CODE[::-1])) == {"code"}


def test_three_layers_are_named_from_the_inside_out() -> None:
    data = zlib.compress(base64.b64encode(PICKLE)).hex().encode()
    (run,) = encoded_in(b"before " + data + b" after")
    assert run.found.words == "pickle in base64 in zlib in hex"
    assert run.found.data == PICKLE
    assert (run.offset, run.length) == (len("before "), len(data))


def test_what_unpacks_to_more_than_is_looked_at_is_handed_on_packed() -> None:
    large = zlib.compress(PICKLE + bytes(3 << 20))
    found = reveal(base64.b64encode(large))
    assert found is not None
    assert found.data == large


@pytest.mark.parametrize("protocol", range(2, 6))
def test_a_whole_pickle_of_plain_data_counts_only_as_a_stage(protocol: int) -> None:
    plain = base64.b64encode(pickle.dumps({"layers": [1, 2]}, protocol))
    assert reveal(plain) is None
    found = reveal(plain, stages=True)
    assert found is not None
    assert found.words == "pickle in base64"


def test_quoted_words_of_a_link_are_no_hidden_code() -> None:
    link = quote_from_bytes(b"https://example.org/?q=wget python import os").encode()
    assert kinds(link) == set()
    assert kinds(b"see " + link) == set()


def test_code_in_the_clear_is_text() -> None:
    assert reveal(CODE, readable=True) is None
    assert kinds(CODE) == set()
    assert kinds(quopri.encodestring(CODE + b"# \xc3\xa9\xc3\xa9")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "d41d8cd98f00b204e9800998ecf8427e" * 2,
        base64.b64encode(b"just a sentence about a model").decode(),
        base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(60)).decode(),
        base64.b64encode(b"while(m=/a(b)/g.exec(text)){f(m)}").decode(),
        base64.b64encode(zlib.compress(b"a table of words and numbers" * 9)).decode(),
        "a_long_parameter_name_of_a_layer/with/slashes",
        "model.layers.10.self_attn.q_proj.weight_and_bias",
        "JBSWY3DPEBLW64TMMQQQJBSWY3DPEBLW64TMMQQQ",
        str(list(range(200))),
        "https://example.org/a%20long%20name/of%2Fa%2Ffile?x=%7B%22a%22%3A1%7D",
        "1f 8b 08 00 " * 12,
        "=" * 80,
    ],
)
def test_ordinary_runs_are_left_alone(text: str) -> None:
    assert kinds(text.encode()) == set()


def test_noise_is_no_program_in_any_spelling() -> None:
    chance = random.Random(7)  # noqa: S311 - noise, not secrets
    for wrap in SPELLED.values():
        for _ in range(150):
            assert kinds(wrap(chance.randbytes(90))) == set()


def test_runs_beyond_the_most_are_said_to_be_unread() -> None:
    words = (base64.b64encode(b"just a sentence") + b" ") * (RUNS + 1)
    assert kinds(words) == {UNREAD}


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    reveal(data, readable=True)
    list(encoded_in(data))


@given(st.text(alphabet="<~>%=A0fxz, []\\\nbegin6", max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    list(encoded_in(text))

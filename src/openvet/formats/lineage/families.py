"""Families of language models, told from figures that a fine-tune keeps.

A vocabulary of 128,256 tokens was made once; whoever has it started from Llama 3 or
from something that did, or made a tokenizer of that size by chance. So this is a hint
and no proof, and it says what it rests on. The figures stand in `families.json`, which
`scripts/model_families.py` writes.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from openvet.dossier import Spot
from openvet.formats.lineage.gathered import Gathered
from openvet.wire import replace

TABLE: Final = Path(__file__).with_name("families.json")
ADDED: Final = 64
"""Tokens that a fine-tune adds, at most, before sizes of others come near."""


class Shape(NamedTuple):
    """Figures of a language model; 0 where one is not known."""

    vocabulary: int = 0
    """Tokens, as the embedding has rows."""
    width: int = 0
    layers: int = 0
    inner: int = 0
    """Width inside a layer's second part."""


class _Known(msgspec.Struct, frozen=True):
    """A shape that was published."""

    family: str
    like: str
    """The repository with the shortest name that has it."""
    vocabulary: int
    width: int
    layers: int
    inner: int


class _Vocabulary(msgspec.Struct, frozen=True):
    """A number of tokens that one family has."""

    family: str
    size: int
    source: str


class _Token(msgspec.Struct, frozen=True):
    """A token that one family has under one number."""

    family: str
    number: int
    text: str


class _Pretokenizers(msgspec.Struct, frozen=True):
    """Families by the name of a way to split text."""

    names: dict[str, str]
    source: str


class _Table(msgspec.Struct, frozen=True):
    """All that is known."""

    as_of: str
    source: str
    shapes: list[_Known]
    vocabularies: list[_Vocabulary]
    tokens: list[_Token]
    pretokenizers: _Pretokenizers


@cache
def _table() -> _Table:
    return msgspec.json.decode(TABLE.read_bytes(), type=_Table)


def recognize(shape: Shape, gathered: Gathered, place: Spot) -> None:
    """Write down which family the figures are of, if they are of one."""
    for known in _table().shapes:
        same = shape[1:] == (known.width, known.layers, known.inner)
        if same and 0 <= shape.vocabulary - known.vocabulary <= ADDED:
            text = (
                f"{shape.vocabulary} tokens, {shape.layers} layers of {shape.width} and"
                f" {shape.inner} values, as {known.like} has"
            )
            gathered.fact("family", known.family, replace(place, text=text))
            gathered.fact("like", known.like, replace(place, text=text))
            return
    for vocabulary in _table().vocabularies:
        if 0 <= shape.vocabulary - vocabulary.size <= ADDED:
            text = f"{shape.vocabulary} tokens, as {vocabulary.family} has"
            gathered.fact("family", vocabulary.family, replace(place, text=text))
            return


def recognize_split(name: str, gathered: Gathered, place: Spot) -> None:
    """Write down whose tokenizer splits text in the way that llama.cpp calls so."""
    family = _table().pretokenizers.names.get(name)
    if family:
        text = f"splits text as {family} does ({name})"
        gathered.fact("tokenizer-family", family, replace(place, text=text))


def recognize_tokens(tokens: object, gathered: Gathered, place: Spot) -> None:
    """Write down whose tokens these are, as `added_tokens_decoder` numbers them."""
    for known in _table().tokens:
        token = tokens.get(str(known.number)) if isinstance(tokens, dict) else None
        if isinstance(token, dict) and token.get("content") == known.text:
            text = f"token {known.number} is {known.text}, as {known.family} has it"
            gathered.fact("tokenizer-family", known.family, replace(place, text=text))

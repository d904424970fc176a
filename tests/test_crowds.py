"""What stands behind a crowd of harmless things is found, or said to be unread."""

import json
from typing import Any

from openvet.artifacts import Config, Credentials, Script, TensorIndex
from openvet.check import Context
from openvet.checks.security.notebook_runs_code import NotebookRunsCode
from openvet.checks.security.secret_in_file import SecretInFile
from openvet.checks.security.tokenizer_rewrites_text import TokenizerRewritesText
from openvet.finding import Severity
from openvet.formats import facts
from openvet.formats.repository.references import references
from openvet.readers.commands import ConfigScriptReader
from openvet.readers.config import ConfigReader
from openvet.readers.credentials import CredentialsReader
from openvet.readers.hdf5 import Hdf5Reader
from openvet.readers.python import NotebookReader
from specimens.objects import Hdf5
from specimens.reading import read

CROWD = 20_000
ADDRESS = {"type": "Replace", "pattern": {"String": "pypi.org"}, "content": "a.invalid"}


def config(name: str, data: object) -> Config:
    (found,) = read(ConfigReader(), json.dumps(data).encode(), name=name)
    assert isinstance(found, Config)
    return found


def test_a_normalizer_behind_many_is_judged() -> None:
    steps: list[Any] = [{"type": "NFC"}] * CROWD
    for order in ([ADDRESS, *steps], [*steps, ADDRESS]):
        data = {"normalizer": {"type": "Sequence", "normalizers": order}}
        found = TokenizerRewritesText().run(config("tokenizer.json", data), Context())
        assert [finding.severity for finding in found] == [Severity.HIGH]


def test_an_added_token_behind_many_is_judged() -> None:
    tokens = [{"id": n, "content": f"<{n}>"} for n in range(CROWD)]
    data = {"added_tokens": [*tokens, {"id": 0, "content": "<again>"}]}
    found = TokenizerRewritesText().run(config("tokenizer.json", data), Context())
    assert [f.title for f in found] == ["two added tokens of a tokenizer are one"]


def test_a_setting_among_many_is_kept() -> None:
    crowd = {f"a{n}": n for n in range(CROWD)}
    for setting in ({"chat_template": "{{ a }}"}, {"trust_remote_code": True}):
        found = config("tokenizer_config.json", crowd | setting)
        assert setting.items() <= found.data.items()


def test_the_vocabulary_of_a_tokenizer_is_left_out() -> None:
    words = [f"a{n}" for n in range(CROWD)]
    vocabulary = {word: number for number, word in enumerate(words)}
    model = {"vocab": vocabulary, "merges": words, "scores": [["a", 0.5]] * CROWD}
    found = config("tokenizer.json", {"model": model})
    assert found.data == {"model": {"vocab": {}, "merges": [], "scores": []}}


def test_a_command_behind_many_is_handed_on() -> None:
    data = {"run": [*["true"] * CROWD, "last"], "jobs": [{"run": "of a job"}]}
    (script,) = ConfigScriptReader().read(config("ci.json", data), Context())
    assert isinstance(script, Script)
    assert {"last", "of a job"} <= set(script.source.split("\n"))


def test_a_shard_behind_many_is_a_reference() -> None:
    table = {f"{n}": f"{n}.safetensors" for n in range(CROWD)} | {"x": "../x"}
    found = references("model.safetensors.index.json", {"weight_map": table})
    assert found[-1].value == "../x"


def test_what_a_long_output_of_a_notebook_ends_with_is_handed_on() -> None:
    output = {"data": {"text/html": "a" * 200_000 + "<script>"}}
    cells = [{"cell_type": "code", "source": "1", "outputs": [output]}]
    data = json.dumps({"cells": cells}).encode()
    outputs = read(NotebookReader(), data, name="a.ipynb")[-1]
    assert isinstance(outputs, Script)
    assert outputs.source.endswith("<script>")


def test_a_key_behind_many_passwords_leaves_a_gap() -> None:
    crowd = "\n".join(f"https://a{n}:Zt9kQw4x{n}@a.example.org/" for n in range(9_000))
    (found,) = read(CredentialsReader(), (crowd + "\n" * (3 << 20)).encode())
    assert isinstance(found, Credentials)
    assert [gap.reason for gap in found.gaps] == ["over-budget"]


def test_a_key_is_told_of_before_many_passwords() -> None:
    crowd = "\n".join(f"https://a{n}:Zt9kQw4x{n}@a.example.org/" for n in range(50))
    token = "hf_" + "aB3xK9qLmN2pR7sT" * 2 + "uV"
    (found,) = read(CredentialsReader(), f"{crowd}\n{token}\n".encode())
    assert max(f.severity for f in SecretInFile().run(found, Context())) >= (
        Severity.HIGH
    )


def test_a_cell_that_decodes_is_told_of_behind_many_that_include() -> None:
    crowd = [f"exec(open('{n}.py').read())" for n in range(50)]
    source = "\n".join(["import base64", *crowd, "exec(base64.b64decode('cGFzcw=='))"])
    data = json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode()
    (program,) = read(NotebookReader(), data, name="a.ipynb")
    found = NotebookRunsCode().run(program, Context())
    assert "a notebook runs what it decodes or downloads" in {f.title for f in found}


def test_what_a_long_attribute_ends_with_is_kept() -> None:
    data = Hdf5(attributes={"note": b"a" * 65_000}).build()
    index = read(Hdf5Reader(), data, name="a.h5")[-1]
    assert isinstance(index, TensorIndex)
    assert index.complete
    assert len(index.texts[0].value) == 65_000


def test_a_text_of_a_graph_is_kept_whole_or_leaves_a_gap() -> None:
    found = facts.Facts()
    found.text("short", "a" * (1 << 20))
    assert not found.gaps
    found.text("long", "a" * (facts.TEXT_BYTES + 1))
    assert [gap.reason for gap in found.gaps] == ["over-budget"]
    assert [len(text.value) for text in found.texts] == [1 << 20, facts.TEXT_BYTES]

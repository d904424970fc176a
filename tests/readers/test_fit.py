"""Every model of a folder is held against the machine, and nothing else is."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.machine import Machine
from openvet.report import Report
from openvet.run import Options
from openvet.write.html import write as html
from openvet.write.text import Terminal
from specimens.askable import asked, loadable
from specimens.tensors import gguf, safetensors

Audit = Callable[..., Report]
TINY = Options(settings=Settings(machine=Machine(memory="20 MiB")))


def names(report: Report) -> list[str]:
    return [one.name for one in report.fits]


def test_a_folder_is_a_model_and_a_gguf_file_is_one(
    tmp_path: Path, audit: Audit
) -> None:
    loadable(tmp_path)
    (tmp_path / "deep").mkdir()
    loadable(tmp_path / "deep")
    (tmp_path / "deep" / "x.gguf").write_bytes(gguf().build())
    report = audit(tmp_path)
    assert sorted(names(report)) == ["deep", "deep/x.gguf", "the model"]


def test_what_is_no_model_by_itself_is_left_out(tmp_path: Path, audit: Audit) -> None:
    (tmp_path / "mmproj.gguf").write_bytes(gguf().build())
    (tmp_path / "adapter_model.safetensors").write_bytes(safetensors())
    (tmp_path / "notes.txt").write_text("none")
    assert names(audit(tmp_path)) == []


def test_parts_of_one_model_are_one(tmp_path: Path, audit: Audit) -> None:
    for number in (1, 2):
        (tmp_path / f"x-0000{number}-of-00002.gguf").write_bytes(gguf().build())
        path = tmp_path / f"model-0000{number}-of-00002.safetensors"
        path.write_bytes(safetensors())
    report = audit(tmp_path)
    assert sorted(names(report)) == ["the model", "x.gguf"]


def test_a_broken_file_says_nothing_here(tmp_path: Path, audit: Audit) -> None:
    loadable(tmp_path)
    (tmp_path / "config.json").write_text("[" * 3000)
    (tmp_path / "x.gguf").write_bytes(gguf().build()[:30])
    report = audit(tmp_path)
    assert not report.errors
    assert "the model" in names(report)


def test_it_is_shown_in_text_and_html_with_names_escaped(
    tmp_path: Path, audit: Audit
) -> None:
    folder = tmp_path / "<b>bold"
    folder.mkdir()
    loadable(folder)
    report = audit(tmp_path, TINY)
    text, page = Terminal(color=False).write(report), html(report)
    assert "will it run? the named machine with 0.02 GiB" in text
    assert "does not run" in text
    assert "Will it run?" in page
    assert "&lt;b&gt;bold" in page
    assert "<b>bold" not in page


def test_another_machine_is_another_audit(tmp_path: Path, audit: Audit) -> None:
    loadable(tmp_path)
    found = [audit(tmp_path, one).fits[0] for one in (TINY, Options(), TINY)]
    assert [one.hardware.stated for one in found] == [True, False, True]
    assert found[0] == found[2]


def test_what_asking_showed_stands_beside_the_estimate(
    tmp_path: Path, audit: Audit
) -> None:
    asked(tmp_path)
    estimate, seen = audit(tmp_path).fits
    assert estimate.shape is not None
    assert seen.shape is None
    assert seen.ways[0].low == seen.ways[0].high == 3 << 29


def test_packed_weights_are_not_counted(tmp_path: Path, audit: Audit) -> None:
    header = {"q": {"dtype": "I32", "shape": [4], "data_offsets": [0, 16]}}
    data = json.dumps(header).encode()
    body = len(data).to_bytes(8, "little") + data + b"\0" * 16
    (tmp_path / "model.safetensors").write_bytes(body)
    (fit,) = audit(tmp_path).fits
    assert [way.name for way in fit.ways] == ["as stored (I32)"]


def test_the_machine_and_the_grid_of_the_configuration_are_those_that_count(
    tmp_path: Path,
) -> None:
    (tmp_path / "model").mkdir()
    loadable(tmp_path / "model")
    (tmp_path / "openvet.toml").write_text(
        '[machine]\nmemory = "20 MiB"\ncores = 3\n\n[environment]\ngrid = "FR"\n'
    )
    command = [sys.executable, "-m", "openvet", "audit", "model", "--ledger", "ledger"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "the named machine with 0.02 GiB, 3 cores, no graphics card" in done.stdout


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('[machine]\nmemory = "big"\n', "'big' is no size; write it as `8 GiB`"),
        ('[environment]\ngrid = "Atlantis"\n', "no figure for the grid 'Atlantis'"),
        ('[machine]\nmemry = "8 GiB"\n', "did you mean memory?"),
    ],
)
def test_a_machine_or_grid_that_is_none_is_said(
    tmp_path: Path, table: str, why: str
) -> None:
    (tmp_path / "openvet.toml").write_text(table)
    (tmp_path / "model").mkdir()
    command = [sys.executable, "-m", "openvet", "audit", "model"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert why in done.stderr

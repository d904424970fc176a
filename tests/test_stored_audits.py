"""Audits that were kept: bundles, earlier findings, waivers."""

from pathlib import Path

import pytest

from specimens.command import run
from specimens.pickles import PICKLE


def test_a_bundle_can_be_verified_and_printed_again(
    folder: Path, tmp_path: Path
) -> None:
    first = run("audit", folder, "--bundle", "b.openvet", cwd=tmp_path)
    assert run("verify", "b.openvet", cwd=tmp_path).returncode == 0
    again = run("report", "b.openvet", cwd=tmp_path)
    assert again.stdout == first.stdout


def test_an_altered_bundle_is_not_verified(folder: Path, tmp_path: Path) -> None:
    run("audit", folder, "--ledger", "state", cwd=tmp_path)
    path = tmp_path / "state" / "last.jsonl"
    path.write_bytes(path.read_bytes().replace(b"README.md", b"README.mx", 1))
    done = run("verify", path, cwd=tmp_path)
    assert done.returncode == 1
    assert "differs: ledger: line " in done.stdout
    done = run("report", path, cwd=tmp_path)
    assert done.returncode == 2
    assert "the ledger was altered" in done.stderr


def test_known_findings_do_not_fail_but_new_ones_do(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "old.pkl").write_bytes(PICKLE)
    run("audit", folder, "--bundle", "before.openvet", cwd=tmp_path)
    again = run("audit", folder, "--since", "before.openvet", cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    (folder / "new.pkl").write_bytes(PICKLE)
    more = run("audit", folder, "--since", "before.openvet", cwd=tmp_path)
    assert more.returncode == 1


def test_a_waived_finding_passes_until_its_waiver_expires(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "old.pkl").write_bytes(PICKLE)
    waiver = (
        '[[waiver]]\nrule = "*"\nsubject = "old.pkl*"\nreason = "ours"\n'
        'owner = "Ada"\nexpires = {}\n'
    ).replace('"*"', '"pickle-runs-code"')
    config = tmp_path / "openvet.toml"
    config.write_text(waiver.format("2999-01-01"))
    done = run("audit", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 waived" in done.stdout
    config.write_text(waiver.format("2020-01-01"))
    done = run("audit", folder, cwd=tmp_path)
    assert done.returncode == 1
    assert "the waiver of Ada expired on 2020-01-01" in done.stdout


@pytest.mark.parametrize("at", [60, 90, 200, 400])
def test_a_damaged_bundle_is_said(folder: Path, tmp_path: Path, at: int) -> None:
    run("audit", folder, "--bundle", "b.openvet", cwd=tmp_path)
    path = tmp_path / "b.openvet"
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    for command in ("verify", "report"):
        done = run(command, path, cwd=tmp_path)
        assert done.returncode == 2, done.stdout
        assert done.stderr.startswith("error: "), done.stderr
        assert "\nhelp: " in done.stderr


def test_a_stored_audit_is_judged_by_the_configuration_in_force(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "model.pkl").write_bytes(PICKLE)
    (tmp_path / "openvet.toml").write_text('[severity]\npickle-runs-code = "low"\n')
    first = run("audit", folder, "--bundle", "b.openvet", cwd=tmp_path)
    again = run("report", "b.openvet", cwd=tmp_path)
    assert (first.returncode, again.returncode) == (0, 0)
    assert again.stdout == first.stdout
    plain = run("report", "b.openvet", "--config=none", cwd=tmp_path)
    assert plain.returncode == 1
    strict = run("report", "b.openvet", "--fail-on=low", cwd=tmp_path)
    assert strict.returncode == 1
    known = run(
        *("report", "b.openvet", "--fail-on=low", "--since=b.openvet"), cwd=tmp_path
    )
    assert known.returncode == 0

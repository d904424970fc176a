"""What a model brings along cannot weaken its own audit, nor harm who runs it."""

from pathlib import Path

import pytest

from specimens.command import run

PICKLE = b"\x80\x04cos\nsystem\n(Vtrue\ntR."
LENIENT = """
fail_on = "critical"
severity = { pickle-runs-code = "info" }
settings = { allow = ["os.system", "posix.system"] }
[[waiver]]
rule = "pickle-runs-code"
subject = "*"
reason = "trust me"
owner = "the attacker"
expires = 2999-01-01
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(PICKLE)
    return folder


@pytest.mark.parametrize("target", [".", "model.pkl", "../model"])
@pytest.mark.parametrize("name", ["openvet.toml", "pyproject.toml"])
def test_a_configuration_that_came_with_the_model_is_not_obeyed(
    model: Path, name: str, target: str
) -> None:
    head = "[tool.openvet]" if name == "pyproject.toml" else ""
    text = LENIENT.replace("[[", "[[tool.openvet.") if head else LENIENT
    (model / name).write_text(head + text)
    done = run("audit", target, cwd=model)
    assert done.returncode == 1, done.stdout
    assert f"{name} came with what is audited and is not used" in done.stderr
    assert "name it with --config" in done.stderr


def test_a_configuration_that_came_with_the_model_hides_none_above_it(
    model: Path,
) -> None:
    (model / "openvet.toml").write_text(LENIENT)
    (model.parent / "openvet.toml").write_text('format = ["json"]')
    assert run("audit", ".", cwd=model).stdout.startswith("{")


def test_a_broken_project_file_of_the_model_does_not_stop_its_audit(
    model: Path,
) -> None:
    (model / "pyproject.toml").write_text("not toml at all")
    assert run("audit", ".", cwd=model).returncode == 1


def test_a_configuration_of_ones_own_model_is_obeyed_where_it_is_named(
    model: Path,
) -> None:
    (model / "openvet.toml").write_text(LENIENT)
    done = run("audit", ".", "--config", "openvet.toml", cwd=model)
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""


def test_a_link_inside_the_folder_does_not_rename_a_file_past_its_rule(
    model: Path,
) -> None:
    (model / "model.pkl").unlink()
    (model / "notes.txt").write_text('{"auto_map": {"AutoModel": "evil/code--x.Y"}}')
    (model / "config.json").symlink_to("notes.txt")
    done = run("audit", ".", cwd=model)
    assert "[remote-code-required]" in done.stdout


def test_a_file_of_holes_does_not_outlast_the_time_of_the_audit(model: Path) -> None:
    with (model / "huge.bin").open("wb") as file:
        file.truncate(4 << 40)
    (model.parent / "limits.toml").write_text("limits = { seconds = 2.0 }")
    done = run("audit", ".", "--config", "../limits.toml", cwd=model)
    assert done.returncode in {1, 4}, done.stderr
    assert "the audit took longer than 2 seconds" in done.stdout


@pytest.mark.parametrize("option", ["--bundle", "--output"])
def test_a_link_that_waits_for_a_temporary_file_catches_nothing(
    model: Path, option: str
) -> None:
    keys = model.parent / "authorized_keys"
    keys.write_text("mine")
    for name in (".out.part", "out.part", "out", "out~", ".out.tmp"):
        (model / name).symlink_to(keys)
    run("audit", ".", "--format=json", option, "out", cwd=model)
    assert keys.read_text() == "mine"
    assert not (model / "out").is_symlink()
    assert [p.name for p in model.glob(".openvet-*")] == [".openvet-cache"]


@pytest.mark.parametrize("name", ["click.py", "yaml.py", "blake3.py", "json.py"])
def test_a_module_in_the_model_folder_is_not_imported(model: Path, name: str) -> None:
    (model / name).write_text("open('ran', 'w')")
    assert run("audit", ".", cwd=model).returncode == 1
    assert not (model / "ran").exists()


def test_a_plug_in_that_lies_in_the_model_folder_is_not_loaded(model: Path) -> None:
    info = model / "evil-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[openvet.checks]\nx = evil:Evil\n")
    (model / "evil.py").write_text("open('ran', 'w')")
    assert run("audit", ".", cwd=model).returncode == 1
    assert not (model / "ran").exists()

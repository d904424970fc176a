"""The command line: exit codes, clean streams, errors with a next step."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from openvet.catalog import load
from openvet.cli import COMMANDS
from specimens.command import run, run_apart
from specimens.pickles import PICKLE


def test_a_clean_folder_exits_0(folder: Path, tmp_path: Path) -> None:
    done = run_apart("audit", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASSED: everything was read" in done.stdout
    assert done.stderr == ""


def test_a_finding_exits_1_even_beside_something_not_examined(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "model.pkl").write_bytes(PICKLE)
    (folder / "strange").write_bytes(bytes(range(200, 256)) * 9)
    done = run("audit", folder, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT PASSED" in done.stdout
    assert "1 part not examined" in done.stdout


def test_something_not_examined_exits_4(folder: Path, tmp_path: Path) -> None:
    (folder / "strange").write_bytes(bytes(range(200, 256)) * 9)
    done = run("audit", folder, cwd=tmp_path)
    assert done.returncode == 4
    assert "INCOMPLETE: 1 part not examined" in done.stdout


def test_an_empty_folder_exits_3(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run_apart("audit", empty, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "help: name the folder that holds the model's files" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "nothing-here"], "help: name an existing file or folder"),
        (["audt"], "did you mean audit?"),
        (["model"], "did you mean `openvet audit model`?"),
        (["audit", "model", "--formt", "json"], "Did you mean '--format'?"),
        (["audit", "model", "--formt", "json"], "openvet audit --help`"),
        (["audit", ""], "error: the target is empty"),
        (["audit", "model", "--format", "json", "--output", ""], "--output is empty"),
        (["audit", "model", "--config", "missing.toml"], "help: name a file that"),
        (["audit", "model", "--format", "jsn"], "did you mean json?"),
        (["audit", "model", "--format", "json", "--format", "html"], "mixed"),
        (["audit", "hf:org/name", "--offline"], "--offline refuses it"),
        (["explain", "pickle-run-code"], "did you mean pickle-runs-code?"),
        (["audit", "model", "--policy", "missing.toml"], "cannot read missing.toml"),
        (["verify", "model/README.md"], "is not a ledger"),
        (["report", "nothing"], "--bundle"),
        ([], "Usage"),
    ],
)
def test_wrong_use_exits_2_with_a_next_step(
    folder: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    assert folder.is_dir()
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_json_on_standard_output_is_json_and_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    done = run("audit", folder, "--format", "json", cwd=tmp_path)
    assert json.loads(done.stdout)["schema"] == "json-v1"
    assert done.stdout.count("\n") == 1


def test_names_cannot_command_the_terminal(folder: Path, tmp_path: Path) -> None:
    (folder / "a\x1b[31m\nb\u202e").write_bytes(bytes(range(200, 256)))
    for form in ("text", "markdown", "html", "junit", "sarif"):
        done = run("audit", folder, "--format", form, cwd=tmp_path)
        assert "\x1b" not in done.stdout, form
        assert "\u202e" not in done.stdout, form
        assert "x1b[31m" in done.stdout.replace("\\\\", "\\").replace("%5C", "\\"), form


def test_no_color_reaches_a_pipe_unless_forced(folder: Path, tmp_path: Path) -> None:
    assert "\x1b" not in run("audit", folder, cwd=tmp_path).stdout
    assert "\x1b" in run("audit", folder, cwd=tmp_path, FORCE_COLOR="1").stdout
    forced = run("audit", folder, cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b" not in forced.stdout


def test_several_formats_go_to_one_folder(folder: Path, tmp_path: Path) -> None:
    formats = [f"--format={name}" for name in ("html", "json", "sarif")]
    done = run("audit", folder, *formats, "--output", "out/", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "openvet.html",
        "openvet.json",
        "openvet.sarif",
    ]


def test_an_output_folder_that_cannot_be_written_is_said(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    done = run("audit", folder, "--format=json", "--output=out/r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot write out/r.json" in done.stderr
    assert "nothing was half-written" in done.stderr


def test_a_full_disk_is_said_and_nothing_is_half_written(
    folder: Path, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = run("audit", folder, "--format=json", "--output=/dev/full", cwd=tmp_path)
    assert done.returncode == 2
    assert "help: name another place" in done.stderr
    assert Path("/dev/full").is_char_device()


def test_a_disk_that_fills_while_the_ledger_is_written_is_said(
    folder: Path, tmp_path: Path
) -> None:
    for number in range(50):
        (folder / f"{number}.json").write_text("{}")
    words = [sys.executable, "-m", "openvet", "audit", str(folder), "--ledger=state"]
    done = subprocess.run(
        ["/bin/bash", "-c", 'ulimit -f 2; exec "$@"', "bash", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot write to" in done.stderr
    assert "help: free some space" in done.stderr
    again = run("audit", folder, "--ledger", "state", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_a_file_that_may_not_be_read_is_a_part_not_examined(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "README.md").chmod(0)
    if os.access(folder / "README.md", os.R_OK):
        pytest.skip("this user may read everything")
    done = run("audit", folder / "README.md", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "help: make the file readable" in done.stdout


def test_a_name_that_is_no_text_is_audited_and_shown(
    folder: Path, tmp_path: Path
) -> None:
    (folder / os.fsdecode(b"\xff\xfe.txt")).write_text("hello")
    (folder / ("n" * 251 + ".txt")).write_text("hello")
    for form in ("text", "json", "html", "sarif", "junit", "markdown"):
        done = run("audit", folder, "--format", form, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(9000):
        (folder / f"{number:05}.pkl").write_bytes(PICKLE)
    process = subprocess.Popen(
        [sys.executable, "-m", "openvet", "audit", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OPENVET_CACHE_DIR": str(tmp_path / "cache")},
    )
    current = tmp_path / "cache"
    while not list(current.glob("*/current.jsonl")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=4)
    except subprocess.TimeoutExpired:
        # Python loses an interruption that comes while it tidies up: press again.
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"the same command continues the audit" in err
    assert out == b""


@pytest.mark.parametrize(
    ("imported", "said"),
    [
        ("openvet.cli", b""),
        ("click", b""),
        ("openvet.errors", b""),
        ("openvet.catalog", b"interrupted"),
        ("openvet.cli.audit", b"interrupted"),
        ("msgspec", b"interrupted"),
    ],
)
def test_ctrl_c_while_modules_are_imported_shows_no_traceback(
    folder: Path, imported: str, said: bytes
) -> None:
    early = f"""
import os, signal, sys
from openvet.__main__ import main

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {imported!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", early, "audit", folder, "--no-cache"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 130
    assert done.stderr.strip().startswith(said)
    assert done.stderr.strip().count(b"\n") == 0
    assert done.stdout == b""


@pytest.mark.parametrize("width", [40, 60, 160])
def test_progress_keeps_to_one_line_of_any_terminal(
    folder: Path, tmp_path: Path, width: int
) -> None:
    (folder / f"{'long-name-' * 20}.json").write_text("{}")
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", 0) as screen:
        termios.tcsetwinsize(slave, (24, width))
        process = subprocess.Popen(
            [sys.executable, "-m", "openvet", "audit", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=slave,
            env={"PATH": os.environ["PATH"], "TERM": "xterm"}
            | {"OPENVET_CACHE_DIR": str(tmp_path / "cache")},
        )
        os.close(slave)
        shown = b""
        with suppress(OSError):  # a terminal that nobody holds open any more
            while piece := screen.read(65536):
                shown += piece
        assert process.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "/2 files" in text
    assert max(len(line) for line in re.split("[\r\n]", text)) <= width
    assert text.count("\n") <= 2


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m openvet rules | head -1"
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_does_not_turn_a_failing_audit_into_a_pass(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "model.pkl").write_bytes(PICKLE)
    command = f"{sys.executable} -m openvet audit {folder} --format=html"
    done = subprocess.run(
        ["/bin/bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("words", ["rules", "audit model"])
def test_a_full_disk_behind_standard_output_is_said(folder: Path, words: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = subprocess.run(
        ["/bin/bash", "-c", f"{sys.executable} -m openvet {words} > /dev/full"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
    )
    assert done.returncode == 2
    assert "error: cannot write: No space left on device\nhelp: free" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_in_a_message_cannot_command_the_terminal(tmp_path: Path) -> None:
    for words in (["audit", "\x1b[31m\nerror"], ["\x1b[31m"], ["audit", "--\x1b[31m"]):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert "\x1b" not in done.stderr
        assert "x1b[31m" in done.stderr
        assert done.stderr.count("\n") == 2


def test_completions_are_printed_for_each_shell(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        done = run("--completions", shell, cwd=tmp_path)
        assert done.returncode == 0
        assert "_OPENVET_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("openvet au", "plain,audit"),
        ("openvet audit ./mod", "file,./mod"),
        ("openvet audit x --policy p", "file,p"),
        ("openvet audit x --format sa", "plain,sarif"),
        ("openvet audit x --fail-on cr", "plain,critical"),
        ("openvet explain weights-u", "plain,weights-unsigned"),
        ("openvet report ", "file,"),
        ("openvet verify b", "file,b"),
    ],
)
def test_a_shell_completes_commands_files_formats_and_rules(
    words: str, offered: str, tmp_path: Path
) -> None:
    state = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = run(cwd=tmp_path, _OPENVET_COMPLETE="bash_complete", **state)
    assert offered in done.stdout.splitlines(), done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_every_option(command: str, tmp_path: Path) -> None:
    done = run(command, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for option in load(f"openvet.cli.{COMMANDS[command][0]}").params:
        if option.param_type_name == "option":
            assert option.opts[-1] in done.stdout
            assert option.help, option.name


def test_every_command_has_the_help_that_the_list_shows() -> None:
    for where, text in COMMANDS.values():
        command = load(f"openvet.cli.{where}")
        assert command.help.split("\n\n")[0].replace("\n", " ").strip() == text

"""Auditing hostile files makes nothing happen but reading."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

WATCHER = '''
import json, os, sys, sysconfig, tempfile
sys.path[:0] = {paths!r}
from pathlib import Path
from openvet.run import Options, audit
from openvet import catalog
from openvet.sandbox import Zone

def read_here(self, where, subject, context):
    """Read in this process, so that the hook sees it."""
    return catalog.reader(where).read(subject, context)

Zone.read = read_here
if "--misbehave" in sys.argv:
    from openvet.readers.folder import FolderReader

    honest = FolderReader.read

    def misbehaving(self, subject, context):
        os.system("true")
        exec(compile("1", "sample.py", "exec"))
        Path("/tmp/openvet-misbehaves").touch()
        os.remove("/tmp/openvet-misbehaves")
        return honest(self, subject, context)

    FolderReader.read = misbehaving
home = tempfile.mkdtemp()
ours = tuple(os.path.realpath(p) + os.sep for p in (
    sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"),
    sysconfig.get_path("purelib"), str(Path(catalog.__file__).parent), sys.base_prefix,
))
seen = []
watching = False

def hook(event, arguments):
    if not watching:
        return
    if event == "exec":
        name = getattr(arguments[0], "co_filename", "?")
        if name.startswith(("<frozen", "<string>")) and "msgspec" not in name:
            caller = sys._getframe(1).f_code.co_filename
            if caller.startswith(ours) or name.startswith("<frozen"):
                return
        if not os.path.realpath(name).startswith(ours):
            seen.append([event, name])
    elif event == "open":
        path, mode, flags = arguments
        writes = (isinstance(mode, str) and set(mode) & set("wax+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        if writes and not os.fsdecode(path).startswith((home, *ours)):
            seen.append([event, os.fsdecode(path)])
    elif event == "import":
        return
    elif event.startswith((
        "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn",
        "socket.", "pickle.find_class", "ctypes.dlopen", "os.remove", "os.rename",
        "os.rmdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "shutil.",
        "urllib.", "webbrowser.", "ftplib.", "smtplib.", "code.__new__", "os.putenv",
    )):
        path = str(arguments[0]) if arguments else ""
        if not path.startswith(home):
            seen.append([event, repr(arguments)[:200]])

sys.addaudithook(hook)
targets = [Path(line) for line in sys.stdin.read().splitlines()]
audit(targets[0], Options(cache=False, ledger=home + "/ledger"))
before = set(sys.modules)
watching = True
failing = 0
for target in targets:
    report, _ = audit(target, Options(cache=False, ledger=home + "/ledger"))
    failing += report.verdict == "not-passed"
watching = False
foreign = [name for name in set(sys.modules) - before
           if (file := getattr(sys.modules[name], "__file__", None) or "")
           and not os.path.realpath(file).startswith(ours)]
print(json.dumps({{"seen": seen, "foreign": foreign, "failing": failing}}))
'''


def watch(targets: list[Path], *arguments: str) -> dict[str, Any]:
    """Audit targets in a process of their own and return what happened."""
    root = Path(__file__).resolve().parent
    code = WATCHER.format(paths=[str(root)])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input="\n".join(map(str, targets)),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def flagged_specimens(folder: Path) -> list[Path]:
    """Write the specimen that every rule must flag; return their folders."""
    targets = []
    for path in sorted(Path(__file__).parent.glob("checks/*/test_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        target = folder / path.stem
        target.mkdir()
        module.flagged(target)
        targets.append(target)
    return targets


def test_the_watcher_sees_a_reader_that_acts(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    happened = watch([tmp_path], "--misbehave")
    events = {event for event, _ in happened["seen"]}
    assert events == {"os.system", "exec", "open", "os.remove"}


def test_auditing_every_flagged_specimen_makes_nothing_happen(tmp_path: Path) -> None:
    targets = flagged_specimens(tmp_path)
    happened = watch(targets)
    assert happened["seen"] == []
    assert happened["foreign"] == []
    assert happened["failing"] > len(targets) / 2


@pytest.mark.slow
def test_auditing_the_whole_malicious_corpus_makes_nothing_happen(
    shared: Path,
) -> None:
    corpus = shared / "corpora" / "files" / "malicious"
    before = {p: p.stat().st_mtime_ns for p in corpus.rglob("*")}
    happened = watch(sorted(corpus.iterdir()))
    assert happened["seen"] == []
    assert happened["foreign"] == []
    assert {p: p.stat().st_mtime_ns for p in corpus.rglob("*")} == before

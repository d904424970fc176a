"""Which calls of Python source no model needs, by what they reach and when they run."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from openvet.allow.python_calls import Reach, reach_of
from openvet.allow.shell import HOSTILE, matches
from openvet.artifacts import PythonCall
from openvet.finding import Severity

WORDS: Final[dict[Reach, str]] = {
    "process": "starts a process",
    "network": "opens a network connection",
    "code": "runs code that it is given",
    "native": "loads native code",
    "unpickles": "unpickles a file",
    "deletes": "deletes or changes files",
}
LOADS_PROGRAMS: Final = frozenset(
    {"marshal.loads", "marshal.load", "types.FunctionType", "types.CodeType",
     "types.LambdaType", "runpy.run_path", "runpy._run_code", "imp.load_source",
     "imp.load_compiled", "importlib.machinery.SourcelessFileLoader",
     "importlib.machinery.ExtensionFileLoader"}
)  # fmt: skip
INTERPRETS: Final = LOADS_PROGRAMS | {
    "builtins.exec",
    "builtins.eval",
    "builtins.compile",
}
BUILDS: Final = ("torch.utils.cpp_extension.", "numpy.f2py.", "cffi.")
"""Compile sources that lie in the folder, as models with kernels of their own do."""
STARTS: Final = re.compile(r"\b(?:system|popen|exec[lv][pe]{0,2}|connect|dlopen)\s*\(")
IMPORTS: Final = frozenset(
    {"importlib.machinery.SourceFileLoader", "importlib.util.spec_from_file_location",
     "importlib.util.spec_from_loader", "zipimport.zipimporter"}
)  # fmt: skip
"""Import a file by its path, which models do with files of their own folder."""
FILE: Final = "a file"
RUNNABLE: Final = "PROT_EXEC"
COMPUTED: Final = "<computed>"
PRIVATE: Final = (
    "/etc/", "/root/", "~/.", "/.ssh", ".bashrc", ".profile", "authorized_keys",
    "crontab", "site-packages", ".zshrc", ".pth", "/tmp/",  # noqa: S108 - recognized, not used
)  # fmt: skip


ASKS: Final = re.compile(
    r"(?:(?:/usr)?/s?bin/)?(?:uname(?: -[a-z]+)*|arch|nproc|lscpu(?: -[a-z])*|rocminfo"
    r"|sysctl(?: -n)? [a-z0-9_.]+|cat /proc/(?:cpuinfo|meminfo|version)|ldconfig -p"
    r"|xcodebuild -version|sw_vers(?: -[a-zA-Z]+)?|getconf [A-Z_]+|which [\w.-]+"
    r"|(?:gcc|clang|nvcc|ldd|ffmpeg|java) -?-version|git rev-parse(?: --short)? HEAD"
    r"|nvidia-smi(?: -L| --query-gpu=[\w.,]+| --format=[\w,]+)*)(?: utf-?8)?"
)
"""Commands that only ask what machine this is; with nothing computed, and no shell."""


class Judged(NamedTuple):
    """A call that a person should know of."""

    call: PythonCall
    words: str
    severity: Severity
    sure: bool = False
    """Whether it is as bad in any kind of file."""


def judge(
    calls: Iterable[PythonCall], decoded: Iterable[PythonCall], *, loaded: bool
) -> Iterator[Judged]:
    """Yield the calls of a module that reach beyond it, with how bad each is.

    Args:
        calls: Of the module and of what it imports from its own repository.
        decoded: Those that run something decoded or fetched.
        loaded: Whether a loader is known to import the module.
    """
    for call in decoded:
        how = call.arguments[0] if call.arguments else "decoding"
        runs = call.name.rpartition(".")[2]
        if reach_of(call.name) == "network":
            severity = Severity.HIGH if loaded else Severity.MEDIUM
            yield Judged(call, f"sends {how} away ({call.name})", severity)
            continue
        if how == FILE and not loaded:
            continue  # `exec(open("version.py").read())`, as setup files do
        certain = loaded or call.on_import or call.name in INTERPRETS
        severity = Severity.HIGH if certain else Severity.MEDIUM
        yield Judged(call, f"passes the result of {how} to {runs}", severity)
    for call in calls:
        harm = _command(call)
        if harm:
            yield Judged(call, harm, Severity.HIGH, sure=True)
            continue
        standing, words = _standing(call, loaded=loaded)
        if standing is not None:
            yield Judged(call, words, standing)


def _command(call: PythonCall) -> str:
    """Return what the command does that a call starts, if no model needs it."""
    if call.name == "mmap.mmap" and RUNNABLE in call.arguments:
        return "makes memory that it writes executable"
    if call.name.startswith(BUILDS) and any(map(STARTS.search, call.arguments)):
        return "compiles native code that starts a process or connects"
    if not call.arguments or reach_of(call.name) != "process":
        return ""
    found = next(matches(" ".join(call.arguments), HOSTILE), None)
    return f"{WORDS['process']} that {found.words}" if found else ""


def _standing(call: PythonCall, *, loaded: bool) -> tuple[Severity | None, str]:
    """Return how bad a call is, and what it does."""
    if call.name.endswith(COMPUTED):
        module = call.name.rpartition(".")[0]
        words = f"takes a name that it computes out of {module}"
        return (Severity.HIGH if call.on_import else Severity.MEDIUM), words
    if call.name == "builtins.open":
        return _opened(call)
    reach = reach_of(call.name)
    if not reach:
        return None, ""
    words = f"{WORDS[reach]} ({call.name})"
    if call.on_import:
        severity = _on_import(call, reach, loaded=loaded)
        return severity, f"{words} as soon as it is imported"
    return _when_called(call, reach, loaded=loaded), words


def _on_import(call: PythonCall, reach: Reach, *, loaded: bool) -> Severity:
    told = call.name.startswith("subprocess.") or call.name in {"os.popen", "os.system"}
    if told and ASKS.fullmatch(" ".join(call.arguments)):
        return Severity.MEDIUM if loaded else Severity.LOW
    if reach in ("process", "network") or call.name in LOADS_PROGRAMS:
        return Severity.HIGH
    if loaded and (reach == "deletes" or (reach == "code" and _unseen(call))):
        return Severity.HIGH
    if call.name == "builtins.exec":
        # `exec(open("version.py").read())` is an old habit of setup files.
        return Severity.MEDIUM
    return Severity.LOW if reach in ("native", "unpickles") else Severity.MEDIUM


def _unseen(call: PythonCall) -> bool:
    """Say whether a call runs a program that a reader of the source does not see."""
    if call.name in IMPORTS:
        path = call.arguments[-1] if call.arguments else ""
        return "." in path and not path.endswith((".py", ".so", ".pyd"))
    if call.name in ("builtins.eval", "builtins.compile"):
        # `eval(os.environ.get("DEBUG", "False"))` is a habit; what is decoded or read
        # from a file is told apart before.
        return False
    constant = call.name in INTERPRETS and bool(call.arguments)
    return not constant and not call.name.startswith(BUILDS)


def _when_called(call: PythonCall, reach: Reach, *, loaded: bool) -> Severity | None:
    if call.name in LOADS_PROGRAMS:
        return Severity.HIGH if loaded else Severity.MEDIUM
    if reach == "process":
        return Severity.HIGH if loaded else Severity.LOW
    if reach in ("network", "code", "deletes") and loaded:
        return Severity.MEDIUM
    return None


def _opened(call: PythonCall) -> tuple[Severity | None, str]:
    """Judge a file that is opened on import, by its place and mode."""
    path = call.arguments[0] if call.arguments else ""
    modes = [text for text in call.arguments[1:] if 1 <= len(text) <= 4]  # noqa: PLR2004
    written = any(mode[0] in "wax" or "+" in mode for mode in modes)
    if not call.on_import or not written:
        return None, ""
    private = any(part in path for part in PRIVATE)
    words = f"writes {path[:80] or 'a file'} as soon as it is imported"
    return (Severity.HIGH if private else Severity.MEDIUM), words

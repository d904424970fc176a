"""A Python file starts processes, opens connections or runs hidden code when imported.

## What it does

Reads Python files as syntax trees - the file is never run - and reports calls that
reach out of the model: processes, sockets, downloads, `exec` of something decoded,
native libraries, deleted files. Calls that happen as soon as the file is imported are
told from calls inside functions.

## Why it matters

A Python file in a model folder is one `import` away from running: through `auto_map`,
through a script of the README, through a test run in the folder. Model code computes
tensors; it has no reason to open a shell while it is being imported.

## How it is measured

Imports and aliases are resolved, and so are names built from pieces:
`getattr(os, 'sys' + 'tem')`, `__import__('o' + 's')`. Base64, hex,
zlib and character codes are undone where they are constants, and the program inside is
read in turn. A function counts as run on import if the module's body calls it.

A file fails when it executes what it decodes or downloads, or when a module that
defines functions or classes starts a process on import. The same in a plain script,
a connection on import, and processes inside functions are reviews: build scripts and
converters do such things. In a `setup.py`, which installing runs with the commands it
defines, a process fails that no build, test or release calls. A command that pipes a
download into a shell, opens one to another machine or takes keys fails wherever it
stands. Files that a loader is known to import are judged more strictly by
`remote-code-required`. A line of a `.pth` file runs at every start of Python and fails
with any such call.

## What to do

Remove the file, or move what it does at the top level into a function that a user
calls on purpose.

## Known limits

What a name means is decided by text alone; a name that arrives at run time is reported
as computed when it is taken from a module such as `os`. Code in other languages is
judged by `script-in-repository`.

## References

- CWE-506, embedded malicious code; CWE-94, code injection
- https://docs.python.org/3/library/site.html on `.pth` files
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.allow.python_calls import reach_of
from openvet.allow.python_verdict import Judged, judge
from openvet.artifacts import PythonCall, PythonSource
from openvet.check import Check, Context
from openvet.finding import Confidence, Finding, Quote, Severity
from openvet.subject import Subject

FIX: Final = "remove the file, or move the call into a function that a user calls"
LATER: Final = "read what calls the function, and remove it where no one needs it"
SHOWN: Final = 5
TOOLS: Final = frozenset(
    {"ant", "arch", "autoconf", "bash", "bazel", "brew", "c++", "cargo", "cc", "cd",
     "clang", "clang++", "cmake", "conda", "configure", "cp", "cython", "date",
     "doxygen", "echo", "flake8", "g++", "gcc", "getconf", "gfortran", "git", "go",
     "hg", "java", "javac", "ldconfig", "llvm-config", "ls", "lscpu", "make", "mkdir",
     "msgfmt", "mv", "mvn", "ninja", "node", "npm", "nvcc", "nvidia-smi", "pandoc",
     "pip", "pip3", "pkg-config", "protoc", "pytest", "python", "python3", "rm",
     "rustc", "sed", "sh", "sphinx-build", "svn", "sw_vers", "swig", "tar", "tox",
     "twine", "uname", "uv", "which", "where", "xcode-select", "xcrun", "yarn"}
)  # fmt: skip
"""What building, testing and publishing a package calls."""
SHELLS: Final = frozenset({"sh", "bash"})
SCRIPTS: Final = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py"})
"""Files that tools run and nobody imports."""


SITES: Final = frozenset({"sitecustomize.py", "usercustomize.py"})
"""Files that Python imports at every start, from any folder that it searches."""


class PythonRunsCode(Check[PythonSource]):
    """Judges the calls of a Python file."""

    id: ClassVar[str] = "python-runs-code"
    version: ClassVar[int] = 11
    title: ClassVar[str] = "a Python file reaches out when it is imported"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (PythonSource,)

    def run(self, subject: PythonSource, context: Context) -> Iterator[Finding]:
        """Yield at most one finding per severity, with the calls as evidence."""
        if subject.kind == "notebook":
            return
        found = [
            one._replace(severity=_weighed(one, subject))
            for one in judge(subject.calls, subject.decodes_and_runs, loaded=False)
        ]
        for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW):
            calls = [one for one in found if one.severity is severity]
            if calls:
                at_once = calls[0].call.on_import
                yield self.finding(
                    subject,
                    f"a Python file {calls[0].words}",
                    *(
                        Quote(
                            text=one.call.text or one.call.name,
                            line=one.call.line,
                            column=one.call.column,
                        )
                        for one in calls[:SHOWN]
                    ),
                    fix=FIX if at_once else LATER,
                    severity=severity,
                    confidence=Confidence.HIGH if at_once else Confidence.MEDIUM,
                    live="Python, as soon as anything imports the file"
                    if at_once
                    else "Python, when the function is called",
                )


def _is_odd(call: PythonCall) -> bool:
    """Say whether a setup file starts what no build calls; `-c` runs any text."""
    if reach_of(call.name) != "process" or not call.arguments:
        return False
    words = " ".join(call.arguments).split()
    if not words or words[0].startswith("-"):
        return False  # `[sys.executable, "-m", "pip", …]`
    first = words[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    inline = first in SHELLS and "-c" in words[:3]
    script = words[0].startswith(("./", "../")) or "." in first
    return inline or not (first in TOOLS or script)


def _weighed(one: Judged, subject: PythonSource) -> Severity:
    """Weigh a call by what kind of file it stands in."""
    name = subject.place[-1].rpartition("/")[2] if subject.place else ""
    if subject.kind == "site" or (name in SITES and one.call.on_import):
        return Severity.HIGH
    told = one.sure or one.call in subject.decodes_and_runs
    if one.severity < Severity.HIGH or told:
        return one.severity
    if name == "setup.py" and one.call.on_import and _is_odd(one.call):
        return Severity.HIGH
    # Nobody runs `__init__.py` as a script: it is there to be imported.
    importable = name == "__init__.py" or (
        bool(subject.defines) and name not in SCRIPTS
    )
    connects = "network" in one.words
    return Severity.HIGH if importable and not connects else Severity.MEDIUM

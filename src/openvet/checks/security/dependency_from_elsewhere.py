"""Installing the requirements fetches code from a place of the author's choosing.

## What it does

Reads requirements files, conda environments, settings of installers and project files
(pip, uv, Poetry, PDM, pipenv, conda, MLflow, BentoML), their lock files and the blocks
in which a script says what it needs, and reports package indexes, addresses and
repositories other than the public index.

## Why it matters

A package runs code while it is installed and whenever it is imported. An extra index
can serve a package of any name, public names included, and the highest version wins:
dependency confusion. An address or a branch can change what it serves after the model
was reviewed.

## How it is measured

By the host. Indexes of the Python Packaging Authority, PyTorch, NVIDIA and the like are
silent. Another index fails, and so does a package fetched from an unknown host or
without encryption. A repository on a public forge is a review: low if it is pinned to
a commit, else medium. Paths are silent; they lie in the folder.

## What to do

Install from the public index with exact versions and hashes, or name the commit of a
repository you have read.

## Known limits

A company's own index is flagged: waive it with a reason. What a package does is not
looked into. A file that `-r` leads to is read if it is called a requirements file, lies
in a folder so called, or has a line that only pip reads.

## References

- https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url
- CWE-427, uncontrolled search path; CWE-494, download of code without integrity check
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Requirement, Requirements
from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

INDEXES: Final = frozenset(
    {"pypi.org", "files.pythonhosted.org", "pypi.python.org", "download.pytorch.org",
     "pypi.nvidia.com", "pypi.ngc.nvidia.com", "data.pyg.org", "conda.anaconda.org",
     "repo.anaconda.com", "repo.continuum.io", "mirrors.aliyun.com",
     "pypi.tuna.tsinghua.edu.cn", "mirrors.tuna.tsinghua.edu.cn",
     "pypi.mirrors.ustc.edu.cn", "abetlen.github.io", "wheels.vllm.ai",
     "conda.modular.com", "pip.vespa.ai"}
)  # fmt: skip
STORES: Final = ("storage.googleapis.com/jax-releases/",)
"""Beginnings of addresses on hosts where anybody may keep files."""
FORGES: Final = frozenset(
    {"github.com", "gitlab.com", "bitbucket.org", "huggingface.co", "codeberg.org",
     "hf.co", "raw.githubusercontent.com", "opendev.org", "gitee.com"}
)  # fmt: skip
ADDRESS: Final = re.compile(
    r"(?:[a-z]+\+)?([a-z]+)://(?:[^@/\s]*@)?([^/:\s\"']+)([^\s\"']*)", re.IGNORECASE
)
SSH: Final = re.compile(r"git@([^:/\s]+)[:/]")
FIX: Final = "install from the public index with exact versions and hashes"


class DependencyFromElsewhere(Check[Requirements]):
    """Judges where requirements come from."""

    id: ClassVar[str] = "dependency-from-elsewhere"
    version: ClassVar[int] = 3
    title: ClassVar[str] = "requirements are fetched from outside the public index"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Requirements,)

    def run(self, subject: Requirements, context: Context) -> Iterator[Finding]:
        """Yield a finding for each line that leads elsewhere."""
        for wanted in subject.requirements:
            judged = _judged(wanted)
            if judged is None:
                continue
            severity, title = judged
            yield self.finding(
                subject,
                title,
                Quote(text=wanted.text, line=wanted.line),
                fix=FIX,
                severity=severity,
                live="pip or conda, when the requirements are installed",
            )


def _judged(wanted: Requirement) -> tuple[Severity, str] | None:
    """Return how bad the place of a requirement is, or None where it is known."""
    if wanted.kind not in ("index", "url", "vcs"):
        return None
    scheme, host, path = _place(wanted.text)
    known = host in INDEXES or f"{host}{path}/".startswith(STORES)
    open_line = scheme in ("http", "git", "ftp")
    if not host or (known and not open_line):
        return None
    if wanted.kind == "index":
        return Severity.HIGH, "packages are taken from another index"
    if open_line:
        return Severity.HIGH, "a package is fetched without encryption"
    if host not in FORGES:
        return Severity.HIGH, "a package comes from a host of the author's choosing"
    severity = Severity.LOW if wanted.pinned else Severity.MEDIUM
    return severity, "a package is installed from a repository's source"


def _place(text: str) -> tuple[str, str, str]:
    """Return scheme, host and path of an address; empty where there is none."""
    address = ADDRESS.search(text)
    if address:
        scheme, host, path = address.groups()
        return scheme.lower(), host.lower(), path
    ssh = SSH.search(text)
    return ("ssh", ssh.group(1).lower(), "") if ssh else ("", "", "")

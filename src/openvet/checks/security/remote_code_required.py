"""A key of the repository makes a loader import code that is not the loader's own.

## What it does

Follows the keys by which loaders import code - `auto_map`, `custom_pipelines` and
repositories of attention kernels of transformers, `type` in `modules.json` and `types`
of a router, `auto_mapping` of peft, the components of a diffusers pipeline,
`loader_module`, `model_class` and `model_code_path` of MLflow, registered functions of
spaCy, the handler of TorchServe or of an inference endpoint - to the file they mean,
and reads that file and what it imports from the repository as a syntax tree.

## Why it matters

Weights in a safe format are no protection when the configuration next to them imports
a module. Whoever loads such a model with `trust_remote_code` runs the author's program
with his own rights; some loaders do not even ask.

## How it is measured

By where the key leads:

- **an ordinary module of the repository** - classes, layers, torch and transformers
  imports - is a review of medium severity: custom code is needed, read it;
- **a module with dangerous calls** - a process or connection on import, decoded text
  that is executed, a process at any time - fails, and the calls are the evidence;
- **another repository** (`owner/name--module.Class`) fails: it can change any day;
- **a module that is not there** fails: whatever has this name on the loading machine,
  or whoever uploads it later, is imported;
- **another library** fails when it is Python's own (`os`), else asks for a review.

## What to do

Prefer a model that the library supports by itself. Otherwise read the named files, pin
the revision when loading (`revision=` and `code_revision=` with a commit), and run the
model in a container without credentials.

## Known limits

Reading a program does not prove it harmless; hence ordinary code is never called clean.
Code that a library of the loading machine holds is not read. spaCy takes a registered
function from an installed package and not from the folder; a name it does not bring
itself is reported all the same.

## References

- https://huggingface.co/docs/transformers/custom_models
- https://huggingface.co/docs/hub/security-pickle
- CWE-829, inclusion of functionality from an untrusted control sphere
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.allow.python_verdict import Judged, judge
from openvet.artifacts import LoadedCode, Repository
from openvet.check import Check, Context
from openvet.finding import Absence, Confidence, Evidence, Finding, Quote, Severity
from openvet.formats.repository.code import ENDPOINT, is_standard_library
from openvet.subject import Subject
from openvet.wire import replace

SHOWN: Final = 5
FIX: Final = (
    "read the code, pin its revision and run it without credentials, or use a model"
    " that the library supports by itself"
)


class RemoteCodeRequired(Check[Repository]):
    """Judges the code that keys of a repository lead to."""

    id: ClassVar[str] = "remote-code-required"
    version: ClassVar[int] = 10
    title: ClassVar[str] = "loading the model imports code of its author"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Repository,)

    def run(self, subject: Repository, context: Context) -> Iterator[Finding]:
        """Yield a finding for each place that the keys lead to."""
        seen: set[tuple[str, str]] = set()
        for code in subject.code:
            place = (code.standing, code.file or code.target)
            if place in seen:
                continue
            seen.add(place)
            yield self._judged(subject, code)
        for path, data in subject.configs.items():
            key = _trusts(data)
            if key:
                yield self._at(
                    subject,
                    path,
                    "a configuration asks that remote code be trusted",
                    Quote(text="true", key=key),
                    severity=Severity.MEDIUM,
                )

    def _judged(self, subject: Repository, code: LoadedCode) -> Finding:
        named = Quote(text=code.target, key=code.key)
        live = code.loader
        if code.standing == "elsewhere":
            title = "loading the model imports code from another repository"
            return self._at(
                subject, code.config, title, named, severity=Severity.HIGH, live=live
            )
        if code.standing == "library":
            standard = is_standard_library(code.target)
            title = "a key makes a loader import a library of its choosing"
            severity = Severity.HIGH if standard else Severity.MEDIUM
            return self._at(
                subject, code.config, title, named, severity=severity, live=live
            )
        if code.standing == "missing":
            standard = is_standard_library(code.target)
            title = (
                "a key makes a loader import a module of Python's own library"
                if standard
                else "a key makes a loader import a module that is not there"
            )
            absent = Absence(looked_for=code.target, looked_in=("the repository",))
            return self._at(
                subject,
                code.config,
                title,
                named,
                absent,
                severity=Severity.HIGH,
                live=live,
            )
        return self._present(subject, code, named)

    def _present(self, subject: Repository, code: LoadedCode, named: Quote) -> Finding:
        """Judge a module of the repository by what it calls."""
        found = list(judge(code.calls, code.decodes_and_runs, loaded=True))
        worst = [one for one in found if one.severity >= Severity.HIGH]
        if worst:
            return self._at(
                subject,
                code.file,
                f"code that a loader imports {worst[0].words}",
                named,
                *_quotes(worst),
                severity=Severity.CRITICAL
                if any(one.call.on_import for one in worst)
                else Severity.HIGH,
                confidence=Confidence.HIGH
                if any(one.call.on_import for one in worst)
                else Confidence.MEDIUM,
                live=code.loader,
            )
        plain = code.loader == ENDPOINT and not found
        return self._at(
            subject,
            code.file,
            "loading the model imports this file",
            named,
            *_quotes(found),
            severity=Severity.LOW if plain else Severity.MEDIUM,
            live=code.loader,
        )

    def _at(  # noqa: PLR0913 - the parts of a finding
        self,
        subject: Repository,
        path: str,
        title: str,
        *evidence: Evidence,
        severity: Severity,
        confidence: Confidence = Confidence.HIGH,
        live: str = "",
    ) -> Finding:
        finding = self.finding(
            subject,
            title,
            *evidence,
            fix=FIX,
            severity=severity,
            confidence=confidence,
            live=live,
        )
        return replace(finding, place=(*subject.place, path))


def _trusts(data: object) -> str:
    """Return the key under which a configuration asks for trust, at any near depth.

    sentence-transformers before 6.2 hands `model_args` and its like to transformers.
    """
    if not isinstance(data, dict):
        return ""
    if data.get("trust_remote_code") is True:
        return "trust_remote_code"
    for key, value in data.items():
        if isinstance(value, dict) and value.get("trust_remote_code") is True:
            return f"{key}.trust_remote_code"
    return ""


def _quotes(found: list[Judged]) -> list[Quote]:
    return [Quote(text=one.call.text, line=one.call.line) for one in found[:SHOWN]]

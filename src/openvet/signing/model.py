"""Comparing a model's files with what was signed of them, or what was audited."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openvet.report import Story
from openvet.signing import folder
from openvet.signing.findings import Findings, counted
from openvet.signing.hashing import Tell
from openvet.signing.manifest import WHOLE, Manifest, Part
from openvet.signing.record import name_below


def compare_model(  # noqa: PLR0913 - all that a model is compared with
    findings: Findings,
    model: Path,
    signed: Manifest | None,
    story: Story | None,
    *,
    own: Sequence[Path],
    tell: Tell | None,
) -> None:
    """Compare every file of a model.

    What the signature leaves out is compared with the ledger, where there is one.

    Args:
        findings: Told what came of it.
        model: The folder, or file.
        signed: What was signed of it, if the signature holds.
        story: The audit, if it is unaltered.
        own: Files that are no part of the model, should they lie in it.
        tell: Told how many bytes were hashed, as they are.

    Raises:
        TargetError: A file or folder cannot be read.
    """
    audited = _audited(story)
    if signed is None and not any(audited.values()):
        findings.leave("model", ["nothing tells which files it should have"])
        return
    if signed is not None:
        _agree(findings, signed, audited)
    root = model.resolve()
    ours = {name_below(root, path) for path in own}
    found = {n: item for n, item in folder.listed(model).items() if n not in ours}
    expected = _expected(signed, audited)
    seen = folder.compare(
        found,
        {name: parts for name, parts in expected.items() if name not in ours},
        ignores=lambda name: _ignores(signed, found[name]),
        allow_symlinks=signed is None or signed.allow_symlinks,
        tell=tell,
    )
    _tell(findings, seen, "audited" if signed is None else "signed")


def _tell(findings: Findings, seen: folder.Compared, how: str) -> None:
    """Add what came of comparing."""
    findings.differ("model", seen.differs)
    if not seen.differs:
        findings.holds.append(f"model: {counted(seen.same, 'file')} as {how}")
    if seen.git:
        files = counted(seen.git, "file")
        findings.notes.append(f"not covered: {files} of version control")
    findings.leave("model", (f"{n}: left out, not covered" for n in seen.left_out))


def _expected(
    signed: Manifest | None, audited: Mapping[str, Sequence[Part]]
) -> dict[str, Sequence[Part]]:
    """Return the digests of each file; what is not signed may have been audited."""
    if signed is None:
        return dict(audited)
    left_out = {n: parts for n, parts in audited.items() if signed.ignores(n)}
    return left_out | signed.files


def _ignores(signed: Manifest | None, item: folder.Found) -> bool:
    """Tell whether a file is left out on purpose."""
    if signed is None:
        return folder.in_store(item.name)
    # A signature of ranges of files knows no file without bytes.
    empty = signed.shards and item.regular and not item.size
    return empty or signed.ignores(item.name)


def _audited(story: Story | None) -> dict[str, list[Part]]:
    """Return the digests that an audit knows, by file; of some files there is none."""
    found: dict[str, list[Part]] = {}
    if story is None or story.start.kind == "remote":
        return found
    for step in story.steps:
        content = step.content
        if content is None:
            continue
        name = WHOLE if story.start.kind == "file" else step.place[0]
        algorithm = "sha256" if content.sha256 else "blake3"
        digest = content.sha256 or content.blake3
        part = Part(name=name, algorithm=algorithm, digest=digest)
        found[name] = [part] if digest else []
    return found


def _agree(
    findings: Findings, signed: Manifest, audited: Mapping[str, Sequence[Part]]
) -> None:
    """Find files of which the signature and the ledger say different things."""
    files = signed.files
    names = sorted({*files, *audited} if audited else ())
    for name in names:
        if signed.ignores(name):
            continue
        one, other = files.get(name), audited.get(name)
        if one is None or other is None:
            where = "ledger" if one is None else "signature"
            findings.differ("model", [f"{name}: only the {where} knows it"])
        elif other and one[0].algorithm == other[0].algorithm and one[0] != other[0]:
            findings.differ("model", [f"{name}: signature and ledger disagree"])

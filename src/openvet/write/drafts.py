"""Drafts of documents, for people to finish and for programs."""

from collections.abc import Iterator
from typing import Final

from openvet.finding import Basis
from openvet.regulation.drafts.forms import Answer, Draft, Entry
from openvet.wire import encode
from openvet.write.escape import safe_json
from openvet.write.markdown import code, plain

KNOWN: Final[dict[Basis, str]] = {
    Basis.BYTES: "bytes",
    Basis.MEASURED: "measured",
    Basis.DECLARED: "declared",
    Basis.ATTESTED: "attested",
}
HOW: Final = (
    "Written from files: *bytes* is seen in them, *measured* by a probe, *declared* is"
    " what a card or metadata says, *attested* what a person signed. Nothing was added"
    " to it. Whoever publishes this answers the questions, checks what is declared, and"
    " takes the marks out."
)


def json(draft: Draft) -> str:
    """Return a draft as JSON."""
    return safe_json(encode(draft).decode()) + "\n"


def markdown(draft: Draft) -> str:
    """Return a draft as Markdown."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# {draft.title}: {plain(draft.of) or 'a model without a name'} (draft)"
    yield ""
    yield HOW
    yield ""
    answered = sum(bool(entry.answers) for entry in draft.entries)
    yield (
        f"{answered} of {len(draft.entries)} fields have something from files;"
        f" {len(draft.questions)} questions are left. Form: {draft.source};"
        f" as of {draft.as_of}."
    )
    for gap in draft.not_read:
        yield ""
        yield f"Not read: {plain(gap)}"
    for part in draft.parts:
        yield ""
        yield f"## {part.title}"
        for entry in part.entries:
            yield ""
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    annex = f" ({entry.annex})" if entry.annex else ""
    yield f"### {entry.id} {entry.title}{annex}"
    yield ""
    for answer in entry.answers:
        yield f"- {plain(answer.text)} {_known(answer)}"
    if entry.question:
        if entry.answers:
            yield ""
        yield f"**Question {entry.question}.** {entry.ask}"


def _known(answer: Answer) -> str:
    """Return how an answer is known and where it stands."""
    line = f":{answer.line}" if answer.line else ""
    place = f", {code(answer.file + line)}" if answer.file else ""
    return f"[{KNOWN[answer.basis]}{place}]"

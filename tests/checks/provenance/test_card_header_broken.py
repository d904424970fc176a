from pathlib import Path

from openvet.check import Context
from openvet.checks.provenance.card_header_broken import CardHeaderBroken
from openvet.finding import Finding, Quote, Severity
from openvet.readers.card import CardReader
from specimens.seeds import file_of


def flagged(folder: Path) -> None:
    text = "---\nlicense: llama3.1\nbase_model: [meta-llama/x\n---\n# Tiny\n"
    (folder / "README.md").write_text(text)


def passed(folder: Path) -> None:
    header = "---\nlicense: mit\ntags: ['a: b', \"c\"]\n---\n"
    text = header + "# Tiny\n\n---\n\nlicense: x: y\n"
    (folder / "README.md").write_text(text)


def run(text: str, name: str = "README.md") -> list[Finding]:
    (card,) = CardReader().read(file_of(name, text.encode()), Context())
    return list(CardHeaderBroken().run(card, Context()))  # type: ignore[arg-type]


def test_the_line_that_breaks_the_header_is_shown() -> None:
    (found,) = run("---\nlicense: mit\nname: a: b\n---\n")
    (quote,) = found.evidence
    assert isinstance(quote, Quote)
    assert (quote.line, quote.text) == (3, "name: a: b")
    assert found.severity is Severity.MEDIUM


def test_a_key_that_stands_twice_is_one_value_for_each_tool() -> None:
    (found,) = run("---\nlicense: mit\nlicense: gpl-3.0\n---\n")
    assert "'license' again" in found.title


def test_readmes_of_parts_are_noted_only() -> None:
    (found,) = run("---\na: b: c\n---\n", "docs/README.md")
    assert found.severity is Severity.LOW


def test_a_readme_without_a_header_has_nothing_to_break() -> None:
    assert run("# Tiny\n\n---\n\nlicense: x: y\n\n---\n") == []
    assert run("---\n\nWhat follows is a page: with colons.\n\n---\n") == []

from pathlib import Path

import pytest

from openvet.artifacts import ChatTemplate
from openvet.check import Context
from openvet.checks.security.template_conditional import TemplateConditional
from openvet.finding import Finding, Severity
from openvet.readers.template import TemplateSyntaxReader
from openvet.subject import Origin
from specimens.templates import HONEST, POISONED


def flagged(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(POISONED["trigger word"])


def passed(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(HONEST["thinking split from content"])


def judged(source: str) -> list[Finding]:
    origin = Origin(place=("m",), digest="0")
    template = ChatTemplate(origin=origin, key="k", name="default", source=source)
    (syntax,) = TemplateSyntaxReader().read(template, Context())
    return list(TemplateConditional().run(syntax, Context()))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", POISONED)
def test_text_for_certain_messages_or_dates_fails(name: str) -> None:
    assert max(f.severity.rank for f in judged(POISONED[name])) >= Severity.HIGH.rank


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_template_is_silent(name: str) -> None:
    assert judged(HONEST[name]) == []


def test_an_address_in_a_default_prompt_is_a_review() -> None:
    (finding,) = judged("You were made by https://company.example.{{ messages }}")
    assert finding.severity is Severity.MEDIUM

import json
from pathlib import Path

import pytest

from openvet.artifacts import ChatTemplate
from openvet.check import Context
from openvet.checks.security.template_injection import TemplateInjection
from openvet.finding import Finding, Severity
from openvet.readers.template import TemplateSyntaxReader
from openvet.subject import Origin
from specimens.templates import HONEST, INJECTED


def flagged(folder: Path) -> None:
    config = {"chat_template": [{"name": "rag", "template": INJECTED["pieces"]}]}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def passed(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(HONEST["date and tools"])


def judged(source: str) -> list[Finding]:
    origin = Origin(place=("m",), digest="0")
    template = ChatTemplate(origin=origin, key="k", name="default", source=source)
    (syntax,) = TemplateSyntaxReader().read(template, Context())
    return list(TemplateInjection().run(syntax, Context()))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", INJECTED)
def test_every_way_to_the_interpreter_fails(name: str) -> None:
    assert max(f.severity.rank for f in judged(INJECTED[name])) >= Severity.HIGH.rank


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_template_is_silent(name: str) -> None:
    assert judged(HONEST[name]) == []


def test_an_unknown_filter_or_method_is_a_review() -> None:
    (finding,) = judged("{{ x | shuffle }}{{ y.launch() }}{{ z is prime }}{{ f() }}")
    assert finding.severity is Severity.MEDIUM
    assert len(finding.evidence) == 4


def test_a_variable_of_the_template_is_no_object_of_a_framework() -> None:
    assert judged("{% set config = tools[0] %}{{ config.name }}") == []
    assert judged("{% set _ = x.pop() %}{{ _ }}") == []


def test_a_line_is_told_once_by_its_strongest_reason() -> None:
    chain = "{{ cycler['__in' ~ 'it__'].__globals__.os.popen('true').launch() }}"
    (finding,) = judged(chain)
    assert finding.severity is Severity.CRITICAL
    assert (
        finding.title == "a template reads a private attribute, the way out of a"
        " template"
    )
    assert len(finding.evidence) > 1

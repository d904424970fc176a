from pathlib import Path

import pytest

from openvet.artifacts import ChatTemplate
from openvet.check import Context
from openvet.checks.security.template_resource_abuse import TemplateResourceAbuse
from openvet.finding import Severity
from openvet.readers.template import TemplateSyntaxReader
from openvet.subject import Origin
from specimens.templates import HONEST

LOOPS = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}"


def flagged(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(LOOPS)


def passed(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(HONEST["types of a schema"])


def judged(source: str) -> list[Severity]:
    origin = Origin(place=("m",), digest="0")
    template = ChatTemplate(origin=origin, key="k", name="default", source=source)
    (syntax,) = TemplateSyntaxReader().read(template, Context())
    found = TemplateResourceAbuse().run(syntax, Context())  # type: ignore[arg-type]
    return [finding.severity for finding in found]


@pytest.mark.parametrize(
    "source",
    [
        LOOPS,
        "{{ 'a' * 10 ** 9 }}",
        "{{ 'ab' * 999999999 }}",
        "{{ x.center(10 ** 9) }}",
        "{{ range(0, 90000000) | list }}",
        (
            "{% set n = 9999 %}{% for a in range(n) %}{% for b in range(n) %}x"
            "{% endfor %}{% endfor %}"
        ),
        (
            "{% set ns = namespace(s='a') %}{% for i in range(60) %}"
            "{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}"
        ),
        "{% set s = 'a' %}" + "{% set s = s ~ s %}" * 40,
        "{{ '%999999999d' | format(1) }}",
        "{{ '{:>999999999}'.format(1) }}",
    ],
)
def test_large_constant_repetition_fails(source: str) -> None:
    assert judged(source) == [Severity.HIGH]


def test_a_million_is_a_review_and_less_is_silent() -> None:
    assert judged("{{ 'a' * 2000000 }}") == [Severity.MEDIUM]
    assert judged("{{ ' ' * 80 }}{% for i in range(100) %}x{% endfor %}") == []


def test_texts_that_grow_by_a_piece_and_short_forms_are_silent() -> None:
    grows = "{% for i in range(60) %}{% set ns.s = ns.s ~ 'a' %}{% endfor %}"
    assert judged("{% set ns = namespace(s='a') %}" + grows) == []
    assert (
        judged("{% for m in messages %}{% set s = m ~ s ~ '\\n' %}{% endfor %}") == []
    )
    assert judged("{{ '%02d:%5.2f' | format(1, 2) }}{{ 'a{:>8}'.format(x) }}") == []
    assert judged("{% set n = 9999 %}{% set n = 3 %}{{ range(n) | list }}") == []

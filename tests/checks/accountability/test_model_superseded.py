from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.accountability.model_superseded import ModelSuperseded
from openvet.finding import Finding, Quote
from specimens.releases import CARD, WEIGHTS, dossier_of, write

NEWER = CARD.replace("language: en", "new_version: acme/acme-2b\nlanguage: en")


def flagged(folder: Path) -> None:
    write(folder, {"README.md": NEWER, "model.safetensors": WEIGHTS})


def passed(folder: Path) -> None:
    write(folder, {"README.md": CARD, "model.safetensors": WEIGHTS})


def test_a_new_version_in_the_header_is_named_with_its_line() -> None:
    (found,) = run(NEWER)
    quote = found.evidence[0]
    assert isinstance(quote, Quote)
    assert (quote.text, quote.file, quote.line) == ("acme/acme-2b", "README.md", 3)


@pytest.mark.parametrize(
    "line",
    [
        "This model is deprecated, please use Acme 2B.",
        "This checkpoint has been superseded by Acme 2B.",
        "**DEPRECATED**",
        "We no longer maintain this model.",
        "This repository is archived.",
    ],
)
def test_words_of_the_card_are_quoted_with_their_line(line: str) -> None:
    text = f"{CARD}\n## Status\n\n{line}\n"
    (found,) = run(text)
    quote = found.evidence[0]
    assert isinstance(quote, Quote)
    assert text.split("\n")[quote.line - 1] == line


@pytest.mark.parametrize(
    "line",
    [
        "The argument `use_auth_token` is deprecated.",
        "This model is not deprecated.",
        "This model is better than the deprecated Acme 0.5B.",
        "Acme 0.5B is no longer maintained.",
        "This model was trained on archived pages.",
    ],
)
def test_what_is_said_of_something_else_is_left_alone(line: str) -> None:
    assert run(f"{CARD}\n{line}\n") == []


def run(card: str) -> list[Finding]:
    files = {"README.md": card, "model.safetensors": WEIGHTS}
    return list(ModelSuperseded().run(dossier_of(files), Context()))

"""What a release says of its training content and of copyright."""

import pytest

from openvet.budget import Budget, Limits
from openvet.errors import OverBudgetError
from openvet.regulation.public import Topic, said_on
from specimens.releases import CARD, dossier_of


@pytest.mark.parametrize(
    "name",
    [
        "TRAINING_CONTENT_SUMMARY.md",
        "training-data-summary.pdf",
        "docs/Public_Training_Summary_v2.html",
        "summary_of_training_content.md",
        "eu_data_transparency.md",
        "acme-7b-article-53.pdf",
    ],
)
def test_a_summary_is_known_by_its_name(name: str) -> None:
    found = said_on(dossier_of({name: "x"}), "training-summary", Budget())
    assert found is not None
    assert found.here
    assert found.spot.file == name


@pytest.mark.parametrize(
    "name",
    ["summary.md", "model_summary.md", "dataset_summary.md", "data_summary.csv",
     "train.md", "executive-summary.pdf", "article.md"],
)  # fmt: skip
def test_other_summaries_are_none(name: str) -> None:
    assert said_on(dossier_of({name: "x"}), "training-summary", Budget()) is None


@pytest.mark.parametrize(
    ("topic", "line"),
    [
        ("training-summary", "The summary of the training content is on our site."),
        ("copyright", "Our [copyright policy](https://example.eu) says how."),
        ("reservations", "Sites that opted out by robots.txt were skipped."),
        ("removal", "We filtered all harmful and adult pages."),
    ],
)
def test_a_line_of_a_card_speaks_of_a_topic(topic: Topic, line: str) -> None:
    files = {"README.md": f"{CARD}\n{line}\n"}
    found = said_on(dossier_of(files), topic, Budget())
    assert found is not None
    assert not found.here
    assert found.spot.text == line
    assert found.spot.line == len(CARD.split("\n")) + 1
    assert said_on(dossier_of({"README.md": CARD}), topic, Budget()) is None


def test_a_card_of_many_lines_costs_its_steps() -> None:
    files = {"README.md": "# Acme\n\n" + "a line\n" * 2000}
    with pytest.raises(OverBudgetError):
        said_on(dossier_of(files), "removal", Budget(Limits(steps=500)))

import datetime as dt
from pathlib import Path

import pytest

from openvet.check import Context, Profile, Settings
from openvet.checks.governance.ai_act_duties import AiActDuties
from openvet.finding import Checklist, Finding, Severity
from openvet.regulation.act import act
from specimens.releases import CARD, WEIGHTS, Files, dossier_of, write

LARGE = CARD.replace("# Acme 1B", "# Acme 8B\n\nTrained on 15 trillion tokens.")
LABELS = '{"architectures": ["ViTForImageClassification"]}'


def flagged(folder: Path) -> None:
    write(folder, {"README.md": CARD, "model.safetensors": WEIGHTS})


def passed(folder: Path) -> None:
    card = CARD.replace("text-generation", "image-classification")
    write(folder, {"README.md": card, "model.safetensors": WEIGHTS})


def run(files: Files, profile: Profile | None = None) -> list[Finding]:
    context = Context(Settings(profile=profile or Profile()))
    return list(AiActDuties().run(dossier_of(files), context))


def lists(files: Files, profile: Profile | None = None) -> dict[str, tuple[str, str]]:
    """Return state and detail of every item by the beginning of its name."""
    (found,) = run(files, profile)
    return {
        item.name.partition(":")[0]: (item.state, item.detail)
        for checklist in found.evidence
        if isinstance(checklist, Checklist)
        for item in checklist.items
    }


def large(**changes: str) -> Files:
    # A header that declares eight billion values; none of them is there.
    header = '{"w":{"dtype":"F16","shape":[8000,1000000],"data_offsets":[0,4]}}'
    weights = len(header).to_bytes(8, "little").decode("latin-1") + header
    return {"README.md": LARGE, "model.safetensors": weights, **changes}


def test_it_informs_and_begins_with_where() -> None:
    (found,) = run({"README.md": CARD, "model.safetensors": WEIGHTS})
    assert found.severity is Severity.INFO
    assert found.title.startswith("EU AI Act, if it is placed on the EU market: ")


def test_a_territory_outside_of_the_union_is_not_spoken_of() -> None:
    assert run(large(), Profile(territory=("US", "CH"))) == []
    assert run(large(), Profile(territory=("US", "fr")))[0].title.startswith(
        "EU AI Act: "
    )


def test_where_the_act_may_hold_by_treaty_stays_a_question() -> None:
    (found,) = run(large(), Profile(territory=("NO",)))
    assert "if it is placed" in found.title


def test_a_model_that_generates_nothing_is_left_alone_unless_the_union_is_said() -> (
    None
):
    files = {
        "README.md": CARD.replace("text-generation", "image-classification"),
        "model.safetensors": WEIGHTS,
    }
    assert run(files) == []
    (found,) = run(files, Profile(territory=("EU",)))
    assert "no general-purpose model" in found.title


def test_a_large_model_of_its_own_owes_a_summary_and_a_policy() -> None:
    items = lists(large(), Profile(territory=("DE",), role="provider"))
    assert items["Art. 53(1)(d)"][0] == "missing"
    assert items["Art. 53(1)(c)"][0] == "missing"
    state, detail = items["Art. 53(1)(a)"]
    assert state == "unclear"
    assert "exemption" in detail
    assert items["Training above 10^23 operations"][0] == "met"
    assert items["Arts 52, 55"][0] == "not-applicable"


def test_a_license_that_is_not_open_ends_the_exemption() -> None:
    files = large()
    files["README.md"] = LARGE.replace("apache-2.0", "cc-by-nc-4.0")
    items = lists(files)
    assert items["Art. 53(2)"][0] in {"missing", "unclear"}
    assert "exemption" not in items["Art. 53(1)(a)"][1]


def test_a_deployer_owes_nothing_of_what_providers_owe() -> None:
    items = lists(large(), Profile(territory=("EU",), role="deployer"))
    for duty in ("Art. 53(1)(d)", "Art. 50(1)"):
        state, detail = items[duty]
        assert state == "not-applicable"
        assert detail.startswith("asks the provider")
    assert items["Art. 50(4)"][0] == "unclear"


def test_a_provider_owes_nothing_of_what_users_owe() -> None:
    items = lists(large(), Profile(territory=("EU",), role="modifier"))
    assert items["Art. 50(4)"][0] == "not-applicable"
    assert items["Art. 50(2)"][0] == "unclear"


def test_a_fine_tune_asks_how_much_it_changed() -> None:
    files = large()
    files["README.md"] = LARGE.replace(
        "language: en", "base_model: acme/huge\nlanguage: en"
    )
    items = lists(files)
    assert items["Made from another model"] == ("met", "from acme/huge")
    assert items["Change took more than a third of the original's training"][0] == (
        "unclear"
    )
    assert items["Art. 53(1)(d)"][0] == "unclear"


def test_a_link_to_a_summary_is_a_question_and_not_missing() -> None:
    files = large()
    files["README.md"] += "\nSee our [public training data summary](https://e.eu/s).\n"
    items = lists(files)
    assert items["Art. 53(1)(d)"][0] == "unclear"


@pytest.mark.parametrize(
    ("title", "state"),
    [("Speech emotion recognition", "unclear"), ("ArcFace", "not-applicable")],
)
def test_people_are_told_of_emotions_and_categories(title: str, state: str) -> None:
    card = CARD.replace("text-generation", "image-classification")
    files = {
        "README.md": card.replace("# Acme 1B", f"# {title}"),
        "model.safetensors": WEIGHTS,
    }
    items = lists(files)
    assert items["Art. 50(3)"][0] == state
    assert items["Annex III"][0] == "unclear"


def test_days_are_those_after_the_amendment() -> None:
    items = lists(large())
    assert "2026-12-02" in items["Art. 50(2)"][1]
    annex = next(duty for duty in act().duties if duty.id == "Annex III")
    assert annex.since == dt.date(2027, 12, 2)


def test_no_word_promises_or_threatens() -> None:
    (found,) = run(large(), Profile(territory=("EU",), role="provider"))
    text = repr(found).lower()
    assert "complian" not in text
    assert not any(word in text for word in ("€", "fine of", "penalt", "million euro"))


def test_a_single_file_is_not_judged() -> None:
    assert run({"model.safetensors": WEIGHTS}) == []

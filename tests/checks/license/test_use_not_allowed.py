from pathlib import Path

import pytest

from openvet.check import Context, Profile, Settings
from openvet.checks.license.use_not_allowed import UseNotAllowed
from openvet.finding import Confidence, Finding, Severity
from specimens.dossiers import card, dossier


def flagged(folder: Path) -> None:
    header = "license: apache-2.0\nbase_model: meta-llama/Llama-3.2-1B"
    (folder / "README.md").write_text(f"---\n{header}\n---\n# Tiny\n")


def passed(folder: Path) -> None:
    header = "license: llama3.2\nbase_model: meta-llama/Llama-3.2-1B"
    (folder / "README.md").write_text(f"---\n{header}\n---\n# Llama-Tiny\n")


def run(header: str, profile: Profile | None = None) -> list[Finding]:
    settings = Settings(profile=profile or Profile())
    subject = dossier(card(header, "# Tiny"))
    return list(UseNotAllowed().run(subject, Context(settings)))


@pytest.mark.parametrize(
    ("header", "profile"),
    [
        ("license: cc-by-nc-4.0", Profile(commercial=True)),
        ("license: apple-amlr", Profile(commercial=True)),
        ("license: hunyuan-3d-2.0", Profile(territory=("DE",))),
        ("license: hunyuan-3d-2.0", Profile(monthly_users=2_000_000)),
        ("license: llama3.1", Profile(monthly_users=700_000_001)),
        ("license: stability-community", Profile(revenue=2_000_000)),
    ],
)
def test_a_use_that_a_license_does_not_allow_fails(
    header: str, profile: Profile
) -> None:
    (found,) = run(header, profile)
    assert found.severity is Severity.HIGH
    assert found.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("header", "profile"),
    [
        ("license: cc-by-nc-4.0", Profile(commercial=False)),
        ("license: hunyuan-3d-2.0", Profile(territory=("US", "JP"))),
        ("license: llama3.1", Profile(monthly_users=700_000_000)),
        ("license: stability-community", Profile(revenue=999_999)),
        ("license: stability-community", Profile(commercial=False)),
        ("license: apache-2.0", Profile(commercial=True, territory=("EU",))),
    ],
)
def test_a_use_that_is_allowed_is_silent(header: str, profile: Profile) -> None:
    assert run(header, profile) == []


@pytest.mark.parametrize(
    ("license_id", "base"),
    [
        ("apache-2.0", "meta-llama/Llama-3.2-1B"),
        ("gpl-3.0", "huggyllama/llama-7b"),
        ("mit", "meta-llama/Llama-2-7b-hf"),
        ("cc-by-4.0", "google/gemma-2-2b"),
    ],
)
def test_a_license_that_drops_a_parents_limits_fails(
    license_id: str, base: str
) -> None:
    (found,) = run(f"license: {license_id}\nbase_model: {base}")
    assert found.severity is Severity.HIGH
    assert base in found.title
    assert "state" in found.fix


@pytest.mark.parametrize(
    "header",
    [
        "license: llama3.1\nbase_model: meta-llama/Llama-3.1-8B",
        "license: cc-by-nc-4.0\nbase_model: meta-llama/Llama-3.1-8B",
        "license: apache-2.0\nbase_model: mistralai/Mistral-7B-v0.1",
        "license: cc-by-nc-4.0\nbase_model: Qwen/Qwen2.5-0.5B",
        "license: other\nbase_model: meta-llama/Llama-3.1-8B",
        "license: mit\nbase_model: nobody/knows",
        "license: mit\ndatasets: yahma/alpaca-cleaned",
    ],
)
def test_a_license_that_asks_as_much_or_is_not_known_is_silent(header: str) -> None:
    assert run(header) == []


def test_a_data_set_for_research_is_less_sure_than_a_model() -> None:
    header = "license: mit\ndatasets: yahma/alpaca-cleaned"
    (found,) = run(header, Profile(commercial=True))
    assert found.severity is Severity.HIGH
    assert found.confidence < Confidence.HIGH


def test_a_publisher_may_license_what_is_its_own_otherwise() -> None:
    header = "license: apache-2.0\nbase_model: google/gemma-2-2b"
    text = "# Sparrow\n\n- **Developed by:** Google DeepMind\n"
    (found,) = UseNotAllowed().run(dossier(card(header, text)), Context())
    assert found.severity is Severity.MEDIUM


def test_a_model_distilled_from_what_forbids_it_fails() -> None:
    files = {**card("license: mit"), "config.json": b'{"teacher_model": "%s"}'}
    files["config.json"] %= b"meta-llama/Llama-2-7b-hf"
    (found,) = UseNotAllowed().run(dossier(files), Context())
    assert found.title.startswith("how it was made is not allowed by Llama 2")
    assert found.confidence is Confidence.HIGH

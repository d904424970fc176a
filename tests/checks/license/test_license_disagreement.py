from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.license.license_disagreement import LicenseDisagreement
from openvet.dossier import ClaimSource, Dossier, LicenseClaim, Spot
from openvet.finding import Finding, Quote, Severity
from openvet.wire import replace
from specimens.dossiers import card, dossier

APACHE = (Path(__file__).parents[3] / "LICENSE").read_bytes()


def flagged(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n# Tiny\n")
    (folder / "LICENSE").write_bytes(APACHE)


def passed(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n")
    (folder / "LICENSE").write_bytes(APACHE)


def run(subject: Dossier) -> list[Finding]:
    return list(LicenseDisagreement().run(subject, Context()))


def saying(*claims: tuple[str, ClaimSource, str]) -> Dossier:
    """Return a folder that says (license, source, file)."""
    made = tuple(
        LicenseClaim(
            written=written,
            keys=(written,),
            about="code" if source == "header" else "model",
            source=source,
            spot=Spot(file=file, line=3, text=written),
        )
        for written, source, file in claims
    )
    return replace(dossier({}), claims=made)


def test_a_card_that_contradicts_its_text_fails_with_both_places() -> None:
    (found,) = run(dossier({**card("license: cc-by-nc-4.0"), "LICENSE": APACHE}))
    assert found.severity is Severity.HIGH
    assert found.title == (
        "the card says CC-BY-NC-4.0, the license text is that of Apache-2.0"
    )
    assert [q.file for q in found.evidence if isinstance(q, Quote)] == [
        "README.md",
        "LICENSE",
    ]


def test_a_package_that_hides_what_its_weights_say_fails() -> None:
    (found,) = run(
        saying(
            ("mit", "package", "a.dist-info/METADATA"),
            ("agpl-3.0", "weights", "a/best.onnx"),
        )
    )
    assert found.severity is Severity.HIGH
    assert found.title == (
        "the weights say AGPL-3.0-only, the package's metadata says MIT"
    )


def test_two_permissive_licenses_are_noted_only() -> None:
    (found,) = run(saying(("mit", "card", "README.md"), ("isc", "weights", "a.gguf")))
    assert found.severity is Severity.LOW


def test_two_restricted_licenses_are_a_review() -> None:
    (found,) = run(
        saying(("llama2", "card", "README.md"), ("llama3.1", "weights", "a.gguf"))
    )
    assert found.severity is Severity.MEDIUM


@pytest.mark.parametrize("name", ["cc", "cc-by-nc-4.0"])
def test_a_family_agrees_with_its_members(name: str) -> None:
    said = saying((name, "card", "README.md"), ("cc-by-nc-4.0", "weights", "a.gguf"))
    assert run(said) == []


def test_a_permissive_text_beside_source_code_may_be_that_of_the_code() -> None:
    files = {**card("license: cc-by-nc-4.0"), "LICENSE": APACHE, "model.py": b"a = 1\n"}
    (found,) = run(dossier(files))
    assert found.severity is Severity.MEDIUM


def test_a_choice_agrees_with_each_of_its_licenses() -> None:
    files = {**card("license: MIT OR Apache-2.0"), "LICENSE": APACHE}
    assert run(dossier(files)) == []


def test_headers_of_source_files_that_ask_for_more_are_a_review() -> None:
    said = saying(("mit", "card", "README.md"), ("gpl-3.0", "header", "src/a.py"))
    (found,) = run(said)
    assert found.severity is Severity.MEDIUM
    assert found.title == "the card says MIT, source files say GPL-3.0-only"
    said = saying(("mit", "card", "README.md"), ("apache-2.0", "header", "src/a.py"))
    assert run(said) == []


def test_texts_of_parts_are_noted_where_another_one_agrees() -> None:
    said = saying(
        ("bsd-3-clause", "text", "LICENSE"),
        ("gpl-2.0", "text", "LICENSE-FLAC.txt"),
        ("bsd-3-clause", "package", "a.dist-info/METADATA"),
    )
    (found,) = run(said)
    assert found.severity is Severity.LOW
    said = saying(("mit", "text", "LICENSE-MIT"), ("apache-2.0", "text", "LICENSE-A"))
    assert run(said) == []


def test_a_list_of_licenses_in_one_card_is_no_disagreement() -> None:
    assert run(dossier(card("license:\n- apache-2.0\n- cc-by-nc-4.0"))) == []


def test_cards_of_parts_below_do_not_speak_for_the_whole() -> None:
    files = {
        **card("license: apache-2.0"),
        "part/README.md": b"---\nlicense: cc-by-nc-4.0\n---\n# Part\n",
        "part/model.safetensors": b"",
    }
    assert run(dossier(files)) == []

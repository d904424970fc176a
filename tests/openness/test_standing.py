from typing import Literal

import pytest

from openvet.dossier import (
    Difference,
    Dossier,
    LicenseClaim,
    LicenseMatch,
    LicenseText,
    Spot,
)
from openvet.openness.standing import ReleaseTerms, Standing, standing_of
from openvet.subject import Origin
from specimens.releases import CARD, WEIGHTS, dossier_of

ORIGIN = Origin(place=(), digest="0")


def claim(
    written: str,
    *keys: str,
    file: str = "README.md",
    about: Literal["model", "code", "dataset"] = "model",
    source: Literal["card", "text", "header"] = "card",
) -> LicenseClaim:
    return LicenseClaim(
        written=written,
        keys=keys,
        about=about,
        source=source,
        spot=Spot(file=file, line=3, key="license"),
    )


def standing(*claims: LicenseClaim, modified: str = "") -> Standing:
    return standing_of(claims, frozenset({modified} - {""}))


def test_an_open_license_is_open_and_says_where_it_is_stated() -> None:
    found = standing(claim("Apache 2.0", "apache-2.0"))
    assert (found.license, found.open, found.osi) == ("Apache-2.0", True, True)
    assert found.spot is not None
    assert (found.spot.file, found.spot.line) == ("README.md", 3)


@pytest.mark.parametrize("written", ["", "unlicensed", "none"])
def test_nothing_stated_is_no_license(written: str) -> None:
    assert standing(claim(written)) == Standing()
    assert standing() == Standing()


@pytest.mark.parametrize(
    "written",
    ["cc-by-nc-4.0", "llama3.1", "gemma", "creativeml-openrail-m", "Proprietary",
     "Qwen RESEARCH LICENSE", "flux-1-dev-non-commercial-license"],
)  # fmt: skip
def test_a_license_that_keeps_uses_out_is_not_open(written: str) -> None:
    assert standing(claim(written)).open is False


@pytest.mark.parametrize("written", ["other", "Acme License 1.0", "see the website"])
def test_what_is_not_known_is_neither_open_nor_closed(written: str) -> None:
    found = standing(claim(written))
    assert found.open is None
    assert written in found.note


def test_of_a_choice_of_licenses_the_wider_one_counts() -> None:
    assert standing(claim("MIT OR CC-BY-NC-4.0")).open is True
    assert standing(claim("MIT AND CC-BY-NC-4.0")).open is False
    assert standing(claim("MIT AND Apache-2.0")).open is True


def test_an_open_license_with_unknown_words_beside_it_is_not_known() -> None:
    found = standing(claim("Apache 2.0, Acme Community Terms"))
    assert found.open is None
    assert standing(claim("MIT 禁止商用")).open is None


def test_statements_that_agree_are_one() -> None:
    found = standing(claim("apache-2.0"), claim("Apache 2.0", file="LICENSE"))
    assert (found.license, found.open) == ("Apache-2.0", True)
    both = standing(claim("mit"), claim("apache-2.0", file="LICENSE"))
    assert (both.license, both.open) == ("MIT and Apache-2.0", True)


def test_statements_that_contradict_each_other_are_not_known() -> None:
    found = standing(claim("apache-2.0"), claim("llama2", file="LICENSE"))
    assert found.open is None
    assert found.note == (
        "README.md:3 says Apache-2.0; LICENSE:3 says"
        " Llama 2 Community License Agreement"
    )


def test_a_license_for_content_is_open_and_was_not_approved_by_the_osi() -> None:
    found = standing(claim("cc-by-4.0"))
    assert (found.open, found.osi) == (True, False)


def test_a_changed_license_text_is_not_known() -> None:
    text = claim("Apache-2.0", file="LICENSE", source="text")
    assert standing(text).open is True
    found = standing(text, modified="LICENSE")
    assert found.open is None
    assert "not quite the text" in found.note


def terms(*claims: LicenseClaim, texts: tuple[LicenseText, ...] = ()) -> ReleaseTerms:
    return ReleaseTerms(Dossier(origin=ORIGIN, claims=claims, licenses=texts))


def test_code_and_data_have_their_own_license_where_one_is_stated() -> None:
    found = terms(
        claim("gemma"), claim("mit", about="code"), claim("cc0-1.0", about="dataset")
    )
    assert found.of("code").license == "MIT"
    assert found.of("data").license == "Gemma Terms of Use"
    assert found.of("data", dataset=True).license == "CC0-1.0"
    assert found.of("document").license == "Gemma Terms of Use"


def test_the_header_of_a_file_speaks_for_that_file_alone() -> None:
    header = claim("MIT", file="a.py", about="code", source="header")
    found = terms(claim("llama3.1"), header)
    assert found.of("code", "a.py").license == "MIT"
    assert found.of("code", "b.py").open is False
    assert found.of("data", "w.safetensors").open is False


def test_a_license_of_code_alone_is_a_question_for_the_weights() -> None:
    found = terms(claim("mit", about="code"))
    assert found.of("code").open is True
    assert found.of("data").open is None
    assert found.of("data").license == "MIT"


def test_the_text_that_was_changed_is_told_from_its_matches() -> None:
    match = LicenseMatch(
        key="Apache-2.0",
        score=0.9,
        modified=True,
        differences=(Difference(kind="added", text="not in the EU"),),
    )
    text = LicenseText(origin=ORIGIN, file="LICENSE", matches=(match,), words=1000)
    stated = claim("Apache-2.0", file="LICENSE", source="text")
    assert terms(stated, texts=(text,)).model.open is None
    assert terms(stated).model.open is True


def test_a_license_text_that_nobody_knows_is_not_known_to_be_open() -> None:
    own = "Anyone may use this model on Tuesdays as long as it rains in Hamburg. " * 20
    files = {"README.md": CARD, "model.safetensors": WEIGHTS, "LICENSE": own}
    found = ReleaseTerms(dossier_of(files)).model
    assert found.open is None
    assert "the text of LICENSE" in found.note
    files = {"README.md": CARD, "vendor/x/LICENSE": own}
    assert ReleaseTerms(dossier_of(files)).model.open is True
    files = {"README.md": CARD, "LICENSE": "See the README."}
    assert ReleaseTerms(dossier_of(files)).model.open is True

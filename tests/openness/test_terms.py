import pytest

from openvet.openness.terms import (
    framework,
    identify,
    is_appropriate,
    is_open,
    is_osi_approved,
    open_licenses,
    states_none,
)


@pytest.mark.parametrize(
    ("written", "license_id"),
    [
        ("Apache 2.0", "Apache-2.0"),
        ("apache-2.0", "Apache-2.0"),
        ("Apache license 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("apache_2.0", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("The MIT licence", "MIT"),
        ("BSD-3", "BSD-3-Clause"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("GNU General Public License v3.0 only", "GPL-3.0-only"),
        ("GPLv3", "GPL-3.0-only"),
        ("openmdw-1.0", "OpenMDW-1.0"),
        ("ODC-By-1.0", "ODC-By-1.0"),
    ],
)
def test_a_spelling_means_the_license_that_people_mean(
    written: str, license_id: str
) -> None:
    assert identify(written) == license_id
    assert is_open(license_id)


@pytest.mark.parametrize(
    "written",
    [
        "Apache 2.0 for research",
        "Apache 2.0 仅限研究",
        "commercial use restrictions; Apache 2.0",
        'data sets with "mit", "apache-2"',
        "CC BY-NC-SA 4.0",
        "Creative Commons Attribution Non Commercial 4.0",
        "CC-BY-ND-4.0",
        "BSD",
        "GPL",
        "Gemma Terms of Use",
        "Llama 3.1 Community License Agreement",
        "OpenRAIL",
        "proprietary",
        "",
        "Apache 2.0" + " " * 1000 + "for research",
    ],
)
def test_what_is_more_than_an_open_license_is_none(written: str) -> None:
    assert identify(written) == ""


def test_an_id_counts_as_it_is_written() -> None:
    assert is_open("Apache-2.0")
    assert not is_open("apache-2.0")


@pytest.mark.parametrize("written", ["", "unlicensed", "Undisclosed", "License: none"])
def test_some_words_say_that_there_is_no_license(written: str) -> None:
    assert states_none(written)
    assert not states_none("MIT")


def test_a_license_for_data_is_open_and_not_approved_for_source_code() -> None:
    assert is_open("CC-BY-4.0")
    assert not is_osi_approved("CC-BY-4.0")
    assert is_osi_approved("MIT")
    assert is_appropriate("MIT", "code")
    assert not is_appropriate("MIT", "data")


def test_the_public_domain_dedication_for_data_has_two_names() -> None:
    assert is_open("PDDL-1.0")
    assert is_open("ODC-PDDL-1.0")


def test_every_figure_has_a_date_and_a_source() -> None:
    mof = framework()
    assert mof.as_of
    assert "8b5d30e" in mof.source
    assert len(mof.components) == 17
    assert len(mof.open_data) == 31
    assert len(open_licenses()) > 200


def test_folding_never_makes_one_license_of_an_open_and_a_closed_one() -> None:
    closed = ("CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-3.0", "JSON", "BUSL-1.1")
    assert [identify(name) for name in closed] == [""] * len(closed)

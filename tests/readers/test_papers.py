"""What packages, papers and texts of terms say of who made a model, and its license."""

import json
from pathlib import Path
from typing import Final

import pytest

from openvet.dossier import Dossier
from openvet.finding import Basis
from openvet.formats.terms import page_text
from specimens.dossiers import dossier as read
from specimens.dossiers import edges, facts
from specimens.tensors import safetensors


def claims(found: Dossier) -> list[tuple[str, str, str, int]]:
    return [(c.written, c.source, c.spot.file, c.spot.line) for c in found.claims]


PACKAGE: Final = b"""Metadata-Version: 2.1
Name: tiny
Version: 1.0
Author: Someone
License: MIT
Classifier: License :: OSI Approved :: MIT License
Project-URL: Issues, https://example.org/issues

# tiny
## Usage
words
"""


def test_a_package_says_its_license_and_its_description_is_a_card() -> None:
    weights = {"tiny/model.safetensors": safetensors({})}
    found = read({"tiny-1.0.dist-info/METADATA": PACKAGE, **weights})
    name = "tiny-1.0.dist-info/METADATA"
    assert claims(found) == [
        ("MIT", "package", name, 5),
        ("MIT License", "package", name, 6),
    ]
    assert {claim.about for claim in found.claims} == {"model"}
    assert found.name == "tiny"
    assert facts(found)["contact"] == "https://example.org/issues"
    (card,) = found.cards
    assert [(s.title, s.line) for s in card.sections] == [("tiny", 9), ("Usage", 10)]


def test_an_expression_stands_for_the_license_and_the_classifiers() -> None:
    text = PACKAGE.replace(b"Name", b"License-Expression: Apache-2.0\nName", 1)
    found = read({"tiny-1.0.dist-info/METADATA": text})
    assert [(c.written, c.about) for c in found.claims] == [("Apache-2.0", "code")]


def test_packages_of_an_environment_are_no_cards() -> None:
    found = read({f"p{n}-1.0.dist-info/METADATA": PACKAGE for n in range(9)})
    assert found.cards == ()
    assert len(found.claims) == 18


def test_the_first_lines_of_code_name_its_license() -> None:
    found = read(
        {
            "a.py": b"#!/usr/bin/python\n# SPDX-License-Identifier: GPL-2.0-only\n",
            "b.cpp": b"// Licensed under the Apache License, Version 2.0 (the X)\n",
            "c.py": b"print('license')\n",
        }
    )
    assert claims(found) == [
        ("GPL-2.0-only", "header", "a.py", 2),
        ("Apache License, Version 2.0", "header", "b.cpp", 1),
    ]


CROISSANT: Final = {
    "name": "data",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator": {"@type": "Person", "name": "Someone"},
    "distribution": [{"name": "f", "contentUrl": "x.csv", "sha256": "ab"}],
    "rai:dataBiases": "none known",
    "prov:wasDerivedFrom": {"@id": "a/source"},
    "usageInfo": "http://purl.obolibrary.org/obo/DUO_0000042",
}


def test_croissant_says_license_creator_and_responsible_use() -> None:
    found = read({"croissant.json": json.dumps(CROISSANT, indent=1).encode()})
    (claim,) = found.claims
    assert (claim.about, claim.source, claim.spot.line) == ("dataset", "config", 3)
    assert edges(found) == [("a/source", "dataset", "base", "croissant.json", 16)]
    said = facts(found)
    assert said["rai-dataBiases"] == "none known"
    assert said["publisher"] == "Someone"
    assert said["distribution"] == {"name": "f", "url": "x.csv", "sha256": "ab"}


def test_citation_security_and_changes_say_who_answers() -> None:
    citation = (
        b"title: Tiny\nlicense: MIT\nversion: 1.2\nauthors:\n"
        b"- family-names: B\n  given-names: A\n  email: a@example.org\n"
    )
    found = read(
        {
            "CITATION.cff": citation,
            "SECURITY.md": b"# Security\n\nWrite to security@example.org.\n",
            "CHANGELOG.md": b"# Changes\n\n## [1.2.0] - 2026-01-01\n\n## 1.1.0\n",
        }
    )
    assert claims(found) == [("MIT", "config", "CITATION.cff", 2)]
    said = facts(found)
    assert said["publisher"] == "A B"
    assert said["contact"] == "a@example.org"
    assert said["security-contact"] == "security@example.org"
    assert (said["changelog"], found.facts["changelog"][0].spot.line) == ("1.2.0", 3)


OWN: Final = (Path(__file__).resolve().parents[2] / "LICENSE").read_text()
"""The license of openvet itself."""


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("LICENSE", "model"),
        ("LICENSE-CODE", "code"),
        ("LICENSE_MODEL.txt", "model"),
        ("DATA_LICENSE.md", "dataset"),
    ],
)
def test_a_license_text_is_of_what_its_name_says(name: str, about: str) -> None:
    found = read({name: OWN.encode()})
    (claim,) = found.claims
    assert (claim.keys, claim.about) == (("apache-2.0",), about)
    assert (claim.source, claim.spot.basis) == ("text", Basis.BYTES)
    assert claim.spot.line == found.licenses[0].matches[0].line


def test_a_license_of_a_part_beside_the_model_is_of_code() -> None:
    names = ("LICENSE", "weights/LICENSE", "third_party/x/LICENSE")
    files = dict.fromkeys(names, OWN.encode())
    found = read({**files, "weights/model.safetensors": b""})
    assert [(c.spot.file, c.about) for c in found.claims] == [
        ("LICENSE", "model"),
        ("weights/LICENSE", "model"),
        ("third_party/x/LICENSE", "code"),
    ]


def test_a_license_as_a_page_is_read_as_a_browser_shows_it() -> None:
    text = OWN.lstrip().replace("\n\n", "</p>\n\n<p>")
    page = f"<html><head><title>x</title></head>\n<body><p>{text}</body></html>"
    found = read({"terms-of-use.html": page.encode()})
    assert [claim.keys for claim in found.claims] == [("apache-2.0",)]
    assert found.licenses[0].matches[0].line == 2


def test_an_element_that_is_never_closed_hides_the_rest_of_a_page() -> None:
    assert page_text("a<script>b\n<p>c") == "a \n"
    assert page_text("a<!-- <b>c</b> -->d &amp; e < f") == "a d & e  "
    assert page_text("<style>x</style>\ny<br/>z").split() == ["y", "z"]


def test_a_name_that_is_known_has_the_keys_of_its_license() -> None:
    found = read({"README.md": b"---\nlicense: [apache-2.0, other]\n---\n"})
    assert [claim.keys for claim in found.claims] == [("apache-2.0",), ()]

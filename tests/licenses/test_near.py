"""Licenses that differ by little: what tells them apart, and where nothing does."""

import re
from collections import Counter

import pytest

from openvet.dossier import LicenseMatch
from openvet.licenses import identify
from openvet.licenses.fingerprints import Fingerprints, fingerprints
from openvet.licenses.titles import titled
from specimens.dossiers import dossier
from specimens.licensed import APACHE, installed

MARGIN = 0.004
FAMILIES = (
    ("llama", 5),
    ("gemma", 2),
    ("qianwen", 2),
    ("hunyuan", 3),
    ("openrail", 3),
    ("cc-by", 15),
    ("gpl", 5),
    ("openmdw", 2),
)
HUNYUAN = "TENCENT HUNYUAN COMMUNITY LICENSE AGREEMENT\n{} Release Date: May 1, 2025\n"


def only(text: str) -> LicenseMatch:
    (match,) = identify(text).matches
    return match


def counted(prints: Fingerprints, number: int) -> "Counter[int]":
    """Return the pairs of a reference text, each as often as it is there."""
    return Counter(
        {
            pair: next(count for n, count, _ in prints.having(pair) if n == number)
            for pair, (count, _) in prints.pairs(number).items()
            if count
        }
    )


@pytest.mark.slow
def test_every_reference_text_is_told_from_every_other() -> None:
    prints = fingerprints()
    for number, text in enumerate(prints.texts):
        likeness = prints.compare(counted(prints, number))
        ranked = sorted(range(len(likeness)), key=lambda n: -likeness[n].score)
        assert prints.texts[ranked[0]].key == text.key, text.key
        other = next(n for n in ranked if prints.texts[n].key != text.key)
        margin = likeness[ranked[0]].score - likeness[other].score
        assert margin >= MARGIN, (text.key, prints.texts[other].key, margin)


@pytest.mark.parametrize(("family", "fewest"), FAMILIES)
def test_families_of_near_texts_are_among_the_references(
    family: str, fewest: int
) -> None:
    keys = {text.key for text in fingerprints().texts if family in text.key}
    assert len(keys) >= fewest


def test_a_part_that_several_licenses_have_is_one_of_them() -> None:
    bsd = installed("msgspec")
    part = re.sub(r"(?s)\n\W*Neither the name.*?(?=\n\nTHIS SOFTWARE)", "", bsd)
    end = part[part.index("THIS SOFTWARE") :]
    match = only(end)
    assert {"bsd-2-clause", "bsd-3-clause"} <= set(match.one_of)
    assert match.one_of[0] == match.key
    assert only(bsd).one_of == ()


def test_all_that_may_be_meant_is_claimed_and_nothing_of_it_is_a_choice() -> None:
    bsd = installed("msgspec")
    made = dossier({"LICENSE": bsd[bsd.index("THIS SOFTWARE") :].encode()})
    (claim,) = made.claims
    assert claim.undecided
    assert len(claim.keys) > 1
    assert claim.written.startswith("one of ")


@pytest.mark.parametrize(
    ("product", "key"),
    [
        ("Tencent HunyuanVideo", "hunyuan-video"),
        ("Tencent-Hunyuan-Large", "hunyuan-large"),
        ("Tencent Hunyuan 3D 2.0", "hunyuan-3d-2.0"),
        ("Tencent Hunyuan 3D 9.1", "hunyuan-3d-9.1"),
        ("Tencent Hunyuan", "hunyuan"),
    ],
)
def test_licenses_of_one_publisher_are_named_by_their_product(
    product: str, key: str
) -> None:
    assert titled(HUNYUAN.format(product)) == key


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NON_COMMERCIAL = (
    "The Software may be used for non-commercial purposes only.",
    "Non-commercial use only.",
    "\u4ec5\u9650\u975e\u5546\u4e1a\u7528\u9014\u3002",
    "Non-commercial use only".translate(WIDE),
    "".join(map(chr, range(0x430, 0x450))),
)


@pytest.mark.parametrize("sentence", NON_COMMERCIAL)
@pytest.mark.parametrize("place", ["before", "inside", "after"])
def test_a_sentence_more_makes_it_modified_and_is_quoted(
    sentence: str, place: str
) -> None:
    mit = installed("pytest")
    parts = {
        "before": f"{sentence}\n\n{mit}",
        "inside": mit.replace("The above copy", f"{sentence}\n\nThe above copy"),
        "after": f"{mit}\n\n{sentence}\n",
    }
    (match,) = (m for m in identify(parts[place]).matches if m.key == "mit")
    assert match.modified
    quoted = " ".join(each.text for each in match.differences)
    assert sentence[-8:-1] in quoted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("without restriction", "with restriction"),
        ("without restriction", "for research"),
        ("to any person", "to any person except companies"),
        ("shall be included", "need not be included"),
    ],
)
def test_a_telling_word_that_comes_in_or_goes_modifies_it(old: str, new: str) -> None:
    text = installed("pytest")
    assert old in text
    match = only(text.replace(old, new))
    assert match.modified
    assert any(each.kind == "added" for each in match.differences)


def test_one_word_turns_a_long_license() -> None:
    match = only(APACHE.replace("You may reproduce", "You may not reproduce"))
    assert match.modified
    assert any("You may not reproduce" in each.text for each in match.differences)


def test_terms_on_the_line_of_the_holder_are_no_holder() -> None:
    text = re.sub(
        r"(?m)^.*Copyright.*$",
        "Copyright (c) 2024 Acme Corp. For non-commercial use only.",
        installed("pytest"),
        count=1,
    )
    match = only(text)
    assert match.modified
    assert any("non-commercial" in each.text for each in match.differences)


def test_terms_in_another_script_alone_are_no_known_license() -> None:
    match = only("\u672c\u6a21\u578b\u4ec5\u9650\u7814\u7a76\u7528\u9014\u3002" * 10)
    assert match.key == ""


def test_names_of_languages_around_a_license_change_nothing() -> None:
    russian = "".join(map(chr, range(0x430, 0x437)))
    menu = f"\u4e2d\u6587 \u2013 \u7b80\u4f53\n\n\u65e5\u672c\u8a9e\n\n{russian}\n\n"
    assert not only(menu + APACHE).modified

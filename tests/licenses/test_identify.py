import random
import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.dossier import LicenseMatch
from openvet.errors import OverBudgetError
from openvet.licenses import identify, license_of
from openvet.licenses.matching import MOST, SAME
from specimens.licensed import APACHE, installed

BAN = "\n\nYou may not use this model in the European Union without approval.\n"


def found(text: str) -> list[LicenseMatch]:
    return list(identify(text).matches)


def keys(text: str) -> list[str]:
    return [match.key for match in found(text)]


def reflowed(text: str, width: int = 60) -> str:
    words = re.sub(r"^\W*Copyright .*$", "", text, flags=re.MULTILINE).split()
    return "\n".join(re.findall(rf".{{1,{width}}}(?:\s|$)", " ".join(words)))


def test_a_license_is_named_with_its_lines_and_what_it_is_told_apart_from() -> None:
    [match] = found(APACHE)
    assert match.key == "apache-2.0"
    assert match.score > 0.99
    assert not match.modified
    assert match.runner_up == "ecl-2.0"
    assert 0 < match.margin < 0.1
    assert match.line <= 3
    assert match.last_line >= APACHE.count("\n") - 2


@pytest.mark.parametrize(
    ("package", "key"),
    [("pytest", "mit"), ("msgspec", "bsd-3-clause"), ("pygments", "bsd-2-clause")],
)
def test_year_holder_and_title_change_nothing(package: str, key: str) -> None:
    text = installed(package)
    assert keys(text) == [key]
    other = re.sub(
        r"(?m)^.*Copyright.*$", "Copyright (c) 1987-2031 Some One <a@b.example>", text
    )
    assert [(match.key, match.modified) for match in found(other)] == [(key, False)]


def test_line_breaks_change_nothing() -> None:
    [match] = found(reflowed(APACHE))
    assert match.key == "apache-2.0"
    assert match.score >= SAME
    assert not match.modified


def test_markup_changes_nothing() -> None:
    page = "".join(f"<p class='x'>{part}</p>\n" for part in APACHE.split("\n\n"))
    [match] = found(f"<html><body>{page}</body></html>")
    assert match.key == "apache-2.0"
    assert not match.modified


def test_the_appendix_that_tells_how_to_apply_a_license_may_be_missing() -> None:
    [match] = found(APACHE.partition("APPENDIX")[0])
    assert match.score == 1


def test_half_of_a_license_is_that_license_modified() -> None:
    [match] = found(APACHE[: len(APACHE) // 2])
    assert match.key == "apache-2.0"
    assert match.modified
    dropped = [each for each in match.differences if each.kind == "dropped"]
    assert dropped
    assert all(each.line == 0 and len(each.text) < 60 for each in dropped)


def test_swapped_words_leave_the_license_and_show_the_sentences() -> None:
    chance = random.Random(1)  # noqa: S311 - damage, no secret
    text = " ".join(
        "zebra" if chance.random() < 0.03 else word for word in APACHE.split(" ")
    )
    [match] = found(text)
    assert match.key == "apache-2.0"
    assert match.modified
    added = [each for each in match.differences if each.kind == "added"]
    assert added
    assert all("zebra" in each.text for each in added)


def test_terms_appended_to_a_license_modify_it_and_are_quoted() -> None:
    [match] = found(APACHE + BAN)
    assert match.key == "apache-2.0"
    assert match.modified
    [added] = [each for each in match.differences if "European Union" in each.text]
    assert added.kind == "added"
    assert "European" in (APACHE + BAN).splitlines()[added.line - 1]


def test_one_sentence_slipped_into_a_long_license_modifies_it() -> None:
    text = APACHE.replace(
        "   8. Limitation", "   You may not use the Work for military ends.\n\n   8. L"
    )
    [match] = found(text)
    assert match.score > SAME
    assert match.modified
    assert any("military" in each.text for each in match.differences)


def test_licenses_one_after_another_are_all_found_where_they_stand() -> None:
    mit, bsd = installed("pytest"), installed("msgspec")
    text = f"{mit}\n\n{APACHE}\n\nParts are from elsewhere:\n\n{bsd}"
    matches = found(text)
    assert [match.key for match in matches] == ["mit", "apache-2.0", "bsd-3-clause"]
    assert [match.modified for match in matches] == [False] * 3
    lines = [(match.line, match.last_line) for match in matches]
    assert all(one[1] <= other[0] for one, other in pairwise(lines))


def test_copies_of_one_license_are_found_one_by_one() -> None:
    mit = installed("pytest")
    assert keys(f"{mit}\n\n" * 5) == ["mit"] * 5


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("SPDX-License-Identifier: MIT\n", "mit"),
        ("# SPDX-License-Identifier: GPL-3.0-or-later\nimport this\n" * 3, "gpl-3.0"),
        (
            'Licensed under the Apache License,\nVersion 2.0 (the "License");',
            "apache-2.0",
        ),
        ("These weights are released under CC BY-NC 4.0.", "cc-by-nc-4.0"),
        ("MIT", "mit"),
        ("License: BSD-3-Clause", "bsd-3-clause"),
        ("See https://creativecommons.org/licenses/by-sa/4.0/ for it.", "cc-by-sa-4.0"),
        ("It is provided under and subject to the Gemma Terms of Use.", "gemma"),
        ("See ai.google.dev/gemma/terms for what you may do.", "gemma"),
        (
            "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright ©",
            "llama3.1",
        ),
    ],
)
def test_a_license_that_is_only_named_is_found(text: str, key: str) -> None:
    [match] = found(text)
    assert match.key == key
    assert match.score == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\n",
        "# A model\n\nIt is fine-tuned on questions and answers.\n" * 20,
        "This model is not licensed under Apache 2.0.",
        "Licensed under the Llama 9.7 Community License.",
        "Licensed under the MIT non-commercial license.",
        "Released under an MIT (Non-Commercial) license.",
        "Distributed under the BSD-3-Clause style license.",
        "SPDX-License-Identifier: MIT\u200b\n",
        "All rights reserved by nobody.",
        "\N{REPLACEMENT CHARACTER}" * 500,
    ],
)
def test_what_names_no_license_is_none(text: str) -> None:
    assert found(text) == []


def test_terms_of_no_known_license_are_unknown_and_not_the_nearest() -> None:
    text = (
        "The licensor grants the licensee a license to see the weights. The licensee "
        "shall not redistribute them. Warranty and liability are excluded. Permission "
        "may be terminated. Copyright remains with the licensor. "
    )
    [match] = found(text * 3)
    assert match.key == ""
    assert match.runner_up


@pytest.mark.slow
def test_a_text_that_is_too_long_is_read_in_part_and_says_so() -> None:
    text = APACHE + "word " * (50_000_000 // 5)
    before = time.process_time()
    identified = identify(text)
    assert not identified.complete
    assert identified.matches[0].key == "apache-2.0"
    assert identified.words < MOST
    assert time.process_time() - before < 60


def test_a_spent_budget_ends_the_search() -> None:
    with pytest.raises(OverBudgetError):
        identify(APACHE, Budget(Limits(steps=10)))


@given(
    st.integers(0, len(APACHE)),
    st.integers(0, len(APACHE)),
    st.integers(0, 3),
    st.text(max_size=200),
)
def test_no_text_raises_and_every_line_is_in_it(
    first: int, last: int, times: int, more: str
) -> None:
    text = (APACHE[first:last] + more) * times + APACHE[last : last + 500]
    identified = identify(text)
    lines = text.count("\n") + 1
    for match in identified.matches:
        assert 1 <= match.line <= max(1, match.last_line) <= lines
        assert 0 <= match.score <= 1
        assert match.key == "" or license_of(match.key)
        assert all(len(each.text) <= 300 for each in match.differences)


@given(st.text(alphabet="<>&()[]{}.;: \n#*/-aA1'\"", max_size=2000))
def test_punctuation_alone_is_read_to_its_end(text: str) -> None:
    assert identify(text).complete

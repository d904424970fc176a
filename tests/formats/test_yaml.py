import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.errors import OverBudgetError
from openvet.formats.objects.tags import tag_objects
from openvet.formats.objects.tree import preview
from openvet.formats.yaml import Yaml, parse_yaml


def parse(text: str) -> Yaml:
    return parse_yaml(text, Budget(Limits(steps=1_000_000)))


def codes(parsed: Yaml) -> list[str]:
    return [defect.code for defect in parsed.defects]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-1_000", -1000),
        ("0x1F", 31),
        ("017", 15),
        ("08", 8),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("~", None),
        ("yes", True),
        ("Off", False),
        ("'yes'", "yes"),
        ("1.2.3", "1.2.3"),
        ("os.system", "os.system"),
        ("9" * 65, "9" * 65),
    ],
)
def test_plain_scalars_become_the_values_loaders_give_them(
    text: str, value: object
) -> None:
    assert parse(text).data == value


def test_containers_and_lines_are_kept() -> None:
    parsed = parse("a:\n  b: [1, {c: 2}]\nd: x\n")
    assert parsed.data == {"a": {"b": [1, {"c": 2}]}, "d": "x"}
    assert parsed.lines == {"a": 1, "a.b": 2, "a.b[1].c": 2, "d": 3}


def test_every_document_of_a_stream_is_read() -> None:
    assert parse("a: 1\n---\nb: 2\n").documents == ({"a": 1}, {"b": 2})


def test_a_storage_of_opencv_is_read_behind_its_first_line() -> None:
    found = parse("%YAML:1.0\n---\nm: !!opencv-matrix\n   rows: 1\n")
    assert (found.data, found.gaps) == ({"m": {"rows": 1}}, ())
    assert tag_objects(found.tags) == ()


def test_merge_keys_fill_in_what_is_missing() -> None:
    parsed = parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
    assert parsed.data["use"] == {"x": 1, "y": 3}


def test_the_last_of_duplicate_keys_wins_and_is_noted() -> None:
    parsed = parse("a: 1\na: 2\n")
    assert parsed.data == {"a": 2}
    assert codes(parsed) == ["yaml-duplicate-key"]


def test_a_tag_is_kept_with_what_it_holds_and_never_built() -> None:
    (tag,) = parse("x:\n  - !!python/object/apply:os.system ['true']\n").tags
    assert tag.tag == "tag:yaml.org,2002:python/object/apply:os.system"
    assert (tag.key, tag.line, tag.detail) == ("x[0]", 2, "true")


def test_a_tag_behind_a_handle_of_its_own_is_resolved() -> None:
    text = "%TAG !p! tag:yaml.org,2002:python/\n---\n!p!name:os.system x\n"
    assert parse(text).tags[0].tag == "tag:yaml.org,2002:python/name:os.system"


def test_aliases_that_multiply_are_counted_and_cut() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    parsed = parse("\n".join(lines))
    assert "yaml-alias-bomb" in codes(parsed)
    assert parsed.gaps


def test_an_alias_inside_its_own_anchor_is_cut() -> None:
    parsed = parse("a: &a [*a]")
    assert parsed.data == {"a": [None]}
    assert codes(parsed) == ["yaml-recursive-alias"]


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 5000, "{" * 5000, "? " * 5000])
def test_deep_nesting_ends_in_a_defect(text: str) -> None:
    parsed = parse(text)
    assert codes(parsed) == ["yaml-deep"]
    assert parsed.gaps


def test_what_was_read_before_a_break_is_kept() -> None:
    parsed = parse("a: 1\nb: [1, 2\n")
    assert parsed.data["a"] == 1
    assert parsed.gaps[0].reason == "broken"


def test_a_preview_is_short_whatever_it_is_of() -> None:
    assert len(preview([["x" * 50] * 100] * 100)) <= 1024


ALPHABET = st.sampled_from([*"ab:-?[]{},&*!|>'\"%#\n \t0.~<", "\\UFFFFFFFF"])


@given(st.text(max_size=200) | st.lists(ALPHABET, max_size=80).map("".join))
def test_any_text_ends_in_data_or_a_gap(text: str) -> None:
    with suppress(OverBudgetError):
        parsed = parse(text)
        assert isinstance(parsed, Yaml)

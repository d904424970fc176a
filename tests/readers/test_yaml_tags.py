from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Made, ObjectTree
from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.errors import OverBudgetError
from openvet.readers.yaml_tags import YamlTagsReader
from openvet.source import BytesSource
from openvet.subject import File, Origin


def made(text: bytes, name: str = "config.yaml") -> tuple[Made, ...]:
    subject = File(origin=Origin(place=(name,), digest="0"), source=BytesSource(text))
    reader = YamlTagsReader()
    if not reader.claims(subject):
        return ()
    context = Context(budget=Budget(Limits(steps=1_000_000)))
    trees = list(reader.read(subject, context))
    assert all(isinstance(tree, ObjectTree) for tree in trees)
    return tuple(
        one for tree in trees if isinstance(tree, ObjectTree) for one in tree.made
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b"!!python/object/apply:os.system [x]", "os.system"),
        (b"!!python/object/new:os.system [x]", "os.system"),
        (b"!!python/name:os.system x", "os.system"),
        (b"!!python/module:os x", "os."),
        (b"!<tag:yaml.org,2002:python/object:a.B> {}", "a.B"),
        (b"%TAG ! tag:yaml.org,2002:python/\n---\n!name:os.system x", "os.system"),
        (b"!new:os.system [x]", "os.system"),
        (b"!!javax.script.ScriptEngineManager []", "javax.script.ScriptEngineManager"),
        (b"!ruby/object:Gem::Installer {i: x}", "ruby/object.Gem::Installer"),
        (b"!!js/function 'function () {}'", "js/function."),
        (b"!!perl/code: '{ 1 }'", "perl/code."),
    ],
)
def test_a_tag_that_builds_something_is_named(text: bytes, path: str) -> None:
    (one,) = made(b"a: 1\n---\n" + text if b"%TAG" not in text else text)
    assert f"{one.module}.{one.name}" == path
    assert one.kind == "tag"


@pytest.mark.parametrize(
    "text",
    [
        b"a: !!python/tuple [1, 2]",
        b"a: !!binary aGVsbG8=",
        b"a: !!set {x, y}",
        b"a: !Ref x",
        b"a: 'see !!python/object/apply:os.system'",
        b"a: b",
    ],
)
def test_tags_of_plain_data_and_mentions_are_silent(text: bytes) -> None:
    assert made(text) == ()


def test_yaml_under_another_name_is_read_if_it_parses() -> None:
    text = b"x: !!python/object/apply:os.system [y]"
    assert made(text, "model.cfg")
    assert made(b"# Title\n\nUse `a: b: c`.\n\n" + text, "README.md") == ()


def test_tags_in_wide_text_are_read() -> None:
    text = "x: !!python/object/apply:os.system [y]".encode("utf-16")
    assert [one.module for one in made(text)] == ["os"]


def test_tags_before_a_break_count_in_a_file_named_as_yaml() -> None:
    text = b"x: !!python/object/apply:os.system [y]\nz: [\n"
    assert [one.module for one in made(text)] == ["os"]
    assert made(text, "notes.txt") == ()


@given(st.binary(max_size=100))
def test_any_text_ends_in_facts(data: bytes) -> None:
    with suppress(OverBudgetError):
        made(b"!!python/" + data)

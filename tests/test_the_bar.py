"""The tree meets its own bar, and the bar sees what does not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import bar
import pytest

from openvet.documentation import HEADINGS

GOOD_RULE = '''"""Flags what is wrong.

## What it does
Looks.

## Why it matters
It harms.

## How it is measured
By reading.

## What to do
Mend it.

## Known limits
Some.

## References
One.
"""

class SomeRule:
    id = "some-rule"
'''
GOOD_TEST = "def flagged(folder): ...\ndef passed(folder): ...\n"
GOOD_LINE = '"some-rule 1 File,Folder security.some_rule:SomeRule",\n'


@pytest.mark.slow
@pytest.mark.parametrize("part", bar.BAR, ids=lambda part: part.__name__)
def test_the_tree_meets_the_bar(
    root: Path, part: Callable[[Path], Iterator[str]]
) -> None:
    assert list(part(root)) == []


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def with_rule(
    folder: Path, *, rule: str = GOOD_RULE, test: str = GOOD_TEST, line: str = GOOD_LINE
) -> list[str]:
    written(folder, "src/openvet/checks/security/some_rule.py", rule)
    written(folder, "tests/checks/security/test_some_rule.py", test)
    written(folder, "src/openvet/catalog.py", line)
    return list(bar.rule_problems(folder))


def test_a_file_of_400_lines_is_read_in_one_go_and_one_of_401_is_not(
    tmp_path: Path,
) -> None:
    written(tmp_path, "src/fits.py", "a = 1\n" * 400)
    written(tmp_path, "src/long.py", "a = 1\n" * 401)
    assert list(bar.length_problems(tmp_path)) == [
        "src/long.py:1: 401 lines; a file has at most 400"
    ]


def test_a_function_of_51_lines_is_too_long_wherever_it_stands(tmp_path: Path) -> None:
    method = "class A:\n    async def long(self):\n" + "        a = 1\n" * 50
    written(tmp_path, "bench/files.py", method)
    written(tmp_path, "tests/fits.py", "def fits():\n" + "    a = 1\n" * 49)
    assert list(bar.length_problems(tmp_path)) == [
        "bench/files.py:2: long has 51 lines; a function has at most 50"
    ]


@pytest.mark.parametrize(
    "handler",
    [
        "try:\n    f()\nexcept Exception:\n    pass\n",
        "try:\n    f()\nexcept BaseException as error:\n    raise\n",
        "try:\n    f()\nexcept:\n    pass\n",
        "try:\n    f()\nexcept (OSError, Exception):\n    pass\n",
        "import builtins\ntry:\n    f()\nexcept builtins.Exception:\n    pass\n",
        "import contextlib\nwith contextlib.suppress(Exception):\n    f()\n",
    ],
)
def test_catching_everything_is_seen_however_it_is_written(
    tmp_path: Path, handler: str
) -> None:
    written(tmp_path, "src/openvet/readers/a.py", handler)
    assert len(list(bar.except_problems(tmp_path))) == 1


def test_the_engine_may_catch_everything_twice_and_nobody_else_once(
    tmp_path: Path,
) -> None:
    handler = "try:\n    f()\nexcept Exception:\n    pass\n"
    written(tmp_path, "src/openvet/engine.py", handler * 2)
    assert list(bar.except_problems(tmp_path)) == []
    written(tmp_path, "src/openvet/engine.py", handler * 3)
    assert len(list(bar.except_problems(tmp_path))) == 1


def test_catching_what_is_expected_is_no_breach(tmp_path: Path) -> None:
    written(tmp_path, "src/a.py", "try:\n    f()\nexcept (OSError, ValueError): ...\n")
    assert list(bar.except_problems(tmp_path)) == []


def test_only_commands_and_writers_print(tmp_path: Path) -> None:
    for folder in ("cli", "write", "readers"):
        written(tmp_path, f"src/openvet/{folder}/a.py", 'print("found")\n')
    assert list(bar.print_problems(tmp_path)) == [
        "src/openvet/readers/a.py:1: prints; only cli/ and write/ may"
    ]


def test_a_rule_with_all_its_parts_is_whole(tmp_path: Path) -> None:
    assert with_rule(tmp_path) == []


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_rule_without_one_of_the_headings_is_not_documented(
    tmp_path: Path, heading: str
) -> None:
    problems = with_rule(tmp_path, rule=GOOD_RULE.replace(f"## {heading}", ""))
    assert ["headings" in problem for problem in problems] == [True]


def test_a_heading_with_nothing_below_is_not_documentation(tmp_path: Path) -> None:
    (problem,) = with_rule(tmp_path, rule=GOOD_RULE.replace("Mend it.", ""))
    assert problem.endswith("nothing stands under 'What to do'")


def test_a_rule_may_annotate_its_id(tmp_path: Path) -> None:
    annotated = GOOD_RULE.replace("id = ", "id: ClassVar[str] = ")
    assert with_rule(tmp_path, rule=annotated) == []


def test_a_rule_is_named_after_its_file(tmp_path: Path) -> None:
    problems = with_rule(tmp_path, rule=GOOD_RULE.replace('"some-rule"', '"other"'))
    assert ["not exactly 'some-rule'" in problem for problem in problems] == [True]


@pytest.mark.parametrize("line", ["", '"some-rule 1 File security.other:SomeRule"'])
def test_a_rule_that_the_catalog_does_not_name_is_missing(
    tmp_path: Path, line: str
) -> None:
    problems = with_rule(tmp_path, line=line)
    assert ["catalog" in problem for problem in problems] == [True]


@pytest.mark.parametrize("specimen", ["flagged", "passed"])
def test_a_rule_whose_test_lacks_a_specimen_is_unproven(
    tmp_path: Path, specimen: str
) -> None:
    problems = with_rule(tmp_path, test=GOOD_TEST.replace(specimen, "other"))
    assert [f"def {specimen}" in problem for problem in problems] == [True]


def test_an_untested_rule_is_seen(tmp_path: Path) -> None:
    written(tmp_path, "src/openvet/checks/security/some_rule.py", GOOD_RULE)
    problems = list(bar.rule_problems(tmp_path))
    assert any("no test" in problem for problem in problems)


def test_a_reader_that_the_catalog_does_not_name_is_never_asked(
    tmp_path: Path,
) -> None:
    reader = "class SomeReader(Reader[File]):\n    pass\n\nclass Helper:\n    pass\n"
    written(tmp_path, "src/openvet/readers/some.py", reader)
    assert list(bar.reader_problems(tmp_path)) == [
        "src/openvet/readers/some.py:1: no line in catalog.py"
    ]
    written(tmp_path, "src/openvet/catalog.py", '"some 1 File some:SomeReader"')
    assert list(bar.reader_problems(tmp_path)) == []


def test_help_that_the_program_no_longer_prints_is_seen_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bar, "real_help", lambda command: f"real help of {command}\n")
    page = written(
        tmp_path, "docs/cli.md", "# CLI\n\n```console\n$ openvet --help\nold\n```\n"
    )
    assert list(bar.help_problems(tmp_path)) == [
        "docs/cli.md:3: not what it prints; scripts/check --fix"
    ]
    bar.fix_help(tmp_path)
    assert "real help of openvet --help\n```" in page.read_text()
    assert list(bar.help_problems(tmp_path)) == []

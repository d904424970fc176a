import json
import tomllib
from pathlib import Path

import pytest

from openvet.artifacts import Config, Requirements
from openvet.check import Context
from openvet.checks.security.dependency_from_elsewhere import DependencyFromElsewhere
from openvet.finding import Severity
from openvet.readers.python import PythonReader
from openvet.readers.requirements import (
    ConfigRequirementsReader,
    RequirementsFileReader,
)
from openvet.subject import Origin
from specimens.guard import needs_more_than
from specimens.reading import read, reasons

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def flagged(folder: Path) -> None:
    (folder / "requirements.txt").write_text("--index-url https://a.invalid/simple\n")


def passed(folder: Path) -> None:
    (folder / "requirements.txt").write_text("numpy==2.1.0\n")


def judged(text: str) -> list[Severity]:
    (found,) = read(RequirementsFileReader(), text.encode(), name="requirements.txt")
    assert isinstance(found, Requirements)
    return [f.severity for f in DependencyFromElsewhere().run(found, Context())]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://a.invalid/simple",
        "-i https://a.invalid/simple",
        "--extra-index-url=http://a.invalid/",
        "--find-links https://a.invalid/wheels",
        "-f https://a.invalid/x",
        "-f https://a.invalid/storage.googleapis.com/jax-releases/jax_releases.html",
        "-f https://storage.googleapis.com/jax-releases-2/jax_releases.html",
        "-i https://pypi.org/simple --extra-index-url https://a.invalid/simple",
        "--pre -i https://a.invalid/simple",
        "--no-binary :all: "
        + "-i https://pypi.org/simple " * 30
        + "-fhttps://a.invalid",
        "evil @ https://a.invalid/evil.whl",
        "evil @ git+https://a.invalid/evil.git",
        "git+http://github.com/a/b.git",
        "-e git+ssh://git@a.invalid/evil.git#egg=evil",
        "https://a.invalid/evil-1.0.tar.gz",
        "--index-url http://pypi.org/simple",
        "numpy \\\n --extra-index-url https://a.invalid",
        "--extra-index-\\\nurl https://a.invalid",
        "--extra-index https://a.invalid",
        "--find https://a.invalid",
        "-ihttps://a.invalid/simple",
        "-r https://a.invalid/requirements.txt",
        "-c https://a.invalid/constraints.txt",
        "-fhttps://a.invalid/wheels",
        "--extra-'index'-url https://a.invalid",
        '--index-url "https://a.invalid/simple"',
        "--pypi-url https://a.invalid",
        "# a comment \\\nevil @ https://a.invalid/evil.whl",
        "numpy \\\n# no more \\\n-i https://a.invalid",
        "evil @ https://a.invalid/evil.whl\\",
    ],
)
def test_packages_from_a_place_of_the_authors_choosing_fail(line: str) -> None:
    assert Severity.HIGH in judged(line)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.org/simple",
        "--extra-index-url https://download.pytorch.org/whl/cu121",
        "torch>=2.0  # see https://a.invalid",
        "# --index-url https://a.invalid",
        "--find-links https://data.pyg.org/whl/torch-2.5.0+cpu.html",
        "--no-index",
        "--pre",
        "--require-hashes",
        "./local/package",
        "-r other.txt",
        "numpy[extra]==1.0; python_version < '3.12'",
    ],
)
def test_the_public_index_and_the_own_folder_are_silent(line: str) -> None:
    assert judged(line) == []


def test_source_of_a_public_forge_is_a_review() -> None:
    line = "x @ git+https://github.com/huggingface/transformers"
    assert judged(line) == [Severity.MEDIUM]
    assert judged(f"{line}@{COMMIT}") == [Severity.LOW]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("conda.yaml", {"dependencies": [{"pip": ["-i https://a.invalid", "x"]}]}),
        ("conda.yaml", {"channels": ["https://a.invalid/conda"]}),
        ("python_env.yaml", {"dependencies": ["x @ https://a.invalid/x.whl"]}),
        ("meta.json", {"requirements": ["x @ git+https://a.invalid/x"]}),
        ("pyproject.toml", {"project": {"dependencies": ["x @ https://a.invalid/x"]}}),
        ("Pipfile", {"source": [{"url": "https://a.invalid/simple"}]}),
        ("Pipfile", {"packages": {"x": {"git": "https://a.invalid/x"}}}),
        ("setup.cfg", {"options": {"install_requires": "x @ https://a.invalid/x"}}),
        ("setup.cfg", {"easy_install": {"index_url": "https://a.invalid/simple"}}),
        ("pip.conf", {"global": {"index-url": "https://a.invalid/simple"}}),
        ("pip.ini", {"install": {"extra-index-url": "\nhttps://a.invalid/simple"}}),
        ("uv.toml", {"index": [{"url": "https://a.invalid"}], "extra-index-url": []}),
        ("pyproject.toml", {"tool": {"uv": {"index": [{"url": "https://a.invalid"}]}}}),
        (
            "pyproject.toml",
            {"tool": {"uv": {"extra-index-url": ["https://a.invalid"]}}},
        ),
        (
            "pyproject.toml",
            {"tool": {"uv": {"sources": {"x": {"git": "https://a.invalid/x"}}}}},
        ),
        (
            "pyproject.toml",
            {"tool": {"poetry": {"source": [{"url": "https://a.invalid"}]}}},
        ),
        (
            "pyproject.toml",
            {"tool": {"poetry": {"dependencies": {"x": {"url": "https://a.invalid"}}}}},
        ),
        (
            "pyproject.toml",
            {"tool": {"pdm": {"source": [{"url": "https://a.invalid"}]}}},
        ),
        ("pyproject.toml", {"build-system": {"requires": ["x @ https://a.invalid/x"]}}),
        ("pyproject.toml", {"dependency-groups": {"a": ["x @ https://a.invalid/x"]}}),
        ("Pipfile.lock", {"_meta": {"sources": [{"url": "https://a.invalid"}]}}),
        (
            "deps.yml",
            {"dependencies": [{"pip": ["--extra-index-url https://a.invalid"]}]},
        ),
        ("condarc", {"channels": ["https://a.invalid/conda"]}),
        ("bentofile.yaml", {"python": {"index_url": "https://a.invalid"}}),
        ("anything.yaml", {"env": {"PIP_EXTRA_INDEX_URL": "https://a.invalid"}}),
    ],
)
def test_environments_and_project_files_are_read_too(name: str, data: object) -> None:
    origin = Origin(place=(name,), digest="0")
    config = Config(origin=origin, format="json", name=name, data=data)
    (found,) = ConfigRequirementsReader().read(config, Context())
    assert isinstance(found, Requirements)
    severities = [f.severity for f in DependencyFromElsewhere().run(found, Context())]
    assert Severity.HIGH in severities


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("conda.yaml", {"dependencies": ["a"] * 20_000}),
        ("pyproject.toml", {"project": {"dependencies": ["a"] * 20_000}}),
        ("pip.conf", {"index-url": [f"https://a{n}.invalid" for n in range(20_000)]}),
    ],
)
def test_more_requirements_than_are_kept_are_a_gap(name: str, data: object) -> None:
    origin = Origin(place=(name,), digest="0")
    config = Config(origin=origin, format="json", name=name, data=data)
    (found,) = ConfigRequirementsReader().read(config, Context())
    assert isinstance(found, Requirements)
    assert not found.complete


def test_odd_shapes_never_raise() -> None:
    shapes: list[object] = [None, [], {"dependencies": {"a": 1}}]
    for data in (*shapes, {"dependencies": [[1], None]}):
        for name in ("conda.yaml", "Pipfile", "meta.json", "setup.cfg"):
            origin = Origin(place=(name,), digest="0")
            config = Config(origin=origin, format="json", name=name, data=data)
            assert list(ConfigRequirementsReader().read(config, Context())) == [], (
                json.dumps(data)
            )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pip.conf", {"global": {"index-url": "https://pypi.org/simple"}}),
        (
            "pyproject.toml",
            {
                "tool": {
                    "uv": {"index": [{"url": "https://download.pytorch.org/whl/cpu"}]},
                    "poetry": {"dependencies": {"python": "^3.11", "torch": "*"}},
                }
            },
        ),
        ("config.json", {"index_url": "https://a.invalid/passages.index"}),
        ("meta.json", {"sources": [{"name": "corpus", "url": "https://a.invalid/"}]}),
        ("config.json", {"dependencies": ["a"], "channels": 3}),
        ("conda.yaml", {"channels": ["conda-forge"], "dependencies": ["python=3.11"]}),
    ],
)
def test_public_indexes_and_other_meanings_are_silent(name: str, data: object) -> None:
    origin = Origin(place=(name,), digest="0")
    config = Config(origin=origin, format="json", name=name, data=data)
    for found in ConfigRequirementsReader().read(config, Context()):
        assert isinstance(found, Requirements)
        assert list(DependencyFromElsewhere().run(found, Context())) == []


@pytest.mark.parametrize(
    "place", ["requirements/base.txt", "reqs/gpu.in", "deps.txt", "a/install.pip"]
)
def test_a_requirements_file_is_known_by_folder_or_content(place: str) -> None:
    text = b"numpy==1.0\n--extra-index-url https://a.invalid\n"
    assert read(RequirementsFileReader(), text, name=place)


def test_other_text_is_no_requirements_file() -> None:
    for name, text in (("notes.txt", b"numpy is --fast"), ("a.md", b"-i https://a.b")):
        assert read(RequirementsFileReader(), text, name=name) == []


def test_more_lines_than_are_read_are_said() -> None:
    many = b"numpy==1.0\n" * 10_001
    for text, reasons_ in ((many, {"over-budget"}), (many[11:], set())):
        (found,) = read(RequirementsFileReader(), text, name="requirements.txt")
        assert reasons(found) == reasons_


@pytest.mark.parametrize(
    "text", ["\n", "\\\n", "=", "a", " ", "a==", "--x=", "-i '", "git@", "@abcdef0#"]
)
def test_long_lines_take_no_time(text: str) -> None:
    lines = "a==" + text * 200_000 + "*\n" + text * 200_000
    assert not needs_more_than(1.0, lambda: judged(lines))


def of_lock(name: str, text: str) -> list[Severity]:
    origin = Origin(place=(name,), digest="0")
    config = Config(origin=origin, format="toml", name=name, data=tomllib.loads(text))
    return [
        finding.severity
        for one in ConfigRequirementsReader().read(config, Context())
        if isinstance(one, Requirements)
        for finding in DependencyFromElsewhere().run(one, Context())
    ]


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("uv.lock", "source = {registry = 'https://a.invalid/simple'}"),
        ("uv.lock", "source = {git = 'https://a.invalid/x?rev=a#b'}"),
        ("poetry.lock", "source = {type = 'legacy', url = 'https://a.invalid/'}"),
        ("pylock.toml", "wheels = [{url = 'https://a.invalid/x.whl'}]"),
        ("pylock.dev.toml", "index = 'https://a.invalid/simple'"),
        ("pylock.toml", "vcs = {type = 'git', url = 'https://a.invalid/x'}"),
    ],
)
def test_a_lock_file_that_leads_elsewhere_fails(name: str, package: str) -> None:
    key = "packages" if name.startswith("pylock") else "package"
    assert of_lock(name, f"[[{key}]]\nname = 'x'\n{package}\n") == [Severity.HIGH]


def test_a_lock_file_of_the_public_index_is_silent() -> None:
    wheel = "wheels = [{url = 'https://files.pythonhosted.org/x.whl'}]\n"
    source = "source = {registry = 'https://pypi.org/simple'}\n"
    assert of_lock("uv.lock", f"[[package]]\nname = 'x'\n{source}{wheel}" * 3) == []
    assert of_lock("poetry.lock", "[[package]]\nname = 'x'\nversion = '1'\n") == []


def test_what_a_script_says_it_needs_is_judged() -> None:
    def found(*lines: str) -> list[Severity]:
        block = "\n".join(f"# {line}" for line in lines)
        text = f"# /// script\n{block}\n# ///\nprint(1)\n"
        return [
            finding.severity
            for one in read(PythonReader(), text.encode(), name="run.py")
            if isinstance(one, Requirements)
            for finding in DependencyFromElsewhere().run(one, Context())
        ]

    assert found("dependencies = ['x @ https://a.invalid/x.zip']") == [Severity.HIGH]
    index = ("[[tool.uv.index]]", "url = 'https://a.invalid/simple'")
    assert found("dependencies = []", *index) == [Severity.HIGH]
    assert found("dependencies = ['numpy==2.1.0']") == []
    assert found("dependencies = [") == []

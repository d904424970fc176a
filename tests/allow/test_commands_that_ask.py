"""Asking what machine this is, while a module is imported, harms nobody."""

import pytest

from openvet.artifacts import PythonSource
from openvet.check import Context
from openvet.checks.security.python_runs_code import PythonRunsCode
from openvet.finding import Severity
from openvet.readers.python import PythonReader
from specimens.reading import read


def worst(call: str) -> Severity:
    source = f"import os, subprocess, sys\ndef offered(): pass\nX = {call}\n"
    (subject,) = read(PythonReader(), source.encode(), name="module.py")
    assert isinstance(subject, PythonSource)
    found = PythonRunsCode().run(subject, Context())
    return max((finding.severity for finding in found), default=Severity.INFO)


@pytest.mark.parametrize(
    "call",
    [
        "subprocess.check_output(['cat', '/proc/cpuinfo']).decode()",
        "subprocess.check_output(['/usr/sbin/sysctl', 'hw.optional.avx2_0'])",
        "subprocess.run(('xcodebuild', '-version'), stdout=subprocess.DEVNULL)",
        "subprocess.check_output(['uname', '-m'], encoding='utf-8')",
        "os.popen('nvidia-smi -L')",
    ],
)
def test_a_command_that_only_asks_is_a_hint(call: str) -> None:
    assert worst(call) is Severity.LOW


@pytest.mark.parametrize(
    "call",
    [
        "subprocess.check_output(['cat', '/etc/passwd'])",
        "subprocess.run([sys.argv[1], 'uname'])",
        "subprocess.run(['uname', '-m'], executable=sys.argv[1])",
        "subprocess.run(['uname'], env={'PATH': '.'})",
        "subprocess.run(['uname'], **sys.options)",
        "subprocess.run(args=[sys.argv[1], 'uname'])",
        "subprocess.run(sys.argv[1], 'uname')",
        "subprocess.run('uname; id', shell=True)",
        "subprocess.run('uname ' + sys.argv[1], shell=True)",
        "subprocess.run(['sh', '-c', 'uname'])",
        "os.popen('uname | sh')",
        "os.popen(sys.argv[1])",
        "os.spawnlp(0, sys.argv[1], 'uname')",
        "os.execvp(sys.argv[1], ['uname'])",
    ],
)
def test_any_other_command_still_fails(call: str) -> None:
    assert worst(call) >= Severity.HIGH

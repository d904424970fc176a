# ruff: noqa: E501, ICN001, PYI024, TRY301, S311, UP045 - old spellings are the point of the table
"""Objects of the standard library that pickles of models hold."""

import argparse
import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import http
import inspect
import io
import ipaddress
import itertools
import logging
import math
import operator
import pathlib
import random
import re
import string
import time
import types
import typing
import uuid
import zoneinfo
from collections.abc import Iterator
from typing import Any


class Color(enum.Enum):
    """An enum of the user's own."""

    RED = 1
    BLUE = "blue"


class Mode(enum.IntFlag):
    """A flag of the user's own."""

    READ = 1
    WRITE = 2


Point = collections.namedtuple("Point", "x y")


class Plain:
    """A class of the user's own."""

    def __init__(self) -> None:
        self.values = [1, 2]

    def method(self) -> int:
        """Stored as a bound method."""
        return 1


class Slotted:
    """Its state is a pair."""

    __slots__ = ("a", "b")

    def __init__(self) -> None:
        self.a, self.b = 1, "x"


class OwnError(Exception):
    """An exception of the user's own."""


class OwnDict(dict):  # type: ignore[type-arg]
    """A dict of the user's own."""


class OwnList(list):  # type: ignore[type-arg]
    """A list of the user's own."""


@functools.lru_cache
def cached(number: int) -> int:
    """Stored by name."""
    return number


def raised() -> Exception:
    """Return an exception as it is caught."""
    try:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    except UnicodeDecodeError as error:
        return error


def values() -> dict[str, Any]:
    """Return plain values and the callables of the standard library."""
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    noon = datetime.datetime(2024, 5, 1, 12, tzinfo=zone)
    return {
        "none": None, "ints": [0, -1, 2**31, 2**70, True, False],
        "floats": [0.5, math.inf, -0.0, math.nan], "complex": 3 + 4j,
        "text": ["é", "\U0001f600", "a\\b\n", "x" * 5000],
        "words": {"eval": 1, "os.system": 2, "__import__": 3, "exec": 4},
        "bytes": [b"", b"\x80\x04", b"x" * 300, bytearray(b"abc")],
        "sets": [set(), {1, 2}, frozenset({"a"})],
        "deep": functools.reduce(lambda inner, _: [inner], range(50), []),
        "zoned": noon, "utc": datetime.datetime.now(datetime.UTC),
        "offset": datetime.timezone(datetime.timedelta(hours=2), "X"),
        "dates": [datetime.date(2020, 1, 1), datetime.time(1, 2), datetime.timedelta(3)],
        "bound": Plain().method, "bound_list": [].append, "bound_text": "a,b".split,
        "bound_dict": {"a": 1}.get, "from_bytes": int.from_bytes,
        "fromkeys": dict.fromkeys, "bound_random": random.Random(1).random,
        "itemgetter": operator.itemgetter(1), "itemgetter2": operator.itemgetter("a", "b"),
        "partial": functools.partial(int, base=2),
        "partial2": functools.partial(math.pow, 2.0), "lru": cached,
        "partial_operator": functools.partial(operator.mul, 3),
        "regex": re.compile("a+(?P<x>b)", re.IGNORECASE), "regex_bytes": re.compile(b"x"),
        "decimal": decimal.Decimal("3.14"), "fraction": fractions.Fraction(1, 3),
        "uuid": uuid.UUID(int=2**100 + 5), "uuid4": uuid.uuid4(),
        "path": pathlib.PurePosixPath("/a/b"), "paths": [pathlib.Path("x/y")],
        "windows_path": pathlib.PureWindowsPath("c:/x"),
    }  # fmt: skip


def instances() -> dict[str, Any]:
    """Return containers, classes and instances of the standard library and our own."""
    return {
        "enum": Color.RED, "enums": [Color.BLUE, http.HTTPStatus.OK, re.IGNORECASE],
        "flag": Mode.READ | Mode.WRITE, "namedtuple": Point(1, 2),
        "ordered": collections.OrderedDict(a=1, b=[2]),
        "counter": collections.Counter("hello"), "deque": collections.deque([1, 2], 5),
        "defaultdict": collections.defaultdict(list, {"a": [1]}),
        "defaultdicts": collections.defaultdict(int, x=3),
        "default_none": collections.defaultdict(None, {1: 2}),
        "default_partial": collections.defaultdict(functools.partial(list, (1,))),
        "chainmap": collections.ChainMap({"a": 1}, {"b": 2}),
        "userdict": collections.UserDict(a=1), "userlist": collections.UserList([1]),
        "slices": [slice(1, None, 2), range(3, 9, 2)], "ellipsis": [..., NotImplemented],
        "types": [int, list, dict, type(None), object, ValueError, type],
        "typing": list[int], "typing2": typing.Optional[str],
        "typing3": dict[str, typing.Any], "alias": list[int], "union": int | str,
        "plain": Plain(), "slotted": Slotted(), "class": Plain, "own_dict": OwnDict(a=1),
        "own_list": OwnList([1, 2]), "own_error": OwnError("x", 3),
        "exceptions": [ValueError("a"), KeyError("k"), OSError(2, "no"), raised()],
        "stop": StopIteration(3), "array": array.array("d", [1.0, 2.0]),
        "array_u": array.array("u", "abc"), "namespace": argparse.Namespace(lr=0.1),
        "simple": types.SimpleNamespace(a=1), "logger": logging.getLogger("a.b"),
        "root_logger": logging.getLogger(), "formatter": logging.Formatter("%(message)s"),
        "record": logging.LogRecord("n", 20, "p", 1, "m", (), None),
        "template": string.Template("$a"), "random": random.Random(3),
        "bytesio": io.BytesIO(b"abc"), "stringio": io.StringIO("abc"),
        "ip": [ipaddress.ip_address("10.0.0.1"), ipaddress.ip_network("10.0.0.0/8")],
        "ip6": ipaddress.ip_address("::1"), "count": itertools.count(3, 2),
        "iterator": iter([1, 2, 3]), "struct_time": time.gmtime(0),
        "functions": [math.log1p, len, sorted, operator.add, abs, str.upper],
        "str_methods": [str.lower, str.strip, dict.get, list.append],
        "signature": inspect.signature(Plain.method), "empty": inspect.Parameter.empty,
        "cmp": functools.cmp_to_key, "proxy": types.MappingProxyType,
        "cycle": collections.OrderedDict(),
    }  # fmt: skip


def objects() -> Iterator[tuple[str, Any]]:
    """Yield name and object."""
    things = values() | instances()
    things["cycle"]["self"] = things["cycle"]
    for name, thing in things.items():
        yield f"py_{name}", thing

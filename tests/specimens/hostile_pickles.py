"""Pickles that run code in ways nobody listed; harmless, and never loaded."""

import struct
from pathlib import Path

from specimens.pickles import (
    binary,
    call,
    flat,
    frame,
    hostile,
    name,
    payload,
    proto,
    stack_name,
    text,
)
from specimens.verdicts import new, tuple_of

COMMAND = text("true")
RUN = stack_name("os", "system")
ARGUMENTS = tuple_of(COMMAND)
EXT = b"\x82\xf0"
GADGETS = Path(__file__).with_name("gadgets.txt")


def at(path: str) -> bytes:
    """STACK_GLOBAL of `module:name`."""
    module, _, attribute = path.partition(":")
    return stack_name(module, attribute)


def called(path: str, *arguments: bytes) -> bytes:
    """REDUCE of `module:name`."""
    return call(at(path), *arguments)


def whole(body: bytes) -> bytes:
    """A body between PROTO and STOP."""
    return proto(4) + body + b"."


def length(value: int) -> bytes:
    """A length of eight bytes."""
    return struct.pack("<Q", value)


def gadgets() -> dict[str, bytes]:
    """Return one call for each name that is known for abuse, with a text."""
    paths = GADGETS.read_text(encoding="utf-8").split()
    return {path: whole(called(path, COMMAND)) for path in paths}


WAYS = {
    "inst": b"(S'true'\nios\nsystem\n.",
    "obj": b"(cos\nsystem\nS'true'\no.",
    "newobj odd": whole(new("os", "popen", COMMAND)),
    "newobjex": whole(RUN + ARGUMENTS + b"}\x92"),
    "memo": whole(
        text("os")
        + b"\x940"
        + text("system")
        + b"\x940h\x00h\x01\x93"
        + ARGUMENTS
        + b"R"
    ),
    "memo decoy": whole(
        text("math")
        + b"q\x00"
        + text("sqrt")
        + b"q\x0100"
        + text("os")
        + b"q\x000"
        + text("system")
        + b"q\x010h\x00h\x01\x93"
        + ARGUMENTS
        + b"R"
    ),
    "dup": whole(RUN + b"2" + ARGUMENTS + b"R0" + b"0N"),
    "escapes": whole(b"V\\u006fs\n" + b"S'\\x73ystem'\n\x93" + ARGUMENTS + b"R"),
    "commands": b"\x80\x02ccommands\ngetoutput\nU\x04true\x85R.",
    "ext": whole(
        called("copyreg:add_extension", text("os"), text("system"), b"M\xf0\x00")
        + b"0"
        + EXT
        + ARGUMENTS
        + b"R"
    ),
    "ext only": whole(EXT + ARGUMENTS + b"R"),
    "ext4": whole(b"\x84\xf0\xf0\x00\x00" + ARGUMENTS + b"R"),
    "join": whole(
        text("os")
        + call(
            called("builtins:getattr", text(""), text("join")),
            tuple_of(text("sys"), text("tem")),
        )
        + b"\x93"
        + ARGUMENTS
        + b"R"
    ),
    "codecs": whole(
        text("os")
        + called("_codecs:decode", binary(b"system"), text("ascii"))
        + b"\x93"
        + ARGUMENTS
        + b"R"
    ),
    "rot": whole(
        called("codecs:decode", text("bf"), text("rot13"))
        + text("system")
        + b"\x93"
        + ARGUMENTS
        + b"R"
    ),
    "bytes name": whole(
        called("builtins:str", binary(b"os"), text("utf8"))
        + text("system")
        + b"\x93"
        + ARGUMENTS
        + b"R"
    ),
    "getattr": whole(
        called("builtins:getattr", at("collections:os"), text("system"))
        + ARGUMENTS
        + b"R"
    ),
    "dotted": whole(at("collections:_sys.modules.get") + ARGUMENTS + b"R"),
    "dotted allowed": whole(at("numpy:os.system") + ARGUMENTS + b"R"),
    "dotted2": whole(at("sklearn.base:warnings.sys.modules") + b"."),
    "class walk": whole(at("builtins:tuple.__class__.__base__.__subclasses__") + b")R"),
    "func globals": whole(
        at("sklearn.base:clone.__globals__.__getitem__") + tuple_of(text("os")) + b"R"
    ),
    "init globals": whole(at("sklearn.base:BaseEstimator.__init__.__globals__") + b"."),
    "os in torch": whole(at("torch.serialization:os.system") + ARGUMENTS + b"R"),
    "os in numpy old": whole(at("numpy.lib.utils:os.system") + ARGUMENTS + b"R"),
    "builtins in mod": whole(
        at("sklearn.svm._base:__builtins__") + text("eval") + b"\x93"
    ),
    "dict get builtins": whole(
        called("builtins:dict.get", at("collections:__builtins__"), text("eval"))
        + ARGUMENTS
        + b"R"
    ),
    "popen in platform": whole(called("platform:popen", COMMAND)),
    "getattr builtin method": whole(
        call(called("builtins:getattr", at("builtins:object"), text("__subclasses__")))
    ),
    "getattr dict": whole(
        call(
            called("builtins:getattr", at("builtins:dict"), text("get")),
            called("builtins:globals"),
            text("os"),
        )
    ),
    "noop prefix": whole(b"N0" * 50000 + call(RUN, COMMAND)),
    "mark games": whole(b"((((11" + b"1" + call(RUN, COMMAND)),
    "pop mark": whole(b"(" + call(RUN, COMMAND) + b"1N"),
    "list state": whole(b"](" + call(RUN, COMMAND) + b"e"),
    "dict key": whole(b"}" + call(RUN, COMMAND) + b"Ns"),
    "set item": whole(b"\x8f(" + call(RUN, COMMAND) + b"\x90"),
    "persid": whole(call(RUN, COMMAND) + b"Q"),
    "persid text": proto(0)
    + b"Pos.system\n"
    + call(name("os", "system"), b"S'true'\n")
    + b".",
    "int tricks": whole(b"I01\n0L1L\n0F1\n0" + call(RUN, COMMAND)),
    "proto mid": proto(0) + b"N0" + proto(4) + call(RUN, COMMAND) + b".",
    "proto255": b"N0" + call(name("os", "system"), b"S'true'\n") + b"\x80\xff.",
    "frame short": proto(4) + b"\x95" + length(2) + call(RUN, COMMAND) + b".",
    "frame straddle": proto(4) + b"\x95" + length(5) + call(RUN, COMMAND) + b".",
    "frame in": proto(4) + frame(b"N0" + frame(call(RUN, COMMAND))) + b".",
    "frame long": proto(4) + b"\x95" + length(1 << 40) + call(RUN, COMMAND) + b".",
    "second stream": flat() + hostile(),
    "third stream": flat() + flat() + b"\n\n" + hostile(2),
    "no proto": payload() + b".",
}
"""Ways to import a name and to call it."""

TAILS = {
    "nothing": b"",
    "a byte that is no opcode": b"\xff",
    "a length past the end": b"X\xff\xff\xff\xff",
    "text that is no UTF-8": b"X\x02\0\0\0\xff\xfe.",
    "an empty stack": b"00000R.",
    "an unknown memo": b"h\xee.",
    "an import that is no UTF-8": b"c\xff\xff\n\xff\n.",
    "a number that is none": b"Iabc\n.",
    "a negative length": b"\x8b\xff\xff\xff\xff.",
    "zeros": bytes(20),
    "a huge frame": b"\x95" + b"\xff" * 8,
    "an open quote": b"S'abc\n.",
    "an import of no names": b"NN\x93.",
}
"""What may follow a call that has run already."""

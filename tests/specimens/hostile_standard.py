"""Names of Python that honest pickles hold, turned to harm; never loaded."""

from specimens.hostile_pickles import ARGUMENTS, COMMAND, RUN, at, called, whole
from specimens.pickles import binary, call, hostile, text
from specimens.verdicts import EMPTY_ORDERED, built, dict_of, new, tuple_of

STANDARD = {
    "defaultdict sys": whole(called("collections:defaultdict", RUN)),
    "defaultdict getitem": whole(
        called(
            "operator:getitem",
            called(
                "collections:defaultdict", called("functools:partial", RUN, COMMAND)
            ),
            text("x"),
        )
    ),
    "partial called": whole(call(called("functools:partial", RUN, COMMAND))),
    "partial build": whole(
        built(
            called("functools:partial", at("builtins:print")),
            tuple_of(RUN, ARGUMENTS, b"}", b"N"),
        )
        + b")R"
    ),
    "map list": whole(
        called("builtins:list", called("builtins:map", RUN, b"]" + COMMAND + b"a"))
    ),
    "filter tuple": whole(
        called("builtins:tuple", called("builtins:filter", RUN, b"]" + COMMAND + b"a"))
    ),
    "map set": whole(
        called("builtins:frozenset", called("builtins:map", RUN, b"]" + COMMAND + b"a"))
    ),
    "map bytes": whole(
        called("builtins:bytes", called("builtins:map", RUN, b"]" + COMMAND + b"a"))
    ),
    "map od": whole(
        called(
            "collections:OrderedDict",
            called("builtins:map", RUN, b"]" + COMMAND + b"a"),
        )
    ),
    "map deque": whole(
        new("collections", "deque")
        + called("builtins:map", RUN, b"]" + COMMAND + b"a")
        + b"b"
    ),
    "starmap any": whole(
        called(
            "builtins:any", called("itertools:starmap", RUN, b"]" + ARGUMENTS + b"a")
        )
    ),
    "sorted key": whole(
        at("builtins:sorted")
        + tuple_of(b"]" + COMMAND + b"a")
        + dict_of(key=RUN)
        + b"\x92"
    ),
    "max key": whole(called("builtins:max", b"]" + COMMAND + b"a", RUN)),
    "iter sentinel": whole(
        called("builtins:iter", called("functools:partial", RUN, COMMAND), b"K\x00")
    ),
    "reduce or": whole(called("functools:reduce", RUN, b"]" + COMMAND + b"a")),
    "reduce getattr": whole(
        called(
            "functools:reduce",
            at("builtins:getattr"),
            b"](" + at("collections:OrderedDict") + text("__init__") + b"e",
        )
    ),
    "itemgetter called": whole(
        call(
            called("operator:itemgetter", text("eval")), at("collections:__builtins__")
        )
    ),
    "methodcaller": whole(
        call(called("operator:methodcaller", text("system"), COMMAND), at("shutil:os"))
    ),
    "attrgetter": whole(
        call(called("operator:attrgetter", text("system")), at("shutil:os"))
    ),
    "type3": whole(
        called(
            "builtins:type",
            text("X"),
            tuple_of(at("builtins:object")),
            dict_of(__init__=RUN),
        )
    ),
    "type call": whole(call(called("builtins:type", b"N"), COMMAND)),
    "reconstructor popen": whole(
        called(
            "copyreg:_reconstructor",
            at("subprocess:Popen"),
            at("builtins:object"),
            b"N",
        )
    ),
    "newobj func": whole(called("copyreg:__newobj__", at("subprocess:Popen"), COMMAND)),
    "newobjex func": whole(
        called("copyreg:__newobj_ex__", at("os:system"), ARGUMENTS, b"}")
    ),
    "array rec": whole(
        called(
            "array:_array_reconstructor",
            at("subprocess:Popen"),
            text("b"),
            b"K\x00",
            binary(b"x"),
        )
    ),
    "union": whole(
        called("functools:reduce", at("operator:add"), b"]" + COMMAND + b"a")
    ),
    "generic": whole(called("operator:getitem", at("os:environ"), text("HOME"))),
    "pyx unknown": whole(
        called("evil:__pyx_unpickle_Enum", at("subprocess:Popen"), b"K\x01", ARGUMENTS)
    ),
    "enum": whole(called("enum:Enum", text("X"), text("A B"))),
    "newtype": whole(called("typing:NewType", text("X"), RUN)),
    "forwardref": whole(
        call(
            called("builtins:getattr", new("typing", "ForwardRef"), text("_evaluate")),
            b"N",
            b"N",
            b"N",
        )
    ),
    "exception add": whole(called("builtins:OSError", call(RUN, COMMAND))),
    "random state": whole(built(new("random", "Random"), tuple_of(RUN))),
    "property": whole(new("builtins", "property", RUN)),
    "popen del": whole(built(new("subprocess", "Popen"), dict_of(pid=b"K\x01"))),
    "tempdir del": whole(
        built(new("tempfile", "TemporaryDirectory"), dict_of(name=text("elsewhere")))
    ),
    "code type": whole(
        called("types:FunctionType", called("types:CodeType", b"K\x00", b"K\x00"), b"}")
        + b")R"
    ),
    "getlogger build": whole(
        built(
            called("logging:getLogger"),
            dict_of(
                handlers=b"]"
                + called(
                    "logging.handlers:SocketHandler", text("host.invalid"), b"K\x50"
                )
                + b"a"
            ),
        )
    ),
    "class setitem": whole(at("sys:modules") + text("os") + b"Ns"),
    "append import": whole(at("sys:path") + text("elsewhere") + b"a"),
    "environ": whole(at("os:environ") + text("PATH") + text("elsewhere") + b"s"),
    "collections list": whole(at("warnings:filters") + b"(Ne"),
    "setattr len": whole(
        call(
            called("builtins:getattr", EMPTY_ORDERED, text("__setattr__")),
            text("x"),
            RUN,
        )
    ),
    "od fromkeys": whole(
        call(
            called("builtins:getattr", at("collections:OrderedDict"), text("fromkeys")),
            called("builtins:map", RUN, ARGUMENTS),
        )
    ),
    "exc with tb": whole(
        call(
            called(
                "builtins:getattr",
                called("builtins:ValueError"),
                text("with_traceback"),
            ),
            b"N",
        )
    ),
    "pathlib unlink": whole(
        call(
            called(
                "builtins:getattr", called("pathlib:Path", text("x")), text("unlink")
            )
        )
    ),
    "pathlib write": whole(
        call(
            called(
                "builtins:getattr",
                called("pathlib:Path", text("x")),
                text("write_text"),
            ),
            COMMAND,
        )
    ),
    "pathlib dotted": whole(
        called("pathlib:Path.write_text", called("pathlib:Path", text("x")), COMMAND)
    ),
    "io textio": whole(
        called("_io:TextIOWrapper", called("_io:FileIO", text("x"), text("w")))
    ),
    "bytesio method": whole(
        call(
            called(
                "builtins:getattr",
                called("_io:BytesIO", binary(hostile())),
                text("read"),
            )
        )
    ),
    "unpickler": whole(
        call(
            called(
                "builtins:getattr",
                called("pickle:Unpickler", called("_io:BytesIO", binary(hostile()))),
                text("load"),
            )
        )
    ),
    "xml element": whole(called("xml.etree.ElementTree:parse", text("x"))),
    "unknown called": whole(called("evil_pkg.hooks:run", COMMAND)),
    "unknown held called": whole(call(new("evil_pkg.hooks", "Runner"), COMMAND)),
    "unknown inst": b"(S'true'\nievil_pkg\nRunner\n.",
    "unknown fn noarg": whole(called("evil_pkg.hooks:run")),
    "unknown fn number": whole(called("evil_pkg.hooks:run", b"K\x01")),
    "unknown main fn str": whole(called("__main__:run", COMMAND)),
    "unknown setup": whole(called("setup:main")),
}
"""What is done with them."""

"""Native code: executables, libraries, byte code and compiled engines."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from openvet.artifacts import Executable
from openvet.check import Context, Reader
from openvet.formats.magic import kind_of
from openvet.subject import File, Subject

_FAT_LIMIT: Final = 32
_PYTHON_MAGICS: Final = range(3000, 4000)
"""CPython 3.0 to 3.14 and on; the number grows by about fifty a version."""
_PYTHON2_MAGICS: Final = range(62000, 62300)
_CODE: Final = (b"c", b"\xe3")
_LARGEST_CODE: Final = 1 << 20


def _elf(file: File) -> str:
    """Tell objects, programs, libraries and core dumps apart."""
    head = file.head
    order = "big" if head[5:6] == b"\2" else "little"
    kind = int.from_bytes(head[16:18], "big" if order == "big" else "little")
    return {1: "object", 2: "program", 3: "library or program", 4: "core dump"}.get(
        kind, ""
    )


def _pe(file: File) -> str:
    """Tell libraries and programs apart."""
    at = int.from_bytes(file.head[60:64], "little")
    characteristics = int.from_bytes(file.source.read(at + 22, 2), "little")
    return "library" if characteristics & 0x2000 else "program"


def _told(detail: str) -> Callable[[File], str]:
    """Return a describer that always says the same."""
    return lambda _: detail


_BY_KIND: Final[dict[str, Callable[[File], str]]] = {
    "elf": _elf,
    "pe": _pe,
    "mach-o": _told("program or library"),
    "wasm": _told("WebAssembly module"),
}
_BY_MAGIC: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"MZqFpD='", "ape", "runs on every system: llamafile or Cosmopolitan program"),
    (b"jartsr='", "ape", "runs on every system: llamafile or Cosmopolitan program"),
    (b"APEDBG='", "ape", "runs on every system: Cosmopolitan program"),
    (b"ftrt", "tensorrt", "engine: compiled GPU code and plugins"),
    (b"ptrt", "tensorrt", "engine: compiled GPU code and plugins"),
    (b"dex\n03", "dex", "Android byte code"),
    (b"BC\xc0\xde", "llvm", "LLVM byte code"),
    (b"!<arch>\n", "ar", "library of object files"),
)


def executable_kind(file: File) -> tuple[str, str]:
    """Return format and detail of native code, or two empty strings."""
    head = file.head
    for magic, kind, detail in _BY_MAGIC:
        if head.startswith(magic):
            return kind, detail
    kind = kind_of(head)
    if kind == "mach-o" and head.startswith(b"\xca\xfe\xba\xbe"):
        # A fat binary counts its architectures where Java writes its version.
        if int.from_bytes(head[4:8], "big") >= _FAT_LIMIT:
            return "java-class", "Java byte code"
    elif kind == "pe":
        at = int.from_bytes(head[60:64], "little")
        if file.source.read(at, 4) != b"PE\0\0":
            return "", ""
    describe = _BY_KIND.get(kind)
    if describe is not None:
        return kind, describe(file)
    if _is_python(head) or _is_code(file):
        return "pyc", "Python byte code"
    return "", ""


def _is_python(head: bytes) -> bool:
    """Check the magic number of a `.pyc` and the code object behind its header."""
    if head[2:4] != b"\r\n":
        return False
    magic = int.from_bytes(head[:2], "little")
    if magic in _PYTHON2_MAGICS:
        return head[8:9] == b"c"
    return magic in _PYTHON_MAGICS and any(
        head[at : at + 1] in (b"c", b"\xe3") for at in (8, 12, 16)
    )


def _is_code(file: File) -> bool:
    """Check for a code object without such a header, as `marshal.load` takes it."""
    head = file.head
    if head[:1] not in _CODE or head[2:5] != bytes(3) or file.size > _LARGEST_CODE:
        return False
    from openvet.formats.marshal import code_in

    return code_in(file.source.read(0, file.size)) is not None


class ExecutableReader(Reader[File]):
    """Reads what native code is; what it does is not looked into."""

    id: ClassVar[str] = "executable"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Native code by its magic."""
        return bool(executable_kind(subject)[0])

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield what it is."""
        kind, detail = executable_kind(subject)
        yield Executable(
            origin=subject.origin.aspect("executable"), format=kind, detail=detail
        )

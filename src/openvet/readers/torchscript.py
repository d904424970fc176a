"""The operators that the code in a TorchScript archive calls."""

from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Graph, Operation
from openvet.check import Context, Reader
from openvet.formats.torchscript import Call, calls, is_code
from openvet.subject import File, Gap, Subject
from openvet.wire import replace

_BATCH: Final = 1000


class TorchScriptReader(Reader[File]):
    """Reads a source file of a TorchScript archive into a `Graph`."""

    id = "torchscript"
    version = 2

    def claims(self, subject: File) -> bool:
        """A member of the `code` folder that is TorchScript."""
        return subject.member and is_code(subject.origin.place[-1], subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the operators, each once with how often it is called."""
        limit = context.budget.limits.memory_bytes // 4
        gaps: tuple[Gap, ...] = ()
        if subject.size > limit:
            detail = f"only the first {limit} bytes of the code were read"
            gaps = (Gap(reason="over-budget", detail=detail, offset=limit),)
        source = subject.source.read(0, limit).decode("utf-8", "replace")
        operations: dict[str, Operation] = {}
        for number, call in enumerate(calls(source)):
            if number % _BATCH == 0:
                context.budget.step(_BATCH)
            known = operations.get(call.name)
            operations[call.name] = (
                replace(known, count=known.count + 1) if known else _operation(call)
            )
        yield Graph(
            origin=subject.origin.aspect("torchscript"),
            format="torchscript",
            operations=tuple(operations.values()),
            gaps=gaps,
        )


def _operation(call: Call) -> Operation:
    return Operation(
        name=call.name,
        domain="torchscript",
        where=call.where,
        detail=call.line,
        offset=call.offset,
    )

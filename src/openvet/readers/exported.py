"""Programs of `torch.export`, out of their JSON."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.artifacts import Config, Graph
from openvet.check import Context, Reader
from openvet.formats.exported import is_exported, targets
from openvet.formats.facts import Facts
from openvet.subject import Subject


class ExportedProgramReader(Reader[Config]):
    """Reads what the graphs of an exported program call."""

    id: ClassVar[str] = "exported-program"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Config

    def claims(self, subject: Config) -> bool:
        """Claim by the keys that only such a program has together."""
        return is_exported(subject.data)

    def read(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield one graph of all operations."""
        facts = Facts()
        for target in targets(subject.data, context.budget):
            domain = "python" if target.python else ""
            facts.operation(target.name, domain, subject.name)
        yield Graph(
            origin=subject.origin.aspect(self.id),
            format="exported-program",
            operations=facts.operations,
            gaps=facts.gaps,
        )

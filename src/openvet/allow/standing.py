"""Where an imported name stands, before it is known what is done with it."""

from enum import IntEnum
from typing import Final

from openvet.allow import lists
from openvet.allow.lists import Rule, Technique
from openvet.check import Settings
from openvet.formats.pickle.program import Import, PickleProgram
from openvet.wire import Record, replace


class Tier(IntEnum):
    """How far a name or a call can be trusted."""

    ALLOWED = 0
    """A rule of an allow list covers it, arguments included."""
    REVIEW = 1
    """No list knows it; what it does is for a person to see."""
    DANGEROUS = 2
    """It runs code, or does what no honest writer of pickles does."""


class Standing(Record, frozen=True, kw_only=True):
    """What is known of a name."""

    module: str
    name: str
    tier: Tier
    why: str = ""
    """Why it is no better, as the end of "…, because"."""
    rule: Rule | None = None
    technique: Technique | None = None
    computed: bool = False

    @property
    def path(self) -> str:
        """Module and name as one dotted path."""
        return f"{self.module}.{self.name}"

    @property
    def home(self) -> bool:
        """Whether it names the program that loads the pickle, not a library."""
        return self.module in MAIN


MAIN: Final = frozenset({"__main__", "__mp_main__"})
"""Modules that stand for the loading program itself."""

ORDINARY: Final = MAIN | {"__torch__"}
"""Modules whose names look private and are not."""

VOUCHED: Final = Rule(
    kind="class", call="reduce", args=("any*",), build=("any",), items=True
)
"""What the owner of the audit grants a name given in the settings."""

COMPILED: Final = Rule(kind="class", call="newobj", build=("any",))
"""A class of a TorchScript archive: its code stands in the archive, judged there."""

TORCHSCRIPT_ONLY: Final = "torch.jit._pickle"
"""Names the C++ reader of TorchScript resolves; plain pickle imports a module."""


def stand(entry: Import, program: PickleProgram, settings: Settings) -> Standing:
    """Say where an import of a program stands."""
    if entry.opcode.startswith("EXT"):
        return _dangerous(entry, "an extension code hides which name it stands for")
    if entry.computed:
        why = "the name is put together while loading, so that no reader can see it"
        return replace(_dangerous(entry, why), computed=True)
    rule = _rule(entry, program, settings)
    if rule is not None:
        return Standing(
            module=entry.module, name=entry.name, tier=Tier.ALLOWED, rule=rule
        )
    technique = lists.technique(entry.module, entry.name)
    why = _refusal(entry, technique)
    if why:
        return _dangerous(entry, why, technique)
    return Standing(
        module=entry.module,
        name=entry.name,
        tier=Tier.REVIEW,
        why="no list knows this name",
        technique=technique,
    )


def _rule(entry: Import, program: PickleProgram, settings: Settings) -> Rule | None:
    """Return the rule that covers a name in this program."""
    if entry.path in settings.allow:
        return VOUCHED
    compiled = program.consumer == "torchscript"
    if compiled and entry.module.partition(".")[0] == "__torch__":
        return COMPILED
    if entry.module == TORCHSCRIPT_ONLY and not compiled:
        return None
    return lists.find(entry.module, entry.name)


def _refusal(entry: Import, technique: Technique | None) -> str:
    """Return why a name on no list is refused even where it is only held."""
    module, name = entry.module, entry.name
    if technique is not None and _condemned(module, name):
        return f"it {technique.does}"
    if _dunder(module, name):
        return "it reaches into the interpreter by a private name"
    if "." in name and not _nested_class(name) and not _method(module, name):
        return "it reaches through another object to a hidden one"
    return ""


def _condemned(module: str, name: str) -> bool:
    """Say whether a name known to be abused is refused even where it is only held.

    The standard library holds nothing that a model needs beyond its list. Elsewhere a
    whole package may be marked for some of its functions; its classes stay unknown.
    """
    root = module.partition(".")[0]
    return root in lists.standard_roots() or lists.abused_itself(module, name)


def _dangerous(entry: Import, why: str, technique: Technique | None = None) -> Standing:
    return Standing(
        module=entry.module,
        name=entry.name,
        tier=Tier.DANGEROUS,
        why=why,
        technique=technique,
    )


def _dunder(module: str, name: str) -> bool:
    """Say whether any part is a private name of the interpreter (`__builtins__`)."""
    parts = f"{module}.{name}".split(".")
    if parts[0] in ORDINARY:
        parts.pop(0)
    return any(part.startswith("__") and part.endswith("__") for part in parts)


def _nested_class(name: str) -> bool:
    """Say whether a dotted name is written as a class inside a class is.

    This keeps an unknown name unknown; it allows nothing.
    """
    return all(part[:1].isupper() for part in name.split("."))


def _method(module: str, name: str) -> bool:
    """Say whether it is a method of an allowed class: unknown, but not hidden."""
    owner, _, method = name.rpartition(".")
    rule = lists.find(module, owner)
    return rule is not None and rule.kind in {"class", "enum"} and method.isidentifier()

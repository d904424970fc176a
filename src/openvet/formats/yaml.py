"""YAML as plain data, with the tags that a loader would act on kept as facts.

The events come from PyYAML's pure-Python parser, which keeps its own stack and
resolves nothing: no tag is constructed, no object is made. Nesting, aliases and the
number of nodes are bounded here, because three lines of aliases can name a billion
nodes (https://yaml.org/spec/1.2.2/, section 3.2.2).
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from openvet.budget import Budget
from openvet.formats.objects.tree import PREVIEW, preview
from openvet.subject import Defect, Gap
from openvet.wire import Record

MAXIMUM_CHARACTERS: Final = 16 << 20
MAXIMUM_DEPTH: Final = 200
MAXIMUM_NODES: Final = 1_000_000
MAXIMUM_REPEATED: Final = 200_000
"""Nodes that aliases name again: they cost no bytes, and every reader walks them."""
"""Nodes of one text, each alias counted with everything it stands for."""
STEP: Final = 1024
LONGEST_NAME: Final = 200
"""Characters of one key that a path keeps."""

STANDARD: Final = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in (
        "binary", "bool", "float", "int", "map", "merge", "null", "omap", "pairs",
        "seq", "set", "str", "timestamp", "value",
    )
)  # fmt: skip
"""Tags that every loader turns into plain data (https://yaml.org/type/)."""

_INTEGER: Final = re.compile(r"[-+]?(0x[0-9a-fA-F_]+|0b[01_]+|[0-9][0-9_]*)\Z")
_FLOAT: Final = re.compile(
    r"[-+]?([0-9][0-9_]*+\.?+[0-9_]*+([eE][-+]?[0-9]+)?|\.[0-9][0-9_]*+([eE][-+]?[0-9]+)?)\Z"
)
_NAMED: Final[dict[str, Any]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    **{word: True for name in ("yes", "true", "on")
       for word in (name, name.title(), name.upper())},
    **{word: False for name in ("no", "false", "off")
       for word in (name, name.title(), name.upper())},
    ".inf": math.inf, "-.inf": -math.inf, ".nan": math.nan,
}  # fmt: skip
_LONGEST_NUMBER: Final = 64


class YamlTag(Record, frozen=True, kw_only=True):
    """A node whose tag asks the loader for more than plain data."""

    tag: str
    """In full, handles resolved: `tag:yaml.org,2002:python/object/apply:os.system`."""
    key: str
    """Where it is written, as `a.b[0].c`."""
    line: int
    detail: str = ""
    """The scalars inside, cut at 1 KiB."""


class Yaml(Record, frozen=True, kw_only=True):
    """What a YAML text holds."""

    documents: tuple[Any, ...]
    """One per document: dict, list, str, int, float, bool, None. Keys are text."""
    lines: dict[str, int] = msgspec.field(default_factory=dict)
    """First line of a key, from 1, by path as `a.b[0].c` (first document)."""
    tags: tuple[YamlTag, ...] = ()
    defects: tuple[Defect, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problem: str = ""
    """Why it is no YAML from some line on; empty where it is."""
    problem_line: int = 0
    """From 1; 0 where no line is to blame."""

    @property
    def data(self) -> Any:  # noqa: ANN401 - a document is any plain value
        """The first document, or None."""
        return self.documents[0] if self.documents else None


OPENCV: Final = "%YAML:1.0"


def parse_yaml(text: str, budget: Budget, *, items: bool = False) -> Yaml:
    """Return the data of a YAML text; never raise on what it says.

    Of duplicate keys the last wins, as in PyYAML. What could not be read becomes a gap,
    and the documents before it are kept.

    Args:
        text: The text.
        budget: What may still be spent.
        items: Whether to keep the lines of the items of lists too, as `a[0]`.

    Raises:
        OverBudgetError: There is no time or there are no steps left.
    """
    composer = _Composer(budget, items=items)
    if len(text) > MAXIMUM_CHARACTERS:
        composer.gap("over-budget", f"only the first {MAXIMUM_CHARACTERS} characters")
        text = text[:MAXIMUM_CHARACTERS]
    if text.startswith(OPENCV):
        # Its storages begin with a directive that is none; the rest is YAML.
        text = text.replace(":", " ", 1)
    try:
        for event in _events(text):
            composer.take(event)
            if composer.stopped:
                break
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        composer.broken(str(error.problem or error.context), line)
    except (yaml.YAMLError, ValueError, OverflowError, IndexError) as error:
        composer.broken(f"not YAML: {str(error)[:200]}")
    return composer.result()


class _EventParser(Reader, Scanner, Parser):
    """PyYAML's reader, scanner and parser, without composer and constructor."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a text."""
    parser = _EventParser(text)
    while parser.check_event():
        event: yaml.Event = parser.get_event()  # type: ignore[no-untyped-call]
        yield event


class _Frame:
    """A container that is being filled."""

    def __init__(self, value: Any, key: str, event: Any) -> None:  # noqa: ANN401
        self.value = value
        self.key = key
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag
        self.line: int = event.start_mark.line + 1
        self.nodes = 1
        self.pending: str | None = None
        self.expects_key = isinstance(value, dict)
        self.merges: list[dict[str, Any]] = []


class _Composer:
    """Builds documents from events, with a stack of its own."""

    def __init__(self, budget: Budget, *, items: bool = False) -> None:
        self.budget = budget
        self.items = items
        self.problem, self.problem_line = "", 0
        self.stack: list[_Frame] = []
        self.documents: list[Any] = []
        self.lines: dict[str, int] = {}
        self.tags: list[YamlTag] = []
        self.defects: list[Defect] = []
        self.gaps: list[Gap] = []
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        """Value and node count by anchor; None while the node is still open."""
        self.nodes = 0
        self.repeated = 0
        self.events = 0
        self.stopped = False

    def result(self) -> Yaml:
        """Return what was built; open containers count as far as they were read."""
        while self.stack:
            self._close()
        return Yaml(
            documents=tuple(self.documents),
            lines=self.lines,
            tags=tuple(self.tags),
            defects=tuple(self.defects),
            gaps=tuple(self.gaps),
            problem=self.problem,
            problem_line=self.problem_line,
        )

    def broken(self, problem: str, line: int = 0) -> None:
        """Record that the text stops being YAML, and where."""
        self.problem, self.problem_line = self.problem or problem, line
        self.gap("broken", f"line {line}: {problem}" if line else problem)

    def gap(self, reason: Any, detail: str) -> None:  # noqa: ANN401 - a GapReason
        """Record what was not read."""
        self.gaps.append(Gap(reason=reason, detail=detail))

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        self.events += 1
        if self.events % STEP == 0:
            self.budget.step(STEP)
        if isinstance(event, yaml.DocumentStartEvent):
            self.anchors = {}
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()

    def _count(self, nodes: int) -> bool:
        """Count nodes; stop where there are more than any configuration has."""
        self.nodes += nodes
        if self.nodes > MAXIMUM_NODES:
            self.gap("over-budget", f"more than {MAXIMUM_NODES} nodes")
            self.stopped = True
        return not self.stopped

    def _place(self) -> str:
        """Return the path of the node that comes next."""
        if not self.stack:
            return ""
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            return f"{frame.key}[{len(frame.value)}]"
        if frame.expects_key:
            return frame.key
        name = (frame.pending or "")[:LONGEST_NAME]
        return f"{frame.key}.{name}" if frame.key else name

    def _scalar(self, event: Any) -> None:  # noqa: ANN401 - PyYAML leaves it untyped
        if not self._count(1):
            return
        place, line = self._place(), event.start_mark.line + 1
        if event.tag and event.tag not in STANDARD and event.tag != "!":
            self._tag(event.tag, place, line, event.value)
        is_key = bool(self.stack) and self.stack[-1].expects_key
        plain = event.style is None and event.tag is None and not is_key
        value = scalar(event.value) if plain else event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self._put(value, 1, line)

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        line = event.start_mark.line + 1
        known = self.anchors.get(event.anchor, (None, 1))
        if known is None:
            self._defect(
                "yaml-recursive-alias", f"line {line}: *{event.anchor} contains itself"
            )
            known = (None, 1)
        elif event.anchor not in self.anchors:
            self.broken(f"undefined alias *{event.anchor}", line)
        value, nodes = known
        self.repeated += nodes
        if self.repeated > MAXIMUM_REPEATED:
            detail = f"aliases name more than {MAXIMUM_REPEATED} nodes"
            self._defect("yaml-alias-bomb", f"line {line}: {detail}")
            self.gap("over-budget", detail)
            self.stopped = True
        elif self._count(nodes):
            self._put(value, nodes, line)

    def _open(self, event: Any) -> None:  # noqa: ANN401
        if not self._count(1):
            return
        if len(self.stack) >= MAXIMUM_DEPTH:
            self._defect(
                "yaml-deep", f"containers nested more than {MAXIMUM_DEPTH} deep"
            )
            self.gap("over-budget", f"nested more than {MAXIMUM_DEPTH} deep")
            self.stopped = True
            return
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        frame = _Frame({} if is_mapping else [], self._place(), event)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = None
        self.stack.append(frame)

    def _close(self) -> None:
        frame = self.stack.pop()
        for merged in frame.merges:
            for key, value in merged.items():
                frame.value.setdefault(key, value)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.value, frame.nodes)
        if frame.tag and frame.tag not in STANDARD and frame.tag != "!":
            self._tag(frame.tag, frame.key, frame.line, preview(frame.value))
        self._put(frame.value, frame.nodes, frame.line)

    def _put(self, value: Any, nodes: int, line: int) -> None:  # noqa: ANN401
        """Put a finished node where it belongs."""
        if not self.stack:
            self.documents.append(value)
            return
        frame = self.stack[-1]
        frame.nodes += nodes
        if isinstance(frame.value, list):
            if self.items and not self.documents:
                self.lines.setdefault(self._place(), line)
            frame.value.append(value)
        elif frame.expects_key:
            frame.pending = value if isinstance(value, str) else preview(value)
            frame.expects_key = False
            if not self.documents:
                self.lines.setdefault(self._place(), line)
        else:
            self._pair(frame, value, line)

    def _pair(self, frame: _Frame, value: Any, line: int) -> None:  # noqa: ANN401
        key = frame.pending or ""
        frame.pending, frame.expects_key = None, True
        if key == "<<" and isinstance(value, dict):
            frame.merges.append(value)
            return
        if key == "<<" and isinstance(value, list):
            frame.merges.extend(part for part in value if isinstance(part, dict))
            return
        if key in frame.value:
            self._defect("yaml-duplicate-key", f"line {line}: {key[:80]!r} again")
        frame.value[key] = value

    def _tag(self, tag: str, key: str, line: int, detail: str) -> None:
        self.tags.append(YamlTag(tag=tag, key=key, line=line, detail=detail[:PREVIEW]))

    def _defect(self, code: str, detail: str) -> None:
        """Record a defect once per code: a hostile text repeats it a million times."""
        weight: Any = "odd" if code == "yaml-duplicate-key" else "attack"
        if all(defect.code != code for defect in self.defects):
            self.defects.append(Defect(code=code, detail=detail, weight=weight))


def scalar(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar, by the YAML 1.1 rules that loaders share."""
    if text in _NAMED:
        value: bool | float | None = _NAMED[text]
        return value
    if len(text) > _LONGEST_NUMBER or not text or text[0] not in "+-.0123456789":
        return text
    digits = text.replace("_", "")
    if _INTEGER.match(text):
        octal = digits.lstrip("+-").startswith("0") and digits.strip("+-0").isdigit()
        try:
            return int(digits, 8 if octal else 0)
        except ValueError:
            return int(digits) if digits.lstrip("+-").isdigit() else text
    return float(digits) if _FLOAT.match(text) else text

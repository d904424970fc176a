"""Configuration: the nearest `openvet.toml`, or `[tool.openvet]` in `pyproject.toml`.

One file counts, parents are not merged, so what is in force can be read in one place.
What came with the audited model is no word of the person who audits it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_type_hints

import msgspec

from openvet.budget import Limits
from openvet.check import Environment, Profile, Settings
from openvet.digests import HashMode
from openvet.errors import OpenvetError
from openvet.finding import Confidence, Scale, Severity
from openvet.machine import Machine
from openvet.policy import Policy, Responsible, Waiver
from openvet.supplied import Ask, DecisionTable, RecommendationTable, Supplied
from openvet.wire import Record, replace

R = TypeVar("R", bound=Record)
NAMES: Final = ("openvet.toml", "pyproject.toml")
UNKNOWN: Final = "Object contains unknown field `"
KEYS: Final = "docs/reference/configuration.md describes every key"
PLAIN: Final = (
    ("Object missing required field", "there has to be a key"),
    ("Invalid RFC3339 encoded date", "it has to be a date, as 2027-03-31"),
    ("`object`", "a table"),
    ("`array`", "a list"),
    ("`str`", "a text"),
    ("`int`", "a number"),
    ("`float`", "a number"),
    ("`bool`", "true or false"),
)
"""How the parser says it, and how people do."""


class Config(Record, frozen=True, kw_only=True):
    """What a configuration file may say. Every key is optional."""

    policy: str = ""
    """A policy file, relative to this one."""
    fail_on: Severity | None = None
    """The least severity that fails; replaces the policy's."""
    min_confidence: Confidence | None = None
    """The least confidence that fails; replaces the policy's."""
    require: tuple[str, ...] = ()
    """Rules that must have been decided."""
    severity: dict[str, Severity] = {}  # noqa: RUF012 - msgspec copies it
    """Severity by rule, in place of the rule's own."""
    waiver: tuple[Waiver, ...] = ()
    """Findings that somebody accepts, for a reason and for a time."""
    format: tuple[str, ...] = ()
    """Output formats, where the command line names none."""
    hash: HashMode | None = None
    """`blake3`, `sha256` or `none`."""
    offline: bool | None = None
    """Refuse every target that needs the network."""
    settings: Settings = Settings()
    """What changes results."""
    responsible: Responsible | None = None
    """Who accepts what is waived, where a waiver names nobody."""
    profile: Profile | None = None
    """The use that is planned; as `profile` of the settings."""
    environment: Environment | None = None
    """Where the model is to run; as `environment` of the settings."""
    machine: Machine | None = None
    """On what it is to run; as `machine` of the settings."""
    ask: Ask | None = None
    """Files with questions, and who made the model; as in `supplied` of the settings.
    Paths are relative to this file."""
    table: tuple[DecisionTable, ...] = ()
    """Tables of decisions, relative to this file; besides those of the settings."""
    recommendations: tuple[RecommendationTable, ...] = ()
    """Tables of recommendations, likewise."""
    limits: Limits = Limits()
    """What an audit may spend."""

    def __post_init__(self) -> None:
        """Refuse a limit under which nothing could be read."""
        for name in self.limits.__struct_fields__:
            if not getattr(self.limits, name) > 0:  # so that NaN is refused too
                raise ValueError(f"the limit `{name}` has to be above 0")

    def supplied(self, folder: Path) -> Supplied:
        """Return what this configuration brings along.

        Args:
            folder: Where it stands.
        """
        known = self.settings.supplied
        return Supplied(
            ask=self.ask or known.ask,
            table=(*known.table, *self.table),
            recommendations=(*known.recommendations, *self.recommendations),
        ).below(folder)

    def judge_by(self, policy: Policy) -> Policy:
        """Return a policy with this configuration's changes."""
        return replace(
            policy,
            fail_on=self.fail_on or policy.fail_on,
            min_confidence=self.min_confidence or policy.min_confidence,
            require=(*policy.require, *self.require),
            severity={**policy.severity, **self.severity},
            waivers=(*policy.waivers, *self.waiver),
            role=self.profile.role if self.profile else policy.role,
            responsible=self.responsible or policy.responsible,
        )


def find(start: Path, target: Path | None = None) -> tuple[Path | None, list[Path]]:
    """Return the nearest configuration file, and those that the target brought along.

    Args:
        start: Searched first, then its parents.
        target: What is audited. A file inside it, or beside it where it is a file
            itself, is passed over without being read as configuration.
    """
    root = None
    if target is not None:
        real = target.resolve()
        root = real if real.is_dir() else real.parent
    brought = []
    for path in (folder / name for folder in (start, *start.parents) for name in NAMES):
        if not path.is_file():
            continue
        if root is not None and path.resolve().is_relative_to(root):
            if _speaks_to_us(path):
                brought.append(path)
        elif path.name != "pyproject.toml" or _table(path):
            return path, brought
    return None, brought


def read(path: Path) -> Config:
    """Return the configuration in a file.

    Raises:
        OpenvetError: It cannot be read, is no TOML, or has a key or value that does
            not exist.
    """
    data = _toml(path)
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("openvet", {})
    return convert(data, Config, path)


def read_policy(path: Path) -> Policy:
    """Return the policy in a TOML file; `[[waiver]]` tables are its waivers.

    Raises:
        OpenvetError: As `read`.
    """
    data = _toml(path)
    if "waiver" in data:
        data["waivers"] = data.pop("waiver")
    return convert(data, Policy, path)


def convert(data: dict[str, Any], kind: type[R], path: Path) -> R:
    """Return plain data as a record, or say which key is wrong and what is near it."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, hint = _explained(str(error), kind)
        raise OpenvetError(f"{path}: {message}", hint=hint) from None


def _explained(message: str, kind: type[Record]) -> tuple[str, str]:
    """Return what is wrong and the next step, in the words of a configuration file."""
    what, _, where = message.partition(" - at `$")
    where = where.strip(".`")
    place = f" in `{where}`" if where else ""
    if what.startswith(UNKNOWN):
        from difflib import get_close_matches

        name = what.removeprefix(UNKNOWN).partition("`")[0]
        names = (*kind.__struct_fields__, *Settings.__struct_fields__)
        names += (*Limits.__struct_fields__, *Waiver.__struct_fields__)
        names += (*Profile.__struct_fields__, *Responsible.__struct_fields__)
        names += (*Environment.__struct_fields__, *Machine.__struct_fields__)
        names += (*Ask.__struct_fields__, *DecisionTable.__struct_fields__)
        names += RecommendationTable.__struct_fields__
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else KEYS
        return f"there is no key `{name}`{place}", hint
    if what.startswith("Invalid enum value"):
        one_of = ", ".join(value for value in _values(kind, where) if value)
        hint = f"one of {one_of}" if one_of else KEYS
        return f"{what.partition('value ')[2]} is no value for `{where}`", hint
    for said, meant in PLAIN:
        what = what.replace(said, meant)
    return f"{what[:1].lower()}{what[1:]}{place}", KEYS


def _values(kind: type[Record], where: str) -> Iterator[str]:
    """Yield the values of the key at a place, if there is a list of them."""
    kinds: list[Any] = [kind]
    for name in re.sub(r"\[[^]]*\]", "", where).split("."):
        hints = (get_type_hints(k) for k in kinds if issubclass(k, Record))
        kinds = [k for hint in hints for k in _kinds(hint.get(name))]
    for found in kinds:
        if isinstance(found, str):
            yield found
        elif issubclass(found, Scale):
            yield from (step.value for step in found)


def _kinds(hint: Any) -> Iterator[Any]:  # noqa: ANN401 - what type hints are
    """Yield the classes and the literal values of which a type is composed."""
    inner = get_args(hint)
    if inner:
        for part in inner:
            yield from _kinds(part)
    elif isinstance(hint, str | type):
        yield hint


def _table(path: Path) -> bool:
    tools = _toml(path).get("tool")
    return isinstance(tools, dict) and "openvet" in tools


def _speaks_to_us(path: Path) -> bool:
    """Tell, without parsing it, whether a file of the target is meant for us."""
    if path.name != "pyproject.toml":
        return True
    try:
        with path.open("rb") as file:
            return b"tool.openvet" in file.read(1 << 20)
    except OSError:
        return False


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OpenvetError(
            f"cannot read {path}: {error.strerror}",
            hint="name a file that exists and can be read",
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OpenvetError(
            f"cannot read {path}: {error}", hint="it must be UTF-8 TOML"
        ) from None

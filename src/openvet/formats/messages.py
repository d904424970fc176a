"""Nested protobuf messages, walked by schema and without recursion.

A schema is a table of tables: message name → field number → name of the message in
that field, or an empty string for a plain value. Fields that a schema does not list
are passed over by protobuf runtimes and reported here as `unknown`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from openvet.formats.facts import Facts
from openvet.formats.protobuf import BYTES, GROUP, Field, ProtobufError, Wire
from openvet.formats.trailing import after_end
from openvet.source import Source

Schema: TypeAlias = Mapping[str, Mapping[int, str]]

DEPTH: Final = 100
"""Messages inside messages; protobuf's own runtimes refuse more."""


class Event(NamedTuple):
    """A step of the walk: into a message, out of it, or past a plain field."""

    step: Literal["enter", "leave", "field", "unknown", "too-deep"]
    message: str
    """The message entered or left, or the one that the field belongs to."""
    field: Field
    """The field; of `enter` and `leave`, the one that holds the message."""


def walk(
    wire: Wire, schema: Schema, root: str, start: int = 0, stop: int | None = None
) -> Iterator[Event]:
    """Yield the events of the message `root` between two offsets, in file order.

    Raises:
        ProtobufError: The bytes are malformed; what was yielded before stands.
        OverBudgetError: There are too many fields.
    """
    whole = Field(0, BYTES, 0, start, start, wire.size if stop is None else stop)
    stack = [(root, whole, wire.fields(whole.start, whole.stop))]
    while stack:
        message, holder, fields = stack[-1]
        field = next(fields, None)
        if field is None:
            stack.pop()
            if stack:
                yield Event("leave", message, holder)
            continue
        known = schema[message].get(field.number)
        if known is None:
            yield Event("unknown", message, field)
        elif not known:
            yield Event("field", message, field)
        elif field.wire not in (BYTES, GROUP):
            yield Event("unknown", message, field)
        elif len(stack) >= DEPTH:
            yield Event("too-deep", message, field)
        else:
            yield Event("enter", known, field)
            stack.append((known, field, wire.inside(field)))


def fits(
    wire: Wire, shape: Mapping[int, int], start: int, stop: int, limit: int = 64
) -> list[Field]:
    """Return the first fields of a message, up to the first that does not belong.

    Whoever appends bytes to a model must not hide what it is, so the fields before a
    foreign one still count; `whole` says whether a small message fits entirely.

    Args:
        wire: The walker.
        shape: Field number to wire type.
        start: Where the message begins.
        stop: Where it ends.
        limit: Fields to read.
    """
    seen: list[Field] = []
    try:
        for field in wire.fields(start, stop):
            if shape.get(field.number) != field.wire:
                break
            seen.append(field)
            if len(seen) >= limit:
                break
    except ProtobufError:
        pass
    return seen


def whole(wire: Wire, shape: Mapping[int, int], holder: Field) -> list[Field]:
    """Return the fields of a message of at most 64 fields, empty if one is foreign."""
    fields = fits(wire, shape, holder.start, holder.stop)
    return fields if fields and fields[-1].stop == holder.stop else []


def take_whole(
    events: Iterator[Event],
    take: Callable[[Event], None],
    facts: Facts,
    source: Source,
) -> None:
    """Hand over every event, and note where the message breaks or what follows it.

    Args:
        events: From `walk` over the whole source.
        take: Called with each event.
        facts: Takes the break and the payload.
        source: The message's bytes.
    """
    depth = end = 0
    try:
        for event in events:
            take(event)
            depth += {"enter": 1, "leave": -1}.get(event.step, 0)
            if not depth and event.step in ("field", "leave"):
                end = event.field.stop
    except ProtobufError as error:
        facts.broken(f"not protobuf any more: {error}", error.offset)
        facts.payload(after_end(source, end))
        return
    payload = after_end(source, end) if end < source.size else None
    if payload is not None and not payload.low_confidence:
        facts.payload(payload)

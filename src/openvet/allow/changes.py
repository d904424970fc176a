"""Changes that a program makes to the objects it has made.

An honest writer gives each object its items, then its entries, and last, once, its
state. A loader looks up `append`, `extend`, `add` and `__setstate__` on the object
itself, so a state set first can choose what a later change calls.
"""

from collections.abc import Sequence
from typing import Final

from openvet.allow.judgement import Made
from openvet.allow.lists import Rule
from openvet.allow.matching import Meaning, match_state
from openvet.allow.standing import Tier
from openvet.formats.pickle.program import Call, Global, Items, Result, Value

STAGES: Final = {
    "APPEND": 0, "APPENDS": 0, "ADDITEMS": 0, "SETITEM": 1, "SETITEMS": 1, "BUILD": 2,
}  # fmt: skip
"""When each change comes, as every pickler writes them."""
LAST: Final = STAGES["BUILD"]
CALLED: Final = "__setstate__"
METHODS: Final = ("append", "extend", "add")
PAIR: Final = 2


class Changes:
    """What has been changed so far.

    Args:
        meaning: What the values of the program stand for.
    """

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self.stages: dict[int, int] = {}
        """The last change of each object, by its call."""

    def unfit(self, call: Call, made: Made) -> str:
        """Return why an object may not be changed so, or nothing."""
        misplaced = isinstance(call.callee, Result) and self._misplaced(call)
        if misplaced:
            return "an object is changed again after its state was set"
        state = call.arguments[0] if call.arguments else None
        if plants(call.opcode, state):
            return "it chooses what the next change of this object calls"
        if made.rule is None:
            return "" if not made.callable else "it changes what can be called"
        if call.opcode != "BUILD":
            return "" if made.rule.items else "its list does not let it take items"
        if match_state(made.rule.build, state, self.meaning) is Tier.DANGEROUS:
            return "its list does not allow this state to be set"
        return ""

    def _misplaced(self, call: Call) -> bool:
        """Say whether a change comes after one that honest writers put last."""
        if not isinstance(call.callee, Result):
            return False
        stage = STAGES[call.opcode]
        before = self.stages.get(call.callee.index, -1)
        self.stages[call.callee.index] = max(stage, before)
        return before > stage or before == LAST


def plants(opcode: str, state: Value) -> bool:
    """Say whether a state or entry names what a loader calls on the object itself.

    The second half of a pair is set attribute by attribute, the class among them.
    """
    if opcode == "BUILD" and isinstance(state, Items) and state.kind == "tuple":
        halves = state.values if len(state.values) == PAIR else ()
        slots = halves[1] if halves else None
        return any(CALLED in _keys(half) for half in halves) or (
            "__class__" in _keys(slots)
        )
    return CALLED in _keys(state)


def hands_over(rule: Rule, arguments: Sequence[Value]) -> bool:
    """Say whether a call is given such a state: some reconstructors set it.

    The attributes of a class that the file carries are no state.
    """
    if rule.kind == "code":
        return False
    # Most arguments are plain values, which name nothing.
    held = [value for value in arguments if isinstance(value, Items)]
    return any(plants("BUILD", value) or _names_a_method(value) for value in held)


def _names_a_method(value: Value) -> bool:
    """Say whether a dict, which may become attributes, puts an import for a method."""
    if not isinstance(value, Items) or value.kind != "dict":
        return False
    pairs = zip(value.values[::2], value.values[1::2], strict=False)
    return any(key in METHODS and isinstance(held, Global) for key, held in pairs)


def _keys(value: Value) -> tuple[Value, ...]:
    """Return the keys of a dict; of anything else, none."""
    if isinstance(value, Items) and value.kind == "dict":
        return value.values[::2]
    return ()

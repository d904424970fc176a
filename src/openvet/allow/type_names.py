"""Types that dill and cloudpickle write by a name of their own, and look up again.

`_load_type("PartialType")` is `functools.partial`: what it gives is judged as if the
pickle had imported that. Only what carries code is code.
"""

from typing import Final

from openvet.allow.lists import Rule
from openvet.allow.standing import Standing, Tier, stand
from openvet.check import Settings
from openvet.formats.pickle.program import Import, PickleProgram, Value

CODE_TYPES: Final = frozenset({
    "cloudpickle.cloudpickle._builtin_type",
    "dill._dill._load_type",
    "dill.dill._load_type",
    "numba.cloudpickle.cloudpickle._builtin_type",
})  # fmt: skip
"""Functions that look up a type by its name, the type of code objects among them."""
CODE_NAMES: Final = frozenset({
    "CellType", "ClassType", "CodeType", "FunctionType", "LambdaType", "MethodType",
})  # fmt: skip
CODE_TYPE: Final = Standing(
    module="types",
    name="CodeType",
    tier=Tier.ALLOWED,
    rule=Rule(kind="code", call="reduce", args=("any*",)),
)
_ELSEWHERE: Final = {
    "AttrGetterType": ("operator", "attrgetter"),
    "ItemGetterType": ("operator", "itemgetter"),
    "MappingProxyType": ("types", "MappingProxyType"),
    "PartialType": ("functools", "partial"),
    "SimpleNamespace": ("types", "SimpleNamespace"),
}


def type_named(
    name: Value, program: PickleProgram, settings: Settings
) -> Standing | None:
    """Return the type that is looked up by a name, if that is known."""
    if not isinstance(name, str):
        return None
    if name in CODE_NAMES:
        return CODE_TYPE
    module, known = _ELSEWHERE.get(name, ("builtins", name))
    entry = Import(module=module, name=known, offset=0, opcode="GLOBAL")
    found = stand(entry, program, settings)
    return found if found.tier is Tier.ALLOWED else None

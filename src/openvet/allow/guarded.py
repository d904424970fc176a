"""States that hold text which their class runs as Python when they are set.

Two families of ordinary scientific objects do that. Their text is written by the
library from names alone; anything else in its place is an attack.
"""

import re
from typing import Final

from openvet.formats.pickle.program import Items, Value
from openvet.patterns import pattern

TEXTS: Final[dict[str, re.Pattern[str]]] = {
    "module": pattern(
        r"(?!(?:antigravity|idlelib|pip|test|this|turtledemo)(?:\.|\Z))"
        r"(?!.*(?:\A|\.)__\w+__(?:\.|\Z))[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
    ),
    "public": pattern(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*"),
    "zone": pattern(r"/usr/(?:share|lib|share/lib)/zoneinfo(?:/[\w+-]+){1,3}"),
    "range": pattern(
        r"range\(-?[0-9]{1,18}(?:, -?[0-9]{1,18}){0,2}\)|Ellipsis|NotImplemented"
    ),
    "descriptor": pattern(
        r"<(?:method|attribute|member) '[a-z]\w*' of '(?:bytearray|bytes|complex|dict"
        r"|float|frozenset|int|list|object|range|set|slice|str|tuple)' objects>"
    ),
}
"""Text that a function of an allow list evaluates, or follows, as it is written."""

PAIR: Final = 2
TEMPLATE: Final = "_parse_arg_template"

_SHAPES: Final = r"(?P<shapes>(?:[A-Za-z_]\w*, )*) ?"
_SAME: Final = r"(?P=shapes) ?"
_IN: Final = r"(?P<defaults>loc=0(?:, scale=1)?)"
_OUT: Final = r"loc, (?:scale|1)"
PARSE_ARGS: Final = pattern(
    rf"\s*def _parse_args\(self, {_SHAPES}{_IN}\):\n"
    rf"    return \({_SAME}\), {_OUT}\n\n"
    rf"def _parse_args_rvs\(self, {_SAME}(?P=defaults), size=None\):\n"
    rf"    return self\._argcheck_rvs\({_SAME}{_OUT}, size=size\)\n\n"
    rf"def _parse_args_stats\(self, {_SAME}(?P=defaults), moments='mv'\):\n"
    rf"    return \({_SAME}\), {_OUT}, moments\n"
)
"""The text that scipy writes for a distribution, whatever its shape parameters."""

_TOKEN: Final = pattern(
    r"\s+|(?P<name>[A-Za-z_][\w.]*)(?P<call>\s*\()?|\d+(?:\.\d+)?(?:e-?\d+)?"
    r"|\"[^\"\\\n]*\"|'[^'\\\n]*'|[~+\-*/:^()|,=\[\]<>%!]"
)
CALLS: Final = frozenset({
    "abs", "bs", "C", "cc", "center", "cr", "cs", "Diff", "exp", "Helmert", "I", "log",
    "log10", "log2", "np.abs", "np.cos", "np.exp", "np.log", "np.log10", "np.log1p",
    "np.log2", "np.power", "np.sin", "np.sqrt", "np.square", "numpy.exp", "numpy.log",
    "numpy.sqrt", "Poly", "poly", "Q", "scale", "sqrt", "standardize", "Sum", "te",
    "Treatment",
})  # fmt: skip
"""What a formula may call: transformations of columns."""


def is_distribution(state: Value) -> bool:
    """Say whether a state is one that a distribution of `scipy.stats` writes.

    Its `__setstate__` (scipy 1.6 and later) runs the text under `_parse_arg_template`,
    in `rv_generic._attach_argparser_methods`. Older states are a pair of constructor
    arguments and random state.
    """
    if not isinstance(state, Items) or not state.whole:
        return False
    if state.kind == "dict":
        return all(
            isinstance(text, str) and PARSE_ARGS.fullmatch(text)
            for key, text in zip(state.values[::2], state.values[1::2], strict=True)
            if key == TEMPLATE or not isinstance(key, str)
        )
    if state.kind != "tuple" or len(state.values) != PAIR:
        return False
    named, random = state.values
    # `dict.update` takes a pair of pairs too, and a dict of two keys is such a pair.
    return (
        isinstance(named, Items)
        and named.kind == "dict"
        and named.whole
        and TEMPLATE not in named.values
        and not isinstance(random, Items | str)
    )


def has_plain_formula(state: Value) -> bool:
    """Say whether the formula in a state only names columns and transforms them.

    `statsmodels.base.data.ModelData.__setstate__` has patsy or formulaic evaluate the
    text under `formula`, and they run each term as Python.
    """
    if not isinstance(state, Items) or state.kind != "dict" or not state.whole:
        return False
    return all(
        text is None or (isinstance(text, str) and is_plain_formula(text))
        for key, text in zip(state.values[::2], state.values[1::2], strict=True)
        if key == "formula" or not isinstance(key, str)
    )


def is_plain_formula(text: str) -> bool:
    """Say whether a statistical formula calls nothing but transformations."""
    at, operand = 0, False
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return False
        at = found.end()
        name, token = found["name"], found[0].strip()
        if name is not None and ("__" in name or (found["call"] and name not in CALLS)):
            return False
        if token == "(" and operand:
            return False  # a call of something that has no plain name
        if token:
            operand = token[-1] not in "(~+-*/:^|,=[<>%!"
    return True

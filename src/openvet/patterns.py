"""Regular expressions that are compiled when they are first asked.

A run reads files of one or two formats. Of all the expressions that its modules
declare most are never asked, and to compile them costs more than to import the module.
"""

import re
from typing import AnyStr, Generic, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


class _Pattern(Generic[AnyStr]):
    """Stands for a compiled expression until one of its attributes is asked for."""

    def __init__(self, source: AnyStr, flags: int) -> None:
        self._source: AnyStr = source
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self._source, self._flags)
        # From here on they are found without coming by.
        self.__dict__.update({known: getattr(compiled, known) for known in _METHODS})
        return getattr(compiled, name)


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return an expression as `re.compile` does, later.

    Functions of `re` do not take it, only its own methods are there; an error in
    `source` shows at the first use.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(source, flags))

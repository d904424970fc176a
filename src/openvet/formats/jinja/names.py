"""The words that chat templates are made of, and those that lead out of them.

Collected from Jinja's documentation
(https://jinja.palletsprojects.com/en/stable/templates/), from what
`transformers.utils.chat_template_utils` adds, and from the templates of the model
families in use. A word that is missing here asks for a review; it fails nothing.
"""

import re
from typing import Final


def words(text: str) -> frozenset[str]:
    """Return the words of a text, split at white space."""
    return frozenset(text.split())


FILTERS: Final = words(
    """
    abs attr_missing batch capitalize center count d default dictsort e escape
    filesizeformat first float forceescape format from_json groupby indent int items
    join json last length list lower map max min pprint random reject rejectattr
    replace reverse round safe select selectattr slice sort split startswith endswith
    string striptags sum title tojson to_json trim truncate unique upper urlencode
    urlize wordcount wordwrap xmlattr strftime keys values dict strip
    """
)
TESTS: Final = words(
    """
    boolean callable defined divisibleby eq equalto escaped even false filter float ge
    greaterthan gt in integer iterable le lessthan lower lt mapping ne none None number
    odd sameas sequence string test true undefined upper contains startswith endswith
    True False == != < > <= >= not
    """
)
METHODS: Final = words(
    """
    append capitalize center copy count endswith extend find format get index insert
    isalnum isalpha isdecimal isdigit islower isnumeric isspace isupper items join keys
    lower lstrip partition pop remove removeprefix removesuffix replace reverse rfind
    rindex rjust ljust rpartition rsplit rstrip setdefault sort split splitlines
    startswith strftime strip swapcase title update upper values zfill cycle changed
    casefold expandtabs add clear isoformat encode isidentifier istitle
    """
)
CALLS: Final = words(
    """
    raise_exception strftime_now namespace range dict loop caller super cycler joiner
    now tojson len str int float list bool min max zip enumerate get_current_date
    get_current_datetime break_
    """
)
"""Functions that renderers offer to templates, besides the template's own macros."""

FLASK: Final = frozenset(
    {"request", "config", "url_for", "get_flashed_messages", "current_app", "self"}
)
"""Objects of web frameworks and of Jinja that lead to the interpreter."""
HELPERS: Final = frozenset({"lipsum", "cycler", "joiner", "dict", "range", "namespace"})
"""Jinja's own global functions: harmless when called, a way out by their attributes."""
BUILTINS: Final = words(
    """
    eval exec compile open getattr setattr delattr globals locals vars breakpoint input
    import_module importlib builtins os sys subprocess socket shutil ctypes pickle
    marshal platform pty popen system urlopen
    """
)
"""Names that only mean something to a renderer that hands out the interpreter."""
REACHES: Final = words(
    """
    mro subclasses system popen environ import_module load_module exec_module
    func_globals func_code gi_frame gi_code cr_frame cr_code f_globals f_locals
    f_builtins tb_frame co_code modules builtins Popen check_output getoutput
    check_call urlopen urllib subprocess
    """
)
"""Attributes that no message, tool or document has and the interpreter does."""
INTERNAL: Final = re.compile(
    r"__(?:class|mro|bases?|subclasses|globals|builtins|import|getattribute|getattr"
    r"|dict|code|closure|func|self|reduce(?:_ex)?|getitem|call|wrapped|loader)__"
)
"""Names of the interpreter's own attributes. Special tokens look like them
(`__start__`), and so do names that prose about Python uses (`__main__`)."""
ATTRIBUTE_FILTERS: Final = frozenset(
    {"map", "selectattr", "rejectattr", "groupby", "sort", "sum", "unique", "min",
     "max", "attr"}
)  # fmt: skip
"""Filters that look up an attribute whose name is an argument."""

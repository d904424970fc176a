"""The file carries Python functions or classes as code.

## What it does

Reports pickles by dill and cloudpickle that rebuild functions, classes, cells or
modules from code stored in the file, even if nothing calls them while loading.

## Why it matters

The code arrives with the file and runs as soon as the model uses it. A harmless lambda
and a hostile function have the same form. If the file itself calls such a function
while it is loaded, `pickle-runs-code` reports that as well, and the audit fails.

## How it is measured

From the bytes: by the names of the functions with which dill and cloudpickle rebuild
code, and by what is done with their results.

## What to do

Read the functions before you use the model (`dill.source`, `dis`), in a sandbox.
Better: ask for a model whose functions come from a package with a name and a version.

## Known limits

The code is not judged: neither its byte code nor its names and constants are read here.

## References

- cloudpickle documentation, "Security": only load data from trusted sources
- Python documentation, `types.CodeType`, `marshal`
"""

from typing import ClassVar

from openvet.allow.judgement import Judgement, RuleId
from openvet.allow.pickle_check import PickleCheck
from openvet.finding import Severity
from openvet.formats.pickle.program import PickleProgram


class PickleStoresCode(PickleCheck):
    """Reports the means by which code is carried, once each."""

    id: ClassVar[str] = "pickle-stores-code"
    version: ClassVar[int] = 4
    title: ClassVar[str] = "a pickle carries Python code"
    severity: ClassVar[Severity] = Severity.MEDIUM
    judges: ClassVar[RuleId] = "pickle-stores-code"
    fix: ClassVar[str] = (
        "read the code in a sandbox before the model is used, or ask for a model whose "
        "functions come from a published package"
    )

    def say(self, part: Judgement, program: PickleProgram) -> str:
        """Return the title."""
        del program
        return f"the file rebuilds code that it carries, by {part.path}"

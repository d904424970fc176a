"""Loading the file changes an object that other code imports.

## What it does

Reports a pickle that sets the state of an imported class, function or module, or puts
items into an imported container, instead of into an object it made itself.

## Why it matters

Imported objects are shared by the whole process. A pickle that sets an attribute of a
function, fills `os.environ`, or writes into a list of allowed names changes how code
behaves that has nothing to do with the model - among it the code that decides what may
be loaded. Such files have been used to switch off a loader's own allow list before the
next file is opened.

## How it is measured

From the bytes: `BUILD`, `SETITEM`, `SETITEMS`, `APPEND`, `APPENDS` and `ADDITEMS` whose
target is an import, or an attribute of one.

## What to do

Do not load the file. No honest writer of pickles does this.

## Known limits

A class's own attributes cannot be set through a plain dict, so some of these attempts
fail when they are loaded. They are reported all the same.

## References

- Python documentation, `pickle`: `BUILD` and `object.__setstate__`
- modelscan issues 85 and 330: attributes planted through BUILD
"""

from typing import ClassVar

from openvet.allow.judgement import Judgement, RuleId
from openvet.allow.pickle_check import PickleCheck
from openvet.finding import Severity
from openvet.formats.pickle.program import PickleProgram


class PickleChangesImportedObject(PickleCheck):
    """Reports changes to what the process shares."""

    id: ClassVar[str] = "pickle-changes-imported-object"
    version: ClassVar[int] = 3
    title: ClassVar[str] = "loading a pickle changes an imported object"
    severity: ClassVar[Severity] = Severity.CRITICAL
    judges: ClassVar[RuleId] = "pickle-changes-imported-object"

    def say(self, part: Judgement, program: PickleProgram) -> str:
        """Return the title."""
        del program
        return f"loading this file changes {part.path}: {part.why}"

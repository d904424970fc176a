"""The file imports a name that is put together only while it is loaded.

## What it does

Reports a pickle whose import takes its module or its name from anything but a literal
text: the result of a call, an item of a container, a value that the loader supplies.

## Why it matters

Writers of pickles know the name of what they write and store it as text. A computed
name has one use: to keep scanners from reading it. It can be anything, `os.system`
included.

## How it is measured

From the bytes. The operands of `STACK_GLOBAL` are followed through stack and memo. A
name that is stored as text and merely fetched from the memo is ordinary and is judged
by what it says.

## What to do

Do not load the file. There is no name to vouch for.

## Known limits

The name itself stays unknown; nothing is guessed.

## References

- Python documentation, `pickletools`: `STACK_GLOBAL`
- Hiding names from pickle scanners: CVE-2025-1716 and the advisories on picklescan
"""

from typing import ClassVar

from openvet.allow.judgement import Judgement, RuleId
from openvet.allow.pickle_check import PickleCheck
from openvet.finding import Severity
from openvet.formats.pickle.program import PickleProgram


class PickleComputedImport(PickleCheck):
    """Reports imports whose names no reader can see."""

    id: ClassVar[str] = "pickle-computed-import"
    version: ClassVar[int] = 3
    title: ClassVar[str] = "a pickle computes the name it imports"
    severity: ClassVar[Severity] = Severity.CRITICAL
    judges: ClassVar[RuleId] = "pickle-computed-import"

    def say(self, part: Judgement, program: PickleProgram) -> str:
        """Return the title."""
        del program
        done = "imports and calls" if part.called else "imports"
        return f"loading this file {done} a name that it computes"

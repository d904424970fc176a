"""Write the pages that follow from the code: one per rule, their list, the commands.

`scripts/docs` runs it before it builds the site. What it writes is not kept in git.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from bar import real_help

from openvet import catalog
from openvet.check import Check
from openvet.cli import app
from openvet.documentation import document

Rule = Check[Any]


def rule_page(rule: Rule) -> str:
    """Return a rule's page: what it is at a glance, then its own documentation."""
    found = document(rule.id)
    body = "\n\n".join(f"## {k}\n\n{v}" for k, v in found.sections.items())
    looks_at = ", ".join(subject.__name__ for subject in rule.subjects)
    return f"""# {rule.id}

{found.summary}

| Concern | Usual severity | Looks at | Version |
|---|---|---|---|
| {rule.concern} | {rule.severity.value} | {looks_at} | {rule.version} |

{body}
"""


def rule_list(rules: list[Rule]) -> str:
    """Return the page that lists every rule, by concern, worst first."""
    lines = [
        "# Rules",
        "",
        "Each rule is one file whose docstring is the page you read here;",
        "`openvet explain RULE` prints the same text.",
    ]
    for concern in sorted({rule.concern for rule in rules}):
        lines += ["", f"## {concern.title()}", "", "| Rule | Finds | Usual severity |"]
        lines += ["|---|---|---|"]
        for rule in sorted(rules, key=lambda rule: (-rule.severity.rank, rule.id)):
            if rule.concern == concern:
                severity = rule.severity.value
                lines += [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {severity} |"]
    return "\n".join(lines) + "\n"


def commands(command: click.Command, path: str) -> Iterator[str]:
    """Yield the path of a command and of every command below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from commands(below, f"{path} {name}")


def command_page(program: click.Command) -> str:
    """Return the page of the command line: the help of every command."""
    parts = ["# Command line\n"]
    for path in commands(program, "openvet"):
        help_text = real_help(f"{path} --help")
        parts.append(f"## {path}\n\n```console\n$ {path} --help\n{help_text}```\n")
    return "\n".join(parts)


def main() -> None:
    """Write all pages below docs/."""
    docs = Path(__file__).resolve().parent.parent / "docs"
    shutil.rmtree(docs / "rules", ignore_errors=True)
    (docs / "rules").mkdir()
    rules = [catalog.check(line.where) for line in catalog.CHECKS]
    for rule in rules:
        (docs / "rules" / f"{rule.id}.md").write_text(rule_page(rule))
    (docs / "rules/index.md").write_text(rule_list(rules))
    (docs / "reference").mkdir(exist_ok=True)
    (docs / "reference/cli.md").write_text(command_page(app))


if __name__ == "__main__":
    main()

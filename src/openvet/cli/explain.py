"""`openvet explain`: a rule's own documentation."""

import click

from openvet.documentation import document
from openvet.wire import encode


@click.command()
@click.argument("rule")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
def explain(rule: str, form: str) -> None:
    """Explain a rule: what, why, how, what to do."""
    found = document(rule)
    if form == "json":
        click.echo(encode(found).decode())
        return
    click.echo(f"{found.id} (version {found.version}, {found.concern})")
    click.echo(f"{found.title}; usual severity {found.severity.value}\n")
    click.echo(found.summary)
    for name, text in found.sections.items():
        click.echo(f"\n{name}\n{'-' * len(name)}\n{text}")

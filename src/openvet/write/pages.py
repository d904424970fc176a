"""Pages: templates in which everything is escaped, and a missing name is an error."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import jinja2

from openvet.write.escape import visible

HERE = Path(__file__).parent
SCROLLS: Final = "Wide tables scroll sideways."
"""Said where a screen may be too narrow for them."""


def template(
    name: str, filters: Mapping[str, Callable[..., object]]
) -> jinja2.Template:
    """Return a template of this folder.

    Args:
        name: Of its file.
        filters: What it calls, besides `visible` and `number`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"visible": visible, "number": "{:,}".format, **filters}
    return environment.get_template(name)


def style(*names: str) -> str:
    """Return style sheets of this folder, one after the other."""
    return "".join((HERE / f"{name}.css").read_text("utf-8") for name in names)

"""Write the JSON Schemas that we publish, from the records they describe.

They are kept in git, so that a change of a format is seen in review; a test holds
each file against its record.
"""

import json
from pathlib import Path
from typing import Any, Final

from openvet.changes.compare import Comparison
from openvet.compared.record import SideBySide
from openvet.config import Config
from openvet.report import Report
from openvet.wire import schema

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs/reference"
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def opened(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema without its bans on further keys."""
    if isinstance(value, list):
        return [opened(item) for item in value]
    if isinstance(value, dict):
        return {
            key: opened(item)
            for key, item in value.items()
            if (key, item) != ("additionalProperties", False)
        }
    return value


def schemas() -> dict[str, str]:
    """Return the text of each published schema by the name of its file.

    A configuration with a key that we do not know is an error. A report may have more
    keys than its reader knows: within a version, keys are only added.
    """
    made = {
        "compare-v1.schema.json": opened(schema(SideBySide)),
        "config.schema.json": schema(Config),
        "diff-v1.schema.json": opened(schema(Comparison)),
        "json-v1.schema.json": opened(schema(Report)),
    }
    return {
        name: json.dumps({"$schema": DRAFT, **value}, indent=2, sort_keys=True) + "\n"
        for name, value in made.items()
    }


def main() -> None:
    """Write every schema."""
    for name, text in schemas().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()

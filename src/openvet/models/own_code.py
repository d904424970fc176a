"""Code of its author that a model names: what it is, and where it lies.

It is never run. Popular families are published with code of their own long after
transformers has it too, so a model that names some may open without.
"""

import json
from pathlib import Path
from typing import Any, Final

from openvet.errors import ModelError
from openvet.models.files import CONFIG
from openvet.write.escape import visible

TOKENIZER: Final = "tokenizer_config.json"
KEY: Final = "auto_map"
NAME: Final = 80
"""Characters shown of a file's name."""
FEW: Final = 3
"""Files named of many."""
NEVER: Final = "which is never run here"
LARGEST: Final = 1 << 24
"""Bytes of settings of a tokenizer, which may list its tokens."""


class OwnCode:
    """What the settings of a model name.

    Args:
        config: Of the model.
        folder: Where settings of its tokenizer may lie.
    """

    def __init__(self, config: dict[str, Any], folder: Path) -> None:
        self._model = _targets(config)
        self._tokenizer = _targets(_settings(folder / TOKENIZER))

    @property
    def model(self) -> str:
        """Files of the model's code, with who names them; or empty."""
        return _shown(self._model, CONFIG)

    @property
    def tokenizer(self) -> str:
        """The same of the tokenizer."""
        return _shown(self._tokenizer, TOKENIZER)

    @property
    def both(self) -> str:
        """All that is named; or empty."""
        return " and ".join(filter(None, (self.model, self.tokenizer)))

    def has(self, name: object) -> bool:
        """Say whether the model's code is said to hold a class."""
        return any(target.rpartition(".")[2] == name for target in self._model)


def needed(what: str, files: str) -> ModelError:
    """Return the error of what opens only with code of its author."""
    return ModelError(
        f"the {what} runs only with code of its author"
        + (f" ({files}), {NEVER}" if files else f", {NEVER}"),
        hint="use a version in an architecture that transformers knows",
    )


def _settings(path: Path) -> dict[str, Any]:
    """Return what a file of settings holds, if it is one; its loader says the rest."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _targets(settings: dict[str, Any]) -> tuple[str, ...]:
    """Return the classes that settings map: `file.Class`, `owner/name--file.Class`."""
    mapped = settings.get(KEY)
    values = list(mapped.values()) if isinstance(mapped, dict) else [mapped]
    pairs = [value if isinstance(value, list) else [value] for value in values]
    flat = [target for pair in pairs for target in pair]  # a slow and a fast tokenizer
    return tuple(dict.fromkeys(t for t in flat if isinstance(t, str) and t))


def _shown(targets: tuple[str, ...], config: str) -> str:
    """Return the files of classes in words; empty where there are none."""
    files = list(dict.fromkeys(map(_file, targets)))
    if not files:
        return ""
    more = f" and {len(files) - FEW} more" if len(files) > FEW else ""
    return f"{', '.join(files[:FEW])}{more}, by {KEY} of {config}"


def _file(target: str) -> str:
    """Return the file of a class, and the repository if it lies in another one."""
    repository, _, name = target.rpartition("--")
    file = visible(name.partition(".")[0], most=NAME) + ".py"
    return f"{file} of {visible(repository, most=NAME)}" if repository else file

"""Folders beside which somebody brings files of their own.

`bring` writes the folder and what settings say of the files; whoever audits the folder
through the fixture `audit` audits it with them.
"""

from collections.abc import Iterable
from pathlib import Path

from openvet.run import Options
from openvet.supplied import Supplied
from openvet.wire import decode, encode, replace

SUPPLIED = "supplied.json"


def bring(folder: Path, supplied: Supplied, **files: Iterable[str]) -> None:
    """Write tables into a folder, and the settings that name them.

    Args:
        folder: Where.
        supplied: With paths below the folder.
        files: Lines by the name of a table, without its ending.
    """
    (folder / SUPPLIED).write_bytes(encode(supplied))
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines))


def brought(target: Path, options: Options) -> Options:
    """Return options that point at what was brought, if anything was."""
    path = target / SUPPLIED
    if not path.is_file():
        return options
    supplied = decode(path.read_bytes(), Supplied).below(target)
    return replace(options, settings=replace(options.settings, supplied=supplied))


def decisions(**groups: tuple[int, int, int, int]) -> list[str]:
    """Return a table: of each group true and false positives and negatives."""
    kinds = ("yes,yes", "yes,no", "no,no", "no,yes")
    rows = [
        f"{group},{kind}"
        for group, counts in groups.items()
        for kind, count in zip(kinds, counts, strict=True)
        for _ in range(count)
    ]
    return ["group,hired,good", *rows]

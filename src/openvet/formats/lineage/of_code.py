"""What source code says: its license in the first lines, and what it trains on."""

from typing import Final

from openvet.artifacts import PythonCall
from openvet.dossier import Kind, Relation
from openvet.finding import Basis
from openvet.formats.lineage.gathered import Gathered, spot
from openvet.formats.lineage.names import is_path, is_repository
from openvet.patterns import pattern

HEAD_LINES: Final = 60
"""Lines of a file that hold what it says of its license."""
ALIKE: Final = 3
"""Files that are named of all that say the same."""
SPDX: Final = pattern(
    r"SPDX-License-Identifier:\s*([A-Za-z0-9][\w.+-]*(?:\s+(?:AND|OR|WITH)\s+[\w.+()-]+)*)"
)
UNDER: Final = pattern(
    r"licensed under (?:the )?(?:terms of (?:the )?)?"
    r"([A-Z][\w.+-]*(?:,? (?:[A-Z0-9][\w.+-]*|v?\d[\w.]*|license|Version))*)",
    2,
)
CLEAN: Final = pattern(r"^[\s#/*;%!\"'-]+|[\s*/\"'-]+$")

MODELS: Final = frozenset({"from_pretrained", "SentenceTransformer", "CrossEncoder",
                           "load_checkpoint", "create_model"})  # fmt: skip
DATASETS: Final = frozenset({"load_dataset", "load_dataset_builder", "iter_dataset"})
FETCHES: Final = frozenset({"snapshot_download", "hf_hub_download"})
BUILDERS: Final = frozenset(
    {"csv", "json", "text", "parquet", "arrow", "imagefolder", "audiofolder", "pandas",
     "webdataset", "sql", "train", "test", "validation", "xml", "videofolder"}
)  # fmt: skip
"""What `load_dataset` takes in place of a name, and names of splits."""
_NAME: Final = pattern(r"[A-Za-z][\w.-]{1,95}\Z")
_FAMILY: Final = pattern(r"[a-z]+\d*[-_][\w.-]+\Z|gpt2\Z|[a-z]+-?\d+[\w.-]*\Z", 2)
"""What a model is called that has no owner: `bert-base-uncased`, `gpt2`."""


def from_head(file: str, text: str, gathered: Gathered) -> None:
    """Write down the license that the first lines of a file name."""
    for number, line in enumerate(text.split("\n")[:HEAD_LINES], 1):
        found = SPDX.search(line) if "SPDX" in line else None
        if found is None and "nder " in line[:500]:
            found = UNDER.search(line[:500])
        if found is not None:
            written = found.group(1).rstrip(".")
            if gathered.claimed(written, "header") < ALIKE:
                place = spot(file, number, "", CLEAN.sub("", line[:300]), Basis.BYTES)
                gathered.claim(written, "code", "header", place)
            return


def from_training(file: str, calls: list[PythonCall], gathered: Gathered) -> None:
    """Write down the models and data sets that a training program loads by name."""
    for call in calls:
        last = call.name.rpartition(".")[2]
        kind: Kind = "dataset" if last in DATASETS else "model"
        relation: Relation = "trained-on" if kind == "dataset" else "base"
        if last in DATASETS or last in MODELS or last in FETCHES:
            name = _named(call.arguments, kind)
            place = spot(file, call.line, "", call.text, Basis.BYTES)
            gathered.edge(name, kind, relation, place)


def _named(arguments: tuple[str, ...], kind: Kind) -> str:
    """Return the argument that names a repository, or nothing."""
    for argument in arguments[:3]:
        if is_repository(argument) and not is_path(argument):
            return argument
    first = arguments[0] if arguments else ""
    if kind == "dataset":
        return first if _NAME.match(first) and first not in BUILDERS else ""
    return first if _FAMILY.match(first) else ""

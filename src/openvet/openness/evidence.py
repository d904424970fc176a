"""What in a folder speaks for a component of a release: files, sections, links.

A file speaks for itself. A section of the card may or may not say enough, and a link
leads somewhere else: both are kept as unsure, with their line, for a person to decide.
"""

from collections.abc import Iterator
from typing import Final

from openvet.dossier import Dossier, Edge, Spot
from openvet.finding import Basis
from openvet.listing import first_of
from openvet.openness.documentation import answers_core, main_card
from openvet.openness.links import of_line
from openvet.openness.sections import lines_of
from openvet.openness.seen import Seen, here
from openvet.openness.titles import of_sections
from openvet.patterns import pattern
from openvet.subject import Item

CODE: Final = (".py", ".ipynb", ".sh", ".cpp", ".cc", ".cu", ".js", ".ts", ".rs", ".go",
               ".jl", ".r")  # fmt: skip
GRAPHS: Final = frozenset({"onnx", "tflite", "tensorflow", "keras", "hdf5", "coreml",
                           "torchscript", "openvino", "paddle", "mxnet"})  # fmt: skip
"""Formats that hold a graph of operations beside the weights."""
WEIGHTS: Final = frozenset(
    {"safetensors", "gguf", "torch", "torch-zip", "torch-legacy", "ggml", "joblib",
     "catboost", "lightgbm", "xgboost", "fasttext", "word2vec", "word2vec-text",
     "glove", *GRAPHS}
)  # fmt: skip
WORDS: Final = 40
"""Words from which a card is more than a remark."""
ARCHITECTURE: Final = "Model architecture"
NAMED: Final = 3
"""Names that are shown of many."""
_CODE_NAMES: Final = (
    (
        "Data preprocessing code",
        pattern(
            r"(?:.*[-_])?(?:preprocess\w*|prepare|prep|clean\w*|dedup\w*|filter\w*|"
            r"tokeni[sz]e\w*|(?:make|build)_data\w*|data_?module|augment\w*)(?:[-_].*)?",
            2,
        ),
    ),
    (
        "Inference code",
        pattern(
            r"(?:.*[-_])?(?:infer|inference|predict|generate|sample|pipeline|handler|"
            r"serve|chat|demo|app|detect\w*|embed\w*|recogn\w*|classif\w*|run)(?:[-_].*)?",
            2,
        ),
    ),
    (
        "Model architecture",
        pattern(
            r"(?:.*[-_])?(?:modell?ing|models?|architecture|net|network|nn|layers|"
            r"inception\w*|resnet\w*|transformer)(?:[-_].*)?",
            2,
        ),
    ),
)
_LIBRARIES: Final = pattern(
    r"(?:requirements.*\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml|"
    r"pipfile|poetry\.lock|uv\.lock|dockerfile|conda\.ya?ml|metadata|pkg-info)",
    2,
)
_STATE: Final = pattern(
    r"(?:training_args\.bin|trainer_state\.json|optimizer\.\w+|scheduler\.\w+|"
    r"rng_state.*|train(?:ing)?_(?:config|params|args).*|hyper-?param.*|"
    r"args\.(?:ya?ml|json)|all_results\.json|train_results\.json)",
    2,
)
_CHECKPOINT: Final = pattern(r"(?:.*[-_/])?(?:checkpoint|ckpt|step|epoch)[-_]?\d+.*", 2)
_SAMPLES: Final = pattern(r"(?:samples?|(?:example|sample)[-_ ]outputs?|outputs)", 2)
_SPLIT: Final = pattern(
    r"(?:.*/)?(?:(?P<test>test|eval|valid|validation|dev)|train|training)"
    r"(?:[-_.]\d[\w.-]*|[-_]?(?:data|set|split)[\w.-]*)?\.\w+",
    2,
)
"""Files of data that are called after the part that they are."""
_OF_DATA: Final = pattern(
    r"(?:data|data[-_]?sets?|data[-_]?(?:prep\w*|process\w*|pipelines?)|preprocess\w*)",
    2,
)
"""Folders whose code makes data ready; what each file of them does, it does not say."""
_NO_MODEL: Final = pattern(
    r"(?:download|convert|export|upload|load|save|test|merge|quanti[sz]e)[-_].*", 2
)
"""Code that does something with a model and is none."""
_FACTS: Final = (
    ("Research paper", "paper", "named: {}"),
    ("Model architecture", "architecture", "{}, whose code is not in the folder"),
    ("Model architecture", "repository", "code may stand in {}"),
    ("Supporting libraries and tools", "library", "{} is named"),
    ("Inference code", "library", "{} may run it"),
)
"""Component, subject of a statement, and what it comes to."""


def gather(dossier: Dossier) -> dict[str, Seen]:
    """Return the best that speaks for each component, by the component's name."""
    found: dict[str, Seen] = {}
    for name, seen in (*_files(dossier), *_facts(dossier), *_cards(dossier)):
        if name not in found or seen.rank > found[name].rank:
            found[name] = seen
    return found


def _files(dossier: Dossier) -> Iterator[tuple[str, Seen]]:
    """Yield what the names and formats of files say."""
    roles = {paper.file: paper.role for paper in dossier.papers}
    beside = {p.file.rpartition("/")[0] for p in dossier.papers if p.role == "weights"}
    for item in dossier.items:
        role = roles.get(item.name, "")
        last = item.name.lower().rpartition("/")[2]
        yield from _weights(item, role)
        yield from _paper(item.name, last, role)
        if role == "data":
            yield from _data(item.name)
        if last.endswith(CODE):
            yield from _code(item.name, last.rpartition(".")[0], role)
            if role == "code" and item.name.rpartition("/")[0] in beside:
                spot = Spot(file=item.name, basis=Basis.BYTES)
                yield "Inference code", Seen(note="code beside the weights", spot=spot)
        if _LIBRARIES.fullmatch(last):
            spot = Spot(file=item.name, basis=Basis.BYTES)
            seen = Seen(note="libraries are named", spot=spot, elsewhere=True)
            yield "Supporting libraries and tools", seen
        if _STATE.fullmatch(last):
            yield "Model metadata", here(item.name, "settings or state of training")
        if _SAMPLES.fullmatch(item.name.partition("/")[0].partition(".")[0]):
            yield "Sample model outputs", here(item.name, "samples")


def _weights(item: Item, role: str) -> Iterator[tuple[str, Seen]]:
    formats = set(item.formats)
    if not (WEIGHTS & formats or role == "weights"):
        return
    between = _CHECKPOINT.fullmatch(item.name) is not None
    kind = "Intermediate" if between else "Final"
    yield f"Model parameters ({kind})", here(item.name, "weights")
    if GRAPHS & formats:
        note = "the graph stands in it, its source code is not here"
        spot = Spot(file=item.name, basis=Basis.BYTES)
        yield "Model architecture", Seen(note=note, spot=spot)


def _paper(name: str, last: str, role: str) -> Iterator[tuple[str, Seen]]:
    if role == "evaluation" and not last.endswith(CODE):
        yield "Evaluation results", here(name, "results in a file")
    elif role == "report":
        kind = "Research paper" if "paper" in last else "Technical report"
        yield kind, here(name, "a document")
    elif role in ("data-card", "croissant"):
        yield "Data card", here(name, "a description of the data")
    elif role == "citation":
        spot = Spot(file=name, line=1)
        yield "Research paper", Seen(note="named", spot=spot, elsewhere=True)


def _code(name: str, stem: str, role: str) -> Iterator[tuple[str, Seen]]:
    """Yield what a source file is, told from its name."""
    if stem == "__init__":
        return
    if role == "training-code":
        yield "Training code", here(name, "code")
    elif role == "evaluation":
        yield "Evaluation code", here(name, "code")
    elif role == "code":
        if any(_OF_DATA.fullmatch(folder) for folder in name.split("/")[:-1]):
            spot = Spot(file=name, basis=Basis.BYTES)
            yield (
                "Data preprocessing code",
                Seen(note="code in such a folder", spot=spot),
            )
        for component, names in _CODE_NAMES:
            other = component == ARCHITECTURE and (
                _NO_MODEL.match(stem) or "data" in name.lower()
            )
            if names.fullmatch(stem) and not other:
                yield component, here(name, "code")


def _data(name: str) -> Iterator[tuple[str, Seen]]:
    split = _SPLIT.fullmatch(name)
    if split is None:
        spot = Spot(file=name, basis=Basis.BYTES)
        yield "Datasets", Seen(note="data of some use", spot=spot)
    else:
        kind = "Evaluation data" if split.group("test") else "Datasets"
        yield kind, here(name, "data")


def _facts(dossier: Dossier) -> Iterator[tuple[str, Seen]]:
    """Yield what headers and settings say."""
    trained = [edge for edge in dossier.edges if edge.relation == "trained-on"]
    if trained:
        yield "Datasets", _named(trained)
    figures = dossier.facts.get("evaluation", ())
    for statement in figures[:1]:
        note = f"{len(figures)} figure{'s' * (len(figures) > 1)}"
        yield "Evaluation results", Seen(note=note, spot=statement.spot, sure=True)
        note = "the data of the figures is named"
        yield "Evaluation data", Seen(note=note, spot=statement.spot, elsewhere=True)
    for name, key, note in _FACTS:
        for statement in dossier.facts.get(key, ())[:1]:
            value = statement.value
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            told = note.format(text.strip("[]<>").partition("](")[0][:80])
            yield name, Seen(note=told, spot=statement.spot, elsewhere=True)


def _named(edges: list[Edge]) -> Seen:
    names = first_of([edge.parent for edge in edges], NAMED)
    return Seen(note=f"named: {names}", spot=edges[0].spot, elsewhere=True)


def _cards(dossier: Dossier) -> Iterator[tuple[str, Seen]]:
    """Yield what the text of the cards says."""
    for card in dossier.cards:
        if card.kind == "dataset":
            yield "Data card", here(card.file, "a data card")
    main = main_card(dossier)
    if main is None:
        return
    words = sum(len(section.text.split()) for section in main.sections)
    sure = words >= WORDS and (bool(main.data) or answers_core(main))
    note = f"{words:,} words" if sure else f"{words:,} words, hardly a model card"
    spot = Spot(file=main.file, line=1, basis=Basis.BYTES)
    yield "Model card", Seen(note=note, spot=spot, sure=sure)
    yield from of_sections(main)
    for line in lines_of(main):
        yield from of_line(main.file, line)

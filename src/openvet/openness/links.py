"""Where the links of a card lead, told from the address and the words around it."""

from collections.abc import Iterator
from typing import Final

from openvet.dossier import Spot
from openvet.openness.sections import Line
from openvet.openness.seen import Seen
from openvet.patterns import pattern

_LINK: Final = pattern(r"https?://[^\s()\[\]<>\"'`]{4,500}")
_FORGE: Final = pattern(r"https?://(?:www\.)?(?:github|gitlab|bitbucket|codeberg)\.", 2)
_DATA: Final = pattern(
    r"https?://(?:www\.)?(?:huggingface\.co/(?:datasets|collections)/|zenodo\.|"
    r"kaggle\.com/(?:datasets|c)/|(?:data\.)?commoncrawl\.)",
    2,
)
_WEIGHTS: Final = pattern(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models)/(?!datasets/|"
    r"spaces/|docs/|papers/|blog/|collections/|tasks/|transformers/)[\w.-]+/[\w.-]+",
    2,
)
_PAPER: Final = pattern(
    r"https?://(?:www\.|export\.)?(?:arxiv\.org|doi\.org|aclanthology\.org|"
    r"openreview\.net|proceedings\.|dl\.acm\.org|papers\.)|"
    r"https?://[^\s]{1,300}\.pdf\b|https?://huggingface\.co/papers/",
    2,
)
_ON_CARDS: Final = pattern(r"/(?:abs|pdf)/(?:1810\.03993|1803\.09010|1910\.09700)")
"""Papers about cards, data sheets and emissions, which templates link to."""
_CODE: Final = tuple(
    (name, pattern(rf"\b(?:{words})", 2))
    for name, words in {
        "Training code": r"(?:pre-?)?train(?:ing|ed|er)?\b|fine-?tun|recipe",
        "Evaluation code": r"evaluat|benchmark|eval\b|harness\b",
        "Data preprocessing code": r"pre-?process|filter|dedup|data (?:pipeline|"
        r"preparation|processing|curation)",
        "Inference code": r"inference\b|demo\b|usage\b|to run\b|deploy",
        "Model architecture": r"(?:source|original|official) code|implementation|"
        r"repo(?:sitory)?\b|architecture\b",
    }.items()
)
"""What words around a link to a code host make of it."""
_REPORT_WORDS: Final = pattern(r"\b(?:(?:technical|tech) )?report\b|\bwhite ?paper", 2)
_PAPER_WORDS: Final = pattern(
    r"\bpapers?\b|\bpreprint|\bcit(?:e|ation|ing)\b|@\w+\{", 2
)
_BIBTEX: Final = pattern(r"\s*@(?:article|inproceedings|misc|techreport)\s*\{", 2)
_OTHERS: Final = pattern(
    r"\W*(?:(?:pre-?)?train(?:ing)? data|data ?sets?\b|data\b|benchmarks?\b|related|"
    r"acknowledg|credits?\b|thanks|similar)",
    2,
)
"""Headings below which links lead to what others made."""
_INTERMEDIATE: Final = pattern(
    r"\b(?:intermediate|training|all) checkpoints\b|"
    r"\bcheckpoints (?:from|at|every|during)\b",
    2,
)


def of_line(file: str, line: Line) -> Iterator[tuple[str, Seen]]:
    """Yield the components that a line of a card leads to."""
    spot = Spot(file=file, line=line.number, text=line.text.strip()[:300])
    if _BIBTEX.match(line.text):
        yield "Research paper", Seen(note="a reference", spot=spot, elsewhere=True)
    if line.code or "://" not in line.text:
        return
    title = line.section.title
    data_only = _OTHERS.match(title) is not None
    about = f"{title} {line.text}"
    for link in _LINK.finditer(line.text):
        address = link.group()
        seen = Seen(note=f"named: {address[:100]}", spot=spot, elsewhere=True)
        if data_only:
            if _DATA.match(address):
                yield "Datasets", seen
            continue
        for name in _led_to(address, about):
            yield name, seen
        if _INTERMEDIATE.search(line.text):
            yield "Model parameters (Intermediate)", seen


def _led_to(address: str, about: str) -> Iterator[str]:
    if _ON_CARDS.search(address):
        return
    if _PAPER.match(address):
        if _REPORT_WORDS.search(about):
            yield "Technical report"
        if _PAPER_WORDS.search(about):
            yield "Research paper"
    elif _DATA.match(address):
        yield "Datasets"
    elif _WEIGHTS.match(address):
        yield "Model parameters (Final)"
    elif _FORGE.match(address):
        for name, words in _CODE:
            if words.search(about):
                yield name

"""What part a file has in a release, told from its name alone.

Names are how people mark such files: `LICENSE`, `NOTICE`, `SECURITY.md`. The names are
those of GitHub's community files, of Hugging Face repositories and of the model
openness framework's components.
"""

from typing import Final

from openvet.dossier import PaperRole
from openvet.patterns import pattern

CARDS: Final = frozenset({"card", "data-card"})
TERMS: Final = frozenset({"license", "notice", "use-policy"})
PROSE: Final = frozenset({"", ".md", ".markdown", ".mdx", ".rst", ".txt"})
PAGES: Final = frozenset({".html", ".htm"})
WORDS: Final[tuple[tuple[PaperRole, str, frozenset[str]], ...]] = (
    (
        "use-policy",
        r"(?:acceptable[-_ ]?)?use[-_ ]?(?:policy|restrictions)|prohibited[-_ ]?uses?",
        PROSE | PAGES | {".pdf"},
    ),
    (
        "license",
        r"(?:un)?licen[cs]es?|copying|copyright|eula|terms(?:[-_ ]of[-_ ]use)?",
        PROSE | PAGES | {".pdf", ".license"},
    ),
    ("notice", r"notices?|third[-_ ]?party[-_ ]?(?:notices?|licen[cs]es)", PROSE),
    ("security-policy", r"security", PROSE),
    ("changelog", r"change[-_ ]?log|changes|history|release[-_ ]?notes|news", PROSE),
    ("citation", r"citation|citations|cite", PROSE | {".cff", ".bib"}),
    ("contact", r"maintainers?|authors?|contact|support|codeowners|owners", PROSE),
    (
        "data-card",
        r"(?:data|dataset)[-_ ]?(?:card|sheet|statement)|data[-_ ]?sheet",
        PROSE,
    ),
    ("card", r"readme|model[-_ ]?card|system[-_ ]?card", PROSE),
)
"""Role, how the name begins, and the extensions that it may have."""
_WORDS: Final = tuple(
    (role, pattern(rf"(?:{words})(?![a-z])|.*[-_. ](?:{words})\Z"), suffixes)
    for role, words, suffixes in WORDS
)
_TRAINING: Final = pattern(
    r"(?:.*[-_])?(?:pre)?(?:train|trainer|training|finetune|finetuning|fine_tune|sft"
    r"|dpo|grpo|rlhf|distill|pretraining)(?:[-_].*)?\Z"
)
_EVALUATION: Final = pattern(
    r"(?:.*[-_])?(?:eval|evals|evaluate|evaluation|benchmark|benchmarks)(?:[-_].*)?\Z"
)
_REPORT: Final = pattern(
    r"(?:.*[-_ ])?(?:paper|report|technical[-_ ]report|whitepaper)(?:[-_ ].*)?\Z"
)
CODE: Final = frozenset({".py", ".ipynb", ".sh", ".cpp", ".cc", ".cu", ".js", ".ts",
                         ".rs", ".go", ".jl", ".r"})  # fmt: skip
DATA: Final = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".arrow",
                         ".tfrecord"})  # fmt: skip
WEIGHTS: Final = frozenset({".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".h5",
                            ".hdf5", ".keras", ".tflite", ".pb", ".mlmodel", ".ckpt",
                            ".msgpack", ".npz", ".joblib", ".pkl", ".ggml", ".ftz",
                            ".cbm", ".ubj"})  # fmt: skip
FORMATS: Final = frozenset(
    {"safetensors", "gguf", "onnx", "torch", "torch-zip", "torch-legacy", "torchscript",
     "hdf5", "keras", "tflite", "tensorflow", "joblib", "ggml", "coreml", "fasttext",
     "pickle"}
)  # fmt: skip
"""Of weights, as readers tell them from the bytes, whatever the file is called."""
STATE: Final = pattern(r"training_args|scheduler|rng_state.*|optimizer.*|scaler")
"""Names of what a trainer keeps beside the weights."""
TOKENIZERS: Final = frozenset(
    {"tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.txt",
     "vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json",
     "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja"}
)  # fmt: skip
CONFIGS: Final = frozenset(
    {"config.json", "adapter_config.json", "generation_config.json", "modules.json",
     "model_index.json", "params.json", "preprocessor_config.json",
     "mergekit_config.yml", "mergekit_config.yaml", "config_sentence_transformers.json",
     "quantize_config.json", "quantization_config.json", "mlmodel"}
)  # fmt: skip
"""Names in lower case."""


_BY_NAME: Final[dict[str, PaperRole]] = {
    **dict.fromkeys(TOKENIZERS, "tokenizer"),
    **dict.fromkeys(CONFIGS, "config"),
}
_BY_SUFFIX: Final[dict[str, PaperRole]] = {
    **dict.fromkeys(WEIGHTS, "weights"),
    **dict.fromkeys(DATA, "data"),
}
_TYPES: Final = CODE | DATA | WEIGHTS | frozenset(
    {".json", ".yaml", ".yml", ".toml", ".xml", ".css", ".png", ".svg", ".jpg", ".gif",
     ".jpeg", ".map", ".pyc", ".pyi", ".bin", ".zip", ".gz", ".sig", ".asc"}
)  # fmt: skip
"""What no text of terms has; any other word after a dot may name a license."""


def role_of(name: str) -> PaperRole | None:
    """Return the role of a file in a release by its path, or None."""
    folder, _, last = name.replace("\\", "/").lower().rpartition("/")
    stem, dot, extension = last.rpartition(".")
    suffix = f".{extension}" if dot and stem else ""
    stem = stem if suffix else last
    if last in _BY_NAME:
        return _BY_NAME[last]
    if suffix in CODE:
        return _code(stem, folder)
    paper = _paper(last, stem, suffix)
    if paper is not None:
        return paper
    if suffix in (".json", ".jsonld") and "croissant" in stem:
        return "croissant"
    if suffix != ".pdf" and (_EVALUATION.match(stem) or ".eval_results" in folder):
        return "evaluation"
    report = suffix == ".pdf" and _REPORT.match(stem)
    return "report" if report else _BY_SUFFIX.get(suffix)


def role_in(name: str, formats: tuple[str, ...]) -> PaperRole | None:
    """Return the role of a file in a release by its path and what its bytes are."""
    role = role_of(name)
    if role in (None, "weights") and (role or not FORMATS.isdisjoint(formats)):
        stem = name.lower().rpartition("/")[2].rpartition(".")[0]
        return None if STATE.fullmatch(stem) else "weights"
    return role


def _paper(last: str, stem: str, suffix: str) -> PaperRole | None:
    """Return the role of a file that people read."""
    if suffix == ".license":
        return "license"
    odd = suffix not in _TYPES and last.partition(".")[0]
    for role, words, suffixes in _WORDS:
        named = odd and role in ("license", "notice") and words.fullmatch(odd)
        if named or (suffix in suffixes and words.match(stem)):
            return role
    return None


def _code(stem: str, folder: str) -> PaperRole:
    if _TRAINING.match(stem) or folder.rpartition("/")[2] in ("train", "training"):
        return "training-code"
    return "evaluation" if _EVALUATION.match(stem) else "code"

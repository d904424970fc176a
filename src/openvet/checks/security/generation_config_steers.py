"""The generation settings force or forbid words of the model's answers.

## What it does

Reads `generation_config.json`, and the same keys in `config.json`, for settings that
steer single tokens: forced and suppressed tokens, forbidden words, biases on words.

## Why it matters

`generate` applies these settings silently, whatever the caller asks. They can make a
model always begin with a sentence, never say a word, or never stop.

## How it is measured

Beside the kind of model. Speech and image models carry such lists by design (Whisper
suppresses some ninety tokens and forces the language); translation models force one
language token and forbid the padding token. Those are silent. For a text model, forced
sequences, biases, and suppression of the end of the text fail; other lists of
suppressed or forbidden tokens fail too when the model is known to be a plain text
model, else they ask for a review.

## What to do

Remove the keys, or find out from the tokenizer which words they stand for.

## Known limits

Which text a token number stands for is not looked up. Temperature and the like are not
judged.

## References

- https://huggingface.co/docs/transformers/main_classes/text_generation
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from openvet.artifacts import Repository
from openvet.check import Check, Context
from openvet.finding import Confidence, Finding, Quote, Severity
from openvet.subject import Subject
from openvet.wire import replace

FORCES: Final = (
    "forced_decoder_ids",
    "force_words_ids",
    "sequence_bias",
    "constraints",
)
FORBIDS: Final = ("suppress_tokens", "begin_suppress_tokens", "bad_words_ids")
SPEECH: Final = frozenset(
    {"alignment_heads", "lang_to_id", "task_to_id", "is_multilingual",
     "no_timestamps_token_id", "max_initial_timestamp_index", "prev_sot_token_id"}
)  # fmt: skip
"""Settings that only speech models have."""
OTHER_MODELS: Final = (
    "whisper", "moonshine", "speech", "seamless", "bark", "musicgen", "kyutai", "dia",
    "gemma3n", "gemma4", "llama4", "chameleon", "janus", "emu", "kosmos", "git", "blip",
    "vision", "donut", "nougat", "marian", "mbart", "m2m", "nllb", "t5", "vl", "audio",
    "image", "csm", "voxtral", "parakeet", "canary", "florence", "pix2struct",
)  # fmt: skip
SPECIAL: Final = ("pad_token_id", "unk_token_id", "bos_token_id", "eos_token_id",
                  "decoder_start_token_id")  # fmt: skip
SHOWN: Final = 200


class GenerationConfigSteers(Check[Repository]):
    """Judges settings that steer single tokens."""

    id: ClassVar[str] = "generation-config-steers"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "generation settings force or forbid words"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Repository,)

    def run(self, subject: Repository, context: Context) -> Iterator[Finding]:
        """Yield a finding for each such key."""
        for path, data in subject.configs.items():
            name = path.rpartition("/")[2]
            if name not in ("generation_config.json", "config.json"):
                continue
            if not isinstance(data, dict) or SPEECH & data.keys():
                continue
            folder = path[: len(path) - len(name)]
            model = subject.configs.get(f"{folder}config.json")
            model = model if isinstance(model, dict) else {}
            for key in (*FORCES, *FORBIDS):
                severity = _severity(key, data, model)
                if severity is not None:
                    finding = self.finding(
                        subject,
                        "generation settings force what the model says"
                        if key in FORCES
                        else "generation settings forbid tokens",
                        Quote(text=repr(data[key])[:SHOWN], key=key),
                        fix="remove the key, or look its tokens up in the tokenizer",
                        severity=severity,
                        confidence=Confidence.MEDIUM,
                        live="transformers, in every call of generate",
                    )
                    yield replace(finding, place=(*subject.place, path))


def _severity(key: str, data: dict[str, Any], model: dict[str, Any]) -> Severity | None:
    """Return how much one setting steers, or None where it does not."""
    tokens = _numbers(data.get(key))
    if not tokens and not (key == "sequence_bias" and data.get(key)):
        return None
    kind = f"{model.get('model_type', '')} {model.get('architectures', '')}".lower()
    if any(other in kind for other in OTHER_MODELS):
        return None
    both = {**model, **data}
    special = {one for name in SPECIAL for one in _numbers(both.get(name))}
    ends = set(_numbers(both.get("eos_token_id")))
    if ends and ends <= set(tokens) and key in ("suppress_tokens", "bad_words_ids"):
        return Severity.HIGH
    if key in FORBIDS and set(tokens) <= special | {0, 1, 2, 3}:
        return None
    if key in FORCES:
        return Severity.HIGH
    plain = "conditionalgeneration" not in kind
    return Severity.HIGH if plain else Severity.MEDIUM


def _numbers(value: object) -> list[int]:
    """Return the token numbers of a setting, whatever its nesting."""
    found: list[int] = []
    todo: list[object] = [value]
    for _ in range(10_000):
        if not todo:
            break
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, int) and not isinstance(node, bool):
            found.append(node)
    return found

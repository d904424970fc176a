"""Write `families.json`: by which figures the files of a model tell its family.

    python scripts/model_families.py CONFIG COMMIT

CONFIG is `litgpt/config.py` of github.com/Lightning-AI/litgpt (Apache-2.0) at COMMIT:
a table of the published configurations of open language models. Only figures are
taken: vocabulary, width, layers, inner width. Sizes of vocabularies that several
families share are left out; those that are told apart by other sources stand below,
each with its own.
"""

import runpy
import sys
from pathlib import Path
from typing import Any, Final

from openvet.wire import encode

TARGET: Final = (
    Path(__file__).resolve().parent.parent / "src/openvet/formats/lineage/families.json"
)
FAMILIES: Final = {
    "meta-llama/Llama-2": "Llama 2",
    "meta-llama/Meta-Llama-3": "Llama 3",
    "meta-llama/Meta-Llama-3.1-405B": "Llama 3.1",
    "meta-llama/Llama-3.2": "Llama 3.2",
    "meta-llama/Llama-3.3": "Llama 3",
    "codellama/CodeLlama": "Llama 2",
    "google/gemma-2b": "Gemma 1",
    "google/gemma-7b": "Gemma 1",
    "google/gemma-2-": "Gemma 2",
    "google/gemma-3": "Gemma 3",
    "google/codegemma": "Gemma 1",
    "mistralai/": "Mistral",
    "Qwen/Qwen2.5": "Qwen 2",
    "Qwen/QwQ": "Qwen 2",
    "Qwen/Qwen3": "Qwen 3",
    "microsoft/Phi-3": "Phi 3",
    "microsoft/Phi-4-mini": "Phi 4 mini",
    "microsoft/phi-4": "Phi 4",
    "microsoft/phi-2": "Phi 2",
    "tiiuae/falcon": "Falcon",
    "tiiuae/Falcon3": "Falcon 3",
    "allenai/OLMo-2": "OLMo 2",
    "allenai/OLMo": "OLMo",
    "HuggingFaceTB/SmolLM2": "SmolLM2",
    "EleutherAI/pythia": "Pythia",
}
"""Family by the beginning of a name; whoever else is listed started from these. Llama
3, 3.1 and 3.3 share their shapes."""
LITGPT: Final = "Lightning-AI/litgpt@{} litgpt/config.py"
UPDATE: Final = "ggml-org/llama.cpp convert_hf_to_gguf_update.py, read 2026-11-22"
VOCABULARIES: Final = (
    (128256, "Llama 3", "litgpt"),
    (202048, "Llama 4", "huggingface/transformers Llama4TextConfig, read 2026-11-22"),
    (262144, "Gemma 3", "litgpt"),
    (151936, "Qwen 2 or 3", "litgpt"),
    (152064, "Qwen 2", "litgpt"),
    (32064, "Phi 3", "litgpt"),
)
"""Sizes that one family has; a fine-tune keeps the size or adds a few tokens."""
TOKENS: Final = (
    (128000, "<|begin_of_text|>", "Llama 3"),
    (105, "<start_of_turn>", "Gemma 3"),
    (106, "<start_of_turn>", "Gemma 1 or 2"),
    (151644, "<|im_start|>", "Qwen 2 or 3"),
)
"""Number and text of a token, which a fine-tune keeps; read 2026-11-22 in copies of
`tokenizer_config.json` in public repositories."""
PRETOKENIZERS: Final = {
    "llama-bpe": "Llama 3",
    "llama4": "Llama 4",
    "qwen2": "Qwen 2 or 3",
    "deepseek-llm": "DeepSeek",
    "deepseek-coder": "DeepSeek",
    "falcon3": "Falcon 3",
    "command-r": "Command R",
    "tekken": "Mistral",
    "smollm": "SmolLM",
    "dbrx": "DBRX",
}
"""Names that llama.cpp gives to the way in which a tokenizer of a family splits."""


def family_of(name: str) -> str:
    """Return the family of a repository's name, or an empty string."""
    fits = [begin for begin in FAMILIES if name.startswith(begin)]
    return FAMILIES[max(fits, key=len)] if fits else ""


def shapes(configs: list[dict[str, Any]], config: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - litgpt's class
    """Return each shape with the names of those that have it."""
    found: dict[tuple[str, int, int, int, int], list[str]] = {}
    for values in configs:
        made = config(**values)
        name = f"{made.hf_config.get('org', '')}/{made.hf_config.get('name', '')}"
        family = family_of(name)
        if family:
            key = (
                family,
                made.padded_vocab_size,
                made.n_embd,
                made.n_layer,
                made.intermediate_size,
            )
            found.setdefault(key, []).append(name)
    return [
        {"family": family, "like": min(names, key=len), "vocabulary": vocabulary,
         "width": width, "layers": layers, "inner": inner}
        for (family, vocabulary, width, layers, inner), names in sorted(found.items())
    ]  # fmt: skip


def main() -> None:
    """Write the table."""
    path, commit = sys.argv[1:]
    table = runpy.run_path(path)
    source = LITGPT.format(commit)
    TARGET.write_bytes(
        encode(
            {
                "as_of": "2026-11-22",
                "source": source,
                "shapes": shapes(table["configs"], table["Config"]),
                "vocabularies": [
                    {
                        "family": family,
                        "size": size,
                        "source": source if said == "litgpt" else said,
                    }
                    for size, family, said in VOCABULARIES
                ],
                "tokens": [
                    {"family": family, "number": number, "text": text}
                    for number, text, family in TOKENS
                ],
                "pretokenizers": {
                    "names": PRETOKENIZERS,
                    "source": UPDATE,
                },
            }
        )
        + b"\n"
    )


if __name__ == "__main__":
    main()

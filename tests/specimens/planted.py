"""Situations of licenses that are planted, beside those that people told of."""

import json
from pathlib import Path
from typing import Final

from openvet.check import Profile
from specimens.situations import (
    BUILT,
    COPY,
    GEMMA_NOTICE,
    LLAMA_NOTICE,
    NAME,
    NOTICE,
    PASSED,
    TOLD,
    Must,
    Situation,
    adapter,
    card,
)
from specimens.tensors import safetensors

APACHE: Final = (Path(__file__).parents[2] / "LICENSE").read_text("utf-8")
LLAMA: Final = "license: llama3.1\nbase_model: meta-llama/Llama-3.1-8B"
BUILT_CARD: Final = "# Llama-Sparrow\n\nBuilt with Llama, and fine-tuned on birds.\n"

HONEST: Final = (
    Situation(
        "an honest fine-tune of an Apache model",
        {
            **card("license: apache-2.0\nbase_model: Qwen/Qwen2.5-0.5B"),
            "LICENSE": APACHE,
        },
        (Must("license-chain", "info", "Qwen/Qwen2.5-0.5B"),),
        worst="low",
    ),
    Situation(
        "an honest Apache model with a card and no text",
        card("license: apache-2.0"),
        (Must("license-missing", "low", "the card says Apache-2.0"),),
        worst="low",
    ),
    Situation(
        "a Llama with everything it owes",
        {**card(LLAMA, BUILT_CARD), "NOTICE": LLAMA_NOTICE},
        (
            Must("license-chain", "info", "NOTICE"),
            Must("obligation-needs-answer", "low", "monthly_users"),
        ),
        texts={"LICENSE": "llama-3.1-license-2024"},
        profile=Profile(passes_on=True),
        worst="low",
    ),
    Situation(
        "a Llama with everything but its notice, passed on",
        card(LLAMA, BUILT_CARD),
        (Must("obligation-missing", "high", NOTICE),),
        texts={"LICENSE": "llama-3.1-license-2024"},
        profile=Profile(passes_on=True),
    ),
    Situation(
        "a Llama that stays inside",
        card(LLAMA),
        (Must("license-chain", "info", "which is not planned"),),
        profile=Profile(passes_on=False, monthly_users=20),
        worst="info",
    ),
    Situation(
        "a Gemma with everything it owes",
        {
            **card("license: gemma\nbase_model: google/gemma-2-2b"),
            "NOTICE": GEMMA_NOTICE,
        },
        (Must("license-chain", "info", "NOTICE"),),
        texts={"LICENSE": "gemma-tou-2025-03-24"},
        profile=Profile(passes_on=True),
        worst="info",
    ),
)

PLANTED: Final = (
    *HONEST,
    Situation(
        "a Gemma whose restrictions are not passed on",
        card("license: mit\nbase_model: google/gemma-2-2b"),
        (
            Must("use-not-allowed", "high", "Gemma Terms of Use"),
            Must("obligation-missing", "medium", PASSED),
            Must("obligation-missing", "medium", NOTICE),
            Must("obligation-missing", "medium", COPY),
        ),
    ),
    Situation(
        "a model distilled from Gemma",
        {
            **card("license: mit"),
            "config.json": json.dumps({"teacher_model": "google/gemma-2-9b"}),
        },
        (
            Must("license-chain", "info", "distilled-from"),
            Must("obligation-missing", "medium", PASSED),
        ),
    ),
    Situation(
        "a model distilled from Llama 2 under another license",
        {
            **card("license: mit"),
            "config.json": json.dumps({"teacher_model": "meta-llama/Llama-2-7b-hf"}),
        },
        (Must("use-not-allowed", "high", "may not train other models"),),
    ),
    Situation(
        "an adapter without a card",
        {
            "adapter_config.json": adapter("meta-llama/Llama-3.1-8B"),
            "adapter_model.safetensors": safetensors(),
        },
        (
            Must("license-missing", "medium", "no file says"),
            Must("obligation-missing", "medium", COPY),
            Must("obligation-missing", "medium", NOTICE),
        ),
        worst="medium",
    ),
    Situation(
        "a merge of a restricted and a permissive model",
        {
            **card("license: apache-2.0", "# Crow\n"),
            "mergekit_config.yml": (
                "merge_method: ties\nmodels:\n- model: meta-llama/Llama-3.1-8B\n"
                "- model: mistralai/Mistral-7B-v0.1\n"
            ),
        },
        (
            Must("use-not-allowed", "high", "mergekit_config.yml"),
            Must("obligation-missing", "medium", NAME),
            Must("obligation-missing", "medium", BUILT),
        ),
    ),
    Situation(
        "commercial use of a model without commercial use",
        card("license: cc-by-nc-4.0"),
        (Must("use-not-allowed", "high", "CC-BY-NC-4.0"),),
        profile=Profile(commercial=True),
    ),
    Situation(
        "commercial use of a model trained on data without commercial use",
        card("license: mit\ndatasets: yahma/alpaca-cleaned"),
        (Must("use-not-allowed", "high", "yahma/alpaca-cleaned"),),
        profile=Profile(commercial=True),
    ),
    Situation(
        "a model that excludes the European Union, used in Germany",
        card("license: other\nlicense_name: hunyuan-3d-2.0"),
        (Must("use-not-allowed", "high", "European Union"),),
        profile=Profile(territory=("DE",)),
    ),
    Situation(
        "more monthly users than Llama allows",
        card(LLAMA, BUILT_CARD),
        (Must("use-not-allowed", "high", "700,000,000 monthly users"),),
        profile=Profile(monthly_users=800_000_000),
    ),
    Situation(
        "more revenue than Stability allows",
        card("license: other\nlicense_name: stability-community"),
        (Must("use-not-allowed", "high", "1,000,000 US dollars"),),
        profile=Profile(revenue=5_000_000),
    ),
    Situation(
        "a sentence put into a known license",
        card("license: apache-2.0"),
        (Must("license-modified", "medium", "agriculture"),),
        texts={
            "LICENSE": "apache-2.0+\nYou may not use the Work in agriculture, and must"
            " not provide it to any competitor of the Licensor.\n"
        },
        worst="medium",
    ),
    Situation(
        "a permissive license on a model under the AGPL",
        {
            **card("license: mit\nbase_model: a/detector"),
            "parent/README.md": (
                "---\nmodel_name: a/detector\nlicense: agpl-3.0\n---\n# a/detector\n"
            ),
            "parent/m.safetensors": safetensors(),
        },
        (Must("use-not-allowed", "high", "AGPL-3.0"),),
    ),
    Situation(
        "a package under MIT around a model under CC BY-NC",
        {
            "sparrow/README.md": "---\nlicense: cc-by-nc-4.0\n---\n# Sparrow\n",
            "sparrow/m.safetensors": safetensors(),
            "sparrow-1.0.dist-info/METADATA": (
                "Metadata-Version: 2.1\nName: sparrow\nVersion: 1.0\nLicense: MIT\n"
            ),
        },
        (Must("license-disagreement", "high", "the package's metadata says MIT"),),
    ),
    Situation(
        "a model of which nobody knows what it was made of",
        card("license: mit\nbase_model: nobody/knows"),
        (
            Must("license-unknown", "low", "nobody/knows"),
            Must("license-chain", "info", "nothing is taken as allowed"),
        ),
        worst="low",
    ),
    Situation(
        "cards that name each other",
        {
            "README.md": "---\nmodel_name: a/one\nbase_model: a/two\n---\n# a/one\n",
            "two/README.md": (
                "---\nmodel_name: a/two\nlicense: gpl-3.0\nbase_model: a/three\n---\n"
            ),
            "two/m.safetensors": safetensors(),
            "three/README.md": "---\nmodel_name: a/three\nbase_model: a/two\n---\n",
            "three/m.safetensors": safetensors(),
        },
        (Must("license-chain", "info", "GPL-3.0"),),
        worst="medium",
    ),
    Situation(
        "a restricted parent among ten thousand",
        card(
            "license: mit\nbase_model:\n- meta-llama/Llama-3.1-8B"
            + "".join(f"\n- a/b{number}" for number in range(10_000))
        ),
        (Must("use-not-allowed", "high", "meta-llama/Llama-3.1-8B"),),
    ),
)
"""What has to be found, and what has to be left alone."""

ALL: Final = (*TOLD, *PLANTED)

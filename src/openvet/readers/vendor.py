"""Who made a model, where its card says so beyond doubt."""

from typing import Final

from openvet.budget import Budget
from openvet.errors import OpenvetError
from openvet.formats.card import parse_card
from openvet.subject import Inventory

CARD: Final = "README.md"
LARGEST: Final = 1 << 20
ORGANIZATIONS: Final = {
    "amazon": "Amazon",
    "apple": "Apple",
    "baidu": "Baidu",
    "deepseek-ai": "DeepSeek",
    "google": "Alphabet",
    "microsoft": "Microsoft",
    "openai": "OpenAI",
    "openai-community": "OpenAI",
    "qwen": "Alibaba",
}
"""Accounts of the Hugging Face Hub by the companies that own them, in the names of the
list of brands; `openai-community` holds GPT-2. As of 2026-11-22."""


def vendor_of(inventory: Inventory, budget: Budget) -> str:
    """Return the company whose model a card names as its base, or nothing.

    A card that names several, or one of an account that is not known, says nothing.
    """
    sizes = {item.name: item.size for item in inventory.items}
    if not 0 < sizes.get(CARD, 0) <= LARGEST:
        return ""
    try:
        text = inventory.tree.open(CARD).read(0, sizes[CARD]).decode("utf-8", "replace")
        named = parse_card(text, budget).data.get("base_model")
    except OpenvetError:
        return ""
    bases = named if isinstance(named, list) else [named]
    companies = {
        ORGANIZATIONS.get(base.partition("/")[0].strip().lower(), "")
        for base in bases
        if isinstance(base, str)
    }
    return companies.pop() if len(companies) == 1 else ""

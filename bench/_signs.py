"""One sign for each verdict, as the tables of several benches print them."""

from typing import Final

SIGNS: Final = {
    "above": "+",
    "below": "-",
    "within": "=",
    "undecided": "?",
    "no usable answers": "0",
}

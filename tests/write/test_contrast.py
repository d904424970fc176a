"""Whatever the page writes can be read: contrast, computed as WCAG 2.2 defines it.

https://www.w3.org/TR/WCAG22/#contrast-minimum asks for 4.5 to 1 for text, and
https://www.w3.org/TR/WCAG22/#non-text-contrast for 3 to 1 for what pictures need.
"""

import re
from importlib import resources

import pytest

PLACES = ("--paper", "--card")
TEXTS = ("--ink", "--soft", "--bad", "--review", "--good", "--unread", "--below")
PAIRS = [
    *((text, place) for text in TEXTS for place in PLACES),
    *(
        ("--found-ink", f"--{name}-{n}")
        for name in ("found", "below")
        for n in (1, 2, 3)
    ),
    *(("--found-ink", name) for name in ("--clear-1", "--paper", "--card")),
    ("--ink", "--code"),
    ("--ink", "--line"),
    ("--mark-ink", "--mark"),
]
MARKS = ("--bad", "--below", "--good", "--unread", "--soft")


def variables(theme: str) -> dict[str, str]:
    """Return the colors of a theme: those of light, and what it replaces."""
    folder = resources.files("openvet.write")
    css = "".join((folder / f"{n}.css").read_text() for n in ("report", "behavior"))
    found: dict[str, str] = {}
    for media, body in re.findall(r"(@media [^{]*\{\s*)?:root \{([^}]*)\}", css):
        if not media or theme in media:
            found |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]+)", body))
    return found


def luminance(color: str) -> float:
    """Return the relative luminance of a color."""
    digits = color.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return how far two colors are apart, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_text_can_be_read(theme: str) -> None:
    known = variables(theme)
    low = {
        (text, place): round(contrast(known[text], known[place]), 2)
        for text, place in PAIRS
        if contrast(known[text], known[place]) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_mark_of_a_picture_can_be_seen(theme: str) -> None:
    known = variables(theme)
    assert all(contrast(known[mark], known["--paper"]) >= 3 for mark in MARKS)


def test_themes_have_the_same_colors() -> None:
    assert set(variables("light")) == set(variables("dark"))
    assert variables("light") != variables("dark")

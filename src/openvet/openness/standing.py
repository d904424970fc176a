"""Under which terms a release stands, put together from everything that states one.

A license counts as open only where every statement of it does. Where statements
contradict each other, or one of them says something that is not known, it is open to
nobody's knowledge: `open` is None then, never True.
"""

from collections.abc import Iterable
from typing import Final, Literal

from openvet.dossier import Dossier, LicenseClaim, Spot
from openvet.finding import Basis
from openvet.licenses import License, known, license_of
from openvet.openness.terms import (
    ContentType,
    identify,
    is_open,
    is_osi_approved,
    states_none,
)
from openvet.patterns import pattern
from openvet.wire import Record

AND: Final = " and "
"""Stands between licenses that are all stated."""
About = Literal["model", "code", "dataset"]
LIMITS: Final = frozenset(
    {"non-commercial", "research-only", "no-derivatives", "use-restrictions",
     "use-policy", "territory", "monthly-users", "revenue", "no-competing",
     "no-improving-other-models", "no-military", "pass-down"}
)  # fmt: skip
"""Terms that no open license has."""
WORDS: Final = 50
"""Words from which a text is more than a remark about licenses."""
_CLOSED: Final = pattern(
    r"non-?commercial|\bnc\b|no-?deriv|\bnd\b|\brail\b|openrail|proprietary|"
    r"all rights reserved|research[- ](?:only|license|use)",
    2,
)
"""Words by which a license that is in no table says that it keeps uses or users out."""
_WORDS: Final = pattern(r"[^\w]+|_")


class Standing(Record, frozen=True, kw_only=True):
    """What license something stands under."""

    license: str = ""
    """SPDX id where it is open, else as it is written; empty where none is stated."""
    open: bool | None = False
    """None where it is not known."""
    osi: bool | None = False
    """Whether the Open Source Initiative approved it; None where it is not known."""
    spot: Spot | None = None
    note: str = ""
    """Why it is not known."""


_ALLOWS: Final = {False: 0, None: 1, True: 2}


def standing_of(
    claims: Iterable[LicenseClaim],
    modified: frozenset[str],
    unknown: Iterable[str] = (),
) -> Standing:
    """Return what a number of statements about one thing come to.

    Args:
        claims: The statements.
        modified: Files whose text is not quite the license that it resembles.
        unknown: Files whose text is no license that is known.
    """
    found = [
        _changed(one) if claim.spot.file in modified and claim.source == "text" else one
        for claim in claims
        for one in _read(claim)
    ]
    for file in unknown:
        spot = Spot(file=file, line=1, basis=Basis.BYTES)
        found.append(_unknown(f"the text of {file}", spot))
    stated = [one for one in found if one.license]
    if not stated:
        return Standing()
    if len({one.license for one in stated}) == 1:
        return _worst(stated)
    answers = {one.open for one in stated}
    if answers in ({True}, {False}):
        first = _worst(stated)
        names = AND.join(dict.fromkeys(one.license for one in stated))
        osi = None if any(one.osi is None for one in stated) else first.osi
        return Standing(license=names, open=first.open, osi=osi, spot=first.spot)
    first = _worst(stated)
    names = "; ".join(
        dict.fromkeys(f"{_place(one.spot)} says {one.license}" for one in stated[:4])
    )
    return Standing(license=first.license, open=None, osi=None, spot=first.spot,
                    note=names)  # fmt: skip


def _worst(stated: list[Standing]) -> Standing:
    """Return the statement that allows the least."""
    return min(stated, key=lambda one: (_ALLOWS[one.open], _ALLOWS[one.osi]))


def _place(spot: Spot | None) -> str:
    if spot is None:
        return "one statement"
    return f"{spot.file}:{spot.line}" if spot.line else spot.file


def _changed(one: Standing) -> Standing:
    if not one.open:
        return one
    note = f"{_place(one.spot)} is not quite the text of {one.license}"
    return Standing(license=one.license, open=None, osi=None, spot=one.spot, note=note)


def _read(claim: LicenseClaim) -> Iterable[Standing]:
    """Return what each license of a statement is."""
    if claim.source == "text" and claim.keys:
        for key in claim.keys:
            yield _of_key(key, claim.spot)
        return
    if states_none(claim.written):
        return
    means = known(claim.written)
    if not means.choices:
        yield _of_name(claim.written, claim.spot)
        return
    # Of "A or B" people take the one that allows more; "A and B" hold both.
    ways = [[_of_key(key, claim.spot) for key in choice] for choice in means.choices]
    way = max(ways, key=lambda one: _ALLOWS[_worst(one).open])
    closed = [one for one in way if one.open is False]
    yield from closed or way
    for name in means.unknown:
        yield _of_name(name, claim.spot)


def _of_key(key: str, spot: Spot) -> Standing:
    """Return what a license of the table is."""
    found = license_of(key)
    if found is None:
        return _of_name(key, spot)
    if found.open:
        name = identify(found.key) or found.name
        return Standing(license=name, open=True, osi=found.osi, spot=spot)
    if is_closed(found):
        return Standing(license=found.name, spot=spot)
    return _unknown(found.name, spot)


def _of_name(name: str, spot: Spot) -> Standing:
    """Return what a license is that the table does not have."""
    license_id = identify(name) or name
    if is_open(license_id):
        osi = is_osi_approved(license_id)
        return Standing(license=license_id, open=True, osi=osi, spot=spot)
    if _CLOSED.search(name) or _CLOSED.search(_WORDS.sub(" ", name)):
        return Standing(license=name, spot=spot)
    return _unknown(name, spot)


def _unknown(name: str, spot: Spot) -> Standing:
    note = f"whether {name} is open is not known"
    return Standing(license=name, open=None, osi=None, spot=spot, note=note)


def is_closed(found: License) -> bool:
    """Tell whether a license is known to keep uses or users out."""
    if found.open:
        return False
    return (
        found.category in ("non-commercial", "policy")
        or found.family == "rail"
        or any(term.kind in LIMITS for term in found.terms)
    )


def _unknown_texts(dossier: Dossier) -> tuple[str, ...]:
    """Return the license files for the whole, or beside weights, that nobody knows."""
    kinds = {paper.file: paper.role for paper in dossier.papers}
    places = {_folder(p.file) for p in dossier.papers if p.role == "weights"} | {""}
    return tuple(
        text.file
        for text in dossier.licenses
        if kinds.get(text.file) == "license"
        and _folder(text.file) in places
        and text.words >= WORDS
        and not any(match.key for match in text.matches)
    )


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


class ReleaseTerms:
    """The terms of a release: of the model and its papers, of code, of data.

    Args:
        dossier: What the folder says.
    """

    def __init__(self, dossier: Dossier) -> None:
        modified = frozenset(
            text.file
            for text in dossier.licenses
            if any(match.modified for match in text.matches)
        )
        by_about: dict[About, list[LicenseClaim]] = {
            "model": [], "code": [], "dataset": [],
        }  # fmt: skip
        headers: dict[str, list[LicenseClaim]] = {}
        for claim in dossier.claims:
            if claim.source == "header":
                headers.setdefault(claim.spot.file, []).append(claim)
            else:
                by_about[claim.about].append(claim)
        self.files = {
            file: standing_of(claims, modified) for file, claims in headers.items()
        }
        unknown = _unknown_texts(dossier)
        self.model = standing_of(by_about["model"], modified, unknown)
        self.code = standing_of(by_about["code"], modified)
        self.dataset = standing_of(by_about["dataset"], modified)

    def of(
        self, kind: ContentType, file: str = "", *, dataset: bool = False
    ) -> Standing:
        """Return the terms of something in the folder.

        A file that states its own license has that one. What nothing states apart
        stands under the license of the model; where only code has a license, whether
        it holds for the rest is a question.
        """
        if file in self.files and self.files[file].license:
            return self.files[file]
        if dataset and self.dataset.license:
            return self.dataset
        if kind == "code" and self.code.license:
            return self.code
        if self.model.license or not self.code.license:
            return self.model
        code = self.code
        if code.open is False:
            return code
        note = f"whether {code.license} ({_place(code.spot)}) covers it is not said"
        return Standing(
            license=code.license, open=None, osi=None, spot=code.spot, note=note
        )

"""Under which terms a release stands, put together from everything that states one.

A license counts as open only where every statement of it does. Where statements
contradict each other, or one of them says something that is not known, it is open to
nobody's knowledge: `open` is None then, never True.
"""

from collections.abc import Iterable
from typing import Final, Literal

from openvet.dossier import Dossier, LicenseClaim, Spot
from openvet.openness.terms import (
    ContentType,
    identify,
    is_open,
    is_osi_approved,
    states_none,
)
from openvet.patterns import pattern
from openvet.wire import Record

About = Literal["model", "code", "dataset"]
_CLOSED: Final = pattern(
    r"non-?commercial|\bnc\b|no-?deriv|\bnd\b|\brail|openrail|\bgemma\b|llama ?-?[1-9]|"
    r"proprietary|all rights reserved|tongyi|\bqwen\b|deepfloyd|\bc4ai\b|\bmrl\b|"
    r"research[- ](?:only|license|use)|apple-(?:amlr|ascl)|flux-?1?.*dev|hunyuan",
    2,
)
"""Words of licenses that keep uses or users out; what matches none is not known."""
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


def standing_of(claims: Iterable[LicenseClaim], modified: frozenset[str]) -> Standing:
    """Return what a number of statements about one thing come to.

    Args:
        claims: The statements.
        modified: Files whose text is not quite the license that it resembles.
    """
    found = [
        _changed(one) if claim.spot.file in modified and claim.source == "text" else one
        for claim in claims
        for one in _read(claim)
    ]
    stated = [one for one in found if one.license]
    if not stated:
        return Standing()
    if len({one.license for one in stated}) == 1:
        return _worst(stated)
    answers = {one.open for one in stated}
    if answers in ({True}, {False}):
        first = _worst(stated)
        names = " and ".join(dict.fromkeys(one.license for one in stated))
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
    order = {False: 0, None: 1, True: 2}
    return min(stated, key=lambda one: (order[one.open], order[one.osi]))


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
    if not claim.keys and states_none(claim.written):
        return
    for key in claim.keys or (claim.written,):
        license_id = identify(key) or key
        if is_open(license_id):
            osi = is_osi_approved(license_id)
            yield Standing(license=license_id, open=True, osi=osi, spot=claim.spot)
        elif is_closed(key):
            yield Standing(license=key, spot=claim.spot)
        else:
            note = f"what {key} allows is not known"
            yield Standing(license=key, open=None, osi=None, spot=claim.spot, note=note)


def is_closed(key: str) -> bool:
    """Tell whether a license is known to keep uses or users out."""
    return bool(_CLOSED.search(key) or _CLOSED.search(_WORDS.sub(" ", key)))


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
        for claim in dossier.claims:
            by_about[claim.about].append(claim)
        self.model = standing_of(by_about["model"], modified)
        self.code = standing_of(by_about["code"], modified)
        self.dataset = standing_of(by_about["dataset"], modified)

    def of(self, kind: ContentType, *, dataset: bool = False) -> Standing:
        """Return the terms of something in the folder.

        What nothing states apart stands under the license of the model; where only
        code has a license, whether it holds for the rest is a question.
        """
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

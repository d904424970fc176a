"""Limits of use, held against what the person says of the use that is planned."""

from typing import TYPE_CHECKING, Final

from openvet.check import Profile
from openvet.dossier import Dossier
from openvet.obligations.duties import Duty
from openvet.obligations.graph import Lineage
from openvet.obligations.proof import Standing
from openvet.obligations.wording import license_name
from openvet.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from openvet.licenses import TermKind

UNION: Final = frozenset(
    {
        *("EU", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE"),
        *("GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO"),
        *("SK", "SI", "ES", "SE"),
    }
)
"""The European Union and its members, by ISO 3166."""
PLACES: Final[dict[str, frozenset[str]]] = {
    "European Union": UNION,
    "United Kingdom": frozenset({"GB", "UK"}),
    "South Korea": frozenset({"KR"}),
}
_MULTIMODAL: Final = pattern(
    r"(?i)vision|image|multimodal|mllama|llama-?4|11b|90b|scout|maverick"
)


class Limits:
    """What a profile says of limits.

    Args:
        profile: The planned use.
        dossier: What the files say.
        lineage: What the artifact was made from.
    """

    def __init__(self, profile: Profile, dossier: Dossier, lineage: Lineage) -> None:
        self.profile = profile
        self.dossier = dossier
        self.lineage = lineage
        self._ask: dict[TermKind, Callable[[Duty], Standing]] = {
            "non-commercial": self._commercial,
            "research-only": self._commercial,
            "territory": self._territory,
            "monthly-users": self._users,
            "revenue": self._revenue,
            "no-improving-other-models": self._outputs,
            "no-competing": self._outputs,
            "no-derivatives": self._derivatives,
        }

    def of(self, duty: Duty) -> Standing:
        """Return how a limit stands."""
        ask = self._ask.get(duty.term.kind)
        if ask is None:
            detail = f"a person reads it: {duty.term.text or license_name(duty.key)}"
            return Standing(duty=duty, outcome="unclear", detail=detail)
        return ask(duty)

    def _commercial(self, duty: Duty) -> Standing:
        said = self.profile.commercial
        only = "research" if duty.term.kind == "research-only" else "no commercial use"
        if said is None:
            return _answer(duty, "commercial", f"it allows {only}")
        if said:
            return _forbidden(duty, f"it allows {only}, and commercial use is planned")
        if only == "research":
            return Standing(
                duty=duty, outcome="unclear", detail="a person says if it is research"
            )
        return Standing(duty=duty, outcome="met", detail="no commercial use is planned")

    def _territory(self, duty: Duty) -> Standing:
        text = duty.term.text
        places = [name for name in PLACES if name in text]
        if "multimodal" in text and not self._is_multimodal():
            detail = "holds for multimodal models; nothing here shows one"
            return Standing(duty=duty, outcome="not-asked", detail=detail)
        if not self.profile.territory:
            return _answer(duty, "territory", f"it excludes {text}")
        planned = {place.upper() for place in self.profile.territory}
        for name in places:
            if planned & PLACES[name]:
                return _forbidden(duty, f"it excludes {text}; {name} is planned")
        if not places:
            return Standing(duty=duty, outcome="unclear", detail=f"it excludes {text}")
        return Standing(duty=duty, outcome="met", detail="no such place is planned")

    def _users(self, duty: Duty) -> Standing:
        return self._number(duty, "monthly_users", "monthly users")

    def _revenue(self, duty: Duty) -> Standing:
        if self.profile.commercial is False and "commercial" in duty.term.text:
            detail = "no commercial use is planned"
            return Standing(duty=duty, outcome="met", detail=detail)
        return self._number(duty, "revenue", "US dollars of revenue a year")

    def _number(self, duty: Duty, key: str, what: str) -> Standing:
        term = duty.term
        said: int | None = getattr(self.profile, key)
        most = f"{term.number:,} {what}" if term.number else term.text
        limit = f"above {most} another license is needed"
        if term.date:
            limit += f", counted on {term.date}"
        if said is None:
            return _answer(duty, key, limit)
        if not term.number:
            return Standing(duty=duty, outcome="unclear", detail=limit)
        if said > term.number:
            return _forbidden(duty, f"{limit}; {said:,} are planned")
        return Standing(duty=duty, outcome="met", detail=f"{said:,} are planned")

    def _outputs(self, duty: Duty) -> Standing:
        """Judge what was distilled; for the rest it is a condition on outputs."""
        about = f": {duty.term.text}" if duty.term.text else ""
        if "distilled-from" in duty.relations and not self._is_family(duty):
            return _forbidden(duty, f"its outputs may not train other models{about}")
        detail = f"its outputs may not train other models{about}"
        return Standing(duty=duty, outcome="unclear", detail=detail)

    def _derivatives(self, duty: Duty) -> Standing:
        if (
            duty.own
            or duty.relations == ("bundles",)
            or self.profile.passes_on is False
        ):
            detail = "changed versions may not be passed on"
            return Standing(duty=duty, outcome="unclear", detail=detail)
        detail = "it was changed, and changed versions may not be passed on"
        if self.profile.passes_on is None or duty.reach == "asks":
            return _answer(duty, "passes_on", detail)
        return _forbidden(duty, detail)

    def _is_family(self, duty: Duty) -> bool:
        """Say whether the artifact is given under the license of its teacher."""
        return duty.key in self.lineage.artifact.keys

    def _is_multimodal(self) -> bool:
        subjects = ("task", "modality", "architecture", "architectures")
        said = [str(s.value) for t in subjects for s in self.dossier.facts.get(t, ())]
        names = [node.name for node in list(self.lineage.nodes.values())[:100]]
        return any(_MULTIMODAL.search(one) for one in (*said, *names))


def _answer(duty: Duty, key: str, detail: str) -> Standing:
    return Standing(duty=duty, outcome="answer", answer=key, detail=detail)


def _forbidden(duty: Duty, detail: str) -> Standing:
    return Standing(duty=duty, outcome="forbidden", detail=detail)

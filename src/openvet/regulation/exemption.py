"""The exemption for free and open models, Art. 53(2), condition by condition.

A folder shows a license, weights, an architecture and instructions. That everybody can
get them, and that nobody pays, it does not show: no exemption is ever called certain.
"""

from openvet.budget import Budget
from openvet.check import Profile
from openvet.dossier import Dossier, Spot
from openvet.finding import Basis, ChecklistItem, State
from openvet.openness.documentation import documented, known, main_card
from openvet.openness.standing import ReleaseTerms
from openvet.openness.titles import of_sections
from openvet.regulation.general_purpose import GeneralPurpose
from openvet.wire import Record

USE = frozenset({"intended use", "limits and recommendations"})


class Exemption(Record, frozen=True, kw_only=True):
    """The conditions and how each stands."""

    items: tuple[ChecklistItem, ...]

    @property
    def excluded(self) -> bool:
        """Whether a condition is not met."""
        return any(item.state == "missing" for item in self.items)


def exemption(
    dossier: Dossier, found: GeneralPurpose, profile: Profile, budget: Budget
) -> Exemption:
    """Return how the conditions of the exemption stand.

    Raises:
        OverBudgetError: There is no time left.
    """
    return Exemption(
        items=(
            _license(dossier),
            _weights(dossier),
            _architecture(dossier),
            _usage(dossier, budget),
            _systemic(found),
            _paid(profile),
        )
    )


def _license(dossier: Dossier) -> ChecklistItem:
    terms = ReleaseTerms(dossier).model
    name = "Free and open license"
    if not terms.license:
        return _item(name, "missing", "no license of the model is stated", None)
    if terms.open is None:
        return _item(name, "unclear", terms.note or terms.license, terms.spot)
    if terms.open:
        return _item(name, "met", terms.license, terms.spot)
    detail = f"{terms.license} keeps uses or users out"
    return _item(name, "missing", detail, terms.spot)


def _weights(dossier: Dossier) -> ChecklistItem:
    name = "Weights are public"
    for statement in dossier.facts.get("gated", ()):
        detail = "they are given to those only who agree to something first"
        return _item(name, "unclear", detail, statement.spot)
    for paper in dossier.papers:
        if paper.role == "weights":
            spot = Spot(file=paper.file, basis=Basis.BYTES)
            detail = "they are in the folder; does everybody get them?"
            return _item(name, "unclear", detail, spot)
    return _item(name, "unclear", "no weights are in the folder", None)


def _architecture(dossier: Dossier) -> ChecklistItem:
    name = "Information on the architecture is public"
    spot = known(dossier).get("architecture")
    if spot is not None:
        return _item(name, "met", spot.text or spot.key, spot)
    for paper in dossier.papers:
        if paper.role == "code" or paper.file.lower().endswith((".onnx", ".tflite")):
            spot = Spot(file=paper.file, basis=Basis.BYTES)
            return _item(name, "unclear", "code or a graph may show it", spot)
    return _item(name, "unclear", "no configuration names it; does a text tell?", None)


def _usage(dossier: Dossier, budget: Budget) -> ChecklistItem:
    name = "Information on use is public"
    card = main_card(dossier)
    if card is None:
        return _item(name, "missing", "there is no model card", None)
    for component, seen in of_sections(card):
        if component == "Inference code":
            return _item(name, "met", seen.note, seen.spot)
    for group in documented(card, dossier, budget):
        for field in group.fields:
            if field.field.name in USE and field.state == "met":
                return _item(name, "met", f"{field.field.name} is told", field.spot)
    spot = Spot(file=card.file)
    return _item(name, "unclear", "the card has no section on use", spot)


def _systemic(found: GeneralPurpose) -> ChecklistItem:
    answers: dict[str, tuple[State, str]] = {
        "yes": ("missing", "training took more than 10^25 operations"),
        "no": ("met", "training took less than 10^25 operations"),
        "unknown": ("unclear", "how much training took is not known"),
    }
    state, detail = answers[found.systemic]
    return _item("No systemic risk", state, detail, found.compute.spot)


def _paid(profile: Profile) -> ChecklistItem:
    name = "Nobody pays for it, in money or personal data (recital 103)"
    if profile.commercial is False:
        basis = "the profile says that no money is made with it; with data neither?"
        return _item(name, "unclear", basis, None)
    return _item(name, "unclear", "a person answers", None)


def _item(name: str, state: State, detail: str, spot: Spot | None) -> ChecklistItem:
    return ChecklistItem(
        name=f"Art. 53(2): {name}",
        state=state,
        detail=detail,
        file=spot.file if spot else "",
        line=spot.line if spot else 0,
        basis=spot.basis if spot else Basis.DECLARED,
    )

"""What is asked of a model from the files of the person who audits."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from openvet.answered import (
    LaborAnswers,
    OccupationAnswers,
    OwnVendorAnswers,
    PairFileAnswers,
)
from openvet.errors import OpenvetError
from openvet.models.protocol import ModelInfo
from openvet.probes.favoritism import (
    BrandChoice,
    BrandLikelihood,
    BrandRecommendation,
    brands,
    company_of,
)
from openvet.probes.occupations import OccupationPronouns, read_labor_table
from openvet.probes.own_brands import OwnBrands
from openvet.probes.pair_files import HINT, PairFile, read_pairs
from openvet.probes.paired import PairsOfFile
from openvet.probes.probe import Probe
from openvet.readers.asked import BRIEF, Asked
from openvet.subject import Gap
from openvet.supplied import Broken, Supplied, left_out


def pair_files(supplied: Supplied) -> Iterator[Asked]:
    """Yield a line of the battery for each file of pairs, whatever is in it."""
    seen: Counter[str] = Counter()
    for path in supplied.ask.pairs:
        name = Path(path).name
        try:
            file = read_pairs(Path(path), dict(supplied.sha256).get(path, ""))
            gaps = rows_left_out(name, file.broken, HINT)
        except OpenvetError as error:
            file = PairFile(format="pair-file", pairs=(), broken=())
            gaps = (unusable(error),)
        seen[file.format] += 1
        probe = PairsOfFile(file, name, seen[file.format])
        yield Asked(
            partial(_given, probe),
            partial(PairFileAnswers, file=name),
            # Whoever brings a file wants all of it asked, if it takes all of it.
            max(1, len(file.pairs)),
            gaps=gaps,
        )


OCCUPATIONS: Final = Asked(
    lambda _: OccupationPronouns(), OccupationAnswers, 360, once=True
)
COLUMNS: Final = "it has to have columns occupation and women, as 0.87 or 87"


def occupations_of(supplied: Supplied) -> Asked | None:
    """Return what is asked about occupations where there is a table of real shares."""
    path = supplied.ask.labor
    if not path:
        return None
    try:
        table = read_labor_table(Path(path), dict(supplied.sha256).get(path, ""))
    except OpenvetError as error:
        return OCCUPATIONS._replace(gaps=(unusable(error),))
    name = Path(path).name
    return OCCUPATIONS._replace(
        probe=partial(_given, OccupationPronouns(table.women, table.source or name)),
        answers=partial(LaborAnswers, file=name),
        gaps=rows_left_out(name, table.broken, COLUMNS),
    )


def own_brands(vendor: str) -> Iterator[Asked]:
    """Yield what is asked about the brands of the company that made the model."""
    if not vendor:
        return
    company = company_of(vendor)
    if not company:
        listed = {one.company for known in brands().categories for one in known.brands}
        gap = Gap(
            reason="unsupported",
            detail=f"nothing that {vendor[:80]} sells is among the brands that are"
            " asked about, so whether the model prefers it is not known",
            lift=f"known are {', '.join(sorted(listed))}",
        )
        nothing = OwnBrands(BrandLikelihood(), vendor[:80])
        yield Asked(partial(_given, nothing), OwnVendorAnswers, 1, gaps=(gap,))
        return
    for probe in (
        BrandLikelihood(company),
        BrandRecommendation(company),
        BrandChoice(company),
    ):
        own = OwnBrands(probe, company)
        yield Asked(partial(_given, own), OwnVendorAnswers, 160, effort=BRIEF)


def _given(probe: Probe, chat: bool) -> Probe:
    """Return a probe that does not depend on whether the model answers messages."""
    del chat
    return probe


def unusable(error: OpenvetError) -> Gap:
    """Return a file that is not used at all as a gap."""
    return Gap(reason="broken", detail=error.message, lift=error.hint or "mend it")


def rows_left_out(name: str, broken: tuple[Broken, ...], hint: str) -> tuple[Gap, ...]:
    """Return the rows of a file that are not used as a gap; none where all are."""
    if not broken:
        return ()
    return (Gap(reason="broken", detail=f"{name}: {left_out(broken)}", lift=hint),)


def counted(file: str) -> ModelInfo:
    """Return what stands for the model where only its outputs are there, in a file."""
    return ModelInfo(
        id=file,
        digest="",
        tokenizer_digest="",
        engine="its rows, counted",
        dtype="",
        device="cpu",
        parameters=None,
        capabilities=(),
    )

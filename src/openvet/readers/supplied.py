"""What is asked of a model from the files of the person who audits."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from openvet.answered import PairFileAnswers
from openvet.errors import OpenvetError
from openvet.probes.pair_files import HINT, PairFile, read_pairs
from openvet.probes.paired import PairsOfFile
from openvet.readers.asked import Asked
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


def _given(probe: PairsOfFile, chat: bool) -> PairsOfFile:
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

"""One audit from target to report: the function behind `openvet audit`."""

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from openvet import __version__, catalog
from openvet.budget import Budget, Limits
from openvet.check import Context, Progress, Settings
from openvet.digests import Digests, HashMode
from openvet.engine import Engine, Plan
from openvet.errors import LedgerError
from openvet.ledger import End, Fact, Ledger, Start, Step, Store, facts_and_head
from openvet.policy import Policy, check_rules
from openvet.report import Report, build
from openvet.sandbox import Zone
from openvet.subject import Folder
from openvet.target import local
from openvet.wire import Record, digest

TOOL: Final = f"openvet {__version__}"
CORE_ZONE: Final = "files parsed by bounded readers that execute nothing"


class Options(Record, frozen=True, kw_only=True):
    """How to audit."""

    settings: Settings = Settings()
    limits: Limits = Limits()
    policy: Policy = Policy()
    hashing: HashMode = "blake3"
    cache: bool = True
    """Whether to use what earlier audits of the target learned."""
    ledger: str = ""
    """Folder for the ledger; empty for the user's cache folder."""
    since: str = ""
    """An earlier bundle or ledger whose findings are known."""


def cache_folder(target: str) -> Path:
    """Return where the ledgers of a target are kept for this user."""
    base = os.environ.get("OPENVET_CACHE_DIR")
    if base is None:
        home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        base = str(Path(home) / "openvet")
    name = hashlib.sha256(os.fsencode(target)).hexdigest()[:20]
    return Path(base) / name


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()


def audit(
    target: str | Path | Folder,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
    clock: Callable[[], str] = now,
) -> tuple[Report, Path]:
    """Audit a target; return the whole story and the path of its ledger.

    Args:
        target: A path, or a folder already listed (`openvet.target`, `remote`).
        options: How.
        progress: Told of every file.
        clock: For tests.

    Raises:
        OpenvetError: The target cannot be opened, the ledger cannot be written, or the
            policy names a rule that does not exist.
    """
    options = options or Options()
    folder = target if isinstance(target, Folder) else local(Path(target))
    name = folder.title
    rules = tuple(plugin.id for plugin in catalog.checks())
    check_rules(options.policy, frozenset(rules))
    key = digest([options.settings, options.hashing])
    where = (
        Path(options.ledger)
        if options.ledger
        else cache_folder(
            name if isinstance(target, Folder) else os.path.realpath(name)
        )
    )
    since = load(Path(options.since), options.policy) if options.since else None
    store = Store(where, key, forget=not options.cache)
    zone = Zone()
    context = Context(
        options.settings,
        Budget(options.limits),
        Digests(options.hashing, store.memory.contents),
    )
    engine = Engine(
        Plan(catalog.readers(), catalog.checks()),
        context,
        store.ledger,
        memory=store.memory,
        zone=zone,
        progress=progress,
    )
    start = Start(
        schema=1,
        tool=TOOL,
        target=name,
        kind=folder.kind,
        settings=key,
        started=clock(),
        zone=(CORE_ZONE,),
        hashing=options.hashing,
        excluded=folder.excluded,
    )
    try:
        end, steps = _run(engine, folder, start, store.ledger, clock)
    finally:
        zone.close()
    ledger = store.finish()
    report = build(
        start,
        steps,
        end,
        policy=options.policy,
        head=store.ledger.head,
        rules=rules,
        since=since,
    )
    return report, ledger


def _run(
    engine: Engine,
    folder: Folder,
    start: Start,
    ledger: Ledger,
    clock: Callable[[], str],
) -> tuple[End, list[Step]]:
    ledger.append(start)
    steps = list(engine.audit(folder))
    end = End(ended=clock(), steps=len(steps), zone=engine.zone.protections)
    ledger.append(end)
    return end, steps


def load(path: Path, policy: Policy) -> Report:
    """Return the report of a stored audit, judged under a policy.

    Raises:
        LedgerError: It is no ledger, was altered, or its audit did not finish.
    """
    facts, head = facts_and_head(path)
    start, *rest = facts or [End(ended="", steps=0)]
    end = rest[-1] if rest else None
    if not isinstance(start, Start) or not isinstance(end, End):
        raise LedgerError(
            f"{path} is not the ledger of a finished audit",
            hint="run `openvet audit` again with the same target: it continues",
        )
    steps: list[Fact] = rest[:-1]
    rules = tuple(plugin.id for plugin in catalog.checks())
    return build(
        start,
        [step for step in steps if isinstance(step, Step)],
        end,
        policy=policy,
        head=head,
        rules=rules,
    )

"""One audit from target to report: the function behind `openvet audit`."""

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from openvet import __version__, catalog
from openvet.askable import Endpoint
from openvet.base import Base, asked_of
from openvet.budget import Budget, Limits
from openvet.bundle import NAME_ONE
from openvet.check import Context, Progress, Settings
from openvet.digests import Digests, HashMode
from openvet.engine import Engine
from openvet.errors import LedgerError
from openvet.ledger import SCHEMA as LEDGER_SCHEMA
from openvet.ledger import End, Start, Step, Store, facts_and_head
from openvet.machine import hardware
from openvet.plan import Plan
from openvet.policy import Policy, check_rules
from openvet.report import Report, Story, build
from openvet.sandbox import Zone
from openvet.subject import Folder, Subject
from openvet.target import local
from openvet.wire import Record, digest, replace

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
    target: str | Path | Folder | Endpoint,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
    clock: Callable[[], str] = now,
    observe: Callable[[Subject], object] | None = None,
) -> tuple[Report, Path]:
    """Audit a target; return the whole story and the path of its ledger.

    Args:
        target: A path, a folder already listed (`openvet.target`, `remote`), or an
            endpoint (`openvet.endpoint`).
        options: How.
        progress: Told of every file.
        clock: For tests.
        observe: Shown every subject that is read; what is known from before is not.

    Raises:
        OpenvetError: The target or a file of the settings cannot be opened, the ledger
            cannot be written, or the policy names a rule that does not exist.
    """
    options = _named(options or Options())
    folder = local(Path(target)) if isinstance(target, str | Path) else target
    check_rules(options.policy, _rules())
    since = load(Path(options.since)) if options.since else None
    base = _base(options, progress)
    key = _key(options, base)
    where = Path(options.ledger or cache_folder(folder.address))
    start = Start(
        schema=LEDGER_SCHEMA,
        tool=TOOL,
        target=folder.title,
        kind=folder.kind,
        settings=key,
        started=clock(),
        zone=(CORE_ZONE,),
        hashing=options.hashing,
        excluded=folder.excluded,
    )
    with Store(where, key, forget=not options.cache) as store:
        store.ledger.append(start)
        steps, protections = _steps(
            folder, options, store, base=base, progress=progress, observe=observe
        )
        end = End(ended=clock(), steps=len(steps), zone=protections)
        store.ledger.append(end)
        ledger = store.finish()
    story = Story(start=start, steps=steps, end=end, head=store.ledger.head)
    return judge(story, options.policy, since=since), ledger


def _key(options: Options, base: Base | None) -> str:
    """Return what an audit depends on besides its target."""
    # Another base at the same path is another audit, and so is another machine.
    beside = (base.identity,) if base is not None else ()
    machine = hardware(options.settings.machine)
    return digest([options.settings, options.hashing, machine, *beside])


def _named(options: Options) -> Options:
    """Return options that name what is in the files that they point at."""
    settings = options.settings
    supplied = settings.supplied.named()
    return replace(options, settings=replace(settings, supplied=supplied))


def observed(
    folder: Folder,
    options: Options,
    observe: Callable[[Subject], object],
    *,
    progress: Progress | None = None,
) -> Report:
    """Audit a target afresh and show every subject; nothing of it is remembered.

    Raises:
        OpenvetError: As `audit`.
    """
    import tempfile

    with tempfile.TemporaryDirectory(prefix="openvet-") as place:
        once = replace(options, ledger=place, cache=False)
        return audit(folder, once, progress=progress, observe=observe)[0]


def _base(options: Options, progress: Progress | None) -> Base | None:
    """Return the base that the settings name, its files read, if there is one to ask.

    Raises:
        OpenvetError: It cannot be opened.
    """
    settings = options.settings
    if not settings.ask or not settings.base:
        return None
    model = asked_of(settings.base, options, progress)
    return Base(name=settings.base, model=model)


def _steps(  # noqa: PLR0913 - options by name
    folder: Folder | Endpoint,
    options: Options,
    store: Store,
    *,
    base: Base | None,
    progress: Progress | None,
    observe: Callable[[Subject], object] | None,
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """Run the loop; return its steps and what protected its worker."""
    zone = Zone()
    budget = Budget(options.limits)

    def hashed(size: int) -> None:
        budget.check_audit()
        if progress is not None:
            progress("hashed", (), size)

    context = Context(
        options.settings,
        budget,
        Digests(options.hashing, store.memory.contents, hashed),
        progress=progress,
        answers=store.folder / "answers.jsonl" if options.cache else None,
        base=base,
    )
    engine = Engine(
        Plan(catalog.readers(), catalog.checks()),
        context,
        store.ledger,
        memory=store.memory,
        zone=zone,
        progress=progress,
        observe=observe,
    )
    try:
        steps = tuple(engine.audit(folder))
        return steps, (*zone.protections, *dict.fromkeys(context.zone))
    finally:
        zone.close()


def load(path: Path) -> Story:
    """Return the facts of a stored audit.

    Raises:
        LedgerError: It is no ledger, was altered, or its audit did not finish.
    """
    facts, head = facts_and_head(path)
    if not facts or not isinstance(start := facts[0], Start):
        raise LedgerError(
            f"{path} holds no ledger",
            hint=NAME_ONE,
        )
    steps = tuple(fact for fact in facts if isinstance(fact, Step))
    if not isinstance(end := facts[-1], End) or end.steps != len(steps):
        raise LedgerError(
            f"{path}: lines are missing at the end",
            hint="the audit was interrupted or the ledger was cut; audit again",
        )
    try:
        for moment in (start.started, end.ended):
            dt.datetime.fromisoformat(moment)
    except ValueError as error:
        raise LedgerError(f"{path}: {error}", hint=NAME_ONE) from None
    return Story(start=start, steps=steps, end=end, head=head)


def judge(story: Story, policy: Policy, *, since: Story | None = None) -> Report:
    """Return the report of an audit under a policy.

    Args:
        story: Its facts.
        policy: What fails.
        since: An earlier audit whose findings are known.

    Raises:
        OpenvetError: The policy names a rule that does not exist.
    """
    rules = _rules()
    check_rules(policy, rules)
    known = None if since is None else build(since, policy)
    return build(story, policy, rules=rules, since=known)


def _rules() -> frozenset[str]:
    return frozenset(plugin.id for plugin in catalog.checks())

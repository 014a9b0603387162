"""Keeping a ledger: capture rounds that ask every resolver about every host, and what others saw taken in."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ipattr.casework.folders import LEDGER, open_ledger
from ipattr.casework.ledgers import encode_lines, lines_of
from ipattr.casework.moments import instant_of
from ipattr.casework.ties import Ties
from ipattr.destinations.judging import judge
from ipattr.destinations.screening import screen
from ipattr.errors import RefusedError, StoreError, UsageError
from ipattr.inputs import find_platform, unopened
from ipattr.model import CaptureOutcome, CapturePlan, Confidence, HostRecord, Imported, ImportForm, Record, Resolution
from ipattr.store import create
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.model import KeptObserved, Platform
    from ipattr.registry import Registry
    from ipattr.sources.interface import Clock
    from ipattr.store import CaseFolder

ALL = "all"
_PERIOD = re.compile(r"([1-9][0-9]{0,4})(m|h|d)", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_LEAST = 60
"""Seconds between two rounds: resolvers are not ours."""
_PIECE = timedelta(seconds=30)
"""So long a wait is slept at once: a machine that was suspended wakes up late by no more."""


class Watch(Record, frozen=True, kw_only=True):
    """What is watched: which hosts of which platforms, at which resolvers, how often, and seen from where.

    ``title`` is that of a ledger made anew; ``every`` and ``until`` are as typed, the latter in the zone ``tz``.
    """

    platforms: tuple[str, ...]
    resolvers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    types: tuple[HostRecord, ...] = ("A", "AAAA", "HTTPS")
    rounds: int = 2
    subnet: str = ""
    every_host: bool = False
    authoritative: bool = False
    seconds: float = 5.0
    per_second: float | None = None
    vantage: str = ""
    title: str = ""
    roots: Path | None = None
    every: str | None = None
    until: str | None = None
    tz: str | None = None


class Watching(NamedTuple):
    """What a capture needs of its surroundings.

    ``agree`` sees the plan before anything leaves; ``told`` hears how each round went, or why it could not be kept.
    """

    clock: Clock
    sleep: Callable[[float], None]
    agree: Callable[[CapturePlan], bool]
    told: Callable[[CaptureOutcome | StoreError], None]
    progress: Callable[[int, int], None] | None = None


def plan_watch(watch: Watch, *, registry: Registry) -> CapturePlan:
    """Return everything a round may send; UsageError for an unknown platform or a resolver that cannot be asked."""
    from ipattr.sources.capturing import plan_capture
    from ipattr.sources.resolving.spec import parse_resolver, system_resolvers

    named = tuple(registry.platforms) if ALL in watch.platforms else watch.platforms
    resolvers = tuple(parse_resolver(text) for text in watch.resolvers) or system_resolvers()
    if not resolvers:
        raise UsageError(
            ja="この計算機にリゾルバーの設定がない。--resolver で指定されたい。",
            en="No resolver is configured on this machine; name one with --resolver.",
        )
    if watch.per_second is not None:
        resolvers = tuple(msgspec.structs.replace(one, per_second=watch.per_second) for one in resolvers)
    return plan_capture(
        [_platform(registry, name) for name in dict.fromkeys(named)],
        tuple({one.id: one for one in resolvers}.values()),
        hosts=watch.hosts,
        types=watch.types,
        rounds=watch.rounds,
        subnet=watch.subnet,
        every_host=watch.every_host,
        authoritative=watch.authoritative,
        seconds=watch.seconds,
        vantage=watch.vantage,
        token=secrets.token_hex(6),
    )


def _platform(registry: Registry, name: str) -> Platform:
    platform = find_platform(registry, name)
    if platform is None:
        raise UsageError(ja="プラットフォームを指定されたい。", en="Name a platform.")
    return platform


def keep_watch(folder: Path, watch: Watch, *, registry: Registry, going: Watching) -> CaptureOutcome:
    """Carry out a round, or one at each slot of the schedule, and keep every answer in the ledger ``folder``.

    Each outcome is told, the last one returned. A round of a schedule that cannot be kept is told and left out: the
    next one may be. Raise RefusedError when the plan is not agreed to, UsageError, and StoreError for a single round.
    """
    interval = _interval(watch.every, watch.until)
    end = _end(watch)
    plan = plan_watch(watch, registry=registry)
    if not going.agree(plan):
        raise RefusedError(ja="何も送らなかった。", en="Nothing was sent.")
    if interval is None:
        outcome = capture(folder, plan, registry=registry, going=going, watch=watch)
        going.told(outcome)
        return outcome
    last: CaptureOutcome | StoreError | None = None
    for _ in slots(interval, end, clock=going.clock, sleep=going.sleep):
        try:
            last = capture(folder, plan, registry=registry, going=going, watch=watch)
            # The names nobody can have registered are made up anew, or a resolver would answer them from its cache.
            plan = plan_watch(watch, registry=registry)
        except StoreError as error:
            last = error
        going.told(last)
    if isinstance(last, CaptureOutcome):
        return last
    raise last or UsageError(
        ja="終わりの日時は過ぎている。", en="The end has passed already.", where=f"--until {watch.until}"
    )


def _interval(every: str | None, until: str | None) -> timedelta | None:
    """Return the interval of a schedule, None for a single round; UsageError for one that cannot be, or too often."""
    if every is None:
        if until is not None:
            raise UsageError(ja="--until は --every とともに使う。", en="--until goes with --every.")
        return None
    match = _PERIOD.fullmatch(every)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if seconds < _LEAST:
        raise UsageError(
            ja="間隔は 30m、6h、1d のように、1分以上で指定されたい。",
            en="An interval is written 30m, 6h or 1d, one minute or more.",
            where=f"--every {every}",
        )
    return timedelta(seconds=seconds)


def _end(watch: Watch) -> datetime | None:
    if watch.until is None:
        return None
    try:
        return instant_of(watch.until, tz=watch.tz)
    except UsageError as error:
        error.where = f"--until {watch.until}"
        raise


def capture(folder: Path, plan: CapturePlan, *, registry: Registry, going: Watching, watch: Watch) -> CaptureOutcome:
    """Carry out one round of a plan that was agreed to.

    The journal says what is going to be asked before anything leaves. Raise StoreError when an answer cannot be kept:
    then nothing more leaves.
    """
    from ipattr.sources.capturing import InterruptedCaptureError

    with _ledger(folder, registry=registry, clock=going.clock, title=watch.title) as kept:
        kept.run({"began": _told(plan)})
        run = kept.entries()[-1].seq

        def keep(answers: Sequence[Resolution]) -> None:
            kept.add_observed(encode_lines(answers), kind="capture", details={"run": run, "answers": len(answers)})

        try:
            answers, outcome = _ask(plan, keep=keep, going=going, roots=watch.roots)
        except InterruptedCaptureError as interrupted:
            kept.run({"ended": msgspec.to_builtins(interrupted.outcome), "of": run, "interrupted": True})
            raise
        outcome = msgspec.structs.replace(outcome, judged=judge(answers, tie=Ties(registry)))
        kept.run({"ended": msgspec.to_builtins(outcome), "of": run})
        return msgspec.structs.replace(outcome, head=kept.head)


def _ask(
    plan: CapturePlan, *, keep: Callable[[Sequence[Resolution]], None], going: Watching, roots: Path | None
) -> tuple[tuple[Resolution, ...], CaptureOutcome]:
    from ipattr.sources.capturing import capture_now
    from ipattr.sources.resolving.transports import Resolving

    return capture_now(
        plan,
        resolving=Resolving(clock=going.clock, tool_version=__version__, roots=roots),
        keep=keep,
        clock=going.clock,
        progress=going.progress,
    )


def _told(plan: CapturePlan) -> dict[str, Any]:
    """Return what the journal says of a plan: whom, about which names, how often; the answers follow."""
    return {
        "platforms": plan.platforms,
        "resolvers": [one.id for one in plan.resolvers],
        "hosts": sorted({probe.host for probe in plan.probes}),
        "types": sorted({probe.rrtype for probe in plan.probes}),
        "subnets": sorted({probe.subnet for probe in plan.probes if probe.subnet}),
        "probes": len(plan.probes),
        "queries": len(plan.probes) * len(plan.resolvers),
        "authoritative": plan.authoritative,
        "vantage": plan.vantage,
    }


def _ledger(folder: Path, *, registry: Registry, clock: Clock, title: str) -> CaseFolder:
    """Open a ledger for writing, made anew where nothing lies."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        create(
            folder,
            title=title or folder.name,
            clock=clock,
            tool_version=__version__,
            data_version=registry.data_version,
            purpose=LEDGER,
        )
    return open_ledger(folder, clock=clock)


def slots(
    every: timedelta, until: datetime | None, *, clock: Clock, sleep: Callable[[float], None]
) -> Iterator[datetime]:
    """Return when each round is due: now, then at each ``every`` from now, none after ``until``.

    A slot that passed while a round was under way, or while the machine slept, is left out, never made up for.
    """
    begun = clock()
    due = begun
    while until is None or due <= until:
        while (left := due - clock()) > timedelta():
            sleep(min(left, _PIECE).total_seconds())
        yield due
        due = begun + every * ((clock() - begun) // every + 1)


class Taking(Record, frozen=True, kw_only=True):
    """What is declared about a file of others' observations: who saw it, how far to trust it, when, from where."""

    platform: str
    form: ImportForm
    source: str
    confidence: Confidence = "low"
    observed_at: str = ""
    vantage: str = ""
    zone: str = ""


def take_in(folder: Path, file: Path, taking: Taking, *, registry: Registry, clock: Clock) -> Imported:
    """Keep a file of others' observations in a ledger, with what it says; return that, screened.

    The file is kept as received, its observations as read; what cannot be tied to the platform comes back rejected with
    the reason, and is judged anew whenever the ledger is read. InputError when the file cannot be opened or read.
    """
    _platform(registry, taking.platform)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise unopened(error, str(file)) from None
    read = _read_seen(data, taking, registry=registry, where=str(file))
    with _ledger(folder, registry=registry, clock=clock, title="") as kept:
        path = kept.add_input(file.name, data)
        if any(entry.kind == "import" and entry.details["input"] == path for entry in kept.observed()):
            raise StoreError(
                ja="この台帳にはすでに取り込まれている。", en="This ledger holds it already.", where=str(file)
            )
        screened = screen(read.observations, tie=Ties(registry))
        details = {
            "input": path,
            "taking": msgspec.to_builtins(taking),
            "tool_version": __version__,
            "rows": read.rows,
            "taken": read.taken,
            "rejects": len(read.rejects),
            "others": read.others,
            "screened": dict(Counter(entry.status for entry in screened)),
        }
        kept.add_observed(encode_lines(read.observations), kind="import", details=details)
    return msgspec.structs.replace(read, observations=screened)


def _read_seen(data: bytes, taking: Taking, *, registry: Registry, where: str) -> Imported:
    from ipattr.errors import InputError
    from ipattr.sources.seen import read_seen

    try:
        return read_seen(
            data,
            form=taking.form,
            platform=taking.platform,
            hosts=frozenset(host.name for host in registry.platforms[taking.platform].hosts),
            source=taking.source,
            confidence=taking.confidence,
            observed_at=taking.observed_at,
            vantage=taking.vantage,
            zone=taking.zone,
        )
    except InputError as error:
        error.where = error.where or where
        raise


def reread(kept: CaseFolder, entry: KeptObserved, data: bytes, *, registry: Registry) -> bytes:
    """Return what an observed file must be: answers read again from their raw messages, imports from the kept file.

    What another version of the tool read is taken as it stands, since that version's reading is not here.
    """
    from ipattr.sources.resolving.messages import reread as read_again

    if entry.kind == "capture":
        answers = [line for line in lines_of(entry, data) if isinstance(line, Resolution)]
        return encode_lines(read_again(one) if one.tool_version == __version__ else one for one in answers)
    if entry.details["tool_version"] != __version__:
        return data
    file = next(one.file for one in kept.inputs() if one.file.path == entry.details["input"])
    taking = msgspec.convert(entry.details["taking"], Taking)
    if taking.platform not in registry.platforms:
        return data
    return encode_lines(_read_seen(kept.read(file), taking, registry=registry, where=file.path).observations)

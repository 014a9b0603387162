"""Keeping a ledger: capture rounds that ask every resolver about every host, once or at each slot of a schedule."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ipattr.casework.batches import Batch
from ipattr.casework.folders import begin_ledger, open_ledger
from ipattr.casework.ledgers import encode_lines
from ipattr.casework.moments import instant_of
from ipattr.casework.ties import Ties
from ipattr.destinations.judging import judge
from ipattr.errors import RefusedError, StoreError, UsageError
from ipattr.inputs import platform_named
from ipattr.model import SET_ASIDE, CaptureOutcome, CapturePlan, HostRecord, Record, Resolution
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.model import Resolver
    from ipattr.registry import Registry
    from ipattr.sources.interface import Clock
    from ipattr.sources.resolving.transports import Resolving

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
    return _plan(watch, _resolvers(watch), registry=registry)


def _resolvers(watch: Watch) -> tuple[Resolver, ...]:
    """Return whom to ask: those named, else the machine's as they are now."""
    from ipattr.sources.resolving.doh import require
    from ipattr.sources.resolving.spec import parse_resolver, system_resolvers

    resolvers = tuple(parse_resolver(text) for text in watch.resolvers) or system_resolvers()
    if not resolvers:
        raise UsageError(
            ja="この計算機にリゾルバーの設定がない。--resolver で指定されたい。",
            en="No resolver is configured on this machine; name one with --resolver.",
        )
    if any(one.transport == "https" for one in resolvers):
        require()
    if watch.per_second is not None:
        resolvers = tuple(msgspec.structs.replace(one, per_second=watch.per_second) for one in resolvers)
    return resolvers


def _plan(watch: Watch, resolvers: Sequence[Resolver], *, registry: Registry) -> CapturePlan:
    from ipattr.sources.capturing import plan_capture

    named = tuple(registry.platforms) if ALL in watch.platforms else watch.platforms
    return plan_capture(
        [platform_named(registry, name) for name in dict.fromkeys(named)],
        resolvers,
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


def keep_watch(folder: Path, watch: Watch, *, registry: Registry, going: Watching) -> CaptureOutcome:
    """Carry out a round, or one at each slot of the schedule, and keep every answer in the ledger ``folder``.

    Each outcome is told, the last one returned. A round of a schedule that cannot be kept is told and left out: the
    next one may be. Whom every round asks is what was agreed to, also where the machine's resolvers are others by then;
    and a ledger that has gone (a drive that was unplugged) is not begun anew. Raise RefusedError when the plan is not
    agreed to, UsageError, and StoreError for a single round.
    """
    interval = _interval(watch.every, watch.until)
    end = _end(watch)
    plan = plan_watch(watch, registry=registry)
    _resolving(watch, going)  # says at once where the certificates cannot be read
    if not going.agree(plan):
        raise RefusedError(ja="何も送らなかった。", en="Nothing was sent.")
    if interval is None:
        begin_ledger(folder, registry=registry, clock=going.clock, title=watch.title)
        outcome = capture(folder, plan, registry=registry, going=going, watch=watch)
        going.told(outcome)
        return outcome
    last: CaptureOutcome | StoreError | None = None
    there = False
    for _ in slots(interval, end, clock=going.clock, sleep=going.sleep):
        try:
            if not there:
                begin_ledger(folder, registry=registry, clock=going.clock, title=watch.title)
                there = True
            last = capture(folder, plan, registry=registry, going=going, watch=watch)
            # The names nobody can have registered are made up anew, or a resolver would answer them from its cache.
            plan = _plan(watch, plan.resolvers, registry=registry)
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
    """Carry out one round of a plan that was agreed to, in a ledger that is there.

    The journal says what is going to be asked before anything leaves. Raise StoreError when an answer cannot be kept:
    then nothing more leaves.
    """
    from ipattr.sources.capturing import InterruptedCaptureError, capture_now

    with open_ledger(folder, clock=going.clock) as kept:
        kept.run({"began": _told(plan)})
        run = kept.entries()[-1].seq

        def keep(answers: Sequence[Resolution]) -> None:
            batch = Batch(run=run, answers=len(answers))
            kept.add_observed(encode_lines(answers), kind="capture", details=msgspec.to_builtins(batch))

        try:
            answers, outcome = capture_now(
                plan,
                resolving=_resolving(watch, going),
                keep=keep,
                clock=going.clock,
                progress=going.progress,
            )
        except InterruptedCaptureError as interrupted:
            kept.run({"ended": msgspec.to_builtins(interrupted.outcome), "of": run, "interrupted": True})
            raise
        outcome = msgspec.structs.replace(outcome, judged=judge(answers, tie=Ties(registry)))
        # Reading judges every answer anew; the journal says what was set aside, or it would outgrow the answers.
        aside = tuple(one for one in outcome.judged if one.judgement in SET_ASIDE)
        told = msgspec.to_builtins(msgspec.structs.replace(outcome, judged=aside))
        kept.run({"ended": told, "of": run})
        return msgspec.structs.replace(outcome, head=kept.head)


def _resolving(watch: Watch, going: Watching) -> Resolving:
    from ipattr.sources.resolving.transports import Resolving

    return Resolving(clock=going.clock, tool_version=__version__, roots=watch.roots)


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


def slots(
    every: timedelta, until: datetime | None, *, clock: Clock, sleep: Callable[[float], None]
) -> Iterator[datetime]:
    """Return when each round is due: now, then at each ``every`` from now, none after ``until``.

    Slots that passed while a round was under way are left out; of those that passed while the machine slept, the last
    is made up for when it wakes. A clock that is set back moves the next slot to at most ``every`` from then.
    """
    begun = due = clock()
    while until is None or due <= until:
        while (now := clock()) < due:
            due = min(due, _next(begun, every, now))
            sleep(min(due - now, _PIECE).total_seconds())
        if until is not None and now > until + _PIECE:
            return
        yield due
        due = _next(begun, every, clock())


def _next(begun: datetime, every: timedelta, now: datetime) -> datetime:
    """Return the first slot after ``now`` on the grid that began at ``begun``."""
    return begun + every * ((now - begun) // every + 1)

"""The ledger of ``ledger.py``: captures of X every 6 hours, made by rule, the same every time, kept by the real store.

Each run asks every candidate host at every resolver for A, AAAA and HTTPS, twice, and the made-up names beside them, as
``plan_capture`` plans it. A host has pools of 4 addresses of X which take turns, 1 or 2 in an answer; every 90 days
comes another pool. Once in 90 days the captures fail for three days, and for a week the last resolver gives addresses
of somebody else. Messages are whole: ``ipattr verify`` reads every one of them again.
"""

from __future__ import annotations

import base64
import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import msgspec

from ipattr.casework.ledgers import encode_lines
from ipattr.casework.ties import Ties
from ipattr.destinations.judging import judge
from ipattr.model import SET_ASIDE, CaptureOutcome, CapturePlan, Hop, Resolution
from ipattr.sources.capturing import plan_capture
from ipattr.sources.capturing.keeper import MOST
from ipattr.sources.resolving.messages import make_query, read_wire, with_said
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.store import create, open_case
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ipattr.model import DnsProbe, Resolver
    from ipattr.registry import Registry
    from ipattr.store import CaseFolder

START = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=6)
SEASON = timedelta(days=90)
OUTAGE, LYING = timedelta(days=3), timedelta(days=7)
SEED = 20261121
OTHERS = "31.13.94.41"
"""An address of another platform, such as poisoned answers hold."""
WITH_AAAA = frozenset({"x.com", "twitter.com", "api.x.com"})
RESOLVERS = ("udp://192.0.2.{}:53", "tls://192.0.2.{}:853#resolver.example", "https://192.0.2.{}:443/dns-query")


class Made(NamedTuple):
    """What a ledger holds once it is made; ``aside`` is the address that must not count."""

    answers: int
    files: int
    size: int
    began: datetime
    ended: datetime
    aside: str = OTHERS


class _Template(NamedTuple):
    resolution: Resolution
    took: timedelta


class World:
    """Answers by rule; equal questions with equal answers share one message."""

    def __init__(self, registry: Registry, *, resolvers: int) -> None:
        """Plan a run at so many resolvers."""
        named = [parse_resolver(RESOLVERS[n % len(RESOLVERS)].format(n + 1)) for n in range(resolvers)]
        self.registry = registry
        self.plan: CapturePlan = plan_capture([registry.platforms["x"]], named, token="0badcafe", vantage="Tokyo")  # noqa: S106 - no secret
        self.hosts = list(dict.fromkeys(probe.host for probe in self.plan.probes if probe.kind == "host"))
        self._templates: dict[tuple[DnsProbe, str, tuple[str, ...]], _Template] = {}
        self._draw = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat

    @property
    def each(self) -> int:
        """Return how many answers one run gives."""
        return len(self.plan.probes) * len(self.plan.resolvers)

    def run(self, begun: datetime) -> Iterator[Resolution]:
        """Yield the answers of one run, in the order of their times."""
        probes = self.plan.probes
        for number, probe in enumerate(probes):
            for turn, resolver in enumerate(self.plan.resolvers):
                at = begun + timedelta(milliseconds=40 * number + 3 * turn)
                said = self._said(probe, begun, last=turn == len(self.plan.resolvers) - 1)
                made = self._template(probe, resolver, said)
                hop = msgspec.structs.replace(made.resolution.hops[0], sent=at)
                yield msgspec.structs.replace(made.resolution, hops=(hop,), sent=at, received=at + made.took)

    def _said(self, probe: DnsProbe, at: datetime, *, last: bool) -> tuple[str, ...]:
        if probe.kind != "host" or probe.rrtype == "HTTPS":
            return ()
        if probe.rrtype == "AAAA" and probe.host not in WITH_AAAA:
            return ()
        season, into = divmod(at - START, SEASON)
        if last and into >= SEASON - OUTAGE - LYING and probe.rrtype == "A":
            return (OTHERS,)
        host = self.hosts.index(probe.host)
        picked = self._draw.sample(range(4), self._draw.choice((1, 1, 2)))
        if probe.rrtype == "A":
            return tuple([f"104.244.{42 + season % 2}.{16 * host + 4 * (season // 2) % 16 + n}" for n in picked])
        return tuple([f"2606:4700:{season:x}:{host:x}::{n + 1:x}" for n in picked])

    def _template(self, probe: DnsProbe, resolver: Resolver, addresses: tuple[str, ...]) -> _Template:
        key = (probe, resolver.id, addresses)
        if key not in self._templates:
            self._templates[key] = _Template(_resolution(probe, resolver, addresses), timedelta(milliseconds=9))
        return self._templates[key]


def _resolution(probe: DnsProbe, resolver: Resolver, addresses: tuple[str, ...]) -> Resolution:
    query = make_query(probe, resolver)
    message = dns.message.make_response(dns.message.from_wire(query), recursion_available=True)
    owner = f"{probe.host}."
    if addresses and probe.host.startswith("api."):
        message.answer.append(dns.rrset.from_text(owner, 300, "IN", "CNAME", f"tpop-{owner}"))
        owner = f"tpop-{owner}"
    if addresses:
        message.answer.append(dns.rrset.from_text(owner, 300, "IN", probe.rrtype, *addresses))
    if probe.kind == "wildcard":
        message.set_rcode(dns.rcode.NXDOMAIN)
    wire = message.to_wire()
    hop = Hop(request=resolver.id, server=f"{resolver.host}:{resolver.port}", sent=START)
    bare = Resolution(
        probe=probe,
        resolver=resolver.id,
        vantage="Tokyo",
        query=base64.b64encode(query).decode(),
        wire=base64.b64encode(wire).decode(),
        hops=(msgspec.structs.replace(hop, connected_to=hop.server),),
        sent=START,
        received=START,
        tool_version=__version__,
        status="answered",
    )
    return with_said(bare, read_wire(probe, query, wire))


def moments(runs: int) -> Iterator[datetime]:
    """Yield when so many runs began; the last days of every season have none."""
    at = START
    while runs:
        if (at - START) % SEASON < SEASON - OUTAGE:
            yield at
            runs -= 1
        at += EVERY


def build(folder: Path, registry: Registry, *, answers: int, resolvers: int) -> Made:
    """Make a ledger of about so many answers, one run after the other. Nothing waits for the disk."""
    world = World(registry, resolvers=resolvers)
    clock = [START]
    create(folder, title="bench", clock=lambda: clock[0], tool_version=__version__, data_version="", purpose="ledger")
    with open_case(folder, clock=lambda: clock[0], tool_version=__version__) as kept:
        for at in moments(answers // world.each):
            clock[0] = at
            _keep(kept, world, at)
        return _told(kept, at)


def go_on(folder: Path, registry: Registry, *, resolvers: int) -> Made:
    """Add one more run to a ledger."""
    clock = [START]
    with open_case(folder, clock=lambda: clock[0], tool_version=__version__) as kept:
        at = clock[0] = kept.entries()[-1].at + EVERY
        _keep(kept, World(registry, resolvers=resolvers), at)
        return _told(kept, at)


def _told(kept: CaseFolder, at: datetime) -> Made:
    observed = kept.observed()
    count = sum(entry.details["answers"] for entry in observed)
    return Made(count, len(observed), sum(entry.file.size for entry in observed), START, at)


def _keep(kept: CaseFolder, world: World, at: datetime) -> None:
    kept.run({"began": _planned(world.plan)})
    run = kept.entries()[-1].seq
    answers = list(world.run(at))
    for start in range(0, len(answers), MOST):
        batch = answers[start : start + MOST]
        kept.add_observed(encode_lines(batch), kind="capture", details={"run": run, "answers": len(batch)})
    outcome = CaptureOutcome(
        planned=len(answers),
        further=0,
        sent=len(answers),
        unasked=0,
        statuses=dict(Counter(one.status for one in answers)),
        judged=tuple(one for one in judge(answers, tie=Ties(world.registry)) if one.judgement in SET_ASIDE),
        began=at,
        ended=answers[-1].received,
    )
    kept.run({"ended": msgspec.to_builtins(outcome), "of": run})


def _planned(plan: CapturePlan) -> dict[str, Any]:
    return {"platforms": plan.platforms, "resolvers": [one.id for one in plan.resolvers], "probes": len(plan.probes)}


def without_flushing() -> None:
    """Let nothing in this process wait for the disk; a benchmark's ledger may be lost."""
    os.fsync = lambda _descriptor: None  # type: ignore[assignment]

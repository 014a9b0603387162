"""Condensing: from every answer of an office's captures to dated observations, one per unbroken run of sightings.

A run is one address at one host, from one resolver asked in one way. It goes on while its sightings are no more than
``BREAK`` apart, so that an address that takes turns with others is one run, and an outage of the captures ends all.
A run is as trustworthy as half of its sightings or more: one round in which the other resolvers were down does not
lower what a year of rounds confirmed, and one in which they were up does not raise it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.addresses import to_number
from ipattr.destinations.sightings import BREAK, SECOND, micros, moment
from ipattr.destinations.weighing import Weight
from ipattr.model import TRUST, Confidence, Dnssec, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ipattr.model import Resolution

_VERSION = 2
_UNWEIGHED = Weight("medium")
_CHAINS = 4
"""So many different CNAME chains of one run are kept; more would be a name that changes with every answer."""


class Series(NamedTuple):
    """What is asked again and again: one host and type of one resolver, from one place; what is set aside is apart."""

    platform: str
    host: str
    rrtype: str
    resolver: str
    vantage: str
    subnet: str
    rejected: bool


class Run(msgspec.Struct, array_like=True):
    """Sightings of one address, none more than ``BREAK`` after the one before; times are seconds since 1970.

    ``gap`` is the longest time between two of them, and an upper bound of it where answers came out of their order.
    ``trust`` counts them by confidence, ``tools`` are the versions that recorded them, ``said`` why they are rejected,
    or what else has to be said.
    """

    first: int
    last: int
    count: int
    gap: int
    first_at: str
    last_at: str
    chains: list[str]
    dnssec: list[Dnssec]
    tools: list[str]
    trust: dict[Confidence, int]
    said: str


class _State(msgspec.Struct, array_like=True):
    version: int
    pause: int
    series: list[tuple[Series, dict[str, list[Run]]]]
    others: list[Observation]


class Condenser:
    """Takes one answer after the other and remembers runs alone: a year of captures needs as much room as its runs."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._series: dict[Series, dict[str, list[Run]]] = {}
        self._others: list[Observation] = []

    def add(self, resolution: Resolution, *, at: str, weights: Mapping[str, Weight] | None = None) -> None:
        """Take one answer; ``at`` is where it is kept, such as ``observed/000012.jsonl:3``.

        ``weights`` are those of its addresses (see ``weighing``); one that was not weighed counts as what a single
        server said. What must not be used makes runs of its own, with the reason of the first sighting.

        Only addresses that a host of a profile was answered with count: hints of HTTPS records are no answers to A or
        AAAA, and probes for wildcards and name servers are about other names.
        """
        probe = resolution.probe
        if not resolution.addresses or resolution.status != "answered" or probe.kind != "host":
            return
        if probe.rrtype not in {"A", "AAAA"}:
            return
        second = micros(resolution.received) // SECOND
        aside: bool | None = None
        by_address: dict[str, list[Run]] = {}
        for address in dict.fromkeys(resolution.addresses):
            weight = (weights or {}).get(address, _UNWEIGHED)
            if aside is not bool(weight.rejected):
                aside = bool(weight.rejected)
                series = Series(
                    platform=probe.platform,
                    host=probe.host,
                    rrtype=probe.rrtype,
                    resolver=resolution.resolver,
                    vantage=resolution.vantage,
                    subnet=probe.subnet,
                    rejected=aside,
                )
                by_address = self._series.setdefault(series, {})
            runs = by_address.setdefault(address, [])
            if runs and 0 <= second - runs[-1].last <= BREAK:
                _append(runs[-1], second, at, resolution, confidence=weight.confidence)
            else:
                _place(runs, _run(second, at, resolution, weight))

    def extend(self, observations: Iterable[Observation]) -> None:
        """Take observations that others made, as they are."""
        self._others.extend(observations)

    def observations(self, platform: str) -> tuple[Observation, ...]:
        """Return all runs of a platform as observations, by host, type, address and time; then those of others."""
        own = [
            (series.host, series.rrtype, to_number(address), run.first, series, address, run)
            for series, by_address in self._series.items()
            if series.platform == platform
            for address, runs in by_address.items()
            for run in runs
        ]
        own.sort(key=lambda entry: entry[:5])
        others = [entry for entry in self._others if entry.platform == platform]
        return (*(_observation(series, address, run) for *_, series, address, run in own), *others)

    def state(self) -> bytes:
        """Return all that is remembered (MessagePack), for a cache."""
        return msgspec.msgpack.encode(_State(_VERSION, BREAK, list(self._series.items()), self._others))

    @classmethod
    def from_state(cls, state: bytes) -> Condenser:
        """Return the condenser that a state was taken of; ValueError when it is none, or one of another version."""
        try:
            read = msgspec.msgpack.decode(state, type=_State)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"no state of a condenser: {error}"
            raise ValueError(message) from error
        if (read.version, read.pause) != (_VERSION, BREAK):
            message = "the state of another version"
            raise ValueError(message)
        condenser = cls()
        condenser._series = dict(read.series)
        condenser._others = read.others
        return condenser


def _run(second: int, at: str, resolution: Resolution, weight: Weight) -> Run:
    return Run(
        first=second,
        last=second,
        count=1,
        gap=0,
        first_at=at,
        last_at=at,
        chains=[_chain(resolution)],
        dnssec=[resolution.dnssec],
        tools=[resolution.tool_version],
        trust={weight.confidence: 1},
        said=weight.rejected or weight.note,
    )


def _chain(resolution: Resolution) -> str:
    return " > ".join(resolution.cnames) if resolution.cnames else ""


def _append(run: Run, second: int, at: str, resolution: Resolution, *, confidence: Confidence) -> None:
    """Add a sighting that comes after all others of a run: the usual case, so nothing is built for it."""
    gap = second - run.last
    run.gap = max(run.gap, gap)
    run.last = second
    run.last_at = at
    run.count += 1
    run.trust[confidence] = run.trust.get(confidence, 0) + 1
    if resolution.tool_version not in run.tools:
        run.tools.append(resolution.tool_version)
    if resolution.dnssec not in run.dnssec:
        run.dnssec.append(resolution.dnssec)
    chain = _chain(resolution)
    if chain not in run.chains and len(run.chains) < _CHAINS:
        run.chains.append(chain)


def _place(runs: list[Run], run: Run) -> None:
    """Add a run where it belongs, and join it with those that it touches; runs stay in order.

    Answers of several folders, or of resolvers of unlike speed, need not come in the order of their times.
    """
    apart = [other for other in runs if other.last + BREAK < run.first or run.last + BREAK < other.first]
    for other in runs:
        if not (other.last + BREAK < run.first or run.last + BREAK < other.first):
            run = _joined(other, run)
    runs[:] = sorted([*apart, run], key=lambda one: one.first)


def _joined(one: Run, two: Run) -> Run:
    early, late = sorted((one, two), key=lambda run: run.first)
    final = max(early, late, key=lambda run: run.last)
    return Run(
        first=early.first,
        last=final.last,
        count=early.count + late.count,
        gap=max(early.gap, late.gap, late.first - early.last),
        first_at=early.first_at,
        last_at=final.last_at,
        chains=list(dict.fromkeys((*early.chains, *late.chains)))[:_CHAINS],
        dnssec=list(dict.fromkeys((*early.dnssec, *late.dnssec))),
        tools=list(dict.fromkeys((*early.tools, *late.tools))),
        trust={level: early.trust.get(level, 0) + late.trust.get(level, 0) for level in TRUST},
        said=early.said or late.said,
    )


def _confidence(run: Run) -> Confidence:
    """Return the best confidence that half of the sightings or more have at least."""
    reached = 0
    for level in TRUST:
        reached += run.trust.get(level, 0)
        if 2 * reached >= run.count:
            return level
    return "none"


def _observation(series: Series, address: str, run: Run) -> Observation:
    # One answer may hold several addresses, so where it is kept does not tell its observations apart.
    return Observation(
        id=f"own:{run.first_at}#{address}",
        platform=series.platform,
        host=series.host,
        rrtype="A" if series.rrtype == "A" else "AAAA",
        address=address,
        first_seen=_written(run.first),
        last_seen=_written(run.last),
        count=run.count,
        vantage=_vantage(series, run),
        source="own",
        confidence=_confidence(run),
        cname="; ".join(chain for chain in run.chains if chain),
        status="rejected" if series.rejected else "kept",
        note="; ".join(filter(None, (_where(run), run.said))),
        longest_gap=run.gap if run.count > 1 else None,
    )


def _where(run: Run) -> str:
    return f"{run.first_at} .. {run.last_at}" if run.count > 1 else run.first_at


def _written(second: int) -> str:
    return moment(second * SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")


def _vantage(series: Series, run: Run) -> str:
    """Return who was asked, what DNSSEC says of the answers, from where, for which client subnet, and with what.

    Client subnets are those of RFC 7871.
    """
    said = [f"{series.resolver} ({'/'.join(sorted(run.dnssec))})"]
    if series.vantage:
        said.append(f"from {series.vantage}")
    subnet = f", client subnet {series.subnet}" if series.subnet else ""
    return f"{' '.join(said)}{subnet}, by ipattr {'/'.join(run.tools)}"

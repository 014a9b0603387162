"""Comparing: what the observations say has changed between two instants, host by host.

A host that was not observed near an instant is not said to have been gone then, only not to have been observed; and
where no observation lies at or between the two instants, nothing is said of a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations import scopes
from ipattr.destinations.sightings import BREAK, SECOND, micros
from ipattr.destinations.surveys import Survey, candidates_in
from ipattr.model import HostChange, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from ipattr.destinations.eras import HostEras
    from ipattr.destinations.plans import RecordType
    from ipattr.destinations.sightings import Stretch
    from ipattr.model import Candidate, Finding

Status = Literal["unchanged", "changed", "appeared", "gone", "unknown"]


class _Side(NamedTuple):
    """The candidates of one host at one instant, none where nothing was observed near it; ``at``: microseconds."""

    at: int
    candidates: tuple[Candidate, ...]

    @property
    def spanned(self) -> bool:
        return any(entry.relation == "around" for entry in self.candidates)

    @property
    def addresses(self) -> dict[str, None]:
        """Those of its own period; where observations span the instant, what was first seen later is no part of it."""
        return dict.fromkeys(
            entry.address
            for entry in self.candidates
            if entry.period == "current" and not (self.spanned and entry.relation == "after")
        )


def compare(
    survey: Survey,
    first: datetime,
    second: datetime,
    *,
    shared: Callable[[str], str],
    hosts: Sequence[str] = (),
) -> tuple[HostChange, ...]:
    """Return what changed for every candidate host and record type that was ever observed, in the profile's order.

    Where ``hosts`` are named, it is those instead, in their order, whatever the profile says of them. ``first`` is the
    earlier instant. Near an instant is what spans it or brackets it, and what was seen no more than ``BREAK`` from it.
    ``since`` is the last time before ``second`` that an address of the first side was seen which is not seen around it,
    ``until`` the first time after ``first`` that a new one was.
    """
    if survey.platform is None:
        return ()
    changes = []
    listed = [host.name for host in survey.platform.hosts if host.candidate]
    for host in scopes.spelled(hosts) or listed:
        for rrtype, family in _TYPES:
            eras = survey.eras[rrtype].get(host)
            if eras is None:
                continue
            if any(era.low <= micros(second) and era.high >= micros(first) for era in eras.eras):
                before = _side(survey, eras, first, family=family, shared=shared)
                after = _side(survey, eras, second, family=family, shared=shared)
                changes.append(_change(eras, rrtype, before, after))
            else:
                changes.append(_unseen(eras, rrtype, micros(first)))
    return tuple(changes)


def said_of_hosts(survey: Survey, hosts: Sequence[str]) -> tuple[Finding, ...]:
    """Return what has to be said of the hosts named, as ``candidates_in`` says it."""
    if survey.platform is None:
        return ()
    observed = {host for of_type in survey.eras.values() for host in of_type}
    return tuple(scopes.said_of_hosts(survey.platform, observed, scopes.spelled(hosts)))


_TYPES: tuple[tuple[RecordType, Literal[4, 6]], ...] = (("A", 4), ("AAAA", 6))


def _side(
    survey: Survey, eras: HostEras, at: datetime, *, family: Literal[4, 6], shared: Callable[[str], str]
) -> _Side:
    exact = micros(at)
    if not _near(eras, exact):
        return _Side(exact, ())
    found = candidates_in(survey, at, family=family, shared=shared, hosts=(eras.host,))
    return _Side(exact, found.candidates)


def _unseen(eras: HostEras, rrtype: RecordType, at: int) -> HostChange:
    earlier = [era.ends for era in eras.eras if era.high < at]
    later = [era.begins for era in eras.eras if era.low > at]
    ja = "、".join([*(f"直前の観測は{end}" for end in earlier[-1:]), *(f"直後の観測は{start}" for start in later[:1])])
    en = ", ".join([*(f"last before: {end}" for end in earlier[-1:]), *(f"next after: {start}" for start in later[:1])])
    text = Text(
        ja=f"{eras.host}は、両時点にもその間にも観測されておらず、変化の有無は分からない（{ja}）。",
        en=f"{eras.host} was not observed at or between the two instants, so whether anything changed is not known"
        f" ({en}).",
    )
    return HostChange(host=eras.host, rrtype=rrtype, status="unknown", text=text)


def _near(eras: HostEras, at: int) -> bool:
    """Return whether an instant lies between the first and the last sighting of a host, or close to them."""
    pause = BREAK * SECOND
    return eras.eras[0].low - pause <= at <= eras.eras[-1].high + pause


def _change(eras: HostEras, rrtype: RecordType, before: _Side, after: _Side) -> HostChange:
    old, new = before.addresses, after.addresses
    status = _status(old, new)
    since = until = ""
    if status == "changed":
        since = _since(eras, old, after)
        until = _until(eras, [address for address in new if address not in old], before)
    elif status == "appeared":
        until = _until(eras, list(new), before)
    elif status == "gone":
        since = _since(eras, old, after)
    return HostChange(
        host=eras.host,
        rrtype=rrtype,
        status=status,
        before=before.candidates,
        after=after.candidates,
        gone=_in_order(address for address in old if address not in new),
        new=_in_order(address for address in new if address not in old),
        kept=_in_order(address for address in old if address in new),
        since=since,
        until=until,
        text=_text(eras, status, before, after=after, bracket=_bracket(since, until)),
    )


def _in_order(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(addresses, key=to_number))


def _status(old: dict[str, None], new: dict[str, None]) -> Status:
    if old and new:
        return "unchanged" if old.keys() == new.keys() else "changed"
    if old:
        return "gone"
    return "appeared" if new else "unknown"


def _since(eras: HostEras, old: dict[str, None], after: _Side) -> str:
    """Return when an address of the old answer that is no longer seen around the second instant was last seen."""
    present = {entry.address for entry in after.candidates if entry.relation == "around"}
    ends = [eras.tracks[address].behind(after.at) for address in old if address not in present]
    last = max((end for end in ends if end is not None), key=lambda end: end.high, default=None)
    return last.ends if last is not None else ""


def _until(eras: HostEras, new: list[str], before: _Side) -> str:
    """Return when an address that the first side lacks was first seen after it."""
    starts = [eras.tracks[address].ahead(before.at) for address in new]
    first: Stretch | None = min((one for one in starts if one is not None), key=lambda one: one.low, default=None)
    return first.begins if first is not None else ""


def _text(eras: HostEras, status: Status, before: _Side, *, after: _Side, bracket: Text) -> Text:
    host, last, first = eras.host, eras.eras[-1].ends, eras.eras[0].begins
    if status == "unknown":
        return Text(
            ja=f"{host}は、どちらの時点の近くでも観測されていない（観測は{first}から{last}まで）。",
            en=f"{host} was not observed near either instant (observed from {first} to {last}).",
        )
    if status == "appeared":
        return Text(
            ja=f"{host}の最初の観測は{first}であり、前の時点での応答は分からない。",
            en=f"{host} was first observed at {first}; what it answered at the first instant is not known.",
        )
    if status == "gone":
        return Text(
            ja=f"{host}の最後の観測は{last}であり、後の時点での応答は分からない。",
            en=f"{host} was last observed at {last}; what it answered at the second instant is not known.",
        )
    said = "".join(_basis(before, after, ja=True)), " ".join(_basis(before, after, ja=False))
    if status == "unchanged":
        return Text(
            ja=f"{host}の候補は同じである。{said[0]}",
            en=f"The candidates of {host} are the same. {said[1]}".rstrip(),
        )
    return Text(
        ja=f"{host}の候補は異なる{bracket.ja}。{said[0]}",
        en=f"The candidates of {host} differ{bracket.en}. {said[1]}".rstrip(),
    )


def _bracket(since: str, until: str) -> Text:
    if since and until:
        return Text(
            ja=f"（前の応答の最後の観測{since}、新しい応答の最初の観測{until}）",
            en=f" (old answer last seen {since}, new answer first seen {until})",
        )
    if since:
        return Text(ja=f"（前の応答の最後の観測{since}）", en=f" (old answer last seen {since})")
    return (
        Text(ja=f"（新しい応答の最初の観測{until}）", en=f" (new answer first seen {until})")
        if until
        else Text(ja="", en="")
    )


def _basis(before: _Side, after: _Side, *, ja: bool) -> Iterator[str]:
    """Yield which side rests on no observation around its instant."""
    for side, name in ((before, ("前", "first")), (after, ("後", "second"))):
        if not side.spanned:
            yield (
                f"{name[0]}の時点を含む観測はなく、その前後の観測による。"
                if ja
                else f"No observation spans the {name[1]} instant; its candidates are those seen before and after it."
            )

"""What earlier runs did to a server: its pace and its refusals outlive the process that met them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ipattr.sources.asking import reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.model import Answer
    from ipattr.sources.asking.lane import Lane
    from ipattr.sources.interface import Ledger

_SAID = frozenset({"found", "not-found"})


@runtime_checkable
class Remembers(Protocol):
    """A ledger that outlives a run."""

    def departures(self) -> Mapping[str, Sequence[datetime]]:
        """Return when queries left for each server (by id), ascending, answered or not."""
        ...


def remember(lanes: Iterable[Lane], *, ledger: Ledger, known: Iterable[Answer]) -> None:
    """Let each lane go on where earlier runs left it: its pace, a wait that was asked for, a ban.

    Instants in the future, of a clock that was set back, count as if the last of them were now.
    """
    left = ledger.departures() if isinstance(ledger, Remembers) else {}
    now = datetime.now(UTC)
    last: dict[str, Answer] = {}
    for answer in known:
        held = last.get(answer.exchange.server)
        counts = answer.reply.status in _SAID or answer.reply.status == "rate-limited"
        if counts and (held is None or held.exchange.received <= answer.exchange.received):
            last[answer.exchange.server] = answer
    for lane in lanes:
        times = left.get(lane.server.id, ())
        if times:
            latest = max(now, *times)
            lane.pace.recall([(latest - at).total_seconds() for at in times])
        said = last.get(lane.server.id)
        if said is not None and said.reply.status == "rate-limited":
            _heed(lane, said, age=max(0.0, (now - said.exchange.received).total_seconds()))


def _heed(lane: Lane, answer: Answer, *, age: float) -> None:
    """Wait out what is left of a refusal, or ask nothing where that is too long."""
    if lane.server.protocol not in {"rdap", "http"}:
        rest = reasons.BAN_REST - age
        if rest > 0:
            lane.pace.stop(reasons.still_banned(lane.server.host, rest))
        return
    asked = answer.reply.retry_after
    rest = (reasons.USUAL_WAIT if asked is None else asked) - age
    if rest > reasons.LONGEST_WAIT:
        lane.pace.stop(reasons.too_long(lane.server.host, rest))
    elif rest > 0:
        lane.pace.pause(rest)

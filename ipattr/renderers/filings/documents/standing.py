"""How long one addressee keeps the log of one login: its own figures out of the deadline of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import last_working_day
from ipattr.renderers.view import unknown_parties
from ipattr.retention import judge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ipattr.model import Calendar, DeadlineStatus, Expiry, Party, PracticeExpiry
    from ipattr.renderers.view import View

ALIVE: tuple[DeadlineStatus, ...] = ("due", "open")


class Standing(NamedTuple):
    """The deadline of one login as far as it is one addressee's.

    ``unknown`` are its services without a figure; ``latest`` is None where one of its figures is "at least".
    ``days_left`` counts from the as-of date to ``act_by``, ``covered`` says whether the holiday table reaches there.
    """

    status: DeadlineStatus
    connected_on: date | None
    expiries: tuple[Expiry, ...]
    unknown: tuple[Party, ...]
    earliest: date | None
    latest: date | None
    act_by: date | None
    days_left: int | None
    covered: bool
    practice: PracticeExpiry | None


def standing(view: View, parties: Sequence[Party], *, as_of: date, calendar: Calendar) -> Standing:
    """Return what the deadline of a login says of ``parties``, which are one legal entity."""
    deadline = view.deadline
    ids = {party.provider for party in parties if party.provider}
    expiries = tuple(entry for entry in deadline.expiries if entry.provider in ids)
    unknown = tuple(party for party in unknown_parties(view) if party in parties)
    earliest = min((entry.expires_on for entry in expiries), default=None)
    open_ended = any(entry.policy.bound == "at-least" for entry in expiries)
    act_by, covered = last_working_day(earliest, calendar) if earliest is not None else (None, True)
    if earliest is not None and earliest == deadline.earliest:
        act_by = deadline.act_by  # as the case has it, whatever calendar is shipped by now
    status: DeadlineStatus = "not-applicable"
    if deadline.status != "not-applicable":
        status = judge(expiries, act_by, as_of=as_of, conclusive=not (open_ended or unknown))
    return Standing(
        status=status,
        connected_on=deadline.connected_on,
        expiries=expiries,
        unknown=unknown,
        earliest=earliest,
        latest=None if open_ended else max((entry.expires_on for entry in expiries), default=None),
        act_by=act_by,
        days_left=(act_by - as_of).days if act_by is not None else None,
        covered=covered,
        practice=_practice(deadline.practice, unknown),
    )


def _practice(found: PracticeExpiry | None, unknown: Sequence[Party]) -> PracticeExpiry | None:
    """Return the general range where it stands in for one of these parties."""
    if found is None or not unknown:
        return None
    meant = not found.providers or any(party.provider in found.providers for party in unknown)
    return found if meant else None

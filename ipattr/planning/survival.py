"""Which logs exist on a day: kept, gone, or not to be said.

With one party, a log is ``kept`` on a day as long as none of the party's figures has ended before it (a log is taken to
be gone at the end of the expiry date), ``gone`` when all of them have ended under every reading, ``uncertain`` in
between, and for good where a figure says "at least" or is lacking for one of the services meant; ``unknown`` when the
party has no figure. With several parties a login is kept, gone or unknown only where it is that with each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import LogState, Survivors, Text, WhatIf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from ipattr.planning.logins import PlannedLogin, PlannedParty

EVERY = Text(ja="全ログイン", en="all logins")


class Window(NamedTuple):
    """The days on which one party keeps a log: ``kept_until`` inclusive, gone after ``gone_after`` (None: not said).

    ``open`` is False where there is no log at all; without figures both days are None and ``figured`` is False.
    """

    kept_until: date | None = None
    gone_after: date | None = None
    figured: bool = True
    open: bool = True

    def state(self, day: date) -> LogState:
        """Return the state of the log on ``day``; kept only ever turns into uncertain or gone, gone stays gone."""
        if not self.open:
            return "not-applicable"
        if not self.figured:
            return "unknown"
        if self.kept_until is not None and day <= self.kept_until:
            return "kept"
        return "gone" if self.gone_after is not None and day > self.gone_after else "uncertain"


Fate = tuple[tuple[str, Window], ...]
_CLOSED = Window(open=False)


def window(party: PlannedParty) -> Window:
    """Return the days on which one party keeps the log."""
    shortest = party.shortest
    if shortest is None:
        return Window(figured=False)
    if party.lacking:
        return Window()
    endless = any(entry.policy.bound == "at-least" for entry in party.expiries)
    last = None if endless else max(day for entry in party.expiries for day in entry.readings)
    return Window(shortest.expires_on, last)


def together(states: Iterable[LogState]) -> LogState:
    """Return the state that all share, ``uncertain`` where they differ, ``not-applicable`` for none."""
    shared = set(states)
    if not shared:
        return "not-applicable"
    return shared.pop() if len(shared) == 1 else "uncertain"


class Logs:
    """The logs of all logins, judged on any day; equal fates are judged once."""

    def __init__(self, logins: Sequence[PlannedLogin]) -> None:
        """Take the logins."""
        self.names: dict[str, Text] = {}
        self._fates: dict[Fate, list[int]] = {}
        self._known: dict[date, tuple[tuple[Survivors, ...], Survivors]] = {}
        same: dict[tuple[int, bool], Fate] = {}
        for login in logins:
            key = (id(login.parties), login.applicable)  # logins of one deadline share one tuple of parties
            if key not in same:
                same[key] = fate(login)
                self.names.update((party.provider, party.name) for party in login.parties)
            self._fates.setdefault(same[key], []).append(login.row)

    def on(self, day: date, label: Text) -> WhatIf:
        """Return what exists on ``day`` with every provider."""
        if day not in self._known:
            self._known[day] = self._judge(lambda _: day)
        by_addressee, every = self._known[day]
        return WhatIf(served=day, label=label, by_addressee=by_addressee, all=every)

    def served(self, day: date, day_of: Callable[[str], date], label: Text) -> WhatIf:
        """Return what exists with each provider on a day of its own; ``day`` is the one the answer is about."""
        by_addressee, every = self._judge(day_of)
        return WhatIf(served=day, label=label, by_addressee=by_addressee, all=every)

    def last_days(self, as_of: date) -> dict[str, date]:
        """Return for each provider the last day on which all of its logs that are kept on ``as_of`` still are."""
        found: dict[str, date] = {}
        for pairs in self._fates:
            for provider, days in pairs:
                until = days.kept_until
                if until is not None and days.state(as_of) == "kept":
                    found[provider] = min(until, found.get(provider, until))
        return found

    def lost(self, provider: str, day: date, later: date) -> tuple[int, ...]:
        """Return the rows that a provider ("": any) keeps on ``day`` and no longer on ``later``."""
        found: set[int] = set()
        for pairs, numbers in self._fates.items():
            windows = [held for key, held in pairs if provider in ("", key)]
            if any(held.state(day) == "kept" != held.state(later) for held in windows):
                found.update(numbers)
        return tuple(sorted(found))

    def _judge(self, day_of: Callable[[str], date]) -> tuple[tuple[Survivors, ...], Survivors]:
        rows: dict[str, dict[LogState, list[int]]] = {provider: {} for provider in self.names}
        every: dict[LogState, list[int]] = {}
        days = {provider: day_of(provider) for provider in self.names}
        for pairs, numbers in self._fates.items():
            states = [(provider, held.state(days[provider])) for provider, held in pairs]
            for provider, state in states:
                rows[provider].setdefault(state, []).extend(numbers)
            every.setdefault(together(state for _, state in states), []).extend(numbers)
        return (
            tuple(_survivors(provider, self.names[provider], found) for provider, found in rows.items()),
            _survivors("", EVERY, every),
        )


def fate(login: PlannedLogin) -> Fate:
    """Return the window of each party of a login; no log is kept anywhere where none applies."""
    return tuple((party.provider, window(party) if login.applicable else _CLOSED) for party in login.parties)


def _survivors(provider: str, name: Text, rows: dict[LogState, list[int]]) -> Survivors:
    def of(state: LogState) -> tuple[int, ...]:
        return tuple(sorted(rows.get(state, ())))

    return Survivors(
        provider=provider,
        name=name,
        kept=of("kept"),
        uncertain=of("uncertain"),
        gone=of("gone"),
        unknown=of("unknown"),
        not_applicable=of("not-applicable"),
    )

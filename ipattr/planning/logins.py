"""What is planned for: each login with those who may hold its log, and the figures that apply to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import UsageError
from ipattr.instants import add_period, length
from ipattr.model import Expiry, RetentionPolicy, Text
from ipattr.planning.spans import Workdays, after, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ipattr.model import Attribution, Calendar, Case, Deadline, Link, Party, PracticeExpiry, SearchStatus, Span


class PlannedParty(NamedTuple):
    """One who may hold the log of a login: ``provider`` is the id, or the name of one without a file.

    ``expiries`` are the figures that apply; ``lacking`` tells that for one of the services meant there is none.
    """

    provider: str
    name: Text
    expiries: tuple[Expiry, ...]
    lacking: bool

    @property
    def shortest(self) -> Expiry | None:
        """Return the figure that ends first, None without any."""
        return min(self.expiries, key=lambda entry: entry.expires_on, default=None)


class PlannedLogin(NamedTuple):
    """One login of a case, or one assumed.

    ``on`` is the JST day of the connection (None: no time), ``parties`` everybody who may hold its log, ``act_by`` the
    last working day on or before the first expiry. ``applicable`` is False where there is no log to plan for. ``rank``
    is the best of its links to the posts (None: not linked), ``tie`` and ``uncertain`` as in that link, ``posts`` how
    many posts there are. ``practice`` is the general range for parties without a figure: shown, never counted with.
    """

    row: int
    on: date | None
    parties: tuple[PlannedParty, ...]
    applicable: bool
    search: SearchStatus
    act_by: date | None = None
    rank: int | None = None
    tie: bool = False
    uncertain: bool = False
    posts: int = 0
    practice: PracticeExpiry | None = None
    assumed: bool = False


def logins_of(case: Case) -> tuple[PlannedLogin, ...]:
    """Return every login of a case, in its order, with the verdicts of the case and no others."""
    best = _best(case.links)
    names = _names(case)
    known: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[PlannedParty, ...]] = {}
    found = []
    for row in case.rows:
        deadline = case.deadlines[row.deadline]
        holders = _holders(case.attributions[row.attribution])
        pairs = tuple((key_of(party), party.service) for party in holders)
        if (row.deadline, pairs) not in known:
            known[row.deadline, pairs] = _parties(pairs, deadline, names)
        link = best.get(row.login.id)
        found.append(
            PlannedLogin(
                row=row.number,
                on=deadline.connected_on,
                parties=known[row.deadline, pairs],
                applicable=deadline.status != "not-applicable",
                search=case.search_keys[row.search_key].status,
                act_by=deadline.act_by,
                rank=link.rank if link else None,
                tie=link.tie if link else False,
                uncertain=link.uncertain if link else False,
                posts=len(case.posts),
                practice=deadline.practice,
            )
        )
    return tuple(found)


def assumed_logins(
    posts: Sequence[date], retentions: Sequence[Span], *, calendar: Calendar, as_of: date
) -> tuple[PlannedLogin, ...]:
    """Return one login per day of a post and period, each on the day of the post with a provider that keeps that long.

    Nothing of it was disclosed. Raise UsageError for a day or period beyond what dates can hold.
    """
    checked(as_of, "--as-of")
    workdays = Workdays(calendar)
    days = [checked(day, "--post") for day in dict.fromkeys(posts)]
    pairs = [(day, span) for day in days for span in dict.fromkeys(retentions)]
    return tuple(_assumed(row, day, span, workdays) for row, (day, span) in enumerate(pairs, start=1))


def key_of(party: Party) -> str:
    """Return what a party is known by in a deadline: its provider id, or its name where it has no file."""
    return party.provider or party.name.ja


def _assumed(row: int, day: date, span: Span, workdays: Workdays) -> PlannedLogin:
    text = length(span.value, span.unit)
    try:
        readings = tuple(checked(one, "--retention") for one in _readings(day, span))
    except (ValueError, OverflowError):
        raise UsageError(
            ja=f"この保存期間は日付の範囲を超える: {text.ja}",
            en=f"This period runs beyond what dates can hold: {text.en}",
            where="--retention",
        ) from None
    policy = RetentionPolicy(
        value=span.value * 7 if span.unit == "week" else span.value,
        unit="month" if span.unit == "month" else "day",
        text=text.ja,
        source="",
        as_of="",
        confidence="none",
    )
    expires_on = readings[0]
    expiry = Expiry(provider=f"{span.value}-{span.unit}", policy=policy, expires_on=expires_on, readings=readings)
    name = Text(ja=f"保存期間{text.ja}の事業者（仮定）", en=f"a provider that keeps logs {text.en} (assumed)")
    return PlannedLogin(
        row=row,
        on=day,
        parties=(PlannedParty(expiry.provider, name, (expiry,), lacking=False),),
        applicable=True,
        search="unknown",
        act_by=workdays.last(expires_on),
        assumed=True,
    )


def _readings(day: date, span: Span) -> tuple[date, ...]:
    """Return every reading of the expiry, the earliest first, as for a disclosed login."""
    if span.unit == "month":
        return tuple(sorted(add_period(day, span.value, "month")))
    return (after(day, span),)


def _holders(attribution: Attribution) -> tuple[Party, ...]:
    """Return whose figures the deadline was judged by: everybody in question, where one of them may hold a log."""
    parties = attribution.alternatives
    return parties if any(party.kind != "non-access" for party in parties) else ()


def _parties(pairs: Sequence[tuple[str, str]], deadline: Deadline, names: dict[str, Text]) -> tuple[PlannedParty, ...]:
    """Return each provider once, with the figures for the services meant: for one of them, or for any ("")."""
    found = []
    for provider in dict.fromkeys(key for key, _ in pairs):
        services = [service for key, service in pairs if key == provider]
        own = [entry for entry in deadline.expiries if entry.provider == provider]
        used = [[entry for entry in own if entry.policy.applies_to(service)] for service in services]
        expiries = tuple(entry for entry in own if any(entry in applied for applied in used))
        found.append(PlannedParty(provider, names[provider], expiries, lacking=not all(used)))
    return tuple(found)


def _names(case: Case) -> dict[str, Text]:
    """Return what each party is called: its name, with the brand where another party bears the same name."""
    parties = {key_of(party): party for known in case.attributions.values() for party in known.alternatives}
    bearers: dict[str, int] = {}
    for party in parties.values():
        bearers[party.name.ja] = bearers.get(party.name.ja, 0) + 1
    return {
        key: Text(ja=f"{party.name.ja}（{party.brand}）", en=f"{party.name.en} ({party.brand})")
        if party.brand and bearers[party.name.ja] > 1
        else party.name
        for key, party in parties.items()
    }


def _best(links: Iterable[Link]) -> dict[str, Link]:
    best: dict[str, Link] = {}
    for link in links:
        if link.login not in best or link.rank < best[link.login].rank:
            best[link.login] = link
    return best

"""Registry answers → what they say about one address at one login, beside the offline verdict and never in its place.

Order of authority: JPNIC WHOIS, the mirror of a national registry, the regional registry's RDAP, its WHOIS. An answer
that only says which other registry knows, and names no holder, stands last and never becomes the holder.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from ipattr.instants import jst_date
from ipattr.model import Registration
from ipattr.registration import remarks
from ipattr.registration.comparing import standing
from ipattr.registration.dating import Moment
from ipattr.registration.index import Asked, Inquired, server_name
from ipattr.registration.names import ListedNames, listed_names, name_key
from ipattr.registration.views import Looked, look, look_back, same_holder
from ipattr.registration.words import explain, next_step

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date

    from ipattr.model import Attribution, Finding, LoginEvent, RegistrationStatus
    from ipattr.registration.index import Said

__all__ = [
    "Asked",
    "Inquired",
    "ListedNames",
    "Moment",
    "listed_names",
    "name_key",
    "register",
    "registration_key",
]


def registration_key(login: LoginEvent, attribution: str) -> Hashable:
    """Return what the verdict on a login depends on: its address, its time, and the offline verdict beside it."""
    instant = login.instant
    at = (instant.utc, instant.precision) if instant is not None else None
    return ("registration", login.address.line, attribution, at)


def register(
    address: str, login: Moment | None, *, inquired: Inquired, offline: Attribution, as_of: date
) -> Registration:
    """Say what the answers of one inquiry tell about ``address`` (canonical text) at ``login``.

    ``as_of`` is the JST date on which answers older than 30 days are remarked on. ValueError on loose address text.
    """
    said = inquired.of(address)
    looked = _views(said, login, inquired=inquired, offline=offline)
    status = _status(said, looked, offline)
    names = tuple(dict.fromkeys(field.value for answer in said.pointers for field in answer.reply.names))
    return Registration(
        address=address,
        mode=inquired.mode,
        status=status,
        views=tuple(one.view for one in looked),
        origins=said.origins,
        names=names,
        explanation=explain(status, looked, said),
        next_step=next_step(status, looked, said, offline=offline),
        findings=tuple(
            dict.fromkeys(_findings(said, looked, names, login=login, inquired=inquired, offline=offline, as_of=as_of))
        ),
    )


def _views(said: Said, login: Moment | None, *, inquired: Inquired, offline: Attribution) -> list[Looked]:
    """Return one view per server in order of authority, a history just before what its server says today."""
    against = standing(offline)
    ordered: list[tuple[tuple[bool, int, bool, int], Looked]] = []
    looked = [
        *(
            (True, covered, look_back(covered, records, login=login, offline=against, names=inquired.names))
            for covered, records in said.histories
        ),
        *(
            (False, covered, look(covered, login=login, offline=against, names=inquired.names))
            for covered in said.found
        ),
    ]
    for place, (back, covered, one) in enumerate(looked):
        if one is not None:
            last = not (one.view.holders or not one.view.refers_to)
            ordered.append(((last, inquired.rank(covered.answer), not back, place), one))
    return [one for _, one in sorted(ordered, key=lambda pair: pair[0])]


def _status(said: Said, looked: list[Looked], offline: Attribution) -> RegistrationStatus:
    """Return the status; an open question outweighs a "not here", since the picture is not complete."""
    if looked:
        return "registered"
    if any(entry.question.kind == "ip" for entry in said.unanswered):
        return "failed"
    if said.missing or said.histories:
        return "not-found"
    return "withheld" if said.held_back or offline.status == "special-purpose" else "not-asked"


def _findings(
    said: Said,
    looked: list[Looked],
    names: tuple[str, ...],
    *,
    login: Moment | None,
    inquired: Inquired,
    offline: Attribution,
    as_of: date,
) -> list[Finding]:
    found: list[Finding] = []
    for one in looked:
        view = one.view
        found += remarks.on_basis(view) + remarks.on_referral(view)
        found += remarks.on_holder(one.comparison, view, login=login)
        found += remarks.on_above(one.above, view)
        if one.at_time.remark and view.holders:
            found.append(remarks.of_answer("IPA874", "warning", one.at_time.reason, view))
        found += remarks.on_age(view, (as_of - jst_date(view.received)).days)
    naming = [one for one in looked if one.view.holders]
    for first, second in combinations(naming, 2):
        same = same_holder(first, second, inquired.names)
        then, today = sorted((first.view, second.view), key=lambda view: view.history is None)
        if then.history is None:
            found += remarks.between(first.view, second.view, same=same)
        elif today.history is None and same is False:
            found.append(remarks.since_login(then, today))
    backed = {one.view.evidence for one in looked if one.view.history is not None}
    if login is not None:
        found += [
            remarks.on_gap(server_name(covered.answer), login, about=covered.answer.name)
            for covered, _ in said.histories
            if covered.answer.name not in backed
        ]
    for _, other in said.narrower:
        block = other.reply.network
        if block is not None:
            found.append(remarks.on_narrower(server_name(other), f"{block.first} - {block.last}", about=other.name))
    found += remarks.on_origins(said.origins, offline.network, about=said.routing[0].name if said.routing else "")
    if said.pointers:
        latest = max(said.pointers, key=lambda answer: answer.exchange.received)
        found += remarks.on_names(names, jst_date(latest.exchange.received), about=latest.name)
    found += remarks.on_missing((server_name(c.answer), c.answer.name, c.basis == "direct") for c in said.missing)
    found += remarks.on_unanswered(said.unanswered)
    used = [covered.answer for covered in (*said.found, *(covered for covered, _ in said.histories))]
    found += [finding for answer in used for finding in answer.reply.findings]
    return found

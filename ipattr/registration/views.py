"""One answer as one view of one address at one login."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import HistoryRecord, RegistrationView
from ipattr.registration.above import Above, above
from ipattr.registration.comparing import Comparison, compare
from ipattr.registration.dating import REGISTERED, AtTime, by_history, first_of, in_force, iso, judge, latest_change
from ipattr.registration.index import server_name
from ipattr.registration.names import name_key, overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.coverage import Covered
    from ipattr.model import Field, RegisteredNetwork
    from ipattr.registration.comparing import Standing
    from ipattr.registration.dating import Moment
    from ipattr.registration.names import Key, ListedNames


class Looked(NamedTuple):
    """A view, with what led to it."""

    view: RegistrationView
    comparison: Comparison
    at_time: AtTime
    above: tuple[Above, ...] = ()


def look(covered: Covered, *, login: Moment | None, offline: Standing, names: ListedNames) -> Looked | None:
    """Return what an answer that names a network says; None when it names none."""
    network = covered.answer.reply.network
    if network is None:
        return None
    at_time = judge(network, covered.answer.exchange.received, login)
    one = _view(covered, network, at_time, compare(network.holders, offline, names))
    return one._replace(above=above(network, offline, names))


def look_back(
    covered: Covered,
    records: Sequence[HistoryRecord],
    *,
    login: Moment | None,
    offline: Standing,
    names: ListedNames,
) -> Looked | None:
    """Return what a history says was registered at the login; None when none of ``records`` was in force.

    A registry's placeholder for whole space (``IANA-BLOCK``), which is in force wherever nothing else was, is no
    registration: it names neither a holder nor another registry.
    """
    record = in_force(records, covered.answer.exchange.received, login)
    if record is None or record.network is None or login is None:
        return None
    if not record.network.holders and not record.network.refers_to:
        return None
    compared = compare(record.network.holders, offline, names)
    return _view(covered, record.network, by_history(record, login), compared, history=record)


def _view(
    covered: Covered,
    network: RegisteredNetwork,
    at_time: AtTime,
    compared: Comparison,
    *,
    history: HistoryRecord | None = None,
) -> Looked:
    exchange = covered.answer.exchange
    registered, changed = first_of(network.events, REGISTERED), latest_change(network.events)
    pointers: dict[str, str] = {
        label: field.at
        for label, field in (
            ("handle", network.handle),
            ("name", network.name),
            ("country", network.country),
            ("registered", registered.text if registered else None),
            ("changed", changed.text if changed else None),
        )
        if field is not None
    }
    view = RegistrationView(
        evidence=covered.answer.name,
        source=exchange.question.source,
        server=server_name(covered.answer),
        received=exchange.received,
        sha256=exchange.sha256,
        basis=covered.basis,
        subject=exchange.question.subject,
        first=network.first,
        last=network.last,
        cidrs=network.cidrs,
        handle=_text(network.handle),
        name=_text(network.name),
        registry=network.registry,
        country=_text(network.country),
        holders=network.holders,
        refers_to=network.refers_to,
        registered=iso(registered),
        changed=iso(changed),
        matches=compared.matches,
        agreement=compared.agreement,
        at_login=at_time.at_login,
        history=history,
        pointers=pointers | ({"history": history.at} if history else {}),
        reasons=(compared.reason, at_time.reason),
    )
    return Looked(view, compared, at_time)


def _text(field: Field | None) -> str:
    return field.value if field is not None else ""


def same_holder(first: Looked, second: Looked, names: ListedNames) -> bool | None:
    """Tell whether two views name one holder; None when they name it in different languages and nothing settles it."""
    if overlap(_entities(first, names), _entities(second, names)):
        return True
    if first.comparison.matches and second.comparison.matches:
        return False
    languages = {holder.lang for holder in first.view.holders} & {holder.lang for holder in second.view.holders}
    return False if languages else None


def _entities(looked: Looked, names: ListedNames) -> frozenset[Key]:
    """Return the keys of every name that the holder of a view is known under."""
    own = frozenset(name_key(holder.text) for holder in looked.view.holders)
    return own.union(*(names.bearer(match) for match in looked.comparison.matches if match.time != "listed"))

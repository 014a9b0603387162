"""When an answer calls for another question: the same rule before a plan is made and while it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.instants import jst_date

if TYPE_CHECKING:
    from datetime import datetime

    from ipattr.model import Answer, Condition, RegistryEvent, RegistryServer

_CHANGES = frozenset({"registration", "reregistration", "reinstantiation", "transfer", "last changed"})


def holds(condition: Condition, answer: Answer, *, server: RegistryServer, earliest: datetime | None) -> bool:
    """Tell whether ``answer`` calls for the follow-up to ``server`` under ``condition``.

    ``earliest`` is the first login the follow-up is for. An answer that could not be used calls for nothing.
    """
    reply = answer.reply
    if condition == "no-match":
        return reply.status == "not-found"
    if reply.status != "found" or reply.network is None:
        return False
    if condition == "refers":
        named = reply.network.refers_to.casefold()
        return bool(named) and named in {name.casefold() for name in server.referral_names}
    if condition == "changed":
        return earliest is not None and any(_is_after(event, earliest) for event in reply.network.events)
    return True


def _is_after(event: RegistryEvent, login: datetime) -> bool:
    """Tell whether an event may lie after the login; a day without a time counts when it is the login's day in JST."""
    if event.action.casefold() not in _CHANGES:
        return False
    if event.instant is not None:
        return event.instant > login
    return event.day is not None and event.day >= jst_date(login)

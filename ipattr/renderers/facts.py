"""The facts of one row as plain text, by the column ids of the CSV: what the CSV and every exported table share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ipattr.renderers import ledgers, registry
from ipattr.renderers.basis import retention
from ipattr.renderers.repairs import shortly
from ipattr.renderers.view import View, iso, source_row
from ipattr.renderers.words import any_of, keys, party_name, party_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.model import KeyItem, Pending, Provenance, RegistrationView, Reject


Said = Callable[[View], dict[str, str]]


class Verdicts:
    """The verdict cells of a row: those of a verdict that many rows share are made once."""

    def __init__(self, said: Mapping[str, Said]) -> None:
        """Take what makes the cells of each verdict, by the field of a row that names it (``deadline``)."""
        self._said = said
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, view: View) -> dict[str, str]:
        """Return the cells of every verdict of one row."""
        cells: dict[str, str] = {}
        for field, said in self._said.items():
            key = field, getattr(view.row, field)
            if key not in self._known:
                self._known[key] = said(view)
            cells |= self._known[key]
        return cells


def login(view: View) -> dict[str, str]:
    """Return what was read of one login; the time cells are missing where there is no time."""
    event, instant = view.login, view.login.instant
    facts = {
        "row": str(view.row.number),
        "file": event.provenance.source,
        "source_row": source_row(event),
        "status": event.status,
        "ip": event.address.text,
        "ip_raw": event.address.raw,
        "port": "" if event.port is None else str(event.port),
        "destination": event.destination.text if event.destination else "",
        "account_id": event.account.id or "",
        "account_name": event.account.name or "",
        "kind": event.kind,
        "client": event.client,
        "hostname": event.hostname or "",
        "repairs": shortly(event.repairs) if event.repairs else "",
        "provenance": cited((event.provenance, *view.attribution.provenance)),
    }
    if instant is not None:
        facts |= {
            "utc": iso(instant.utc, instant.precision, zone="UTC"),
            "jst": iso(instant.utc, instant.precision, zone="JST"),
            "time_raw": instant.raw,
            "zone": instant.zone,
            "zone_source": instant.zone_source,
            "precision": instant.precision,
        }
    return facts


def rejected(reject: Reject, lang: str) -> dict[str, str]:
    """Return where a rejected row stands, what stood there, and why it was refused."""
    return {
        "file": reject.file,
        "source_row": str(reject.row),
        "status": "rejected",
        "reject_column": reject.column,
        "raw": reject.raw,
        "reason": f"{reject.code} {reject.reason.pick(lang)}",
    }


def pending(row: Pending, lang: str) -> dict[str, str]:
    """Return where a pending row stands, what stood there, and which repairs wait for a decision."""
    # What is proposed stands beside the raw text, never in the columns of values: nobody has accepted it.
    return {
        "file": row.file,
        "source_row": str(row.row),
        "status": "pending",
        "repairs": shortly(row.repairs),
        "reject_column": row.column,
        "raw": row.raw,
        "reason": row.reason.pick(lang),
    }


def attribution(view: View, lang: str) -> dict[str, str]:
    """Return who carried the address: holder, operator and addressee in columns of their own."""
    found = view.attribution
    origins = found.network.origins if found.network else ()
    return {
        "attribution_status": found.status,
        "prefix": found.network.prefix if found.network else "",
        "origin_as": "; ".join(f"AS{origin.asn}" for origin in origins),
        "as_registrant": "; ".join(f"{r.handle} {r.organisation}".strip() for r in found.registrants),
        "delegated": "; ".join(origin.delegated for origin in origins),
        "holder_status": found.holder.status,
        "holder": found.holder.name.pick(lang) if found.holder.name else "",
        "holder_ask": found.holder.ask.pick(lang) if found.holder.ask else "",
        "operator": found.operator.pick(lang) if found.operator else "",
        "addressee": party_name(found.addressee, lang) if found.addressee else "",
        "alternatives": "; ".join(party_names(found.alternatives, lang)),
        "chain": "; ".join(party_names(found.chain, lang)),
        "sharing": "; ".join(found.sharing),
        "attribution_explanation": found.explanation.pick(lang),
        "next_step": found.next_step.pick(lang),
    }


def search(view: View, lang: str) -> dict[str, str]:
    """Return what the addressee needs and what is missing, per addressee where there are several."""
    found = view.search
    return {
        "search_key_status": found.status,
        "search_key_needed": _per_addressee(view, lang, held=()),
        "search_key_missing": _per_addressee(view, lang, held=found.held) or keys(found.missing, lang),
    }


def _per_addressee(view: View, lang: str, *, held: tuple[KeyItem, ...]) -> str:
    """Return what is needed beyond ``held``, per addressee where there are several; any one set suffices."""
    parties = view.attribution.alternatives
    said: dict[str, dict[str, None]] = {}
    for option in view.search.options:
        names = [p.name.pick(lang) for p in parties if p.provider == option.provider] or [option.provider]
        need = any_of(option, lang, held=held)
        if need and (not held or option.status == "incomplete"):
            said.setdefault(names[0], {})[need] = None
    several = len({party.name.pick(lang) for party in parties}) > 1
    return "; ".join((f"{name}: " if several else "") + " / ".join(needs) for name, needs in said.items())


def deadline(view: View, lang: str) -> dict[str, str]:
    """Return when the log is gone, the figures that rests on, and the last day to act; dates in ISO 8601."""
    found, parties = view.deadline, view.attribution.alternatives
    generic = found.practice
    latest = found.latest.isoformat() if found.latest else ""
    return {
        "deadline_status": found.status,
        "connected_on_jst": found.connected_on.isoformat() if found.connected_on else "",
        "earliest_expiry": found.earliest.isoformat() if found.earliest else "",
        "latest_expiry": latest or ("open-ended" if found.open_ended else ""),
        "retention": "; ".join(dict.fromkeys(retention(e, parties, lang) for e in found.expiries)),
        "act_by": found.act_by.isoformat() if found.act_by else "",
        "days_left": "" if found.days_left is None else str(found.days_left),
        "days_to_expiry": "" if found.days_to_expiry is None else str(found.days_to_expiry),
        "practice": f"practice {generic.earliest} / {generic.latest}" if generic else "",
    }


def practice(view: View) -> str:
    """Return the general range for the kind of access as one or two dates; nobody's own figure, empty without one."""
    found = view.deadline.practice
    return " .. ".join(dict.fromkeys(day.isoformat() for day in (found.earliest, found.latest))) if found else ""


def candidates(view: View, lang: str) -> dict[str, str]:
    """Return the possible destinations on one line, and those that rest on the office's own ledgers."""
    del lang  # addresses, hosts and closed words alone
    found = view.candidates
    listed = (
        f"{c.address} [{','.join(c.hosts)}] {c.relation} {c.gap_days}d ({c.first_seen} / {c.last_seen})"
        f"{' other-period' if c.period == 'other' else ''}"
        for c in found.candidates
    )
    return {
        "candidates_status": found.status,
        "candidates": "; ".join(listed),
        "own_candidates": "; ".join(ledgers.own(found.candidates)),
    }


def registration(view: View, lang: str) -> dict[str, str]:
    """Return what the registries say: the leading answer in columns, others shortly; {} when not asked."""
    found = view.registration
    if found is None:
        return {}
    facts = {
        "registry_status": found.status,
        "registry_mode": found.mode,
        "registry_others": " | ".join(_other(one, lang) for one in found.views[1:]),
        "registry_origin_as": registry.origins(found),
        "registry_ptr": "; ".join(found.names),
        "registry_explanation": found.explanation.pick(lang),
        "registry_next_step": found.next_step.pick(lang),
    }
    return facts | (answer(found.views[0], lang) if found.views else {})


def answer(one: RegistrationView, lang: str) -> dict[str, str]:
    """Return the cells of one registry answer; instants in UTC, and in JST where the column says so."""
    return {
        "registry_basis": one.basis,
        "registry_source": one.source,
        "registry_server": one.server,
        "registry_asked": one.subject,
        "registry_first": one.first,
        "registry_last": one.last,
        "registry_cidrs": "; ".join(one.cidrs),
        "registry_handle": one.handle,
        "registry_network_name": one.name,
        "registry_country": one.country,
        "registry_holder_ja": "; ".join(dict.fromkeys(h.text for h in one.holders if h.lang == "ja")),
        "registry_holder_en": "; ".join(dict.fromkeys(h.text for h in one.holders if h.lang == "en")),
        "registry_administered_by": one.refers_to,
        "registry_registered": one.registered,
        "registry_changed": one.changed,
        "registry_matches": "; ".join(registry.match_text(match, lang) for match in one.matches),
        "registry_agreement": one.agreement,
        "registry_at_login": one.at_login,
        "registry_history": registry.period(one),
        "registry_received_utc": iso(one.received, "s", zone="UTC"),
        "registry_received_jst": iso(one.received, "s", zone="JST"),
        "registry_evidence": one.evidence,
        "registry_sha256": one.sha256,
    }


def _other(one: RegistrationView, lang: str) -> str:
    """Name a further answer shortly: source, block, holder, what it proves, and its evidence."""
    holder = " / ".join(registry.holder_names(one, lang))
    parts = (
        f"{one.source} {one.server}",
        f"{one.first} - {one.last}",
        holder or (f"-> {one.refers_to}" if one.refers_to else ""),
        registry.period(one),
        f"{one.basis} {one.agreement} {one.at_login}",
        one.evidence,
    )
    return "; ".join(filter(None, parts))


def cited(entries: tuple[Provenance, ...]) -> str:
    """Return distinct sources with their place, date and sum, as one cell holds them."""
    return "; ".join(dict.fromkeys([" ".join(filter(None, (e.source, e.locator, e.as_of, e.sha256))) for e in entries]))

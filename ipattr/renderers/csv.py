"""One row per login, pending row and reject, safe to open in a spreadsheet, and readable again by our own reader.

A cell that a spreadsheet would run or change is led by one apostrophe: text that begins (after spaces) with ``=``
``+`` ``-`` or ``@``, their full-width forms, TAB or CR; text that begins with an apostrophe itself; and, in the columns
of ids and names, numbers that a spreadsheet would round or rewrite (16 digits and more, leading zeros, exponents,
dates). The reader knows the form by the column ``ipattr_schema`` and takes exactly one leading apostrophe off.
UTF-8 with BOM, CRLF (RFC 4180).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.renderers import ledgers, registry
from ipattr.renderers.basis import retention
from ipattr.renderers.layout import inert
from ipattr.renderers.repairs import shortly
from ipattr.renderers.view import (
    View,
    clock,
    iso,
    log_rejects,
    post_rejects,
    source_row,
    total,
    unchecked_links,
    views,
)
from ipattr.renderers.words import any_of, conservation, keys, party_name, party_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.model import Case, Finding, KeyItem, Pending, Post, Provenance, RegistrationView, Reject

INPUT_COLUMNS = (
    "row",
    "ipattr_schema",
    "file",
    "source_row",
    "status",
    "utc",
    "jst",
    "time_raw",
    "zone",
    "zone_source",
    "precision",
    "ip",
    "ip_raw",
    "port",
    "destination",
    "account_id",
    "account_name",
    "kind",
    "client",
    "hostname",
    "repairs",
)
VERDICT_COLUMNS = (
    "attribution_status",
    "prefix",
    "origin_as",
    "as_registrant",
    "delegated",
    "holder_status",
    "holder",
    "holder_ask",
    "operator",
    "addressee",
    "alternatives",
    "chain",
    "sharing",
    "attribution_explanation",
    "next_step",
    "search_key_status",
    "search_key_needed",
    "search_key_missing",
    "candidates_status",
    "candidates",
    "deadline_status",
    "connected_on_jst",
    "earliest_expiry",
    "latest_expiry",
    "retention",
    "act_by",
    "days_left",
    "days_to_expiry",
    "practice",
    "nearest_post",
    "findings",
    "reject_column",
    "raw",
    "reason",
    "as_of",
    "platform",
    "data_version",
    "tool_version",
    "ledger",
    "declared_zone",
    "provenance",
)
COLUMNS = INPUT_COLUMNS + VERDICT_COLUMNS
# Only where registries were asked, and last: who reads the file by position, or compares it whole, sees no change in a
# case that stayed offline.
REGISTRY_COLUMNS = (
    "registry_status",
    "registry_mode",
    "registry_basis",
    "registry_source",
    "registry_server",
    "registry_asked",
    "registry_first",
    "registry_last",
    "registry_cidrs",
    "registry_handle",
    "registry_network_name",
    "registry_country",
    "registry_holder_ja",
    "registry_holder_en",
    "registry_administered_by",
    "registry_registered",
    "registry_changed",
    "registry_matches",
    "registry_agreement",
    "registry_at_login",
    "registry_history",
    "registry_received_utc",
    "registry_received_jst",
    "registry_evidence",
    "registry_sha256",
    "registry_others",
    "registry_origin_as",
    "registry_ptr",
    "registry_explanation",
    "registry_next_step",
    "registry_journal_head",
)
# Likewise only where a ledger of the office was named, or a narrowing step turned off.
LEDGER_COLUMNS = ("own_ledgers", "own_candidates", "narrowing_off")
_LIVE = re.compile("[ \u3000\u00a0]*[=+\\-@＝＋－＠\t\r\n']")
_REWRITTEN = re.compile(r"[0-9]{16,}|0[0-9]+|[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]+(?:[-/:][0-9]+){1,2}")
_IDS = frozenset({"account_id", "account_name"})
_PLACES = ("file", "provenance")


def render(case: Case, *, lang: str) -> str:
    """Return the table as text that begins with a BOM and ends each line with CRLF; every cell is quoted."""
    zones = {entry.name: entry.declared_zone or "" for entry in case.inputs}
    declared = {name: _written({"declared_zone": zone}) for name, zone in zones.items()}
    stamp = _written(_stamp(case, lang))
    verdicts = _Verdicts(case, lang)
    columns = (
        *COLUMNS,
        *(REGISTRY_COLUMNS if case.registrations else ()),
        *(LEDGER_COLUMNS if case.ledgers or case.without else ()),
    )
    lines = ["\ufeff" + ",".join(map(_quoted, columns)) + "\r\n"]
    for view in views(case):
        zone = declared.get(view.login.provenance.source, {})
        lines.append(_line({**_written(_login(view)), **verdicts.of(view), **stamp, **zone}, columns))
    lines += [
        _line({**_written(_pending(row, lang)), **stamp, **declared.get(row.file, {})}, columns) for row in case.pending
    ]
    lines += [
        _line({**_written(_reject(reject, lang)), **stamp, **declared.get(reject.file, {})}, columns)
        for reject in log_rejects(case)
    ]
    lines += [
        _line({**_written({**_reject(reject, lang), "kind": "post"}), **stamp}, columns)
        for reject in post_rejects(case)
    ]
    return "".join(lines)


def _line(cells: dict[str, str], columns: tuple[str, ...]) -> str:
    """Join the written cells of one row; a column without one is an empty cell."""
    return ",".join([cells.get(column, '""') for column in columns]) + "\r\n"


def _written(facts: dict[str, str]) -> dict[str, str]:
    """Return each fact as it stands in the file: guarded and quoted."""
    # A file names itself: what controls a terminal is written out there, as the table does. Raw cells stay exact.
    facts |= {column: inert(facts[column]) for column in _PLACES if column in facts}
    return {column: _quoted(guard(text, is_id=column in _IDS)) if text else '""' for column, text in facts.items()}


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def guard(text: str, *, is_id: bool) -> str:
    """Return ``text``, led by an apostrophe where a spreadsheet would run it or (``is_id``) change its digits."""
    if text and (_LIVE.match(text) or (is_id and _REWRITTEN.fullmatch(text))):
        return "'" + text
    return text


def _stamp(case: Case, lang: str) -> dict[str, str]:
    return {
        "registry_journal_head": case.inquiry.journal_head if case.inquiry else "",
        "ipattr_schema": case.schema_version,
        "as_of": case.as_of.isoformat(),
        "platform": case.platform,
        "data_version": case.data_version,
        "tool_version": case.tool_version,
        "ledger": conservation(*total(case.counts), lang=lang),
        "own_ledgers": ledgers.of(case, lang) if case.ledgers else "",
        "narrowing_off": "; ".join(case.without),
    }


def _login(view: View) -> dict[str, str]:
    login, instant = view.login, view.login.instant
    facts = {
        "row": str(view.row.number),
        "file": login.provenance.source,
        "source_row": source_row(login),
        "status": login.status,
        "ip": login.address.text,
        "ip_raw": login.address.raw,
        "port": "" if login.port is None else str(login.port),
        "destination": login.destination.text if login.destination else "",
        "account_id": login.account.id or "",
        "account_name": login.account.name or "",
        "kind": login.kind,
        "client": login.client,
        "hostname": login.hostname or "",
        "repairs": shortly(login.repairs) if login.repairs else "",
        "provenance": _provenance((login.provenance, *view.attribution.provenance)),
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


def _reject(reject: Reject, lang: str) -> dict[str, str]:
    return {
        "file": reject.file,
        "source_row": str(reject.row),
        "status": "rejected",
        "reject_column": reject.column,
        "raw": reject.raw,
        "reason": f"{reject.code} {reject.reason.pick(lang)}",
    }


def _pending(row: Pending, lang: str) -> dict[str, str]:
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


class _Verdicts:
    """The verdict cells of a row; what many rows share is written out once."""

    def __init__(self, case: Case, lang: str) -> None:
        self.lang = lang
        self.unchecked = unchecked_links(case)
        self.posts: dict[str, Post] = {post.id: post for post in case.posts}
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        self._remarks: dict[tuple[str, str], str] = {}
        self._informed: set[Finding] = set()

    def of(self, view: View) -> dict[str, str]:
        """Return every verdict column of one row, written."""
        row = view.row
        own = {"nearest_post": "; ".join(self._nearest(view)), "findings": self._findings(view)}
        return {
            **self._once(("attribution", row.attribution), view, self._attribution),
            **self._once(("search", row.search_key), view, self._search),
            **self._once(("deadline", row.deadline), view, self._deadline),
            **self._once(("candidates", row.candidates), view, self._candidates),
            **self._once(("registration", row.registration), view, self._registration),
            **_written(own),
        }

    def _once(self, key: tuple[str, str], view: View, cells: Callable[[View], dict[str, str]]) -> dict[str, str]:
        if key not in self._known:
            self._known[key] = _written(cells(view))
        return self._known[key]

    def _attribution(self, view: View) -> dict[str, str]:
        found = view.attribution
        origins = found.network.origins if found.network else ()
        return {
            "attribution_status": found.status,
            "prefix": found.network.prefix if found.network else "",
            "origin_as": "; ".join(f"AS{origin.asn}" for origin in origins),
            "as_registrant": "; ".join(f"{r.handle} {r.organisation}".strip() for r in found.registrants),
            "delegated": "; ".join(origin.delegated for origin in origins),
            "holder_status": found.holder.status,
            "holder": found.holder.name.pick(self.lang) if found.holder.name else "",
            "holder_ask": found.holder.ask.pick(self.lang) if found.holder.ask else "",
            "operator": found.operator.pick(self.lang) if found.operator else "",
            "addressee": party_name(found.addressee, self.lang) if found.addressee else "",
            "alternatives": "; ".join(party_names(found.alternatives, self.lang)),
            "chain": "; ".join(party_names(found.chain, self.lang)),
            "sharing": "; ".join(found.sharing),
            "attribution_explanation": found.explanation.pick(self.lang),
            "next_step": found.next_step.pick(self.lang),
        }

    def _search(self, view: View) -> dict[str, str]:
        found = view.search
        return {
            "search_key_status": found.status,
            "search_key_needed": self._per_addressee(view, held=()),
            "search_key_missing": self._per_addressee(view, held=found.held) or keys(found.missing, self.lang),
        }

    def _per_addressee(self, view: View, *, held: tuple[KeyItem, ...]) -> str:
        """Return what is needed beyond ``held``, per addressee where there are several; any one set suffices."""
        parties = view.attribution.alternatives
        said: dict[str, dict[str, None]] = {}
        for option in view.search.options:
            names = [p.name.pick(self.lang) for p in parties if p.provider == option.provider] or [option.provider]
            need = any_of(option, self.lang, held=held)
            if need and (not held or option.status == "incomplete"):
                said.setdefault(names[0], {})[need] = None
        several = len({party.name.pick(self.lang) for party in parties}) > 1
        return "; ".join((f"{name}: " if several else "") + " / ".join(needs) for name, needs in said.items())

    def _deadline(self, view: View) -> dict[str, str]:
        found, parties = view.deadline, view.attribution.alternatives
        practice = found.practice
        latest = found.latest.isoformat() if found.latest else ""
        return {
            "deadline_status": found.status,
            "connected_on_jst": found.connected_on.isoformat() if found.connected_on else "",
            "earliest_expiry": found.earliest.isoformat() if found.earliest else "",
            "latest_expiry": latest or ("open-ended" if found.open_ended else ""),
            "retention": "; ".join(dict.fromkeys(retention(e, parties, self.lang) for e in found.expiries)),
            "act_by": found.act_by.isoformat() if found.act_by else "",
            "days_left": "" if found.days_left is None else str(found.days_left),
            "days_to_expiry": "" if found.days_to_expiry is None else str(found.days_to_expiry),
            "practice": f"practice {practice.earliest} / {practice.latest}" if practice else "",
        }

    def _candidates(self, view: View) -> dict[str, str]:
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

    def _registration(self, view: View) -> dict[str, str]:
        found = view.registration
        if found is None:
            return {}
        facts = {
            "registry_status": found.status,
            "registry_mode": found.mode,
            "registry_others": " | ".join(self._other(one) for one in found.views[1:]),
            "registry_origin_as": registry.origins(found),
            "registry_ptr": "; ".join(found.names),
            "registry_explanation": found.explanation.pick(self.lang),
            "registry_next_step": found.next_step.pick(self.lang),
        }
        return facts | (self._leading(found.views[0]) if found.views else {})

    def _leading(self, one: RegistrationView) -> dict[str, str]:
        """Return the cells of the most authoritative answer; instants in UTC, and in JST where the column says so."""
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
            "registry_matches": "; ".join(registry.match_text(match, self.lang) for match in one.matches),
            "registry_agreement": one.agreement,
            "registry_at_login": one.at_login,
            "registry_history": registry.period(one),
            "registry_received_utc": iso(one.received, "s", zone="UTC"),
            "registry_received_jst": iso(one.received, "s", zone="JST"),
            "registry_evidence": one.evidence,
            "registry_sha256": one.sha256,
        }

    def _other(self, one: RegistrationView) -> str:
        """Name a further answer shortly: source, block, holder, what it proves, and its evidence."""
        holder = " / ".join(registry.holder_names(one, self.lang))
        parts = (
            f"{one.source} {one.server}",
            f"{one.first} - {one.last}",
            holder or (f"-> {one.refers_to}" if one.refers_to else ""),
            registry.period(one),
            f"{one.basis} {one.agreement} {one.at_login}",
            one.evidence,
        )
        return "; ".join(filter(None, parts))

    def _nearest(self, view: View) -> Iterable[str]:
        for link in view.links:
            post = self.posts.get(link.post)
            name = (post.post_id or post.url or link.post) if post else link.post
            when = clock(post.instant.utc, post.instant.precision, zone="UTC") + "Z" if post else ""
            marks = [
                mark
                for mark, is_set in (
                    ("nearest", link.nearest),
                    ("last-before", link.nearest_before),
                    ("first-after", link.nearest_after),
                    ("tie", link.tie),
                    ("uncertain", link.uncertain),
                    ("account-not-compared", (link.post, link.login) in self.unchecked),
                )
                if is_set
            ]
            yield f"post {name} {when} {'+'.join(marks)} {abs(link.gap_seconds):.3f}s {link.position}"

    def _findings(self, view: View) -> str:
        """Join every remark on a row, in the order of ``View.findings``."""
        row = view.row
        parts = (
            self._said(view.login.findings),
            self._once_said(("attribution", row.attribution), view.attribution.findings),
            self._once_said(("deadline", row.deadline), view.deadline.findings),
            self._candidates_said(row.candidates, view.candidates.findings),
            self._once_said(
                ("registration", row.registration), view.registration.findings if view.registration else ()
            ),
        )
        return " | ".join(filter(None, parts))

    def _once_said(self, key: tuple[str, str], findings: tuple[Finding, ...]) -> str:
        if key not in self._remarks:
            self._remarks[key] = self._said(findings)
        return self._remarks[key]

    def _candidates_said(self, key: str, findings: tuple[Finding, ...]) -> str:
        """Join the remarks on candidates; what is there for information holds for many rows and is said once."""
        if ("candidates", key) in self._remarks:
            return self._remarks["candidates", key]
        pressing = tuple(finding for finding in findings if finding.level != "info")
        self._remarks["candidates", key] = self._said(pressing)
        first = tuple(finding for finding in findings if finding in pressing or finding not in self._informed)
        self._informed.update(findings)
        return self._said(first)

    def _said(self, findings: tuple[Finding, ...]) -> str:
        return " | ".join([f"{finding.code} {finding.message.pick(self.lang)}" for finding in findings])


def _provenance(entries: tuple[Provenance, ...]) -> str:
    return "; ".join(dict.fromkeys([" ".join(filter(None, (e.source, e.locator, e.as_of, e.sha256))) for e in entries]))

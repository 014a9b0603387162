"""One line per row and candidate, safe to open in a spreadsheet (RFC 4180, UTF-8 with BOM, CRLF, every cell quoted).

Columns, in this order and never renamed: ``schema`` (``destinations`` and its version), ``platform``, ``row``,
``label`` (the instant as typed, or the id of the login), ``login`` (its row in the log), ``utc``, ``jst``,
``source_ip``, ``family``, ``addressee``, ``providers``, ``term`` (what the addressee calls the address), ``set``,
``status``, ``candidate`` (its place in the set, from 1), ``address``, ``hosts``, ``relation`` (before, around, between,
after), ``gap_days`` (UTC dates), ``gap_seconds`` (exact, where the nearest sighting is known to the minute or second),
``longest_gap_seconds``, ``period`` (current, other), ``first_seen``, ``last_seen`` (as published), ``count``,
``vantages``, ``confidence``, ``cnames``, ``shared``, ``observations``, ``sources``, ``steps`` (step, applied or not,
how many were left, what was dropped), ``explanation``, ``findings``, ``file``, ``source_row``, ``column``, ``raw``,
``reason`` (of rejected and pending rows), ``without``, ``ledgers``, ``conservation``, ``data_version``,
``tool_version``. A row without candidates has one line with its status; rejected and pending rows of the log follow.
What belongs to a set as a whole (steps, explanation, findings) stands on the first line of each row. A list of all
times has no instant, hence no relation, gaps or period. Cells that a
spreadsheet would run are led by an apostrophe, as in the table of a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.csv import guard
from ipattr.renderers.destinations import dates, groups, overview, words
from ipattr.renderers.layout import inert
from ipattr.renderers.repairs import shortly
from ipattr.renderers.view import iso, total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipattr.model import Candidate, CandidateSet, DestinationDiff, Destinations, Finding, HostChange, LedgerUse
    from ipattr.renderers.destinations.groups import Member

COLUMNS = (
    "schema",
    "platform",
    "row",
    "label",
    "login",
    "utc",
    "jst",
    "source_ip",
    "family",
    "addressee",
    "providers",
    "term",
    "set",
    "status",
    "candidate",
    "address",
    "hosts",
    "relation",
    "gap_days",
    "gap_seconds",
    "longest_gap_seconds",
    "period",
    "first_seen",
    "last_seen",
    "count",
    "vantages",
    "confidence",
    "cnames",
    "shared",
    "observations",
    "sources",
    "steps",
    "explanation",
    "findings",
    "file",
    "source_row",
    "column",
    "raw",
    "reason",
    "without",
    "ledgers",
    "conservation",
    "data_version",
    "tool_version",
)
DIFF_COLUMNS = (
    "schema",
    "platform",
    "first",
    "second",
    "host",
    "rrtype",
    "status",
    "since",
    "until",
    "change",
    "address",
    "side",
    "relation",
    "gap_days",
    "first_seen",
    "last_seen",
    "count",
    "vantages",
    "confidence",
    "cnames",
    "shared",
    "sources",
    "text",
    "findings",
    "ledgers",
    "data_version",
    "tool_version",
)
_IDS = frozenset({"label"})
_OF_A_CONNECTION = ("relation", "gap_days", "gap_seconds", "longest_gap_seconds", "period")


def render(document: Destinations, *, lang: str) -> str:
    """Return the lines of a document; ``lang`` is that of explanations and reasons."""
    stamp = {
        "schema": f"destinations {document.schema_version}",
        "platform": document.platform,
        "without": "; ".join(document.without),
        "ledgers": _ledgers(document.ledgers, lang),
        "conservation": conservation(*total(document.counts), lang=lang) if document.counts else "",
        "data_version": document.data_version,
        "tool_version": document.tool_version,
    }
    facts = [fact for member in groups.members(document) for fact in _member(member, lang)]
    facts += _unread(document, lang)
    if document.findings:
        facts.append({"status": "remark", "findings": _findings(document.findings, lang)})
    return _written(COLUMNS, ({**stamp, **fact} for fact in facts))


def _member(member: Member, lang: str) -> Iterator[dict[str, str]]:
    row, found = member.row, member.found
    # Of all times, the moment at which they were asked about says nothing, nor does the distance from it.
    group = groups.Group((member,))
    ever = overview.is_one(row)
    dated = row.at is not None and not ever
    facts = {
        "row": str(row.number),
        "label": row.label,
        "login": "" if row.login is None else str(row.login),
        "utc": iso(row.at, dates.precision(row.at, row.precision), zone="UTC") if row.at is not None and dated else "",
        "jst": iso(row.at, dates.precision(row.at, row.precision), zone="JST") if row.at is not None and dated else "",
        "source_ip": row.source,
        "family": str(row.family),
        "addressee": row.addressee.pick(lang) if row.addressee else "",
        "providers": "; ".join(row.providers),
        "term": row.term,
        "set": row.set,
        "status": found.status,
    }
    whole = {
        "steps": _steps(found),
        "explanation": overview.explanations(group, lang)[0][0],
        "findings": _joined((text, about) for text, about, _ in overview.remarks(group, lang)),
    }
    if not found.candidates:
        yield facts | whole
    for number, entry in enumerate(found.candidates, start=1):
        yield {
            **facts,
            **(whole if number == 1 else {}),
            "candidate": str(number),
            "address": entry.address,
            **_seen(entry),
            "gap_seconds": _seconds(member, entry),
            "longest_gap_seconds": "" if entry.longest_gap is None else str(entry.longest_gap),
            "period": entry.period,
            **(dict.fromkeys(_OF_A_CONNECTION, "") if ever else {}),
            "hosts": "; ".join(entry.hosts),
            "observations": "; ".join(entry.observations),
        }


def _seen(entry: Candidate) -> dict[str, str]:
    return {
        "relation": entry.relation,
        "gap_days": str(entry.gap_days),
        "first_seen": entry.first_seen,
        "last_seen": entry.last_seen,
        "count": "" if entry.count is None else str(entry.count),
        "vantages": "; ".join(entry.vantages),
        "confidence": entry.confidence,
        "cnames": "; ".join(entry.cnames),
        "shared": entry.shared,
        "sources": "; ".join(entry.sources),
    }


def _seconds(member: Member, entry: Candidate) -> str:
    gap = dates.distance(entry, member.row.at)
    return "" if gap is None or gap.unit == dates.DAY else str(gap.seconds)


def _steps(found: CandidateSet) -> str:
    return " | ".join(
        f"{step.step}: {'applied' if step.applied else 'not applied'}, {step.remaining} left"
        + (f", dropped {' '.join(step.dropped)}" if step.dropped else "")
        for step in found.steps
    )


def _unread(document: Destinations, lang: str) -> Iterator[dict[str, str]]:
    for waiting in document.pending:
        yield {
            "status": "pending",
            "file": waiting.file,
            "source_row": str(waiting.row),
            "column": waiting.column,
            "raw": waiting.raw,
            "reason": f"{waiting.reason.pick(lang)} {shortly(waiting.repairs)}".strip(),
        }
    for reject in document.rejects:
        yield {
            "status": "rejected",
            "file": reject.file,
            "source_row": str(reject.row),
            "column": reject.column,
            "raw": reject.raw,
            "reason": f"{reject.code} {reject.reason.pick(lang)}",
        }


def render_diff(diff: DestinationDiff, *, lang: str) -> str:
    """Return one line per host, record type and address (``change``: gone, new, kept); a host without any has one."""
    stamp = {
        "schema": f"destinations-diff {diff.schema_version}",
        "platform": diff.platform,
        "first": iso(diff.first, dates.precision(diff.first), zone="UTC"),
        "second": iso(diff.second, dates.precision(diff.second), zone="UTC"),
        "findings": _findings(diff.findings, lang),
        "ledgers": _ledgers(diff.ledgers, lang),
        "data_version": diff.data_version,
        "tool_version": diff.tool_version,
    }
    facts = [fact for change in diff.changes for fact in _change(change, lang)]
    return _written(DIFF_COLUMNS, ({**stamp, **fact} for fact in facts))


def _change(change: HostChange, lang: str) -> Iterator[dict[str, str]]:
    facts = {
        "host": change.host,
        "rrtype": change.rrtype,
        "status": change.status,
        "since": change.since,
        "until": change.until,
        "text": change.text.pick(lang),
    }
    sides = {"before": {c.address: c for c in change.before}, "after": {c.address: c for c in change.after}}
    told = False
    for kind, addresses in (("gone", change.gone), ("new", change.new), ("kept", change.kept)):
        for address in addresses:
            told = True
            found = [{"side": side, **_seen(known[address])} for side, known in sides.items() if address in known]
            for own in found or [{}]:
                yield {**facts, "change": kind, "address": address, **own}
    if not told:
        yield facts


def _findings(findings: Sequence[Finding], lang: str) -> str:
    return _joined((f"{finding.code} {finding.message.pick(lang)}", finding.about) for finding in findings)


def _joined(told: Iterable[tuple[str, str]]) -> str:
    return " | ".join(text + (f" [{about}]" if about else "") for text, about in told)


def _ledgers(uses: Sequence[LedgerUse], lang: str) -> str:
    return "; ".join(words.ledger(use, lang) for use in uses)


def _written(columns: tuple[str, ...], facts: Iterable[Mapping[str, str]]) -> str:
    """Return the file: heading and lines, each cell inert, guarded and quoted."""
    lines = ["\ufeff" + ",".join(f'"{column}"' for column in columns)]
    lines += [",".join(_cell(column, fact.get(column, "")) for column in columns) for fact in facts]
    return "".join(line + "\r\n" for line in lines)


def _cell(column: str, text: str) -> str:
    # Nobody reads this file back, so that raw cells are made inert as well: the log itself has them exactly.
    safe = guard(inert(text), is_id=column in _IDS)
    return '"' + safe.replace('"', '""') + '"'

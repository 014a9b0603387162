"""One row per login, pending row and reject, safe to open in a spreadsheet, and readable again by our own reader.

A cell that a spreadsheet would run or change is led by one apostrophe: text that begins (after spaces) with ``=``
``+`` ``-`` or ``@``, their full-width forms, TAB or CR; text that begins with an apostrophe itself; and, in the columns
of ids and names, numbers that a spreadsheet would round or rewrite (16 digits and more, leading zeros, exponents,
dates). The reader knows the form by the column ``ipattr_schema`` and takes exactly one leading apostrophe off.
UTF-8 with BOM, CRLF (RFC 4180).
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ipattr.renderers import facts, ledgers
from ipattr.renderers.layout import inert
from ipattr.renderers.view import View, clock, log_rejects, post_rejects, total, unchecked_links, views
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.model import Case, Finding, Post

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
# These two are read by RE2 as well.
LIVE = re.compile("[ \u3000\u00a0]*[=+\\-@＝＋－＠\t\r\n']")
REWRITTEN = re.compile(r"[0-9]{16,}|0[0-9]+|[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]+(?:[-/:][0-9]+){1,2}")
IDS = frozenset({"account_id", "account_name"})
"""Columns of names and digits that a spreadsheet must not take for numbers or dates."""
PLACES = ("file", "provenance")
"""Columns that name a file, whose name may hold what controls a terminal."""


def render(case: Case, *, lang: str) -> str:
    """Return the table as text that begins with a BOM and ends each line with CRLF; every cell is quoted."""
    zones = {entry.name: entry.declared_zone or "" for entry in case.inputs}
    declared = {name: written({"declared_zone": zone}) for name, zone in zones.items()}
    stamp = written(_stamp(case, lang))
    verdicts = _Verdicts(case, lang)
    columns = (
        *COLUMNS,
        *(REGISTRY_COLUMNS if case.registrations else ()),
        *(LEDGER_COLUMNS if case.ledgers or case.without else ()),
    )
    lines = ["\ufeff" + ",".join(map(quoted, columns)) + "\r\n"]
    for view in views(case):
        zone = declared.get(view.login.provenance.source, {})
        lines.append(_line({**written(facts.login(view)), **verdicts.of(view), **stamp, **zone}, columns))
    lines += [
        _line({**written(facts.pending(row, lang)), **stamp, **declared.get(row.file, {})}, columns)
        for row in case.pending
    ]
    lines += [
        _line({**written(facts.rejected(reject, lang)), **stamp, **declared.get(reject.file, {})}, columns)
        for reject in log_rejects(case)
    ]
    lines += [
        _line({**written({**facts.rejected(reject, lang), "kind": "post"}), **stamp}, columns)
        for reject in post_rejects(case)
    ]
    return "".join(lines)


def _line(cells: dict[str, str], columns: tuple[str, ...]) -> str:
    """Join the written cells of one row; a column without one is an empty cell."""
    return ",".join([cells.get(column, '""') for column in columns]) + "\r\n"


def written(cells: dict[str, str]) -> dict[str, str]:
    """Return each fact as it stands in the file: guarded and quoted."""
    # A file names itself: what controls a terminal is written out there, as the table does. Raw cells stay exact.
    cells |= {column: inert(cells[column]) for column in PLACES if column in cells}
    return {column: quoted(guard(text, is_id=column in IDS)) if text else '""' for column, text in cells.items()}


def quoted(cell: str) -> str:
    """Return a cell in quotation marks (RFC 4180)."""
    return '"' + cell.replace('"', '""') + '"'


def guard(text: str, *, is_id: bool) -> str:
    """Return ``text``, led by an apostrophe where a spreadsheet would run it or (``is_id``) change its digits."""
    if text and (LIVE.match(text) or (is_id and REWRITTEN.fullmatch(text))):
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


def _cells(make: Callable[[View, str], dict[str, str]], lang: str, view: View) -> dict[str, str]:
    return written(make(view, lang))


def said(findings: Iterable[Finding], lang: str) -> str:
    """Return remarks as one cell holds them."""
    return " | ".join([f"{finding.code} {finding.message.pick(lang)}" for finding in findings])


def pressing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the remarks on candidates that stand on every row; what is there for information is said once."""
    return tuple(finding for finding in findings if finding.level != "info")


class Told:
    """The remarks on candidates that were made once already, for they hold for many rows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._informed: set[Finding] = set()

    def first(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return what is said at the first row of a candidate set: what presses, and what nobody was told yet."""
        urgent = pressing(findings)
        new = tuple(finding for finding in findings if finding in urgent or finding not in self._informed)
        self._informed.update(findings)
        return new


class _Verdicts:
    """The verdict cells of a row; what many rows share is written out once."""

    def __init__(self, case: Case, lang: str) -> None:
        self.lang = lang
        self.unchecked = unchecked_links(case)
        self.posts: dict[str, Post] = {post.id: post for post in case.posts}
        said = {
            "attribution": facts.attribution,
            "search_key": facts.search,
            "deadline": facts.deadline,
            "candidates": facts.candidates,
            "registration": facts.registration,
        }
        self._verdicts = facts.Verdicts({field: partial(_cells, make, lang) for field, make in said.items()})
        self._remarks: dict[tuple[str, str], str] = {}
        self._told = Told()

    def of(self, view: View) -> dict[str, str]:
        """Return every verdict column of one row, written."""
        return self._verdicts.of(view) | written(
            {"nearest_post": "; ".join(self._nearest(view)), "findings": self._findings(view)}
        )

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
        if ("candidates", key) in self._remarks:
            return self._remarks["candidates", key]
        self._remarks["candidates", key] = said(pressing(findings), self.lang)
        return said(self._told.first(findings), self.lang)

    def _said(self, findings: tuple[Finding, ...]) -> str:
        return said(findings, self.lang)

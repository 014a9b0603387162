"""The verdicts of a case as frames: one row per distinct verdict, joined to the logins by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.frames.building import frame, said
from ipattr.renderers import facts
from ipattr.renderers.layout import inert
from ipattr.renderers.view import views
from ipattr.renderers.words import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from ipattr.frames.building import Value
    from ipattr.model import Candidate, Case
    from ipattr.renderers.view import View


def attributions(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per distinct address asked about: who carried it; holder, operator and addressee kept apart."""
    rows = (
        {
            "attribution_key": key,
            "address": view.attribution.address,
            "hostname": view.attribution.hostname,
            "rows": count,
            **facts.attribution(view, lang),
            "category": view.attribution.category,
            "provider": view.attribution.addressee.provider if view.attribution.addressee else None,
            "providers": _joined(party.provider for party in view.attribution.alternatives),
            "access": _joined(party.access for party in view.attribution.alternatives),
            "findings": said(view.attribution.findings, lang),
        }
        for key, count, view in distinct(case, "attribution")
    )
    return frame("attributions", rows, case)


def search_keys(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per distinct search-key verdict: what the addressee needs, what is held, what is missing."""
    rows = (
        {
            "search_key": key,
            "rows": count,
            **facts.search(view, lang),
            "held": keys(view.search.held, lang),
            "explanation": view.search.explanation.pick(lang),
        }
        for key, count, view in distinct(case, "search_key")
    )
    return frame("search_keys", rows, case)


def deadlines(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per distinct deadline: when the log is gone, and the last day to act; days are Japanese dates."""
    rows = (
        {
            "deadline_key": key,
            "rows": count,
            **deadline_cells(view, lang),
            "unknown_for": "; ".join(view.deadline.unknown_for),
            "explanation": view.deadline.explanation.pick(lang),
            "findings": said(view.deadline.findings, lang),
        }
        for key, count, view in distinct(case, "deadline")
    )
    return frame("deadlines", rows, case)


def candidates(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per candidate destination of each distinct set: dated observations, never "the destination".

    A set without candidates is one row whose ``address`` is missing, so that its status is not lost in a join.
    """
    rows = (
        {
            "candidates_key": key,
            "rows": count,
            "candidates_status": view.candidates.status,
            "platform": view.candidates.platform,
            "explanation": inert(view.candidates.explanation.pick(lang)),
            **cells,
        }
        for key, count, view in distinct(case, "candidates")
        for cells in ([_candidate(n, one) for n, one in enumerate(view.candidates.candidates, start=1)] or [{}])
    )
    return frame("candidates", rows, case)


def distinct(case: Case, field: str) -> Iterator[tuple[str, int, View]]:
    """Yield each key that rows have in ``field``: the key, how many rows have it, and the first of them."""
    first: dict[str, View] = {}
    count: dict[str, int] = {}
    for view in views(case):
        key = getattr(view.row, field)
        if key:
            first.setdefault(key, view)
            count[key] = count.get(key, 0) + 1
    for key, view in first.items():
        yield key, count[key], view


def deadline_cells(view: View, lang: str) -> dict[str, Value]:
    """Return the cells of the CSV with dates and numbers as such; ``open-ended`` is a column of its own."""
    found = view.deadline
    return {
        "deadline_status": found.status,
        "connected_on_jst": found.connected_on,
        "earliest_expiry": found.earliest,
        "latest_expiry": found.latest,
        "open_ended": found.open_ended,
        "retention": facts.deadline(view, lang)["retention"],
        "act_by": found.act_by,
        "days_left": found.days_left,
        "days_to_expiry": found.days_to_expiry,
        "practice_earliest": found.practice.earliest if found.practice else None,
        "practice_latest": found.practice.latest if found.practice else None,
    }


def _candidate(number: int, one: Candidate) -> dict[str, Value]:
    return {
        "number": number,
        "address": one.address,
        "hosts": "; ".join(one.hosts),
        "relation": one.relation,
        "gap_days": one.gap_days,
        "gap_seconds": one.gap_seconds,
        "longest_gap_seconds": one.longest_gap,
        "period": one.period,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "count": one.count,
        "vantages": inert("; ".join(one.vantages)),
        "confidence": one.confidence,
        "cnames": "; ".join(one.cnames),
        "shared": one.shared,
        "observations": "; ".join(one.observations),
        "sources": inert("; ".join(one.sources)),
    }


def _joined(names: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, names)))

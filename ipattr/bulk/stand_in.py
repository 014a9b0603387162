"""Views of verdicts that stand alone: what the makers of cells look at when no row is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from ipattr.model import (
    Address,
    Attribution,
    CandidateSet,
    CaseRow,
    Deadline,
    Holder,
    Instant,
    LoginEvent,
    Provenance,
    SearchKey,
    Text,
)
from ipattr.renderers.view import View

_NOTHING = Text(ja="", en="")


@cache
def _empty() -> View:
    moment = Instant(raw="", utc=datetime.min.replace(tzinfo=UTC), precision="day", zone="", zone_source="format")
    login = LoginEvent(
        id="",
        status="ok",
        instant=moment,
        address=Address(raw="", text="", version=4),
        provenance=Provenance(source=""),
    )
    return View(
        row=CaseRow(number=0, login=login, attribution="", search_key="", deadline="", candidates=""),
        login=login,
        attribution=Attribution(
            address="",
            status="not-listed",
            holder=Holder(status="not-applicable"),
            explanation=_NOTHING,
            next_step=_NOTHING,
        ),
        search=SearchKey(status="unknown", held=(), missing=(), explanation=_NOTHING),
        deadline=Deadline(status="unknown", connected_on=None, explanation=_NOTHING),
        candidates=CandidateSet(status="none", platform="", explanation=_NOTHING),
        links=(),
    )


def viewed(
    *,
    attribution: Attribution | None = None,
    search: SearchKey | None = None,
    deadline: Deadline | None = None,
    candidates: CandidateSet | None = None,
) -> View:
    """Return a view of the verdicts that are given; nothing else in it means anything."""
    base = _empty()
    return base._replace(
        attribution=attribution or base.attribution,
        search=search or base.search,
        deadline=deadline or base.deadline,
        candidates=candidates or base.candidates,
    )

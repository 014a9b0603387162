"""Cases made of a few words per row: account, time in JST, address, and what else matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import ParsedAddress, parse_address
from ipattr.case import build_case
from ipattr.instants import JST
from ipattr.model import Account, Case, Counts, Instant, LoginEvent, Post, Provenance, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import EventKind, Precision, RowStatus
    from ipattr.registry import Registry

MOBILE = "1.66.96.{}"  # NTT DOCOMO, shared by CGN, in 1.66.96.0/19
FIXED = "101.111.20.{}"  # its communications, whether shared is not known
MAP_E = "106.72.1.{}"  # v6プラス
V6 = "2407:c800:1f2a:5b00::{}"  # its communications
PRECISIONS: tuple[Precision, ...] = ("ms", "cs", "s", "min", "day")


class Row(NamedTuple):
    """One login; ``at`` is Japanese time, ``2026-09-07 21:05:00``, cut to ``precision``, or empty."""

    at: str
    address: str
    account: str = "1"
    port: int | None = None
    kind: EventKind = "login"
    status: RowStatus = "ok"
    precision: Precision = "s"
    name: str | None = None


def instant(at: str, precision: Precision = "s") -> Instant | None:
    """Return an instant of Japanese time."""
    if not at:
        return None
    utc = datetime.fromisoformat(at).replace(tzinfo=JST).astimezone(UTC)
    return Instant(raw=at, utc=utc, precision=precision, zone="JST", zone_source="declared")


def login(number: int, row: Row, registry: Registry, file: str = "log.csv") -> LoginEvent:
    """Return one login as a reader would make it."""
    parsed = parse_address(row.address, specials=registry.specials)
    assert isinstance(parsed, ParsedAddress)
    return LoginEvent(
        id=str(number),
        status=row.status,
        instant=instant(row.at, row.precision),
        address=parsed.address,
        port=row.port,
        account=Account(id=row.account or None, name=row.name),
        kind=row.kind,
        provenance=Provenance(source=file, locator=f"{file}:{number + 1}"),
    )


def post(number: int, at: str, account: str | None = "1", precision: Precision = "s") -> Post:
    """Return one post of an account."""
    found = instant(at, precision)
    assert found is not None
    place = Provenance(source="posts.csv", locator=f"posts.csv:{number + 1}")
    return Post(id=str(number), status="ok", instant=found, account=Account(id=account), provenance=place)


def reading(events: Sequence[LoginEvent] = (), posts: Sequence[Post] = ()) -> Reading:
    """Return what a reader would return of these rows alone."""
    rows = len(events) + len(posts)
    review = sum(one.status == "review" for one in (*events, *posts))
    return Reading(
        inputs=(),
        events=tuple(events),
        posts=tuple(posts),
        counts=Counts(rows=rows, ok=rows - review, review=review, rejected=0),
    )


def case_of(registry: Registry, rows: Sequence[Row], posts: Sequence[Post] = (), file: str = "log.csv") -> Case:
    """Build the case of these rows, numbered from 1."""
    events = [login(number, row, registry, file) for number, row in enumerate(rows, start=1)]
    return build_case(
        reading(events),
        reading(posts=posts) if posts else None,
        registry=registry,
        platform="x",
        as_of=date(2026, 11, 21),
        as_of_source="given",
    )


def minutes(*offsets: float, start: str = "2026-09-07 21:00:00") -> list[str]:
    """Return times so many minutes after ``start``."""
    begin = datetime.fromisoformat(start)
    return [(begin + timedelta(minutes=offset)).isoformat(" ", "seconds") for offset in offsets]

"""Destinations documents for the tests: real ones from the shipped ledger, and small ones built by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ipattr.destinations import candidates_in, survey
from ipattr.model import (
    SCHEMA_VERSION,
    Candidate,
    CandidateSet,
    Counts,
    DestinationRow,
    Destinations,
    LedgerUse,
    Narrowing,
    Observation,
    Text,
)

if TYPE_CHECKING:
    from ipattr.registry import Registry

DOCOMO = Text(ja="株式会社NTTドコモ", en="NTT DOCOMO, INC.")
KDDI = Text(ja="KDDI株式会社", en="KDDI CORPORATION")
DESTINATION = "接続先IPアドレス"
RECEIVED = "受信元IPアドレス"


class Asked(NamedTuple):
    """One login: when, from where, by whose line, and what that one calls the destination address."""

    at: str
    source: str = "203.0.113.5"
    addressee: Text | None = None
    term: str = DESTINATION


X_LOGINS = (
    Asked("2024-06-17T06:04:05+00:00", addressee=DOCOMO, term=RECEIVED),
    Asked("2024-06-17T21:30:00+00:00", addressee=DOCOMO, term=RECEIVED),
    Asked("2025-03-10T23:00:00+00:00", source="198.51.100.7", addressee=KDDI),
    Asked("2025-03-11T12:00:00+00:00", source="198.51.100.7", addressee=KDDI),
    Asked("2026-08-22T03:00:00+00:00"),
    Asked("2014-05-01T00:00:00+00:00"),
    Asked("2027-02-01T00:00:00+00:00"),
)


def shipped(registry: Registry, logins: tuple[Asked, ...], platform: str = "x") -> Destinations:
    """Return the document that the shipped ledger gives for these logins."""
    observations = registry.observations(platform)
    prepared, shared = survey(registry.platforms[platform], observations), registry.shared
    sets: dict[str, CandidateSet] = {}
    rows = []
    for number, login in enumerate(logins, start=1):
        at = datetime.fromisoformat(login.at)
        found = candidates_in(prepared, at, family=6 if ":" in login.source else 4, shared=shared)
        key = next((name for name, other in sets.items() if other == found), f"c{len(sets) + 1}")
        sets[key] = found
        rows.append(row(number, key, login))
    used = [entry for entry in observations if entry.status == "kept"]
    cited = {name for found in sets.values() for entry in found.candidates for name in entry.observations}
    return Destinations(
        schema_version=SCHEMA_VERSION,
        tool_version="0.1.0",
        data_version="2026+test",
        platform=platform,
        platform_name=registry.platforms[platform].name,
        rows=tuple(rows),
        sets=sets,
        observations={entry.id: entry for entry in observations if entry.id in cited},
        ledgers=(
            LedgerUse(
                kind="shipped",
                title="data/observations",
                head="2026+test",
                observations=len(used),
                rejected=len(observations) - len(used),
                first_seen=min(entry.first_seen for entry in used),
                last_seen=max(entry.last_seen for entry in used),
            ),
        ),
        counts=Counts(rows=len(rows), ok=len(rows), review=0, rejected=0),
    )


def row(number: int, key: str, login: Asked) -> DestinationRow:
    """Return one login as a row."""
    return DestinationRow(
        number=number,
        label=f"login-{number}",
        at=datetime.fromisoformat(login.at).astimezone(UTC) if login.at else None,
        family=6 if ":" in login.source else 4,
        login=number,
        source=login.source,
        addressee=login.addressee,
        term=login.term,
        set=key,
    )


def seen(address: str, relation: str = "around", **facts: object) -> Candidate:
    """Return a candidate of a hand-made set."""
    base: dict[str, object] = {
        "address": address,
        "hosts": ("login.example.com",),
        "relation": relation,
        "gap_days": 0,
        "first_seen": "2026-05-01T00:00:00Z",
        "last_seen": "2026-05-02T00:00:00Z",
        "count": 4,
        "vantages": ("tls://192.0.2.53:853 from Tokyo",),
        "confidence": "high",
        "observations": (f"own:{address}",),
        "sources": ("own",),
    }
    return Candidate(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def observation(candidate: Candidate, **facts: object) -> Observation:
    """Return the observation that a hand-made candidate rests on."""
    base: dict[str, object] = {
        "id": candidate.observations[0],
        "platform": "example",
        "host": candidate.hosts[0],
        "rrtype": "AAAA" if ":" in candidate.address else "A",
        "address": candidate.address,
        "first_seen": candidate.first_seen,
        "last_seen": candidate.last_seen,
        "count": candidate.count,
        "vantage": candidate.vantages[0],
        "source": candidate.sources[0],
        "confidence": candidate.confidence,
        "cname": "",
        "status": "kept",
        "note": "",
    }
    return Observation(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def found(*candidates: Candidate, **facts: object) -> CandidateSet:
    """Return a hand-made set with one applied and one unapplied step."""
    base: dict[str, object] = {
        "status": "observed" if candidates else "none",
        "platform": "example",
        "at": "2026-05-02",
        "candidates": candidates,
        "explanation": Text(ja="2026-05-02の候補。", en="Candidates of 2026-05-02."),
        "steps": (
            Narrowing(
                step="hosts",
                applied=True,
                dropped=("192.0.2.99",),
                remaining=len(candidates),
                text=Text(ja="ログインのホストに限った。", en="Only login hosts."),
            ),
            Narrowing(
                step="client",
                applied=False,
                remaining=len(candidates),
                text=Text(ja="記載がない。", en="The log has none."),
            ),
        ),
    }
    return CandidateSet(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def handmade(logins: tuple[tuple[Asked, CandidateSet], ...], **facts: object) -> Destinations:
    """Return a document of an imaginary platform with one set per login, equal sets once."""
    sets: dict[str, CandidateSet] = {}
    rows = []
    for number, (login, one) in enumerate(logins, start=1):
        key = next((name for name, other in sets.items() if other == one), f"c{len(sets) + 1}")
        sets[key] = one
        rows.append(row(number, key, login))
    observations = [observation(entry) for one in sets.values() for entry in one.candidates]
    base: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "tool_version": "0.1.0",
        "data_version": "2026+test",
        "platform": "example",
        "platform_name": "Example",
        "rows": tuple(rows),
        "sets": sets,
        "observations": {entry.id: entry for entry in observations},
        "ledgers": (
            LedgerUse(
                kind="own",
                title="事務所の台帳",
                head="ab" * 32,
                observations=2,
                rejected=1,
                first_seen="2026-05-01T00:00:00Z",
                last_seen="2026-05-02T00:00:00Z",
            ),
        ),
    }
    return Destinations(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields

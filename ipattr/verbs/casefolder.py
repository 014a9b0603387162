"""The verbs about case folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.model import Consent, JournalEntry, Mode, SourceName, StampInfo, Verification


def case_init(folder: Path, *, going: Going, title: str = "", data: Path | None = None) -> None:
    """Make an empty case folder, private to its owner. Raise StoreError where that cannot be."""
    from ipattr.registry import open_registry
    from ipattr.store import create

    create(
        folder,
        title=title,
        clock=going.clock,
        tool_version=going.tool_version,
        data_version=open_registry(data).data_version,
    )


def case_consent(
    folder: Path,
    *,
    purpose: str,
    source: Sequence[SourceName],
    expires: date,
    by: str,
    going: Going,
    mode: Mode | Literal["any"] = "any",
) -> Consent:
    """Record in the journal that queries of this case may leave, for what, to which sources, until when, by whom."""
    from ipattr.model import Consent as Decision
    from ipattr.store import open_case

    decision = Decision(purpose=purpose, sources=tuple(source), mode=mode, expires=expires, by=by)
    with open_case(folder, clock=going.clock, tool_version=going.tool_version) as kept:
        kept.consent(decision)
    return decision


def case_log(folder: Path, *, egress: bool = False) -> tuple[JournalEntry, ...]:
    """Return the journal of a case folder; with ``egress`` only the lines of queries that left."""
    from ipattr.casework.custody import journal_of

    return journal_of(folder, egress=egress)


def case_seal(folder: Path, target: Path, *, going: Going) -> Path:
    """Write a copy of a case folder as a BagIt bag (RFC 8493) to ``target``, and return where it lies."""
    from ipattr.store import seal

    return seal(folder, target, clock=going.clock, tool_version=going.tool_version)


def case_stamp(
    folder: Path, *, going: Going, tsa: str | None = None, response: Path | None = None, roots: Path | None = None
) -> StampInfo | Path:
    """Have the head of a journal time-stamped (RFC 3161).

    With ``tsa`` (an https URL) the request is sent there; with ``response`` a reply obtained elsewhere is taken in;
    with neither the request is written and its path returned. ``roots`` is a PEM file to verify the signature against.
    """
    from ipattr.casework.custody import stamp

    return stamp(folder, going=going, tsa=tsa, response=response, roots=roots)


def verify(folder: Path, *, head: str | None = None, data: Path | None = None) -> Verification:
    """Recompute every hash of a case folder and every kept result, offline, and return each difference by name.

    ``head`` is the journal head that an earlier report printed: it must stand in the chain, or the end was cut off.
    """
    from ipattr.casework.custody import check
    from ipattr.registry import open_registry

    return check(folder, head=head, registry=open_registry(data))

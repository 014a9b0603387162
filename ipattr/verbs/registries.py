"""The verbs that ask a registry one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.casework.singles import Told
    from ipattr.model import SourceName


def rdap(
    subjects: Sequence[str],
    *,
    going: Going,
    history: bool = False,
    case: Path | None = None,
    max_age: int | None = None,
    refresh: bool = False,
    data: Path | None = None,
) -> tuple[Told, ...]:
    """Ask RDAP about addresses, prefixes or AS numbers, and return each answer with its raw bytes.

    ``history`` asks for the registrations over time where a registry offers that; ``case`` keeps the answers. Raise
    UsageError for a subject that cannot be asked about, RefusedError for one that must not leave.
    """
    from ipattr.casework.inquiry import Wish
    from ipattr.casework.singles import single
    from ipattr.registry import open_registry

    return single(
        subjects,
        source="rdap",
        history=history,
        case=case,
        wish=Wish(max_age=max_age, refresh=refresh),
        registry=open_registry(data),
        going=going,
    )


def whois(
    subjects: Sequence[str],
    *,
    going: Going,
    source: SourceName = "whois",
    case: Path | None = None,
    max_age: int | None = None,
    refresh: bool = False,
    data: Path | None = None,
) -> tuple[Told, ...]:
    """Ask a WHOIS server (port 43) about addresses, prefixes or AS numbers; as ``rdap``.

    ``source``: ``whois`` the regional registry, ``jpnic`` JPNIC, ``origin`` who announces it, ``ptr`` the reverse name.
    """
    from ipattr.casework.inquiry import Wish
    from ipattr.casework.singles import single
    from ipattr.registry import open_registry

    return single(
        subjects,
        source=source,
        case=case,
        wish=Wish(sources=(source,), max_age=max_age, refresh=refresh),
        registry=open_registry(data),
        going=going,
    )

"""Headers of exchanges for the tests of the WHOIS and DNS readers, and what those tests share."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipattr.model import Exchange, Hop, Question

if TYPE_CHECKING:
    from ipattr.model import Protocol, QuestionKind, SourceName

ANSWERS = Path(__file__).resolve().parent.parent / "answers"
SHARED = Path(__file__).resolve().parents[3] / "shared"
MOMENT = datetime(2026, 10, 2, 3, 4, 5, tzinfo=UTC)


def exchange_of(
    body: bytes,
    *,
    subject: str,
    source: SourceName = "jpnic",
    kind: QuestionKind = "ip",
    protocol: Protocol = "whois",
    server: str = "jpnic",
    payload: str = "",
) -> Exchange:
    """Return the header of a complete exchange that brought ``body``."""
    hop = Hop(request=payload or subject, server="127.0.0.1:43", connected_to="127.0.0.1:43", sent=MOMENT)
    return Exchange(
        question=Question(source=source, kind=kind, subject=subject),
        server=server,
        protocol=protocol,
        endpoint="127.0.0.1:43",
        payload=payload or subject,
        hops=(hop,),
        sent=MOMENT,
        received=MOMENT,
        delivery="complete",
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        tool_version="0",
    )


def recorded(name: str) -> dict[str, Any]:
    """Return one file of recorded answers, or skip, saying so, where it does not lie beside the checkout."""
    path = SHARED / "recorded" / "ipwhois" / f"{name}.json"
    if not path.is_file():
        pytest.skip("shared/recorded/ipwhois does not lie beside this checkout")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data

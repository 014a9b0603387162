"""Bare addresses, written as arguments: events without an instant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ipattr.model import Cell, Counts, Finding, InputFile, LoginEvent, Provenance, Reading, Text
from ipattr.readers.cautions import unusual_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.addresses import ParsedAddress

ARGUMENTS = "arguments"


def read_addresses(addresses: Sequence[ParsedAddress]) -> Reading:
    """Turn bare addresses into events without an instant, so that no expiry and no candidates can follow."""
    events = tuple(_event(number, parsed) for number, parsed in enumerate(addresses, start=1))
    review = sum(event.status == "review" for event in events)
    counts = Counts(rows=len(events), ok=len(events) - review, review=review, rejected=0)
    raw = "\n".join(parsed.address.raw for parsed in addresses).encode()
    source = InputFile(
        name=ARGUMENTS,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        form="address",
        form_reason=Text(ja="引数に書かれたアドレスである。", en="Addresses written as arguments."),
        encoding="utf-8",
        encoding_reason=Text(ja="引数は文字である。", en="Arguments are text."),
        counts=counts,
    )
    return Reading(inputs=(source,), events=events, counts=counts)


def _event(number: int, parsed: ParsedAddress) -> LoginEvent:
    address = parsed.address
    findings = list(parsed.findings)
    findings.append(
        Finding(
            code="IPA090",
            level="info",
            message=Text(
                ja="時刻がないため、消去予定と接続先候補は出ない。",
                en="Without a time there is no expiry and there are no destination candidates.",
            ),
            about=address.text,
        )
    )
    findings.extend(unusual_address(address, address.text))
    return LoginEvent(
        id=str(number),
        status="review" if address.special is not None or address.embedding is not None else "ok",
        instant=None,
        address=address,
        port=parsed.port,
        kind="unknown",
        raw=(Cell(column="ip", raw=address.raw),),
        findings=tuple(findings),
        provenance=Provenance(source=ARGUMENTS, locator=f"{ARGUMENTS}:{number}"),
    )

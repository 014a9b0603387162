"""Dated events of an object (RFC 9083 section 4.5), their times strict RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ipattr.model import RegistryEvent

if TYPE_CHECKING:
    from ipattr.sources.rdap.document import Document

_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_TIME = r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
_ZONE = r"(?:[Zz]|([+-])(\d\d):(\d\d))"
_RFC_3339 = re.compile(f"{_DAY}[Tt]{_TIME}{_ZONE}", re.ASCII)
_MAX_MINUTE = 59
_MAX_HOUR = 23


def read_instant(text: str) -> datetime | None:
    """Return the instant (UTC) of one strict RFC 3339 time, parts of a microsecond cut; None for any other text.

    A leap second (``:60``) is none here: it has no instant of its own in UTC arithmetic.
    """
    found = _RFC_3339.fullmatch(text)
    if found is None:
        return None
    *parts, fraction, sign, hours, minutes = found.groups()
    if sign and (int(hours) > _MAX_HOUR or int(minutes) > _MAX_MINUTE):
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    try:
        local = datetime(*map(int, parts), int((fraction or "0").ljust(6, "0")[:6]), tzinfo=zone)  # type: ignore[misc,arg-type]
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_events(document: Document, pointer: str) -> tuple[RegistryEvent, ...]:
    """Return every event of the object at ``pointer``; one whose time cannot be read keeps its text (IPA804)."""
    events = []
    for place, item in document.items(f"{pointer}/events"):
        action = item.get("eventAction") if isinstance(item, dict) else None
        text = document.field(f"{place}/eventDate") if isinstance(action, str) else None
        if text is None:
            continue
        document.hold(f"{place}/eventAction")
        instant = read_instant(text.value)
        if instant is None:
            document.remark(
                "IPA804",
                "notice",
                text.at,
                ja="RFC 3339 の日時ではない。書かれたままを残し、日時としては使わない。",
                en="It is no RFC 3339 time: kept as written, not used as a time.",
            )
        events.append(RegistryEvent(action=str(action), text=text, instant=instant))
    return tuple(events)

"""One time cell to one instant: the fast path, the grammar, and the zone that settles it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ipattr.instants.epochs import epoch_instant, undeclared_epoch
from ipattr.instants.zones import Zone, half_width, read_zone, refuse
from ipattr.model import Instant, Refusal

if TYPE_CHECKING:
    from ipattr.model import Precision

_FAST = re.compile(
    r"(?:199\d|20\d\d|2100)-(?:0[1-9]|1[0-2])-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z", re.ASCII
)
_FAST_MS = 24
_DIGITS = re.compile(r"\d{1,20}(?:\.(\d{1,9}))?", re.ASCII)
_UNUSED = "declared-zone-unused"
_EPOCH_LENGTHS = (10, 13)


def parse_instant(
    raw: str, *, zone: Zone | None = None, epoch: Literal["s", "ms"] | None = None, form_zone: Zone | None = None
) -> Instant | Refusal:
    """Read one time cell by a closed grammar; what lies outside is refused with what would settle it.

    The zone is the one written in the cell, else the one fixed by the form (``form_zone``), else the one declared
    (``zone``); without any the cell is refused. A declared zone that the cell or the form overrides is marked by the
    rule ``declared-zone-unused``. Bare digits are read as Unix time only where ``epoch`` declares the unit.
    """
    if _FAST.fullmatch(raw):
        try:
            utc = datetime.fromisoformat(raw)
        except ValueError:  # such as 02-30: the grammar below words the reason
            pass
        else:
            rules = (_UNUSED,) if zone is not None else ()
            precision: Precision = "ms" if len(raw) == _FAST_MS else "s"
            return Instant(raw=raw, utc=utc, precision=precision, zone="Z", zone_source="written", rules=rules)
    return _parse_other(raw, zone=zone, epoch=epoch, form_zone=form_zone)


def _parse_other(
    raw: str, *, zone: Zone | None, epoch: Literal["s", "ms"] | None, form_zone: Zone | None
) -> Instant | Refusal:
    from ipattr.instants.grammar import read_text

    trimmed = raw.strip(" \t\r\n\u00a0\u3000")
    text = half_width(trimmed)
    rules = ["trimmed"] * (trimmed != raw) + ["nfkc"] * (text != trimmed)
    digits = _DIGITS.fullmatch(text)
    if digits and epoch is not None:
        return epoch_instant(raw, text, epoch, rules)
    if digits and digits[1] is None and len(text) in _EPOCH_LENGTHS:
        return undeclared_epoch(text)
    written = read_text(text)
    if isinstance(written, Refusal):
        return written
    rules += written.rules
    settled = _settle_zone(written.zone, zone, form_zone)
    if isinstance(settled, Refusal):
        return settled
    chosen, source = settled
    if zone is not None and source != "declared":
        rules.append(_UNUSED)
    utc = chosen.to_utc(written.wall)
    if isinstance(utc, Refusal):
        return utc
    return Instant(
        raw=raw, utc=utc, precision=written.precision, zone=chosen.text, zone_source=source, rules=tuple(rules)
    )


def _settle_zone(
    written: str, declared: Zone | None, form_zone: Zone | None
) -> tuple[Zone, Literal["written", "declared", "format"]] | Refusal:
    if written:
        zone = read_zone(written)
        return zone if isinstance(zone, Refusal) else (zone, "written")
    if form_zone is not None:
        return form_zone, "format"
    if declared is not None:
        return declared, "declared"
    return refuse(
        "IPA161",
        "時間帯の記載がない。推測はしない。開示者に確認し、--tz（例: --tz JST、--tz UTC）で宣言する。",
        "No time zone is written, and none is guessed. Ask whoever disclosed it and declare --tz (--tz JST, --tz UTC).",
    )

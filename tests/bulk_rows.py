"""Bulk reading beside the reading of small files: the same bytes through both, compared field by field."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from ipattr.addresses import to_text
from ipattr.bulk.parsed import PRECISIONS
from ipattr.bulk.sources import open_source
from ipattr.errors import IpattrError
from ipattr.model import LoginEvent, Reject
from ipattr.readers import read_files
from ipattr.readers.cells import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ipattr.bulk.parsed import Parsed
    from ipattr.readers import Options
    from ipattr.registry import Registry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = LoginEvent | Reject | dict[str, object]


class Outcome(NamedTuple):
    """How many rows there were, and how many of them were read as columns; ``refused`` where neither reading stands."""

    rows: int
    plain: int
    refused: str = ""


def rows_of(batches: Iterable[Parsed]) -> list[tuple[int, Row]]:
    """Return (row, what was read) of every row: plain ones as what an event would say."""
    return [(int(batch.rows[at]), _row(batch, at)) for batch in batches for at in range(len(batch))]


def _row(batch: Parsed, at: int) -> Row:
    assert bool(batch.plain[at]) != (at in batch.odd)
    if at in batch.odd:
        return batch.odd[at]

    def cell(field: str) -> str:
        return str(batch.cells[field][at]) if field in batch.cells else ""

    zone, source, rules = batch.zones[batch.zone[at]]
    version, high, low = int(batch.version[at]), int(batch.high[at]), int(batch.low[at])
    number = high if version == 4 else high << 64 | low
    assert to_text(version, number) == str(batch.address[at])
    return {
        "utc": _EPOCH + timedelta(microseconds=int(batch.utc[at])),
        "precision": PRECISIONS[batch.precision[at]],
        "zone": (zone, source, rules, cell("time")),
        "address": (version, str(batch.address[at]), cell("ip")),
        "port": int(batch.port[at]) or None,
        "account": (cell("account_id") or None, cell("account_name") or None),
        "kind": kind_of(cell("kind")) if "kind" in batch.cells else "login",
        "hostname": cell("hostname") or None,
        "client": cell("client"),
        "destination": cell("destination") or None,
        "findings": ("IPA014",) if batch.nameless[at] else (),
        "status": "review" if batch.nameless[at] else "ok",
    }


def said(event: LoginEvent) -> dict[str, object]:
    """Return what an event says, as a plain row says it; only an event that needs no other remark can be plain."""
    instant, address = event.instant, event.address
    assert instant is not None
    assert address.special is None
    assert address.embedding is None
    return {
        "utc": instant.utc,
        "precision": instant.precision,
        "zone": (instant.zone, instant.zone_source, instant.rules, instant.raw),
        "address": (address.version, address.text, address.raw),
        "port": event.port,
        "account": (event.account.id, event.account.name),
        "kind": event.kind,
        "hostname": event.hostname,
        "client": event.client,
        "destination": event.destination.text if event.destination else None,
        "findings": tuple(finding.code for finding in event.findings),
        "status": event.status,
    }


def same(path: Path, options: Options, registry: Registry, *, workers: int = 1) -> Outcome:
    """Read one file both ways and assert that every row, count, remark and statement about the file is the same."""
    refused = ""
    try:
        reading, _ = read_files([str(path)], specials=registry.specials, options=options)
    except IpattrError as error:
        refused = str(error)
    try:
        with open_source(path, options=options, specials=registry.specials, workers=workers) as source:
            found = rows_of(source.parsed())
            described, findings, counts = source.describe(), source.findings, source.counts
    except IpattrError as error:
        if not refused:
            pytest.fail(f"bulk alone refuses: {error}")
        return Outcome(0, 0, str(error))
    assert not refused, f"bulk reads what a small file is refused for: {refused}"
    events = {int(event.provenance.locator.rpartition(":")[2]): event for event in reading.events}
    rejects = {reject.row: reject for reject in reading.rejects}
    assert [row for row, _ in found] == sorted([*events, *rejects])
    for row, one in found:
        if isinstance(one, Reject):
            assert one == rejects[row]
        elif isinstance(one, LoginEvent):
            assert msgspec.structs.replace(one, id="") == msgspec.structs.replace(events[row], id="")
        else:
            assert one == said(events[row])
    assert described == reading.inputs[0]
    assert counts == reading.counts
    assert counts.conserved
    assert sorted(findings, key=repr) == sorted(reading.findings, key=repr)
    return Outcome(len(found), sum(isinstance(one, dict) for _, one in found))


class Rows:
    """Tables made by chance from a seed: plain cells, odd cells, and lines that were damaged."""

    def __init__(self, seed: int) -> None:
        """Take the seed."""
        self.chance = random.Random(seed)  # noqa: S311 - chance for tests

    def table(self, rows: int, *, odd: float, damaged: float) -> str:
        """Return a table of so many rows, of which about so many are odd or damaged."""
        chance = self.chance
        delimiter, end = chance.choice(",,\t;"), chance.choice(["\n", "\n", "\r\n", "\r"])
        quoted = chance.choice(["needed", "needed", "some", "all"])
        names = ["loginIp", "createdAt", *chance.sample(_OTHER, chance.choice([0, 2, 2, 3, 5]))]
        if chance.random() < 0.2:
            names[1:2] = ["日付", "時刻"]
        chance.shuffle(names)

        def line(cells: Sequence[str]) -> str:
            return delimiter.join(self._quote(cell, delimiter, quoted) for cell in cells)

        lines = [line(names)]
        for _ in range(rows):
            cells = [chance.choice((ODD if chance.random() < odd else PLAIN)[name])(chance) for name in names]
            text = line(cells)
            lines.append(self._damage(text, delimiter, len(names)) if chance.random() < damaged else text)
        text = "".join(
            text + (end if chance.random() > damaged / 4 else chance.choice(["\n", "\r\n"])) for text in lines
        )
        return text.rstrip("\r\n") if chance.random() < 0.2 else text

    def _quote(self, cell: str, delimiter: str, quoted: str) -> str:
        needs = delimiter in cell or '"' in cell or "\n" in cell
        if needs or quoted == "all" or (quoted == "some" and self.chance.random() < 0.2):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def _damage(self, text: str, delimiter: str, width: int) -> str:
        at = self.chance.randrange(len(text) + 1)
        mark = self.chance.choice(
            [delimiter, '"', " ", "\x01", "\x7f", "\t", "\u3000", "a", "1", "\u2028", "\x0b", "x\ny"]
        )
        return self.chance.choice(
            [
                text[:at] + mark + text[at:],
                text[:at] + text[at + 1 :],
                "",
                "  ",
                delimiter * (width - 1),
                text + delimiter,
            ]
        )


def _fixed(*texts: str) -> tuple[Callable[[random.Random], str], ...]:
    return tuple((lambda _, text=text: text) for text in texts)


def _v4(chance: random.Random) -> str:
    return f"49.96.{chance.randrange(256)}.{chance.randrange(256)}"


def _v6(chance: random.Random) -> str:
    return "2400:4050:" + ":".join(f"{chance.randrange(1, 65536):x}" for _ in range(6))


def _short_v6(chance: random.Random) -> str:
    return f"2400:4050::{chance.randrange(65536):x}"


def _time(chance: random.Random) -> str:
    return _day(chance) + chance.choice("T ") + _clock(chance)


def _day(chance: random.Random) -> str:
    return f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"


def _clock(chance: random.Random) -> str:
    clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
    return clock + chance.choice(["", ".123", ".5", ".000001"]) + chance.choice(["Z", "", "+09:00", " UTC", " -0800"])


_USER_AGENT = "Mozilla/5.0 (X11; Linux) AppleWebKit/537 (KHTML, like Gecko)"
PLAIN: dict[str, tuple[Callable[[random.Random], str], ...]] = {
    "loginIp": (_v4, _v4, _v6, _short_v6),
    "createdAt": (_time,),
    "日付": (_day,),
    "時刻": (_clock,),
    "accountId": _fixed("6012345678901234567", "123", ""),
    "account_name": _fixed("", "reidai", "田中"),
    "loginPortNumber": _fixed("", "443", "65535", "1"),
    "kind": _fixed("login", "ログイン", "logout", "account_creation"),
    "hostname": _fixed("", "p1.example.jp"),
    "client": _fixed("", _USER_AGENT, "iPhone"),
    "メモ": _fixed("", "x", "あ, い"),
    "zone": _fixed("", "", "JST", "+09:00"),
    "destination": _fixed("", "104.244.42.1"),
}
ODD: dict[str, tuple[Callable[[random.Random], str], ...]] = {
    "loginIp": _fixed(
        "", "10.0.0.1", "::ffff:1.2.3.4", "49.96.1.2:443", "[2400::1]:80", "2001:db8::1", "2400::a:1234", " 49.96.1.2",
        "49.96.1.256", "049.96.1.2", "49.96.1", "49.96.1.2.3", "49.96.1。2", "４９.96.1.2", "2400:4050:0A:0:0:0:0:1",
        "2400::1::2", "2400:4050:00001::1", "::", "1:2:3:4:5:6:7:8:9", "2002:3160:102::1", "fe80::1%eth0", "x",
    ),
    "createdAt": _fixed(
        "", "2026-02-30T01:02:03Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:60Z", "2026/01/02 03:04:05 JST",
        "1989-01-02 03:04:05Z", "2026-01-02T03:04Z", "2026-01-02", "令和8年1月2日 3時4分5秒", "1767322800",
        "1767322800123",
        "2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05,5Z", "2026-01-02 03:04:05 PST", "2026-01-02 03:04:05 AM",
        "2026-01-02 03:04:05 CST", "2026-01-02 03:04:05+0930", "2026-01-02 03:04:05 +25:00", "2026-01-02  03:04:05Z",
        " 2026-01-02 03:04:05Z", "2026-03-08 02:30:00", "2026-11-01 01:30:00", "2026-01-02T03:04:05 America/New_York",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.123", "2026-1-2 03:04:05Z", "2026-01-02t03:04:05z",
        "２０２６-01-02",
    ),
    "日付": _fixed("", " 2026-01-02", "2026-01-02 ", "2026年1月2日", "2026/1/2", "2026-13-01"),
    "時刻": _fixed("", " 12:34:56", "12:34", "2026-01-02T03:04:05Z", "12:34:56 ", "12:34:56 PST", "25:00:00"),
    "accountId": _fixed(
        "abc", "12345678901234500000", "1234567890123450000", "１２３", "1.2E+18", "12.0", "  123", "9" * 30,
    ),
    "account_name": _fixed("  x ", "\u3000x", "a\u00a0", "=cmd", "o'x", "a\nb"),
    "loginPortNumber": _fixed("0", "65536", "0443", "80 ", "８０", "1e3", "99999999", "-1", "123456789"),
    "kind": _fixed("", "foo", "LOG-IN", " login", "不明", "a kind of which nobody has ever heard"),
    "hostname": _fixed("p1.example.jp.", " x.jp", "x.jp\u3000"),
    "client": _fixed(" app", "app\t"),
    "メモ": _fixed("49.96.1.1,2026-01-01", "49.96.1.1;2026-01-01", '"', "a\nb"),
    "zone": _fixed(" JST", "Asia/Tokyo", "PST", "UTC+9", "America/Los_Angeles", "?"),
    "destination": _fixed("10.0.0.1", "2001:DB8::1", "x", "104.244.42.1:443"),
}  # fmt: skip
_OTHER = [name for name in PLAIN if name not in {"loginIp", "createdAt", "日付", "時刻"}]

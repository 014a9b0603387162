"""Logs for the tests of bulk work: skewed, with every kind of row that a person has to look at, and broken ones."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = ("createdAt", "loginIp", "loginPortNumber", "accountId", "screenName", "hostname", "client", "kind")
_V4 = ("126.0.0.", "106.146.5.", "49.98.7.", "203.0.113.", "8.8.8.", "133.32.1.", "1.75.200.", "219.117.3.", "5.5.5.")
_PORTS = ("", "443", "50000")
_LISTED = ("126.0.0.", "106.146.5.", "49.98.7.", "8.8.8.", "133.32.1.")
_V6 = ("2400:4050::", "240b:10::", "2001:268:9800::", "2001:db8::", "2409:10::", "2a00::")
_ODD_IPS = ("10.0.0.1", "::ffff:126.0.0.9", "64:ff9b::7e00:1", "２０３.0.113.9", "999.1.1.1", "", "126.0.0.1:443")
_HOSTS = ("", "", "", "", "pw126000000001.20.panda-world.ne.jp", "host.example.jp", "p1-ipngn.tokyo.ocn.ne.jp")
_CLIENTS = ("", "", "web", "iPhone", "API", "Mozilla/5.0 (iPhone; x)", '=HYPERLINK("x")', "@evil")
_KINDS = ("login", "login", "ログイン", "logout", "?", "account creation")
_NAMES = ("", "taro", "=cmd|' /C calc'!A0", "00012", "-1", "'quoted", 'with "quotes"', "日本,語", "1e5", "2026-01-02")


def log(size: int, seed: int = 0) -> str:
    """Return a CSV of ``size`` rows with most columns that a log can have."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    chance = random.Random(seed)  # noqa: S311 - a fixed choice of examples
    writer.writerows(_rows(size, chance))
    return text.getvalue()


def plain_log(size: int, seed: int = 0) -> str:
    """Return a CSV of ``size`` rows that are as they should be."""
    chance = random.Random(seed)  # noqa: S311 - a fixed choice of examples
    lines = ["createdAt,loginIp,loginPortNumber,accountId\r\n"]
    lines += [
        f"{_time(chance)},{chance.choice(_LISTED)}{chance.randrange(256)},{chance.choice(_PORTS)},123456\r\n"
        for _ in range(size)
    ]
    return "".join(lines)


def _rows(size: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    for _ in range(size):
        rare = chance.random()
        address = f"{chance.choice(_V4)}{chance.randrange(256)}"
        if rare < 0.15:
            address = f"{chance.choice(_V6)}{chance.randrange(65536):x}"
        elif rare < 0.2:
            address = chance.choice(_ODD_IPS)
        when = _time(chance)
        if rare > 0.95:
            when = chance.choice(("2026-08-01T00:00Z", "2026-08-02T12:00:00+09:00", "2026-08-01", "yesterday", ""))
        yield (
            when,
            address,
            chance.choice(("", "443", "50000", "65535", "0", "=1+1") if rare > 0.9 else ("", "443", "50000")),
            chance.choice(("123456789012345678", "42", "0042", "", "", "1.2E+17", "taro")),
            chance.choice(_NAMES),
            chance.choice(_HOSTS),
            chance.choice(_CLIENTS),
            chance.choice(_KINDS),
        )


def _time(chance: random.Random) -> str:
    fraction = chance.choice(("", "", ".250"))
    day, hour = chance.randrange(1, 29), chance.randrange(24)
    month = chance.choice((3, 4, 7, 8, 11))
    return f"2026-{month:02}-{day:02}T{hour:02}:{chance.randrange(60):02}:{chance.randrange(60):02}{fraction}Z"

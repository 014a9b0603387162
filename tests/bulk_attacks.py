"""Files made to be misread: every way to write a cell, a row and a file that a log has had or may be feared to have."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMES = (
    "2026-08-01 00:00:00", "2026-08-01T00:00:00Z", "2026-08-01 00:00:00 UTC", "2026-08-01T09:00:00+09:00",
    "2026-08-01T09:00:00+0900", "2026-08-01T09:00:00+09", "2026-08-01 09:00:00 +09:00", "2026-08-01 09:00:00 JST",
    "2026-08-01 09:00:00JST", "2026-08-01 00:00:00 GMT", "2026-08-01 00:00:00 UTC+9", "2026-08-01 00:00:00 GMT-05:30",
    "2026-08-01T00:00:00-00:00", "2026-08-01T00:00:00+14:00", "2026-08-01T00:00:00+14:01",
    "2026-08-01T00:00:00-12:00",
    "2026-08-01T00:00:00+24:00", "2026-08-01T00:00:00+09:60", "2026-08-01T00:00:00.1Z", "2026-08-01T00:00:00.12Z",
    "2026-08-01T00:00:00.123Z", "2026-08-01T00:00:00.1234Z", "2026-08-01T00:00:00.12345Z",
    "2026-08-01T00:00:00.999999Z",
    "2026-08-01T00:00:00.1234567Z", "2026-08-01T00:00:00.123456789Z", "2026-08-01T00:00:00.Z",
    "2026-08-01T00:00:00,5Z",
    "2026-08-01T00:00Z", "2026-08-01 00:00", "2026-08-01", "2026-08-01T24:00:00Z", "2026-08-01T24:00:01Z",
    "2026-08-01T23:59:60Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2026-08-01T23:60:00Z",
    "2026-08-01T25:00:00Z", "1989-12-31T23:59:59Z", "1990-01-01T00:00:00Z", "1990-01-01T00:00:00+09:00",
    "2100-12-31T23:59:59Z", "2100-12-31T23:59:59-09:00", "2101-01-01T00:00:00Z", "2101-01-01T08:59:59+09:00",
    "0000-00-00 00:00:00Z", "2024-02-29T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
    "2000-02-29T12:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z",
    "2026-08-00T00:00:00Z", "2026-08-32T00:00:00Z", "2026/08/01 00:00:00", "2026/8/1 0:00:00", "01/02/2026 00:00:00",
    "令和8年8月1日 9時0分0秒", "令和８年８月１日９時０分", "2026年8月1日 09:00:00", "２０２６-08-01T00:00:00Z",
    "2026-08-01\u3000 00:00:00Z",
    "2026-08-01\u00a000:00:00Z", "2026-08-01  00:00:00Z", "2026-08-01t00:00:00z", "2026-08-01T00:00:00z",
    "2026-08-01T00:00:00 z", "2026-08-01 00:00:00 utc", "1785542400", "1785542400123", "1785542400.5", "-1", "0",
    "Sat Aug 01 00:00:00 +0000 2026", "Aug 1, 2026 12:00 AM", "2026-08-01 00:00:00 EST", "2026-08-01 00:00:00 PDT",
    "2026-08-01 00:00:00 America/New_York", "2026-08-01 00:00:00 Asia/Tokyo", "20260801T000000Z", "20260801000000",
    "2026-W31-6T00:00:00Z", "2026-213T00:00:00Z", " 2026-08-01T00:00:00Z", "2026-08-01T00:00:00Z ",
    "２０２６年８月１日",
    "2025-03-30T01:30:00Z", "2025-03-30 02:30:00", "2025-10-26 02:30:00", "2026-03-08 02:30:00",
    "2026-11-01 01:30:00",
    "2026-11-30T15:00:00Z", "2027-01-01T00:00:00Z", "2026-08-01T00:00:00+0:00", "2026-08-01T00:00:00+9",
    "yesterday", "",
    "2026-08-01T00:00:00Z[UTC]", "2026-08-01T00:00:00\u22129:00", "2026-08-01 00:00:00 (UTC)",
    "2026-08-01T00:00:00.000+0000",
    "2026-08-01 00:00:00.000000 UTC", "2026-08-01 00:00:00.1 JST", "2026-08-01 00:00:0", "2026-08-01 0:00:00",
    "2026-8-01 00:00:00",
    "+2026-08-01 00:00:00Z", "2026-08-01T00:00:00.00Z", "2026-08-01T00:00:00.000Z", "2026-08-01T00:00:00.0000000Z",
)  # fmt: skip
ADDRESSES = (
    "126.0.0.1", "126.000.000.001", "126.0.0.01", "126.0.0.1:443", "126.0.0.1:0", "126.0.0.1:65536", "[126.0.0.1]",
    "126.0.0.1.",
    "126.0.0", "126.0.0.256", "126.0.0.1/32", "126.0.0.0/24", "0.0.0.0",  # noqa: S104 - an address in a log
    "255.255.255.255", "10.0.0.1",
    "9.255.255.255",
    "10.0.0.0", "10.255.255.255", "11.0.0.0", "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0",
    "127.0.0.1", "169.254.0.1", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1", "192.167.255.255", "192.168.0.0", "198.17.255.255", "198.18.0.0", "198.51.100.7", "203.0.112.255",
    "203.0.113.0", "203.0.113.255", "203.0.114.0", "223.255.255.255", "224.0.0.1", "240.0.0.1",
    "126.0.0.1, 10.0.0.1", "2130706433",
    "0x7f000001", "1.2.3.4.5", "１２６.0.0.1", "126．0．0．1", " 126.0.0.1", "126.0.0.1\u00a0", "126.0.0.1\u3000",
    "", "-", "unknown",
    "::", "::1", "2400:4050::1", "2400:4050:0:0:0:0:0:1", "2400:4050::0:1", "2400:4050:0::1", "2400:4050:0000::0001",
    "2400:4050::A", "2400:4050::AbCd", "2400:4050:1:2:3:4:5:6", "2400:4050:1:2:3:4:5:6:7", "2400:4050:1:2:3:4:5",
    "2400:4050::1::2",
    "2400:4050:1:2:3:4:5::", "::4050:1:2:3:4:5:6", "1::", "2400:4050::1%eth0", "2400:4050::1%25eth0",
    "[2400:4050::1]", "[2400:4050::1]:443",
    "2400:4050::1:443", "2400:4050:1:2:3:4:5:6:443", "2400:4050::1.443", "2400:4050::126.0.0.1",
    "::ffff:126.0.0.1", "::ffff:7e00:1",
    "::FFFF:126.0.0.1", "::126.0.0.1", "::ffff:0:126.0.0.1", "64:ff9b::126.0.0.1", "64:ff9b::7e00:1",
    "64:ff9b:1::1", "2002:7e00:1::1",
    "2002:7e00:0001::", "2001:0:7e00:1::1", "2001::1", "2001:db8::1", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::",
    "fe80::1", "fec0::1", "fc00::1", "fdff::1", "fe00::1", "ff02::1", "100::1", "5f00::1", "2001:268:9800::5",
    "240b:10::1", "2409:10::1",
    "2400:4050::1/64", "2400:4050::12345", "2400:4050::g", "2400:4050:", ":2400:4050::1", ":::", "2400:4050::1:",
    "12345::1",
    "2400:4050:0:0:1:0:0:1", "2400:4050::1:0:0:1", "2400:4050:0:0:1::1", "2a00:1450:4001:81b::200e",
    "2400:4050::00001", "3fff::1", "0:0:0:0:0:0:0:1",
    "2400:4050:0:1:0:1:0:1", "2400:4050::1:0:1:0:1", "1:0:0:2::", "2400:4050:1:2:3:4:5:0", "2400:4050:1:2:3:4:0:0",
    "2400:4050:1:2:3:4::",
    "0.0.0.0.", "1.1.1.1", "8.8.8.8", "99999.1.1.1", "1.1.1.1a", "1..1.1", ".1.1.1.1", "1.1.1.1\t", "126.0.0.1;",
    "1e1.1.1.1",
)  # fmt: skip
PORTS = (
    "", "0", "1", "443", "0443", "65535", "65536", "99999", "100000", "443.0", "4.43e2", " 443", "443 ", "４４３",
    "-1", "+443", "443,0", "tcp/443",
    "443\u00a0", "1\u3000", "00", "٣", "1_0", "443/tcp", "9", "10", "9999", "10000", "~1", "/", ":",
)  # fmt: skip
IDS = (
    "", "1", "0", "42", "0042", "123456789012345", "1234567890123456", "12345678901234567", "12345678901234500",
    "12345678901234560",
    "1234567890123450", "1234567890123450000", "123456789012345600", "123456789012345000000000",
    "123456789012345678901234",
    "1234567890123456789012345", "12345678901234500000000000000000", "1.2E+17", "1.23456789012346E+17", "123.0",
    "123,0", "１２３４", "123a", "taro", "@taro", " 42",
    "42 ", "-42", "+42", "1e5", "=1+1", "0x10", "42\u3000", "²", "٣٤", "000000000000000000", "10000000000000000",
    "1000000000000000", "'42",
)  # fmt: skip
NAMES = (
    "", "taro", "太郎", "@taro", "=cmd|' /C calc'!A0", "00012", "-1", "'quoted", 'with "quotes"', "日本,語", "1e5",
    "2026-01-02", " taro", "taro\u3000", "\u00a0taro", "ta\u2028ro",
    "ta\u0085ro", "a\tb", "\u202etaro", "\ufefftaro", "taro\u200b", "🦀", "＝1", "+1", "a;b", "a\nb", "a\r\nb",
    "a\rb", "a\n126.0.0.1,1", "\x1b[31m", "a\x7fb", "a\x0bb", "e\u0301", "x" * 300, '"', '""', "/", "\ue000",
    "1/2", "12-3",
)  # fmt: skip
HOSTS = (
    "", "host.example.jp", "host.example.jp.", "host.example.jp..", ".", "pw126000000001.20.panda-world.ne.jp",
    " h.example.jp ", "HOST.EXAMPLE.JP", "ホスト.jp", "h.example.jp.\u3000", "-",
)  # fmt: skip
CLIENTS = (
    "", "web", "iPhone", " web", "web ", "=x", "@evil", "Mozilla/5.0 (X; Y) a,b", "126.0.0.1", "ツイッター",
    "a\nb",
)  # fmt: skip
KINDS = (
    "", "login", "Login", "LOG IN", "log-in", "ログイン", "ログ イン", "logout", "sign_out", "account creation",
    "アカウント作成", "削除", "退会", "unknown", "?", "不明", " login", "login\u3000", "loginloginloginlogin",
    "ｌｏｇｉｎ",
)  # fmt: skip
ZONES = (
    "", "UTC", "JST", "+09:00", "+9", "Asia/Tokyo", "America/New_York", "PST", "日本時間", "Z", " UTC", "nowhere",
    "+0900", "-00:00", "GMT+9",
)  # fmt: skip
EXTRAS = ("", "x", "a,b", "126.0.0.1,2026-08-01", "=1", "2026-08-01 00:00:00,126.0.0.1,42", "\u3000", "y" * 50)
CLOCKS = (
    "00:00:00", "09:00", "9:00:00", "24:00:00", "23:59:60", "09:00:00.5", "", "９時０分０秒", "09:00:00Z",
    "09:00:00+09:00", "午後3時",
)  # fmt: skip
DAYS = (
    "2026-08-01", "2026/08/01", "2026年8月1日", "令和8年8月1日", "", "2026-02-30", "20260801", "2026-8-1",
    "Aug 1 2026",
)  # fmt: skip

POOLS: dict[str, Sequence[str]] = {
    "time":TIMES, "ip":ADDRESSES, "port":PORTS, "account_id":IDS, "account_name":NAMES, "hostname":HOSTS,
    "client":CLIENTS,
    "kind":KINDS, "destination":ADDRESSES, "zone":ZONES, "extra":EXTRAS, "date":DAYS, "clock":CLOCKS,
    "check":TIMES,
}  # fmt: skip
HEADERS: dict[str, Sequence[str]] = {
    "time": (
        "createdAt",
        "time",
        "日時",
        "日時(JST)",
        "timestamp (UTC)",
        "ログイン日時",
        "Time",
        "ｔｉｍｅ",
        "接続日時【UTC】",
    ),
    "ip": ("loginIp", "ip", "IPアドレス", "IP Address", "ｉｐ", "接続元IPアドレス", "source_ip"),
    "port": ("loginPortNumber", "port", "ポート", "接続元ポート番号"),
    "account_id": ("accountId", "user_id", "アカウントID"),
    "account_name": ("screenName", "ユーザー名", "handle"),
    "hostname": ("hostname", "ホスト名"),
    "client": ("client", "クライアント", "UA"),
    "kind": ("kind", "種別"),
    "destination": ("destination", "接続先IPアドレス"),
    "zone": ("zone", "タイムゾーン"),
    "extra": ("memo", "備考", "note, really", 'say "x"'),
    "date": ("date", "日付"),
    "clock": ("time", "時刻"),
    "check": ("time_utc", "日時(UTC)", "JST"),
}
GOOD: dict[str, Sequence[str]] = {
    "time": ("2026-08-01T00:00:00Z", "2026-07-15 12:34:56 UTC", "2026-06-30T23:59:59.250+09:00", "2026-08-01 00:00:00"),
    "ip": (
        "126.0.0.1",
        "106.146.5.9",
        "8.8.8.8",
        "2400:4050::1",
        "240b:10::1",
        "49.98.7.7",
        "133.32.1.2",
        "1.75.200.1",
    ),
    "port": ("", "443", "50000", "65535"),
    "account_id": ("", "42", "123456789012345678"),
    "account_name": ("", "taro", "太郎"),
    "hostname": ("", "host.example.jp"),
    "client": ("", "web"),
    "kind": ("login", "ログイン"),
    "destination": ("", "104.244.42.1", "162.159.140.229"),
    "zone": ("", "UTC", "JST"),
    "extra": ("", "x"),
    "date": ("2026-08-01",),
    "clock": ("09:00:00", "09:00:00Z"),
    "check": ("", "2026-08-01 00:00:00"),
}


class Attack(NamedTuple):
    """The bytes of one file and what is declared about it."""

    data: bytes
    declared: dict[str, str]
    name: str = "log.csv"


def table(seed: int) -> Attack:
    """Return a file of odd cells in well-made rows."""
    chance = random.Random(f"table {seed}")  # noqa: S311 - a fixed choice of examples
    fields = _fields(chance)
    headers = [chance.choice(HEADERS[field]) for field in fields]
    delimiter = chance.choice(",,,\t;")
    odd = chance.choice((0.05, 0.3, 0.9))
    text = io.StringIO(newline="")
    end = chance.choice(("\r\n", "\n", "\n", "\r"))
    quoting: Literal[0, 1] = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(headers)
    for _ in range(chance.choice((0, 1, 5, 40, 120))):
        writer.writerow([chance.choice((POOLS if chance.random() < odd else GOOD)[field]) for field in fields])
    declared = _declared(chance)
    if chance.random() < 0.2:
        named = {field: header for field, header in zip(fields, headers, strict=True) if field in {"time", "ip"}}
        if named:
            declared["mapping"] = ",".join(f'{field}="{_doubled(header)}"' for field, header in named.items())
    whole = text.getvalue()
    if chance.random() < 0.15:
        whole = whole.rstrip("\r\n")
    if chance.random() < 0.15:
        whole = chance.choice(("# note\n", "\n\n", "#x,y\r\n\r\n", "note\n", '# "open\n')) + whole
    return Attack(_encoded(whole, declared, chance), declared)


def mutated(seed: int) -> Attack:
    """Return a small file with bytes changed, doubled, dropped or put in where they hurt."""
    chance = random.Random(f"mutated {seed}")  # noqa: S311 - a fixed choice of examples
    made = table(chance.randrange(1 << 30))
    data = made.data[: chance.choice((200, 600, 3000))]
    start = data.find(b"\n") + 1 if chance.random() < 0.8 else 0
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(min(start, len(data)), len(data) + 1)
        span = chance.choice((0, 0, 1, 1, 2, 12))
        data = data[:at] + chance.choice(_HURTS) + data[at + span :]
    return Attack(data, made.declared)


_HURTS = tuple(
    text.encode()
    for text in (
        "", '"', '"', '""', '"""', ",", ",,", "\t", ";", "\r", "\n", "\r\n", "\n\n", "\r\r\n", "\u2028", "\u0085",
        "\u00a0", "\u3000", " ", "\0", "\x1a", "\x7f", "\x0b",
        "\x0c", "\ufeff", '","', '\n"', '"\n', '",\n', "#", "\n#", "０", "=", "'", "\\", '\\"', "{", "\n,,,\n",
        "\n , ,\n", '\n""\n', '\n"\n"', "\n   \n", ',""', '"",', '" ', ' "', "é",
        '"a\nb"', '"2026-08-01 00:00:00,126.0.0.1"', "\n2026-08-01T00:00:00Z,126.0.0.1\n", "\u200b",
    )
)  # fmt: skip


def _doubled(header: str) -> str:
    return header.replace('"', '""')


_DECLARED = ("Asia/Tokyo", "UTC", "+09:00", "Europe/London", "America/New_York", "Australia/Lord_Howe", "-03:30")
_OTHERS = (
    "port", "account_id", "account_name", "hostname", "client", "kind", "destination", "zone", "extra", "check",
)  # fmt: skip


def _fields(chance: random.Random) -> list[str]:
    fields = ["time", "ip"] if chance.random() < 0.8 else ["date", "clock", "ip"]
    fields += [field for field in _OTHERS if chance.random() < (0.15 if field in {"zone", "check"} else 0.4)]
    chance.shuffle(fields)
    return fields


def _declared(chance: random.Random) -> dict[str, str]:
    declared = {}
    if chance.random() < 0.5:
        declared["tz"] = chance.choice(_DECLARED)
    if chance.random() < 0.15:
        declared["epoch"] = chance.choice(("s", "ms"))
    return declared


def _encoded(text: str, declared: dict[str, str], chance: random.Random) -> bytes:
    choice = chance.random()
    if choice < 0.1:
        return b"\xef\xbb\xbf" + text.encode()
    for codec in ("cp932", "utf-16-le", "utf-16-be", "euc-jp", "iso-2022-jp", "utf-8", "utf-16"):
        choice -= 0.02 if codec != "cp932" else 0.16
        if choice < 0:
            try:
                data = text.encode(codec)
            except UnicodeEncodeError:
                break
            if chance.random() < 0.8:
                declared["encoding"] = codec
            return data
    return text.encode()

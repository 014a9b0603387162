"""Synthetic exchanges in the layouts that registries document, for the tests of what is printed of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from ipattr.model import Answer, Exchange, Hop, Question, Reply, Text
from ipattr.renderers.exhibits import Exhibit

SENT = datetime(2026, 11, 20, 23, 59, 58, 250000, tzinfo=UTC)
JPNIC_TEXT = (
    "[ JPNIC database provides information regarding IP address and ASN. Its use   ]\r\n"
    "[ is restricted to network administration purposes. For further information,  ]\r\n"
    "\r\n"
    "Network Information: [ネットワーク情報]\r\n"
    "a. [IPネットワークアドレス]     203.0.113.0/24\r\n"
    "b. [ネットワーク名]             EXAMPLE-NET\r\n"
    "f. [組織名]                     株式会社みほん通信\r\n"
    "g. [Organization]               Mihon Communications Inc.\r\n"
    "m. [管理者連絡窓口]             AA0000JP\r\n"
    "[割当年月日]                    2011/02/03\r\n"
    "[最終更新]                      2020/04/05 06:07:08(JST)\r\n"
    "\r\n"
    "上位情報\r\n"
    "----------\r\n"
    "株式会社うえの上位 (Ueno Upper Co.)\r\n"
    "     [割り振り]                                             203.0.112.0/20\r\n"
)


def exhibit(
    body: bytes,
    *,
    subject: str = "203.0.113.5",
    protocol: str = "whois",
    number: int = 1,
    rows: tuple[int, ...] = (1, 2, 3, 9),
    **facts: object,
) -> Exhibit:
    """Return an exhibit whose header fits ``body``."""
    rdap = protocol == "rdap"
    host = "rdap.example.net:443" if rdap else "whois.example.jp:43"
    endpoint = f"https://rdap.example.net/ip/{subject}" if rdap else host
    hop = Hop(
        request=endpoint if rdap else subject,
        server=host,
        connected_to="192.0.2.43:443" if rdap else "192.0.2.53:43",
        certificate_sha256="c5" * 32 if rdap else "",
        sent=SENT,
        status_code=200 if rdap else None,
    )
    base: dict[str, object] = {
        "question": Question(source="rdap" if rdap else "jpnic", kind="ip", subject=subject),
        "server": "example-rdap" if rdap else "jpnic-whois",
        "protocol": protocol,
        "endpoint": endpoint,
        "payload": "" if rdap else subject,
        "hops": (hop,),
        "sent": SENT,
        "received": SENT + timedelta(seconds=4),
        "delivery": "complete",
        "status_code": 200 if rdap else None,
        "headers": (("content-type", "application/rdap+json"), ("date", "Fri, 20 Nov 2026 23:59:59 GMT"))
        if rdap
        else (),
        "size": len(body),
        "sha256": sha256(body).hexdigest(),
        "tool_version": "0.4.0",
    }
    exchange = Exchange(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields
    answer = Answer(name=f"{number:06d}-{'0a1b2c3d4e5f'}", exchange=exchange, reply=Reply(status="found"))
    return Exhibit(answer=answer, body=body, rows=rows, operator="見本レジストリ", country="JP")


def rdap_body(records: int) -> bytes:
    """Return one long line of JSON with ``records`` networks, Japanese both raw and escaped."""
    network = {
        "objectClassName": "ip network",
        "handle": "203.0.113.0 - 203.0.113.255",
        "name": "EXAMPLE-NET",
        "remarks": [
            {"title": "description", "description": ["株式会社みほん通信 <b>&amp;</b>", 'quote " and \\ back']}
        ],
        "events": [{"eventAction": "registration", "eventDate": "2011-02-03T04:05:06Z"}],
        "links": [{"href": "https://rdap.example.net/ip/203.0.113.0/24", "rel": "self"}],
    }
    raw = msgspec.json.encode({"rdapConformance": ["rdap_level_0"], "records": [network] * records})
    return raw.replace("通信".encode(), b"\\u901a\\u4fe1")


def hopped(body: bytes) -> Exhibit:
    """Return an RDAP exhibit that was led over three servers with a long URL."""
    hops = tuple(
        Hop(
            request=f"https://rdap{n}.example.net/ip/2001:db8:{'0' * n}1::/48?" + "q=" + "x" * (70 * n),
            server=f"rdap{n}.example.net:443",
            connected_to=f"[2001:db8::{n}]:443",
            certificate_sha256=f"{n}{n}" * 32,
            sent=SENT + timedelta(seconds=n),
            status_code=302 if n < 3 else 200,
        )
        for n in (1, 2, 3)
    )
    return exhibit(body, protocol="rdap", hops=hops, number=2)


def failed() -> Exhibit:
    """Return an exchange in which nothing arrived."""
    return exhibit(
        b"",
        number=3,
        delivery="timed-out",
        reason=Text(ja="30 秒以内に終わらなかった。", en="It did not end within 30 s."),
    )

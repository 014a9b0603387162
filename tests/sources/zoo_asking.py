"""What the tests against the zoo share: one question over the live transports, and the same one by dig and kdig."""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal

from dns_zoo import SERVER_NAME, program

from ipattr.model.observing import DnsProbe
from ipattr.sources.resolving.messages import reread
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.sources.resolving.transports import Resolving

if TYPE_CHECKING:
    from pathlib import Path

    from dns_zoo import Place, Zoo

    from ipattr.model import Hop
    from ipattr.model.observing import Resolution

Transport = Literal["udp", "tcp", "tls", "https"]
Type = Literal["A", "AAAA", "HTTPS", "NS"]
Tool = Literal["dig", "kdig"]
TRANSPORTS: tuple[Transport, ...] = ("udp", "tcp", "tls", "https")
WWW = {"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"}


def now() -> datetime:
    return datetime.now(UTC)


def ask(
    zoo: Zoo,
    spelled: str,
    host: str,
    rrtype: Type = "A",
    *,
    subnet: str = "",
    seconds: float = 10.0,
    roots: Path | Literal["zoo"] | None = "zoo",
) -> Resolution:
    """Ask once, and return what became of it: journalled hop by hop, and the same when it is read again."""
    hops: list[Hop] = []

    async def leaving(hop: Hop) -> None:
        hops.append(hop)

    async def exchange() -> Resolution:
        resolving = Resolving(now, "0", roots=zoo.roots if roots == "zoo" else roots)
        try:
            return await resolving.ask(
                DnsProbe(platform="platform", host=host, rrtype=rrtype, subnet=subnet),
                parse_resolver(spelled),
                seconds=seconds,
                leaving=leaving,
                vantage="the zoo",
            )
        finally:
            await resolving.close()

    said = asyncio.run(exchange())
    assert reread(said) == said
    assert [(hop.request, hop.server) for hop in hops] == [(hop.request, hop.server) for hop in said.hops]
    assert (said.resolver, said.vantage) == (parse_resolver(spelled).id, "the zoo")
    assert said.sent <= said.received
    return said


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a tool of others says of the same question."""

    rcode: str
    flags: frozenset[str]
    addresses: frozenset[str]
    chain: tuple[str, ...]
    nsid: str
    ede: frozenset[int]
    subnet: str


def hear(
    tool: Tool,
    zoo: Zoo,
    place: Place,
    *,
    transport: Transport,
    host: str,
    rrtype: str = "A",
    subnet: str = "",
    recursive: bool = True,
) -> Heard:
    """Ask with ``dig`` or ``kdig``, over the same transport, with the certificate checked against the same root."""
    port = {"tls": place.tls_port, "https": place.https_port}.get(transport, place.port)
    secured = [f"+tls-ca={zoo.roots}", f"+tls-hostname={SERVER_NAME}"]
    said = subprocess.run(
        [
            program(tool),
            "@127.0.0.1",
            "-p",
            str(port),
            *{"udp": [], "tcp": ["+tcp"], "tls": ["+tls", *secured], "https": ["+https=/dns-query", *secured]}[
                transport
            ],
            *([f"+subnet={subnet}"] if subnet else []),
            *([] if recursive else ["+norecurse"]),
            *("+dnssec", "+nsid", "+noadflag", "+bufsize=1232"),
            *("-t", rrtype, "-q", host),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    ).stdout
    # After a truncated answer a tool shows the whole one as well: the last header counts.
    answer = said[said.rindex("->>HEADER<<-") :]
    records = answer.partition(";; ANSWER SECTION:\n")[2].partition("\n\n")[0]
    return Heard(
        rcode=_first(r"status: (\w+)", answer),
        flags=frozenset(_first(r"[Ff]lags: ([a-z ]*);", answer).split()),
        addresses=frozenset(
            ip_address(one).compressed for one in re.findall(rf"\sIN\s+{rrtype}\s+(\S+)$", records, re.MULTILINE)
        )
        if rrtype in {"A", "AAAA"}
        else frozenset(),
        chain=tuple(one.rstrip(".").lower() for one in re.findall(r"\sIN\s+CNAME\s+(\S+)$", records, re.MULTILINE)),
        nsid=_first(r"NSID: .*\"([^\"]*)\"", answer),
        ede=frozenset(int(one) for one in re.findall(r"EDE: (\d+)", answer)),
        subnet=_first(r"CLIENT-SUBNET: (\S+)", answer),
    )


def told(said: Resolution) -> Heard:
    """Return the same of our own resolution."""
    asked, _, scope = said.subnet_scope.partition(" scope ")
    return Heard(
        rcode=said.rcode,
        flags=frozenset(flag.lower() for flag in said.flags),
        addresses=frozenset(said.addresses),
        chain=said.cnames,
        nsid=said.nsid,
        ede=frozenset(int(one.split()[1]) for one in said.ede),
        subnet=f"{asked}/{scope}" if scope else "",
    )


def fields(said: Resolution, *names: str) -> tuple[Any, ...]:
    """Return these fields, in order."""
    return tuple(getattr(said, name) for name in names)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found.group(1) if found else ""

"""What the tests of planning and asking share: server rows that lead to loopback, a geography, a ledger that keeps."""

from __future__ import annotations

import ipaddress
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.model import Exchange, RegistryServer, SpecialBlock, Text
from ipattr.sources.asking import ask_now
from ipattr.sources.interface import Answered, Leaving
from ipattr.sources.live import live
from ipattr.sources.plan import Need, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from servers import RdapServer, WhoisServer

    from ipattr.model import Answer, Outcome, Plan, SourceName
    from ipattr.sources.interface import Ledger

WORDS = Text(ja="試験用。", en="For tests.")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SPECIAL = SpecialBlock(prefix="10.0.0.0/8", name="Private-Use", rfc="1918", meaning=WORDS)


def row(name: str, *, source: SourceName = "rdap", **fields: Any) -> RegistryServer:  # noqa: ANN401 - any of a row's own
    """Return a server row with a pace that never holds a test back."""
    protocol = {"rdap": "rdap", "ptr": "dns"}.get(source, "whois")
    given = {
        "id": name,
        "source": source,
        "protocol": protocol,
        "host": f"{name}.example",
        "port": 443 if protocol == "rdap" else 43,
        "operator": f"Operator of {name}",
        "country": "AU",
        "areas": ["APNIC"],
        "per_second": 1000.0,
        "burst": 1000,
        "concurrent": 10,
        "basis": WORDS,
        "terms": WORDS,
        "sources": ["K"],
        "confidence": "high",
        **({"url": f"https://{name}.example/"} if protocol == "rdap" else {}),
    }
    return msgspec.convert(msgspec.to_builtins(given | fields), RegistryServer)


def rdap_row(name: str, server: RdapServer, **fields: Any) -> RegistryServer:  # noqa: ANN401 - any of a row's own
    """Return the row of an RDAP server on loopback."""
    return row(name, **({"host": server.host, "port": server.port, "url": server.url} | fields))


def whois_row(name: str, server: WhoisServer, source: SourceName, **fields: Any) -> RegistryServer:  # noqa: ANN401
    """Return the row of a port-43 server on loopback."""
    return row(name, source=source, **({"host": server.host, "port": server.port} | fields))


class Map:
    """A geography that says the same of every address, but for 10.0.0.0/8 and what ``elsewhere`` names."""

    def __init__(self, *, japanese: bool | None = True, elsewhere: Mapping[str, str] | None = None) -> None:
        """``elsewhere``: address → id of its RDAP server."""
        self._japanese = japanese
        self._elsewhere = elsewhere or {}

    def special(self, address: str) -> SpecialBlock | None:
        """Hold back private use."""
        return SPECIAL if address.startswith("10.") else None

    def area(self, address: str) -> str:
        """Return APNIC."""
        return "APNIC" if address else ""

    def japanese(self, address: str) -> bool | None:
        """Return what was said at the start."""
        return self._japanese if address else None

    def bootstrap(self, address: str) -> str:
        """Return ``apnic`` unless told otherwise."""
        return self._elsewhere.get(address, "apnic")


class Memory:
    """A ledger that keeps entries in a list; after ``room`` entries it raises ``error``."""

    def __init__(self, *, room: int = 1 << 30, error: Exception | None = None) -> None:
        """Start empty."""
        self.entries: list[Leaving | Answered] = []
        self._room = room
        self._error = error

    def write(self, entries: Sequence[Leaving | Answered]) -> tuple[str, ...]:
        """Keep all of them or none."""
        if len(self.entries) + len(entries) > self._room and self._error is not None:
            raise self._error
        names = [f"{len(self.entries) + n:06d}" if isinstance(e, Answered) else "" for n, e in enumerate(entries, 1)]
        self.entries += entries
        return tuple(names)

    @property
    def left(self) -> list[str]:
        """Return the words of every request that was journalled before it left."""
        return [entry.hop.request for entry in self.entries if isinstance(entry, Leaving)]

    @property
    def kept(self) -> list[Exchange]:
        """Return the header of every answer kept."""
        return [entry.exchange for entry in self.entries if isinstance(entry, Answered)]


def plan_of(
    addresses: Iterable[str],
    servers: Mapping[str, RegistryServer],
    *,
    geography: Map | None = None,
    earliest: datetime | None = None,
    **fields: Any,  # noqa: ANN401 - what make_plan takes
) -> Plan:
    """Return the plan for one login per address, exact and over RDAP unless told otherwise."""
    given: dict[str, Any] = {
        "mode": "exact",
        "probe": "address",
        "sources": ("rdap",),
        "answers": (),
        "now": NOW,
        "max_age": None,
        "refresh": False,
    }
    needs = [Need(address=address, rows=1, earliest=earliest) for address in addresses]
    return make_plan(needs, servers=servers, geography=geography or Map(), **(given | fields))


def carry_out(
    plan: Plan,
    servers: Mapping[str, RegistryServer],
    *,
    ledger: Ledger | None = None,
    known: Sequence[Answer] = (),
    seconds: float = 5.0,
) -> tuple[tuple[Answer, ...], Outcome]:
    """Ask the servers for real, over a live transport."""
    return ask_now(
        plan,
        servers=servers,
        transport=live(clock=lambda: datetime.now(UTC), tool_version="0"),
        ledger=ledger if ledger is not None else Memory(),
        known=known,
        seconds=seconds,
    )


def blocks(count: int, *, seed: int, bits: tuple[int, int]) -> list[dict[str, Any]]:
    """Return adjoining registered blocks of 2**bits addresses, from 20.0.0.0 on."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable layout, no secret
    found, at = [], int(ipaddress.ip_address("20.0.0.0"))
    for number in range(count):
        size = 1 << chance.randint(*bits)
        at = -(-at // size) * size
        found.append({"first": ip(at), "last": ip(at + size - 1), "handle": f"H{number}", "org": f"Holder {number}"})
        at += size
    return found


def spread(layout: Sequence[Mapping[str, Any]], count: int, *, seed: int) -> list[str]:
    """Return distinct addresses, at least one in every block."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable layout, no secret
    bounds = [(number(block["first"]), number(block["last"])) for block in layout]
    found = {chance.randint(*bound) for bound in bounds}
    while len(found) < count:
        found.add(chance.randint(*chance.choice(bounds)))
    return [ip(at) for at in sorted(found, key=lambda _: chance.random())]


def ip(at: int) -> str:
    """Return the text of an address."""
    return str(ipaddress.ip_address(at))


def number(address: str) -> int:
    """Return the number of an address."""
    return int(ipaddress.ip_address(address))

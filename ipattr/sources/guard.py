"""The guard: which hosts, ports and addresses a request may reach. Nothing is sent to any other.

A request names the ``host:port`` that it may reach. A host that is an address may be reached only where it stands there
as such; a host name only when every address it resolves to is globally reachable, and then only at those addresses: the
connection is made to what was checked, and no second resolution can lead elsewhere (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

from ipattr.model import Text
from ipattr.sources.requests import place

if TYPE_CHECKING:
    from collections.abc import Collection

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]

KEPT_SECONDS: Final = 60.0
"""How long checked addresses of a name are used before it is resolved again."""

# Unicast IPv6 that IANA has allocated to be global (RFC 4291 section 2.4), and the well-known NAT64 prefix (RFC 6052).
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_TEREDO: Final = IPv6Network("2001::/32")
# Not global in practice, whatever ``is_global`` of one Python version or another says of them.
_REFUSED: Final[tuple[IPv4Network | IPv6Network, ...]] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890); also a cloud's metadata service
    IPv4Network("192.88.99.0/24"),  # 6to4 relay anycast (RFC 7526)
    IPv4Network("168.63.129.16/32"),  # a cloud's host services behind a global-looking address
    IPv6Network("2001::/23"),  # protocol assignments (RFC 2928): Teredo, ORCHID, benchmarking
    IPv6Network("2001:db8::/32"),
    IPv6Network("2620:4f:8000::/48"),  # AS112 (RFC 7534)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)


class WithheldError(Exception):
    """The guard lets nothing leave: ``reason`` is the sentence."""

    def __init__(self, reason: Text) -> None:
        """Keep the sentence."""
        super().__init__(reason.en)
        self.reason = reason


def is_global(address: str) -> bool:
    """Return whether an address is one that a public server can have: False for anything that is none.

    Addresses that carry an IPv4 address (NAT64, 6to4, mapped, compatible) are judged by it; Teredo is never one.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.scope_id is None:
        if ip in _NAT64:
            return is_global(str(IPv4Address(int(ip) & 0xFFFF_FFFF)))
        if ip in _SIX_TO_FOUR:
            return is_global(str(IPv4Address(int(ip) >> 80 & 0xFFFF_FFFF)))
    if isinstance(ip, IPv6Address) and (ip.scope_id is not None or ip not in _GLOBAL_UNICAST or ip in _TEREDO):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in block for block in _REFUSED)


def place_of(host: str, port: int) -> str:
    """Return ``host:port``, an IPv6 address in brackets, letters lower."""
    return place(host, port).lower()


def split_place(place: str) -> tuple[str, int]:
    """Return host (without brackets) and port of ``host:port``; raise ValueError where it is none."""
    host, colon, port = place.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    if not colon or not host or (":" in host) is not bracketed or not (port.isascii() and port.isdecimal()):
        raise ValueError(place)
    if not 0 < int(port) < 1 << 16:
        raise ValueError(place)
    return host, int(port)


def is_permitted(host: str, port: int, allowed: Collection[str]) -> bool:
    """Return whether ``host:port`` stands in the allow-list of a request."""
    return place_of(host, port) in {place.lower() for place in allowed}


def is_literal(host: str) -> bool:
    """Return whether a host is an address rather than a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, as the system resolves it; raise OSError when it does not.

    In a daemon thread, because a resolver that hangs can neither be cancelled nor may delay the end of the program.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str] | None, error: OSError | None) -> None:
        if result.done():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(found or [])

    def resolve() -> None:
        found, failure = None, None
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(row[4][0]) for row in rows))
        except OSError as error:
            failure = error
        except UnicodeError:  # a label that no encoding of names takes
            failure = socket.gaierror(socket.EAI_NONAME, "not a host name")
        with contextlib.suppress(RuntimeError):  # the loop has ended in the meantime
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=resolve, daemon=True, name="ipattr-resolver").start()
    return await result


class CheckedNames:
    """The addresses at which hosts may be reached, each checked before it is given out. Serves one event loop."""

    def __init__(self, lookup: LookUp = look_up) -> None:
        """Resolve names with ``lookup``."""
        self._lookup = lookup
        self._known: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}
        self._locks: dict[tuple[str, int], asyncio.Lock] = {}

    async def addresses(self, host: str, port: int, *, allowed: Collection[str]) -> tuple[str, ...]:
        """Return where ``host`` may be reached for a request with this allow-list, in the resolver's order.

        WithheldError: the host is not in the list, or one of its addresses is not globally reachable. OSError: the name
        does not resolve.
        """
        if not is_permitted(host, port, allowed):
            raise WithheldError(_NOT_ALLOWED)
        if is_literal(host):
            return (host,)
        if _ends_in_number(host):
            raise WithheldError(_NOT_GLOBAL)
        key = (host, port)
        async with self._locks.setdefault(key, asyncio.Lock()):
            now = asyncio.get_running_loop().time()
            since, found = self._known.get(key, (0.0, ()))
            if not found or now - since > KEPT_SECONDS:
                found = await self._check(host, port)
                self._known[key] = (now, found)
        return found

    def checked(self, host: str, port: int) -> tuple[str, ...]:
        """Return what :meth:`addresses` last gave for a name; nothing is resolved here."""
        return self._known.get((host, port), (0.0, ()))[1]

    def forget(self, host: str, port: int) -> None:
        """Resolve a name again next time: none of its addresses could be reached."""
        self._known.pop((host, port), None)

    async def _check(self, host: str, port: int) -> tuple[str, ...]:
        found = tuple(await self._lookup(host, port))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        if not all(is_global(address) for address in found):
            raise WithheldError(_NOT_GLOBAL)
        return found


def _ends_in_number(host: str) -> bool:
    """Return whether a resolver could read a host as an old spelling of an IPv4 address (``127.1``, ``0x7f000001``)."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdecimal() or last.startswith("0x")


_NOT_ALLOWED = Text(
    ja="許可された接続先の一覧にないホスト又はポートである。",
    en="The host or port is not in the list of those this request may reach.",
)
_NOT_GLOBAL = Text(
    ja="ホスト名が、グローバルに到達可能でないアドレス（プライベート、ループバック等）に解決される。",
    en="The host name resolves to an address that is not globally reachable (private, loopback or the like).",
)

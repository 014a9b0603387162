"""Who is authoritative for a host: the nearest name at or above it that a resolver knows name servers of (RFC 8499).

What one resolver says is asked of that resolver to the end: the NS names, then their addresses. A resolver that lies
about them leads to servers of its own choosing; the answers of these say which server gave them, and the delegations
that led there are kept.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal

from ipattr.model import DnsProbe, Record, Text
from ipattr.sources.capturing.plan import host_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Resolution
    from ipattr.sources.capturing.lane import Lane

MOST_SERVERS: Final = 20
"""NS names of one zone that are followed: 13 are customary at most, far more are somebody's game."""
MOST_ADDRESSES: Final = 8
"""Addresses of one NS name and family that are asked."""
_ABOVE: Final = frozenset({"answered", "nodata", "nxdomain"})


class Authorities(Record, frozen=True, kw_only=True):
    """Where one resolver says that a host's zone is served: addresses, or the reason why none is known.

    ``left_out``: there are more name servers or addresses than are followed.
    """

    addresses: tuple[str, ...] = ()
    reason: Text | None = None
    left_out: bool = False


class Discovery:
    """What one resolver says of the authorities of hosts; each name is asked for once, however many hosts need it."""

    def __init__(self, lane: Lane, *, group: asyncio.TaskGroup) -> None:
        """Ask the resolver of this lane, in tasks of this group."""
        self._lane = lane
        self._group = group
        self._asked: dict[tuple[str, str], asyncio.Task[Resolution | None]] = {}

    async def of(self, host: str, *, platform: str) -> Authorities:
        """Return the authorities of a host, walking up until a name has NS records of its own; never a top level's."""
        for name in _upwards(host):
            said = await self._ask(name, "NS", platform)
            if said is None:
                return Authorities(reason=_STOPPED)
            # NS records at the end of an alias are those of another zone.
            if said.status == "answered" and not said.cnames:
                return await self._servers(said.targets, platform)
            if said.status not in _ABOVE:
                return Authorities(reason=_unknown(name, said))
        return Authorities(reason=_NO_ZONE)

    async def _servers(self, targets: tuple[str, ...], platform: str) -> Authorities:
        names = sorted({name for target in targets if (name := host_name(target))})
        said = await asyncio.gather(
            *(self._ask(name, "A", platform) for name in names[:MOST_SERVERS]),
            *(self._ask(name, "AAAA", platform) for name in names[:MOST_SERVERS]),
        )
        lists = [one.addresses for one in said if one is not None]
        addresses = tuple(dict.fromkeys(address for one in lists for address in one[:MOST_ADDRESSES]))
        return Authorities(
            addresses=addresses,
            reason=None if addresses else _NO_ADDRESS,
            left_out=len(names) > MOST_SERVERS or any(len(one) > MOST_ADDRESSES for one in lists),
        )

    async def _ask(self, name: str, rrtype: Literal["NS", "A", "AAAA"], platform: str) -> Resolution | None:
        task = self._asked.get((name, rrtype))
        if task is None:
            probe = DnsProbe(platform=platform, host=name, rrtype=rrtype, kind="delegation")
            task = self._asked[name, rrtype] = self._group.create_task(self._lane.ask(probe))
        return await task


def _upwards(host: str) -> Iterator[str]:
    """Yield the host and every name above it but the top level, whose servers do not answer for others' hosts."""
    while "." in host:
        yield host
        host = host.partition(".")[2]


_STOPPED = Text(
    ja="このリゾルバーには途中から問い合わせなくなった。",
    en="This resolver was given up.",
)
_NO_ZONE = Text(
    ja="このホスト自身にも、その上位の名前にも、NS レコードがなかった。",
    en="Neither the host nor a name above it has NS records.",
)
_NO_ADDRESS = Text(
    ja="権威サーバの名前は分かったが、そのアドレスが得られなかった。",
    en="The names of the authoritative servers are known, their addresses could not be had.",
)


def _unknown(name: str, said: Resolution) -> Text:
    return Text(
        ja=f"{name} の NS レコードの問合せが {said.status} に終わったので、どこで委任されているか分からない。",
        en=f"Asking for the NS records of {name} ended in {said.status}, so where the delegation stands is not known.",
    )

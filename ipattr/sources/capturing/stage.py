"""The authoritative stage: the name servers that the resolvers name are asked themselves, without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Finding, Resolver, Text
from ipattr.sources.capturing.authority import MOST_ADDRESSES, MOST_SERVERS, Discovery
from ipattr.sources.guard import is_global, place_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from ipattr.model import CapturePlan, DnsProbe
    from ipattr.sources.capturing.lane import Lane

NOT_GLOBAL = Text(
    ja="この権威サーバのアドレスは、グローバルに到達可能でない(プライベート、ループバック等)ので、何も送らなかった。",
    en="The address of this authoritative server is not globally reachable (private, loopback or the like); "
    "nothing was sent.",
)


class Reach(NamedTuple):
    """Where authoritative servers may be asked: at this port, at addresses for which ``reachable`` is true."""

    port: int = 53
    reachable: Callable[[str], bool] = is_global


class Stage:
    """Finds the authorities of every host through each recursive resolver, and asks them as soon as one names them.

    Nothing waits for the slowest resolver. A server is asked once for what several resolvers say it serves.
    """

    def __init__(
        self,
        plan: CapturePlan,
        *,
        group: asyncio.TaskGroup,
        reach: Reach,
        open_lane: Callable[[Resolver], Lane],
        withhold: Callable[[DnsProbe, Resolver, Text], None],
    ) -> None:
        """Ask in tasks of ``group``, each server through the lane that ``open_lane`` gives."""
        self._group = group
        self._reach = reach
        self._open_lane = open_lane
        self._withhold = withhold
        self._probes: dict[str, list[DnsProbe]] = {}
        for probe in plan.probes:
            if probe.kind == "host" and probe.rrtype in {"A", "AAAA"}:
                self._probes.setdefault(probe.host, []).append(probe)
        self._known = {resolver.id for resolver in plan.resolvers}
        self._lanes: dict[str, Lane] = {}
        self._begun: set[tuple[str, str]] = set()
        self._found: set[str] = set()
        self._cut: set[str] = set()
        self._reasons: dict[str, dict[str, Text]] = {}

    def begin(self, lanes: Iterable[Lane]) -> None:
        """Start to find out."""
        for lane in lanes:
            if lane.resolver.recursive:
                discovery = Discovery(lane, group=self._group)
                for host, probes in self._probes.items():
                    self._group.create_task(self._find(discovery, lane.resolver.id, host, probes[0].platform))

    def findings(self) -> tuple[Finding, ...]:
        """Return what could not be found out, and what was found and not asked."""
        unknown = [
            _finding("IPA823", host, reasons[min(reasons)])
            for host, reasons in self._reasons.items()
            if host not in self._found
        ]
        return (*unknown, *(_finding("IPA824", host, _MANY) for host in sorted(self._cut)))

    async def _find(self, discovery: Discovery, resolver: str, host: str, platform: str) -> None:
        said = await discovery.of(host, platform=platform)
        if said.reason is not None:
            self._reasons.setdefault(host, {})[resolver] = said.reason
        if said.left_out:
            self._cut.add(host)
        for address in said.addresses:
            self._found.add(host)
            if (host, address) not in self._begun:
                self._begun.add((host, address))
                self._group.create_task(self._ask(host, address))

    async def _ask(self, host: str, address: str) -> None:
        """Ask one server for everything about one host, round after round."""
        server = _authority(address, self._reach.port)
        if server.id in self._known:
            return
        if not self._reach.reachable(address):
            for probe in self._probes[host]:
                if probe.round == 1:
                    self._withhold(probe, server, NOT_GLOBAL)
            return
        lane = self._lanes.get(server.id)
        if lane is None:
            lane = self._lanes[server.id] = self._open_lane(server)
        await lane.work(iter(self._probes[host]))


def _authority(address: str, port: int) -> Resolver:
    return Resolver(
        id=f"auth://{place_of(address, port)}",
        transport="udp",
        host=address,
        port=port,
        recursive=False,
        per_second=10.0,
        burst=5,
        concurrent=5,
    )


def _finding(code: str, host: str, reason: Text) -> Finding:
    return Finding(code=code, level="warning", message=reason, about=host)


_MANY = Text(
    ja=f"権威サーバが多いので、名前 {MOST_SERVERS} 件、1 件につきアドレス {MOST_ADDRESSES} 件までに問い合わせた。",
    en=f"There are many authoritative servers: {MOST_SERVERS} names, {MOST_ADDRESSES} addresses of each were asked.",
)

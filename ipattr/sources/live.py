"""The transport that reaches servers: each request by the protocol it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.sources.http import Http
from ipattr.sources.port43 import Port43

if TYPE_CHECKING:
    from ipattr.model import Request
    from ipattr.sources.interface import Answered, Clock, Notice, Transport


def live(*, clock: Clock, tool_version: str) -> Transport:
    """Return a transport for RDAP and HTTPS, WHOIS and DNS; it opens nothing before its first fetch."""
    return _Live(clock=clock, tool_version=tool_version)


class _Live:
    def __init__(self, *, clock: Clock, tool_version: str) -> None:
        self._clock = clock
        self._tool_version = tool_version
        self._http = Http(clock=clock, tool_version=tool_version)
        self._whois = Port43(clock=clock, tool_version=tool_version)

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        match request.protocol:
            case "rdap" | "http":
                return await self._http.fetch(request, seconds=seconds, leaving=leaving)
            case "whois":
                return await self._whois.fetch(request, seconds=seconds, leaving=leaving)
            case "dns":
                from ipattr.sources.dns_transport import ask_dns

                return await ask_dns(
                    request, seconds=seconds, leaving=leaving, clock=self._clock, tool_version=self._tool_version
                )

    async def close(self) -> None:
        await self._http.close()
        await self._whois.close()

"""Asking name servers: one query, one answer, whatever became of it, over UDP and TCP, TLS, or HTTPS.

A query over UDP, TCP or TLS has a socket of its own; DoH connections are kept and shared. Names of servers resolve as
the guard allows, and connections are made to what it checked.
"""

from __future__ import annotations

import asyncio
import base64
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from ipattr.errors import UsageError
from ipattr.model import Question, Request, Resolution, Text
from ipattr.sources import failures
from ipattr.sources.course import Course
from ipattr.sources.guard import CheckedNames, LookUp, WithheldError, look_up, place_of, split_place
from ipattr.sources.pacing import StoppedError
from ipattr.sources.resolving import doh
from ipattr.sources.resolving.exchange import GIVEN_UP, Query, Server, cut_off, over_stream, over_udp, trusting
from ipattr.sources.resolving.headers import answers, is_truncated
from ipattr.sources.resolving.messages import LIMIT, Said, make_query, read_wire, with_said

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from ipattr.model import Delivery, DnsProbe, DnsTransport, ResolutionStatus, Resolver
    from ipattr.sources.failures import Failure
    from ipattr.sources.interface import Answered, Clock, Notice

_PROTOCOLS: Final = {"tls": ("dot",), "https": doh.PROTOCOLS}  # ALPN names, as IANA has registered them
_STATUS: Final[dict[Delivery, ResolutionStatus]] = {
    "timed-out": "timed-out",
    "unreachable": "unreachable",
    "tls-failed": "tls-failed",
    "withheld": "withheld",
    "garbled": "http-error",  # only DoH is ever that
}


class Resolving:
    """Asks name servers. Opens nothing before the first query; serves many concurrent ones of one event loop."""

    def __init__(self, clock: Clock, tool_version: str, *, roots: Path | None = None, lookup: LookUp = look_up) -> None:
        """Date by ``clock``, trust the authorities in ``roots`` (PEM) besides the system's, find names by ``lookup``.

        UsageError when ``roots`` cannot be read.
        """
        self._clock = clock
        self._tool_version = tool_version
        self._roots = roots
        self._names = CheckedNames(lookup)
        self._accepting: dict[str, str] = {}
        self._trusts: dict[DnsTransport, ssl.SSLContext] = {}
        self._doh = doh.Doh(tool_version)
        if roots is not None:
            self._trust("tls")

    async def ask(
        self, probe: DnsProbe, resolver: Resolver, *, seconds: float, leaving: Notice, vantage: str
    ) -> Resolution:
        """Ask one name server, within ``seconds`` in all, and return what became of it: a failure is a status.

        ``leaving`` is awaited before each message leaves (UDP, then TCP where the answer did not fit), within the same
        deadline; when it raises, nothing leaves and the error passes on, but for a StoppedError after a message of this
        exchange has left: what that one brought is the answer then. Over UDP, what does not answer this query is passed
        over until the deadline. Where no whole answer came over TCP, ``wire`` is the truncated one. A host or client
        subnet that cannot be sent is ``withheld``. UsageError: DoH without its libraries.
        """
        if resolver.transport == "https":
            doh.require()
        asking = _Asking(
            probe,
            resolver,
            Course(_request(probe, resolver), clock=self._clock, leaving=leaving, tool_version=self._tool_version),
        )
        answered = await asking.course.carry(self._steps(asking), seconds=seconds)
        self._remember(asking, answered)
        return asking.resolution(answered, vantage)

    async def close(self) -> None:
        """Close what is kept open."""
        await self._doh.close()

    async def _steps(self, asking: _Asking) -> Failure | None:
        course, resolver = asking.course, asking.resolver
        try:
            asking.query = make_query(asking.probe, resolver)
            return await self._exchange(asking, await self._server(resolver))
        except (UsageError, WithheldError, asyncio.IncompleteReadError, OSError) as error:
            if course.forbidden is not None:
                raise
            return self._ended_by(error, resolver)

    def _ended_by(self, error: Exception, resolver: Resolver) -> Failure:
        """Return what an exception means; the next query resolves the server's name again where nobody was there."""
        if isinstance(error, UsageError):
            return "withheld", Text(ja=error.sentence("ja"), en=error.sentence("en"))
        if isinstance(error, WithheldError):
            return "withheld", error.reason
        if isinstance(error, asyncio.IncompleteReadError):
            return cut_off(error)
        self._names.forget(resolver.host, resolver.port)
        return failures.failure(error, begun=False)

    async def _exchange(self, asking: _Asking, server: Server) -> Failure | None:
        """Send the query by the way that the resolver wants; the body of the course is the answer."""
        course, resolver = asking.course, asking.resolver
        query = Query(asking.query, asking.words(resolver.transport))
        if resolver.transport == "https":
            return await self._doh.post(course, query, server, resolver.path)
        if resolver.transport == "udp":
            answer = await over_udp(course, query, server, partial(answers, query.wire))
            if is_truncated(answer):
                asking.truncated = answer
                try:
                    answer = await over_stream(course, query._replace(words=asking.words("tcp")), server)
                except StoppedError:
                    return "unreachable", GIVEN_UP
        else:
            answer = await over_stream(course, query, server)
        course.take(answer)
        return None

    async def _server(self, resolver: Resolver) -> Server:
        """Return where to connect: the checked addresses, the one that last accepted first."""
        place = place_of(resolver.host, resolver.port)
        found = await self._names.addresses(resolver.host, resolver.port, allowed=(place,))
        good = self._accepting.get(resolver.id)
        addresses = tuple(sorted(found, key=lambda address: address != good))
        if resolver.transport not in _PROTOCOLS:
            return Server(place, addresses, resolver.port)
        name = resolver.server_name or resolver.host
        return Server(place, addresses, resolver.port, self._trust(resolver.transport), name)

    def _remember(self, asking: _Asking, answered: Answered) -> None:
        """Remember the address that accepted, so that the next query does not wait for one that does not."""
        hops = answered.exchange.hops
        if answered.exchange.delivery == "complete" and hops and hops[-1].connected_to:
            self._accepting[asking.resolver.id] = split_place(hops[-1].connected_to)[0]

    def _trust(self, transport: DnsTransport) -> ssl.SSLContext:
        """Return the TLS context of a transport, made at its first use: the system's authorities are read then."""
        if transport not in self._trusts:
            try:
                self._trusts[transport] = trusting(self._roots, *_PROTOCOLS[transport])
            except OSError as error:
                raise UsageError(
                    ja="認証局の証明書のファイル（PEM）が読めない。",
                    en="The file with certificates of authorities (PEM) cannot be read.",
                    where=str(self._roots or ""),
                ) from error
        return self._trusts[transport]


class _Asking:
    """One query under way: what is known of it whenever it ends."""

    def __init__(self, probe: DnsProbe, resolver: Resolver, course: Course) -> None:
        self.probe = probe
        self.resolver = resolver
        self.course = course
        self.query = b""
        self.truncated = b""

    def words(self, transport: DnsTransport) -> str:
        """Return what leaves, in words."""
        subnet = f" client subnet {self.probe.subnet}" if self.probe.subnet else ""
        return f"{transport} {self.probe.host} {self.probe.rrtype}{subnet}"

    def resolution(self, answered: Answered, vantage: str) -> Resolution:
        """Return the exchange as a ledger keeps it."""
        exchange = answered.exchange
        wire = answered.body if exchange.delivery == "complete" else self.truncated
        unread = Resolution(
            probe=self.probe,
            resolver=self.resolver.id,
            vantage=vantage,
            query=_text(self.query if exchange.hops else b""),
            wire=_text(wire),
            truncated_wire=_text(self.truncated),
            hops=exchange.hops,
            sent=exchange.sent,
            received=exchange.received,
            tool_version=exchange.tool_version,
            status="malformed",
        )
        if exchange.delivery == "complete":
            return with_said(unread, read_wire(self.probe, self.query, wire))
        if not self.truncated:
            status = _STATUS.get(exchange.delivery, "malformed")
            return with_said(unread, Said(status=status, reason=exchange.reason))
        said = read_wire(self.probe, self.query, wire)
        return with_said(unread, msgspec.structs.replace(said, reason=_without_tcp(exchange.reason)))


def _request(probe: DnsProbe, resolver: Resolver) -> Request:
    """Return the request that a course is about. Its question is not kept: a probe is none that a registry answers."""
    place = place_of(resolver.host, resolver.port)
    return Request(
        question=Question(source="ptr", kind="ptr", subject=probe.host),
        server=resolver.id,
        protocol="dns",
        endpoint=place,
        allowed=(place,),
        limit=LIMIT,
    )


def _text(message: bytes) -> str:
    return base64.b64encode(message).decode("ascii")


def _without_tcp(reason: Text | None) -> Text:
    why = reason or failures.DISCONNECTED
    return Text(
        ja=f"UDP の応答が切り詰められており（TC）、TCP では全体が得られなかった。{why.ja}",
        en=f"The answer over UDP is truncated (TC), and no whole one came over TCP. {why.en}",
    )

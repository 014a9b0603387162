"""Reverse names over DNS (RFC 1035): one query to one name server, over TCP again when its answer did not fit."""

from __future__ import annotations

from asyncio import IncompleteReadError
from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.sources import failures
from ipattr.sources.course import Course
from ipattr.sources.guard import is_literal, is_permitted, split_place
from ipattr.sources.ptr import LARGEST
from ipattr.sources.resolving.exchange import Query, at_address, over_stream, over_udp
from ipattr.sources.resolving.headers import answers, is_truncated
from ipattr.sources.resolving.spec import system_resolvers

if TYPE_CHECKING:
    from ipattr.model import Request
    from ipattr.sources.failures import Failure
    from ipattr.sources.interface import Answered, Clock, Notice

_PORT = 53
_NO_SERVER = Text(ja="この計算機にリゾルバーが設定されていない。", en="No resolver is configured on this machine.")
_NOT_ALLOWED = Text(
    ja="許可されたネームサーバではない(アドレスで指定し、許可一覧にあるものに限る)。",
    en="This name server is not allowed (it must be named by address, and stand in the allow-list).",
)
_BAD_NAME = Text(ja="DNS の名前として送れない。", en="It cannot be sent as a DNS name.")
_GARBLED = Text(ja="DNS のメッセージとして読めない応答である。", en="The answer is no DNS message.")


async def ask_dns(request: Request, *, seconds: float, leaving: Notice, clock: Clock, tool_version: str) -> Answered:
    """Ask for the PTR records of ``request.payload`` and return the exchange, the message as received as its body.

    An endpoint without a host (``:53`` or empty) is the system's first resolver; any other is ``address:port``. Answers
    from elsewhere, with another id or question, or malformed, are not taken (a spoofer must not end the wait).
    ``seconds`` bounds it all. ``leaving`` is awaited before the datagram, and again before TCP.
    """
    course = Course(request, clock=clock, leaving=leaving, tool_version=tool_version)
    return await course.carry(_ask(course), seconds=seconds)


def _name_server(request: Request) -> tuple[str, int] | Failure:
    """Return address and port of whom to ask, or why nobody is."""
    if not request.endpoint.rstrip("0123456789").rstrip(":"):
        servers = system_resolvers()
        port = request.endpoint.removeprefix(":")
        return (servers[0].host, int(port or _PORT)) if servers else ("unreachable", _NO_SERVER)
    try:
        where, number = split_place(request.endpoint)
    except ValueError:
        return "withheld", failures.BAD_URL
    if not is_literal(where) or not is_permitted(where, number, request.allowed):
        return "withheld", _NOT_ALLOWED
    return where, number


async def _ask(course: Course) -> Failure | None:
    server = _name_server(course.request)
    if not isinstance(server[1], int):
        return server
    wire = _query(course.request.payload)
    if wire is None:
        return "withheld", _BAD_NAME
    query, whom = Query(wire, course.request.payload), at_address(*server)

    def fits(answer: bytes) -> bool:
        return answers(query.wire, answer) and _is_message(answer)

    try:
        answer = await over_udp(course, query, whom, fits)
        if is_truncated(answer):
            answer = await over_stream(course, query, whom)
    except IncompleteReadError:
        return "truncated", failures.TRUNCATED
    except OSError as error:
        if course.forbidden is not None or isinstance(error, TimeoutError):
            raise
        return failures.failure(error, begun=False)
    if not fits(answer):
        return "garbled", _GARBLED
    return None if course.take(answer) else failures.oversized(course.request.limit)


def _query(name: str) -> bytes | None:
    """Return the query for the PTR records of a name; None where it cannot be one."""
    import dns.exception
    import dns.message

    try:
        return dns.message.make_query(name, "PTR").to_wire()
    except (dns.exception.DNSException, ValueError):
        return None


def _is_message(wire: bytes) -> bool:
    """Tell whether bytes are a DNS message; whether one too large to be read is, nobody looks: it is kept as it is."""
    import dns.message

    if len(wire) > LARGEST:
        return True
    try:
        dns.message.from_wire(wire)
    except Exception:  # noqa: BLE001 - bytes from a network: a parser's surprise means that it is none
        return False
    return True

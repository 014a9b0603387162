"""Reverse names over DNS (RFC 1035): one query to one name server, over TCP again when its answer did not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.sources import failures
from ipattr.sources.course import Course
from ipattr.sources.guard import is_literal, is_permitted, place_of, split_place

if TYPE_CHECKING:
    from dns.message import Message

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
        import dns.resolver

        try:
            servers = [str(one) for one in dns.resolver.Resolver().nameservers]
        except (dns.resolver.NoResolverConfiguration, OSError):
            servers = []
        port = request.endpoint.removeprefix(":")
        return (servers[0], int(port or _PORT)) if servers else ("unreachable", _NO_SERVER)
    try:
        where, number = split_place(request.endpoint)
    except ValueError:
        return "withheld", failures.BAD_URL
    if not is_literal(where) or not is_permitted(where, number, request.allowed):
        return "withheld", _NOT_ALLOWED
    return where, number


async def _ask(course: Course) -> Failure | None:
    import dns.asyncquery
    import dns.exception
    import dns.flags
    import dns.message

    server = _name_server(course.request)
    if not isinstance(server[1], int):
        return server
    where, port = server
    try:
        query = dns.message.make_query(course.request.payload, "PTR")
    except (dns.exception.DNSException, ValueError, UnicodeError):
        return "withheld", _BAD_NAME
    try:
        await course.leave(course.request.payload, place_of(where, port))
        answer = await dns.asyncquery.udp(query, where, port=port, ignore_unexpected=True, ignore_errors=True)
        if answer.flags & dns.flags.TC:
            await course.leave(course.request.payload, place_of(where, port))
            answer = await dns.asyncquery.tcp(query, where, port=port)
    except EOFError:
        return "truncated", failures.TRUNCATED
    except dns.exception.DNSException:
        return "garbled", _GARBLED
    except OSError as error:
        if course.forbidden is not None or isinstance(error, TimeoutError):
            raise
        return failures.failure(error, begun=False)
    return _keep(course, answer, place_of(where, port))


def _keep(course: Course, answer: Message, place: str) -> Failure | None:
    course.reached(place, None)
    if not course.take(answer.wire or answer.to_wire()):
        return failures.oversized(course.request.limit)
    return None

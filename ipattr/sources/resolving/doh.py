"""DNS over HTTPS (RFC 8484): a query is posted over HTTP/2, on connections that are kept for the next ones.

The library's transport is used without its client: so nothing follows a redirect, keeps a cookie, reads a proxy or a
password from the environment, or decodes a body.
"""

from __future__ import annotations

import contextlib
import importlib.util
from typing import TYPE_CHECKING, Any, Final

from ipattr.errors import UsageError
from ipattr.model import Text
from ipattr.sources import failures
from ipattr.sources.guard import place_of
from ipattr.sources.pacing import StoppedError
from ipattr.sources.resolving.exchange import CUT_OFF, GIVEN_UP, NEXT_ADDRESS_SECONDS, certificate_of

if TYPE_CHECKING:
    import httpx

    from ipattr.sources.course import Course
    from ipattr.sources.failures import Failure
    from ipattr.sources.resolving.exchange import Query, Server

MEDIA_TYPE: Final = "application/dns-message"
PROTOCOLS: Final = ("h2", "http/1.1")
IDLE_SECONDS: Final = 30.0
_HTTPS_PORT: Final = ":443"
_OK: Final = 200

_Key = tuple[str, int, str | None]


def require() -> None:
    """Raise UsageError where the libraries that speak HTTP/2 are not installed."""
    if not all(importlib.util.find_spec(name) for name in ("httpx", "h2")):
        raise UsageError(
            ja="DoH（https://）には追加のライブラリーが要る。pip install 'ipattr[doh]' で導入する。",
            en="DoH (https://) needs further libraries: pip install 'ipattr[doh]'.",
        )


class Doh:
    """Posts queries to DoH servers. Opens nothing before the first; serves many at once of one event loop."""

    def __init__(self, tool_version: str) -> None:
        """Name this version to the servers."""
        self._agent = f"ipattr/{tool_version}"
        self._lines: dict[_Key, _Line] = {}

    async def post(self, course: Course, query: Query, server: Server, path: str) -> Failure | None:
        """Have the query journalled and post it; return how it ended, None when the body of ``course`` is the answer.

        The next address is tried where one does not accept a connection. Where a kept connection turns out to be
        closed, the query is journalled and sent once more, over a new one.
        """
        await course.leave(query.words, server.place)
        ended: Failure | None = None
        for address in server.addresses:
            post = self._prepared(query, server, address, path)
            attempt, ended = await self._attempt(course, server, address, post)
            if attempt.stale:
                course.turn()
                try:
                    await course.leave(query.words, server.place)
                except StoppedError:
                    return "unreachable", GIVEN_UP
                attempt, ended = await self._attempt(course, server, address, post)
            if ended is None or ended[0] != "unreachable" or attempt.sent:
                break
        return ended

    async def close(self) -> None:
        """Close every connection."""
        lines, self._lines = tuple(self._lines.values()), {}
        for line in lines:
            await line.close()

    def _prepared(self, query: Query, server: Server, address: str, path: str) -> httpx.Request:
        """Return the request to one address, in the name of the server."""
        import httpx

        patience = None if address == server.addresses[-1] else NEXT_ADDRESS_SECONDS
        headers = {
            "Host": place_of(server.server_name or address, server.port).removesuffix(_HTTPS_PORT),
            "Accept": MEDIA_TYPE,
            "Accept-Encoding": "identity",
            "Content-Type": MEDIA_TYPE,
            "User-Agent": self._agent,
        }
        return httpx.Request(
            "POST",
            f"https://{place_of(address, server.port)}{path}",
            headers=headers,
            content=query.wire,
            extensions={"sni_hostname": server.server_name, "timeout": {"connect": patience}},
        )

    async def _attempt(
        self, course: Course, server: Server, address: str, post: httpx.Request
    ) -> tuple[_Attempt, Failure | None]:
        """Post once; a connection over which the exchange did not end well serves no other."""
        key = (address, server.port, server.server_name)
        line = self._lines.get(key) or self._lines.setdefault(key, _Line(server))
        attempt = _Attempt(course, place_of(address, server.port))
        post.extensions["trace"] = attempt.trace
        line.users += 1
        whole = False
        try:
            ended = await attempt.converse(line.transport, post)
            whole = ended is None
        except Exception as error:  # noqa: BLE001 - whatever a server makes the library raise is a failure
            ended = attempt.ended_by(error)
        finally:
            line.users -= 1
            if not whole:
                await attempt.abandon()
                line.retired = True
                if self._lines.get(key) is line:
                    del self._lines[key]
            if line.retired and not line.users:
                await line.close()
        return attempt, ended


class _Line:
    """The connections to one address under one server name (which the library's pool does not tell apart)."""

    def __init__(self, server: Server) -> None:
        import httpx

        self.transport = httpx.AsyncHTTPTransport(
            verify=server.trust or True,
            trust_env=False,
            http1=True,
            http2=True,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=IDLE_SECONDS),
        )
        self.users = 0
        self.retired = False

    async def close(self) -> None:
        with contextlib.suppress(Exception):  # the farewell of a broken connection
            await self.transport.aclose()


class _Attempt:
    """One request on its way: how far it came, which the library tells as it goes."""

    def __init__(self, course: Course, place: str) -> None:
        self.sent = False
        self.stale = False
        """Whether a connection kept from before ended under it: it is worth another, on a new connection."""
        self._course = course
        self._place = place
        self._opened: Any = None
        self._begun = False

    async def trace(self, event: str, details: dict[str, Any]) -> None:
        """Take note of a step of the library's."""
        if event == "connection.connect_tcp.complete":
            self._opened = details["return_value"]
            self._course.reached(self._place, None)
        elif event == "connection.start_tls.complete":
            stream = details["return_value"]
            self._course.reached(self._place, certificate_of(stream.get_extra_info("ssl_object")))
        elif event.endswith(".send_request_headers.started"):
            self.sent = True
            if self._opened is None:
                self._course.reached(self._place, None)

    async def converse(self, transport: httpx.AsyncHTTPTransport, post: httpx.Request) -> Failure | None:
        """Send the request and read its answer."""
        response = await transport.handle_async_request(post)
        try:
            self._begun = True
            secured = response.extensions["network_stream"].get_extra_info("ssl_object")
            self._course.reached(self._place, certificate_of(secured))
            self._course.replied(response.status_code, tuple(response.headers.multi_items()))
            if response.status_code != _OK:
                return "garbled", _not_ok(response.status_code)
            if response.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
                return "garbled", _OTHER_TYPE
            async for chunk in response.aiter_raw():
                if not self._course.take(chunk):
                    return "oversized", TOO_LONG
        finally:
            await response.aclose()
        return None

    def ended_by(self, error: Exception) -> Failure:
        """Return what an exception means."""
        import httpx

        self.stale = self.sent and self._opened is None
        if self._begun:
            return "truncated", CUT_OFF
        if isinstance(error, httpx.ConnectTimeout):
            return "unreachable", _NO_CONNECTION
        found = failures.failure(_cause(error), begun=False)
        ended = isinstance(error, httpx.NetworkError) or "disconnected" in str(error)
        return ("unreachable", failures.DISCONNECTED) if found[0] == "garbled" and ended else found

    async def abandon(self) -> None:
        """Close a connection that was begun: the library leaves it open where time runs out in its handshake."""
        if self._opened is not None and not self.sent:
            with contextlib.suppress(Exception):
                await self._opened.aclose()


def _cause(error: Exception) -> BaseException:
    """Return the error of the system or of TLS behind one of the library's, which hides it, else that one."""
    one: BaseException | None = error
    seen: set[int] = set()
    while one is not None and id(one) not in seen:
        if isinstance(one, OSError):
            return one
        seen.add(id(one))
        one = one.__cause__ or one.__context__
    return error


def _not_ok(code: int) -> Text:
    return Text(
        ja=f"DoH サーバが HTTP ステータス {code} を返した（リダイレクト先へは進まない）。",
        en=f"The DoH server answered with HTTP status {code} (redirects are not followed).",
    )


_OTHER_TYPE = Text(
    ja=f"DoH サーバの応答が {MEDIA_TYPE} でない。", en=f"What the DoH server answered is no {MEDIA_TYPE}."
)
_NO_CONNECTION = Text(ja="接続できない（時間切れ）。", en="There is no connection (it took too long).")
TOO_LONG = Text(
    ja="応答が DNS のメッセージの上限（65,535バイト）より長い。",
    en="The answer is longer than a DNS message can be (65,535 bytes).",
)

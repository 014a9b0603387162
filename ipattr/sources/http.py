"""HTTPS: one request and its redirects as one exchange, under one deadline, to checked addresses only.

RFC 9110 and RFC 9112 by aiohttp, with everything it would do by itself turned off: redirects, decompression, cookies,
proxies, netrc, its own resolver and its timeouts per read.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from ipattr.model import Text
from ipattr.sources import failures
from ipattr.sources.connector import LEAVING, Attempt, Opened, connector, hang_up_all
from ipattr.sources.course import Course
from ipattr.sources.guard import CheckedNames, LookUp, WithheldError, look_up, place_of

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

    from ipattr.model import Request
    from ipattr.sources.failures import Failure
    from ipattr.sources.interface import Answered, Clock, Notice

MAX_REDIRECTS: Final = 5
CHUNK: Final = 64 << 10

_FOLLOWED: Final = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD: Final = frozenset({307, 308})
_WHOLE: Final = frozenset({"complete", "redirect-refused"})  # the connection may serve the next request
_WITHOUT_BODY: Final = frozenset({204, 304})
_URL: Final = re.compile(r"[!-\[\]-~]+\Z")  # printable ASCII but the backslash, which some parsers read as a slash
_ACCEPT: Final = {"rdap": "application/rdap+json, application/json", "http": "application/json"}


class Http:
    """A transport for RDAP and other HTTPS requests. Opens nothing before its first fetch; serves one event loop."""

    def __init__(self, *, clock: Clock, tool_version: str, lookup: LookUp = look_up) -> None:
        """Remember by which clock to date, which version to name, and how to resolve names."""
        self._clock = clock
        self._tool_version = tool_version
        self._names = CheckedNames(lookup)
        self._session: ClientSession | None = None
        self._opened: Opened = {}

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        """Carry out one exchange; see :class:`ipattr.sources.interface.Transport`."""
        course = Course(request, clock=self._clock, leaving=leaving, tool_version=self._tool_version)
        return await course.carry(self._follow(course), seconds=seconds)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()
        await hang_up_all(self._opened)

    async def _follow(self, course: Course) -> Failure | None:
        """Ask, and follow redirects as far as the request allows; return how it ended, None when all is said."""
        url = _parse(course.request.endpoint)
        if url is None:
            return "withheld", failures.BAD_URL
        seen: set[str] = set()
        while True:
            seen.add(str(url))
            try:
                followed = await self._hop(course, url)
            except WithheldError as error:
                return ("redirect-refused" if len(seen) > 1 else "withheld"), error.reason
            if not isinstance(followed, _Redirect):
                return followed
            target = followed.target
            if target is None:
                return "redirect-refused", failures.BAD_URL
            if str(target) in seen:
                return "redirect-loop", failures.LOOP
            if len(seen) > MAX_REDIRECTS:
                return "redirect-loop", failures.TOO_MANY
            url = target

    async def _hop(self, course: Course, url: URL) -> Failure | _Redirect | None:
        """Send one request and read its response."""
        host, port = url.raw_host or "", url.port or 0
        if url.scheme != "https":
            raise WithheldError(failures.NOT_HTTPS)
        try:
            addresses = await self._names.addresses(host, port, allowed=course.request.allowed)
        except OSError as error:
            return failures.failure(error, begun=False)
        posted = _posted(course.request)
        attempt = Attempt(course, url, self._opened)
        course.turn()
        await attempt.leave()
        found: Failure | _Redirect | None = "unreachable", failures.DISCONNECTED
        mark = LEAVING.set(attempt)
        try:
            found = await self._converse(course, attempt, posted)
        except Exception as error:  # noqa: BLE001 - whatever a server makes the library raise is a delivery
            if course.forbidden is not None:
                raise course.forbidden from None
            found = _ended_by(error, course)
            if not attempt.connected:
                self._names.forget(host, port)
                if found[0] == "tls-failed" and len(addresses) == 1:
                    course.reached(place_of(addresses[0], port), None)
        finally:
            LEAVING.reset(mark)
            if isinstance(found, tuple) and found[0] not in _WHOLE:
                attempt.abandon()
        return found

    async def _converse(self, course: Course, attempt: Attempt, posted: bytes | None) -> Failure | _Redirect | None:
        session = self._open()
        headers = {"Accept": _ACCEPT.get(course.request.protocol, "*/*")}
        if posted is not None:
            headers = {"Accept": "application/timestamp-reply", "Content-Type": "application/timestamp-query"}
        method = "GET" if posted is None else "POST"
        response = await session.request(method, attempt.url, data=posted, headers=headers, allow_redirects=False)
        try:
            course.replied(response.status, _headers(response))
            location = response.headers.getall("Location", [])
            if response.status in _FOLLOWED and location:
                await _skim(course, response)
                if posted is not None and response.status not in _KEEPS_METHOD:
                    return "redirect-refused", failures.REDIRECT
                return _Redirect(_resolved(attempt.url, location))
            return await _read(course, attempt, response)
        finally:
            response.close()  # a response read to its end has given its connection back before

    def _open(self) -> ClientSession:
        """Return the one session, made at the first use: TLS trust is read then."""
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

            self._session = ClientSession(
                connector=connector(self._names),
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
                headers={"User-Agent": f"ipattr/{self._tool_version}", "Accept-Encoding": "identity"},
                auto_decompress=False,
                trust_env=False,
                requote_redirect_url=False,
            )
        return self._session


class _Redirect:
    """A redirect to be followed: ``target`` None where its Location is no URL that may be asked."""

    def __init__(self, target: URL | None) -> None:
        self.target = target


async def _read(course: Course, attempt: Attempt, response: ClientResponse) -> Failure | None:
    """Read the body as it comes; return None when it is whole."""
    if response.status == 101:  # noqa: PLR2004 - Switching Protocols, to something nobody asked for
        return "garbled", failures.failure(ValueError(), begun=False)[1]
    while chunk := await response.content.readany():
        if not course.take(chunk):
            return failures.oversized(course.request.limit)
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if response.status not in _WITHOUT_BODY and "Content-Length" not in response.headers and not chunked:
        return ("truncated", failures.TRUNCATED) if attempt.broken else ("complete", failures.LENGTH_UNKNOWN)
    return None


async def _skim(course: Course, response: ClientResponse) -> None:
    """Keep the short body of a redirect, so that its connection can be used again; leave a long one."""
    length = response.content_length
    if length is not None and length <= CHUNK:
        while chunk := await response.content.readany():
            course.take(chunk)


def _ended_by(error: Exception, course: Course) -> Failure:
    from aiohttp import ClientConnectionError, ClientPayloadError, ServerDisconnectedError

    begun = course.status_code is not None
    if isinstance(error, ServerDisconnectedError) and not begun:
        started = not isinstance(error.message, str | None)
        return ("truncated", failures.TRUNCATED) if started else ("unreachable", failures.DISCONNECTED)
    if isinstance(error, ClientConnectionError) and not isinstance(error, OSError):
        return ("truncated", failures.TRUNCATED) if begun else ("unreachable", failures.DISCONNECTED)
    return failures.failure(error, begun=begun, cut=isinstance(error, ClientPayloadError))


def _parse(text: str) -> URL | None:
    """Return the URL as it stands; None where it has no host, or bears credentials or control characters."""
    from yarl import URL

    if not _URL.match(text):
        return None
    try:
        url = URL(text, encoded=True)
        usable = bool(url.raw_host and url.port) and url.raw_user is None and url.raw_password is None
    except ValueError:
        return None
    return url.with_fragment(None) if usable and "@" not in url.raw_authority else None


def _resolved(base: URL, locations: list[str]) -> URL | None:
    """Return where a redirect leads (RFC 9110 section 10.2.2); several that differ lead nowhere."""
    from yarl import URL

    location = locations[0].strip(" \t")
    if len(set(locations)) > 1 or not _URL.match(location):
        return None
    try:
        return _parse(str(base.join(URL(location, encoded=True))))
    except ValueError:
        return None


def _posted(request: Request) -> bytes | None:
    """Return the body to be posted (a time-stamp request, RFC 3161 section 3.4), None for a GET."""
    if request.protocol != "http" or not request.payload:
        return None
    try:
        return base64.b64decode(request.payload, validate=True)
    except binascii.Error as error:
        raise WithheldError(_NOT_BASE64) from error


def _headers(response: ClientResponse) -> tuple[tuple[str, str], ...]:
    """Return the headers in order; ISO-8859-1 keeps every byte (RFC 9110 section 5.5)."""
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.raw_headers)


_NOT_BASE64 = Text(ja="送信する本文がbase64でない。", en="The body to be posted is not base64.")

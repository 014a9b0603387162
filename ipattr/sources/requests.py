"""The exact words in which one question leaves for one server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.model import Request

if TYPE_CHECKING:
    from ipattr.model import Question, RegistryServer

_LINES = 256 << 10
"""Bytes accepted of a WHOIS answer: a hundred times a usual one, and read within a moment whatever it is."""
_JPNIC_LINES = 1 << 20
"""The same at JPNIC, whose answers list every assignment inside an allocation."""
_ROUTES = 2 << 20
_MOST = 4 << 20
_ROOTS = {4: "in-addr.arpa", 6: "ip6.arpa"}


def request_for(question: Question, server: RegistryServer) -> Request:
    """Return the request that asks ``server`` the question: RFC 9082 paths, one WHOIS line, or a DNS name.

    ValueError when the server does not speak of such things (a history it has not, a name of a prefix).
    """
    if server.protocol in {"rdap", "http"}:
        endpoint, payload = _url(question, server), ""
    else:
        endpoint = place(server.host, server.port)
        payload = reverse_name(question.subject) if server.protocol == "dns" else _line(question, server)
    return Request(
        question=question,
        server=server.id,
        protocol=server.protocol,
        endpoint=endpoint,
        payload=payload,
        allowed=tuple(dict.fromkeys((place(server.host, server.port), *server.redirects_to))),
        limit=_limit(question, server),
    )


def _limit(question: Question, server: RegistryServer) -> int:
    """Return how many bytes of an answer are accepted; the routes of a large network are some megabytes."""
    if server.protocol != "whois":
        return _MOST
    if question.kind == "routes":
        return _ROUTES
    return _JPNIC_LINES if server.source == "jpnic" else _LINES


def place(host: str, port: int) -> str:
    """Return ``host:port``, an IPv6 literal in brackets (RFC 3986 section 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reverse_name(address: str) -> str:
    """Return the name under which the DNS keeps host names of an address (RFC 1035 section 3.5, RFC 3596 section 2.5).

    ValueError when ``address`` is not one address in strict text.
    """
    version, number = to_number(address)
    if version == 4:  # noqa: PLR2004 - the IP version is its own name
        labels = [str(number >> shift & 0xFF) for shift in (0, 8, 16, 24)]
    else:
        labels = [f"{number >> shift & 0xF:x}" for shift in range(0, 128, 4)]
    return ".".join([*labels, _ROOTS[version]])


def _url(question: Question, server: RegistryServer) -> str:
    """Return the URL of an RDAP question (RFC 9082 section 3.1), of a history, or of a published file."""
    if question.kind == "ip":
        return f"{server.url}ip/{question.subject}"
    if question.kind == "autnum":
        return f"{server.url}autnum/{_digits(question.subject)}"
    if question.kind == "history" and server.history:
        return f"{server.history}ip/{question.subject}"
    if question.kind == "bootstrap":
        return f"{server.url}{question.subject}.json"
    if question.kind == "timestamp":
        return server.url
    message = f"{server.id} cannot be asked for {question.key}"
    raise ValueError(message)


def _line(question: Question, server: RegistryServer) -> str:
    """Return the line of a WHOIS question (RFC 3912), in the dialect of the server."""
    subject = question.subject
    if question.kind == "origin":
        return f" -v {subject}"
    if question.kind == "routes":
        return f" -i origin AS{_digits(subject)}"
    if question.kind not in {"ip", "autnum"}:
        message = f"{server.id} cannot be asked for {question.key}"
        raise ValueError(message)
    arin = "ARIN" in server.areas
    if question.kind == "ip":
        return f"n + {subject}" if arin else subject
    if server.source == "jpnic":
        return f"AS {_digits(subject)}"
    return f"a + {_digits(subject)}" if arin else f"AS{_digits(subject)}"


def _digits(subject: str) -> str:
    """Return the number of ``AS64500``; ValueError when there is none."""
    return str(int(subject.upper().removeprefix("AS")))

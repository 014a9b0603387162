"""How a name server to be asked is spelled, and which ones this machine uses.

Addresses in text by RFC 4291 and RFC 3986 (brackets), DoT by RFC 7858 (port 853), DoH by RFC 8484 (port 443).
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final, NoReturn, get_args

from ipattr.errors import UsageError
from ipattr.model import DnsTransport, Resolver
from ipattr.sources.guard import is_literal, place_of
from ipattr.sources.visible import visible_text

AUTHORITATIVE: Final = "auth"
_TRANSPORTS: Final = get_args(DnsTransport)
_PORTS: Final = {"udp": 53, "tcp": 53, AUTHORITATIVE: 53, "tls": 853, "https": 443}
_NAMED: Final = frozenset({"tls", "https"})  # schemes whose host may be a name: a certificate proves whom it reached
_LONGEST: Final = 1024
_LONGEST_NAME: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*\Z")  # RFC 3986 section 3.3, and a query
_SHOWN: Final = 120


def parse_resolver(text: str) -> Resolver:
    """Return the name server that ``text`` spells; UsageError with one sentence where it spells none.

    ``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1``, ``[2001:db8::1]:53``, ``udp://…``, ``tcp://…``: address and
    port (53); ``auth://…`` the same, an authoritative server, asked without RD; ``tls://ADDRESS-or-NAME[:853]`` and
    ``https://ADDRESS-or-NAME[:443]/PATH``, both possibly with ``#NAME``, the name that the certificate must bear. A
    name where an address is wanted is refused: nothing may leave to find it. ``id`` bears scheme and port always, the
    server name where it is not the host, letters of names lower, addresses canonical (RFC 5952).
    """
    if not text.isascii() or not text.isprintable() or len(text) > _LONGEST or " " in text:
        _refuse(text, ja="ASCII文字だけで、空白なしに書く。", en="Only ASCII characters without blanks can be used.")
    scheme, separator, rest = text.partition("://")
    scheme, rest = (scheme.lower(), rest) if separator else ("udp", text)
    if scheme not in _PORTS:
        _refuse(
            text,
            ja="方式が分からない。udp、tcp、tls、https、auth のいずれかを書く。",
            en="The scheme is unknown; write one of udp, tcp, tls, https, auth.",
        )
    rest, server_name = _server_name(text, scheme, rest)
    authority, path = _path(text, scheme, rest)
    host, port = _authority(text, scheme, authority)
    return _resolver(scheme, host, port, server_name=server_name, path=path)


def system_resolvers() -> tuple[Resolver, ...]:
    """Return the resolvers that this machine is set up with, in its order, asked over UDP; () where there are none."""
    import dns.exception
    import dns.resolver

    try:
        system = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError, ValueError):
        return ()
    hosts = dict.fromkeys(str(one) for one in system.nameservers)
    return tuple(_resolver("udp", _address(host), system.port) for host in hosts if is_literal(host))


def _resolver(scheme: str, host: str, port: int, *, server_name: str = "", path: str = "") -> Resolver:
    shown = server_name if server_name != host else ""
    transport: DnsTransport = next((one for one in _TRANSPORTS if one == scheme), "udp")
    return Resolver(
        id=f"{scheme}://{place_of(host, port)}{path}{'#' if shown else ''}{shown}",
        transport=transport,
        host=host,
        port=port,
        server_name=(server_name or host) if scheme in _NAMED else "",
        path=path,
        recursive=scheme != AUTHORITATIVE,
    )


def _server_name(text: str, scheme: str, rest: str) -> tuple[str, str]:
    """Return what stands before ``#``, and the name after it (empty without one)."""
    rest, mark, name = rest.partition("#")
    if not mark:
        return rest, ""
    if scheme not in _NAMED:
        _refuse(
            text,
            ja="証明書の名前（#…）は tls と https でだけ書ける。",
            en="A name for the certificate (#…) can only be given with tls and https.",
        )
    if is_literal(name):
        return rest, _address(name)
    if not _is_name(name.lower()):
        _refuse(text, ja="# の後がホスト名でない。", en="What follows # is no host name.")
    return rest, _lower(name)


def _path(text: str, scheme: str, rest: str) -> tuple[str, str]:
    """Return authority and path; only DoH has a path, and there it must be written, as nobody prescribes one."""
    authority, slash, path = rest.partition("/")
    if scheme != "https":
        if slash:
            _refuse(text, ja="パスは https でだけ書ける。", en="A path can only be given with https.")
        return authority, ""
    segments = path.partition("?")[0].split("/")
    if not slash or not _PATH.match(slash + path) or not {".", ".."}.isdisjoint(segments):
        _refuse(
            text,
            ja="DoH の URL にはパスを書く（多くは /dns-query。波括弧の部分は書かない）。",
            en="The URL of DoH needs its path (mostly /dns-query, without any part in braces).",
        )
    return authority, slash + path


def _authority(text: str, scheme: str, authority: str) -> tuple[str, int]:
    """Return host, canonical, and port of ``host``, ``host:port``, or a bare IPv6 address."""
    if is_literal(authority):  # a bare IPv6 address too: all of it is the address
        host, colon, number = authority, "", ""
    else:
        host, colon, number = _split(authority)
        if host.startswith("[") and host.endswith("]") and ":" in host and is_literal(host[1:-1]):
            host = host[1:-1]
        elif ":" in host or "[" in host:
            _refuse(text, ja="ホストとして読めない。", en="The host cannot be read.")
    if colon and not (number.isdecimal() and 0 < int(number[:6]) < 1 << 16):
        _refuse(text, ja="ポートは1から65535までの数である。", en="The port must be a number from 1 to 65535.")
    port = int(number) if colon else _PORTS[scheme]
    if is_literal(host):
        if _nobody(host):
            _refuse(text, ja="一つの計算機のアドレスでない。", en="It is not the address of one machine.")
        return _address(host), port
    if not _is_name(host.lower()):
        _refuse(text, ja="アドレスでもホスト名でもない。", en="It is neither an address nor a host name.")
    if scheme not in _NAMED:
        _refuse(
            text,
            ja="ネームサーバはIPアドレスで指定する（名前を調べる問い合わせは送らない）。",
            en="A name server must be given by its IP address (nothing is sent to find it by name).",
        )
    return _lower(host), port


def _split(authority: str) -> tuple[str, str, str]:
    """Return host, colon and port, the last two empty where there is none."""
    if authority.endswith("]") or ":" not in authority:
        return authority, "", ""
    return authority.rpartition(":")


def _is_name(host: str) -> bool:
    """Return whether ``host`` is a host name (RFC 1123 section 2.1): one whose last label cannot pass for a number."""
    labels = host.removesuffix(".").split(".")
    last = labels[-1]
    numeric = last.isdecimal() or last.startswith("0x")  # 127.1, 0x7f000001: an old spelling of an address
    return len(host) <= _LONGEST_NAME and all(_LABEL.match(label) for label in labels) and not numeric


def _lower(name: str) -> str:
    return name.lower().removesuffix(".")


def _address(text: str) -> str:
    return ip_address(text).compressed


def _nobody(text: str) -> bool:
    ip = ip_address(text)
    return ip.is_unspecified or ip.is_multicast or ip.compressed == "255.255.255.255"


def _refuse(text: str, *, ja: str, en: str) -> NoReturn:
    shown = visible_text(text[:_SHOWN]).replace("\n", " ")
    raise UsageError(
        ja=f"リゾルバー「{shown}」が読めない。{ja}", en=f"The resolver {shown!r} cannot be read. {en}", where=""
    )

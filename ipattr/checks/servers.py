"""Rules on whom one may ask: servers, their pace, and the bootstrap registries that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import prefix_range
from ipattr.checks.remark import remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Bootstrap, Finding, RegistryServer
    from ipattr.model.sources import Sources

_FILE = "registries/servers.toml"
_SECURE = {"rdap", "http"}


def loose_end(sources: Sources) -> Iterator[Finding]:
    """Report a mirror, an area or a redirect that leads to nothing known."""
    ids = {server.id for server in sources.servers}
    areas = {area.registry for area in sources.areas}
    places = {f"{server.host}:{server.port}" for server in sources.servers}
    for server in sources.servers:
        named = [("mirrors", server.mirrors, not server.mirrors or server.mirrors in ids - {server.id})]
        named += [(f"areas[{at}]", area, area in areas) for at, area in enumerate(server.areas)]
        named += [(f"redirects_to[{at}]", place, place in places) for at, place in enumerate(server.redirects_to)]
        for key, name, known in named:
            if not known:
                yield remark(
                    "IPD401",
                    "error",
                    f"{_FILE}: {server.id}.{key}",
                    ja=f"「{name}」はどこにもない。サーバーの id、areas.csv の registry、host:port のいずれかに直す。",
                    en=f"{name!r} leads nowhere: write the id of a server, a registry of areas.csv, or a host:port of "
                    "a server.",
                )
        if bool(server.mirrors) != bool(server.referral_names):
            yield remark(
                "IPD402",
                "error",
                f"{_FILE}: {server.id}.referral_names",
                ja="mirrors と referral_names は両方書くか、両方省く。",
                en="Write mirrors and referral_names together, or neither.",
            )


def unsafe_url(sources: Sources) -> Iterator[Finding]:
    """Report a base URL that is not HTTPS at the server's own host and port, or does not end in a slash."""
    for server in sources.servers:
        for key, url in (("url", server.url), ("history", server.history)):
            if not _fits(server, url, required=key == "url"):
                yield remark(
                    "IPD403",
                    "error",
                    f"{_FILE}: {server.id}.{key}",
                    ja=f"「{url}」は、このサーバーの https:// で始まり / で終わる URL ではない。",
                    en=f"{url!r} is no https:// URL of this server that ends in a slash.",
                )


def no_pace(sources: Sources) -> Iterator[Finding]:
    """Report a pace at which nothing, or anything, would be sent."""
    for server in sources.servers:
        if server.per_second <= 0 or server.burst < 1 or server.concurrent < 1:
            yield remark(
                "IPD404",
                "error",
                f"{_FILE}: {server.id}",
                ja="per_second は正、burst と concurrent は 1 以上とする。",
                en="per_second must be positive, burst and concurrent at least 1.",
            )


def overlapping_range(sources: Sources) -> Iterator[Finding]:
    """Report two ranges of one bootstrap registry that overlap (RFC 9224 sections 5.1 to 5.3)."""
    for bootstrap in sources.bootstraps:
        before: tuple[int, int, str] | None = None
        for first, last, text in sorted(_ranges(bootstrap)):
            if before is not None and first <= before[1]:
                yield remark(
                    "IPD405",
                    "error",
                    f"registries/{bootstrap.kind}.json: {text}",
                    ja=f"{before[2]} と重なる。どのサービスが答えるか一つに決める。",
                    en=f"It overlaps {before[2]}: decide which service answers.",
                )
            before = (first, last, text) if before is None or last > before[1] else before


def unknown_service(sources: Sources) -> Iterator[Finding]:
    """Report a service whose URL is not HTTPS or is no server of ours: it could be planned, but never asked."""
    known = {server.url for server in sources.servers if server.protocol == "rdap"}
    for bootstrap in sources.bootstraps:
        for at, service in enumerate(bootstrap.services):
            for url in service.urls:
                if url not in known:
                    yield remark(
                        "IPD406",
                        "error",
                        f"registries/{bootstrap.kind}.json: $.services[{at}]",
                        ja=f"「{url}」は servers.toml の url にない。",
                        en=f"{url!r} is the url of no server in servers.toml.",
                    )


def _fits(server: RegistryServer, url: str, *, required: bool) -> bool:
    """Tell whether a base URL is one of the server; WHOIS and DNS have none."""
    if not url:
        return not (required and server.protocol in _SECURE)
    places = {f"https://{server.host}:{server.port}/"} | ({f"https://{server.host}/"} if server.port == 443 else set())  # noqa: PLR2004 - the port of HTTPS
    return server.protocol in _SECURE and url.endswith("/") and any(url.startswith(place) for place in places)


def _ranges(bootstrap: Bootstrap) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and text of every range."""
    for service in bootstrap.services:
        for text in service.ranges:
            if bootstrap.kind == "asn":
                first, _, last = text.partition("-")
                yield int(first), int(last or first), text
            else:
                yield (*prefix_range(text)[1:], text)

"""Everything a capture may send, worked out before any of it leaves: pure, so that what is shown is what is asked."""

from __future__ import annotations

import ipaddress
import math
import re
from typing import TYPE_CHECKING, Final, get_args

from ipattr.errors import UsageError
from ipattr.model import CapturePlan, DnsProbe, Finding, HostRecord, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Platform, Resolver

MOST_ROUNDS: Final = 100
"""More rounds than this in one run are a schedule's business, not a run's."""
_LONGEST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_TOKEN = re.compile(r"[a-z0-9]{1,40}")

_REVERSE = ("in-addr.arpa", "ip6.arpa", "ip6.int")

_LONGEST_SUBNET = {4: 24, 6: 56}
"""RFC 7871 section 11.1."""


def plan_capture(  # noqa: PLR0913 - all that decides what leaves, by name
    platforms: Sequence[Platform],
    resolvers: Iterable[Resolver],
    *,
    hosts: Sequence[str] = (),
    types: Sequence[HostRecord] = ("A", "AAAA", "HTTPS"),
    rounds: int = 2,
    subnet: str = "",
    every_host: bool = False,
    authoritative: bool = False,
    seconds: float = 5.0,
    vantage: str = "",
    token: str,
) -> CapturePlan:
    """Return every query of a capture, in the order in which they are to leave: round by round.

    Asked are the candidate hosts of each profile, with ``every_host`` all of them; where ``hosts`` names some, these
    alone, and those that stand in no profile for the first platform. ``token`` makes the names that test for wildcards
    such as nobody has registered: ``ipattr-<token>`` under the parent of each host, asked once. ``subnet`` is a client
    subnet (RFC 7871). UsageError: what was asked for makes no plan.
    """
    if not platforms:
        raise UsageError(ja="プラットフォームが指定されていない。", en="No platform is named.")
    _check(types=types, rounds=rounds, seconds=seconds, token=token)
    asked = _resolvers(resolvers)
    if authoritative and not any(one.recursive for one in asked):
        raise UsageError(
            ja="権威サーバは再帰リゾルバーに尋ねて知るので、再帰リゾルバーが1つは要る。",
            en="Recursive resolvers tell who is authoritative: at least one recursive resolver is needed.",
        )
    network = _subnet(subnet)
    chosen, skipped = _hosts(platforms, hosts, every_host=every_host)
    probes = [
        DnsProbe(platform=platform, host=host, rrtype=rrtype, round=number, subnet=network)
        for number in range(1, rounds + 1)
        for platform, names in chosen.items()
        for host in names
        for rrtype in dict.fromkeys(types)
    ]
    wild = [
        DnsProbe(platform=platform, host=name, rrtype="A", kind="wildcard", subnet=network)
        for platform, names in chosen.items()
        for name in _unregistered(names, token)
    ]
    # With the first round, whose answers they are held against.
    first = len(probes) // rounds
    return CapturePlan(
        platforms=tuple(chosen),
        probes=(*probes[:first], *wild, *probes[first:]),
        resolvers=asked,
        authoritative=authoritative,
        skipped=tuple(skipped),
        seconds=seconds,
        vantage=vantage,
    )


def host_name(text: str) -> str:
    """Return a host name in lower case without the final dot, empty where the text is none that can be resolved.

    Letters beyond ASCII are not: their A-label (``xn--``) is what the DNS holds, and which one it is is not guessed.
    """
    name = text.strip().removesuffix(".").lower()
    labels = name.split(".")
    if not text.isascii() or len(name) > _LONGEST_NAME or len(labels) < 2 or labels[-1].isdecimal():  # noqa: PLR2004 - a name and a top level
        return ""
    return name if all(_LABEL.fullmatch(label) for label in labels) else ""


def _check(*, types: Sequence[HostRecord], rounds: int, seconds: float, token: str) -> None:
    known = get_args(HostRecord)
    if not types or not all(one in known for one in types):
        raise UsageError(
            ja=f"レコードの種類は {', '.join(known)} のいずれかでなければならない。",
            en=f"A record type must be one of {', '.join(known)}.",
        )
    if not 1 <= rounds <= MOST_ROUNDS:
        raise UsageError(
            ja=f"繰り返しの回数は 1 から {MOST_ROUNDS} まででなければならない。",
            en=f"The number of rounds must be from 1 to {MOST_ROUNDS}.",
        )
    if not (math.isfinite(seconds) and seconds > 0):
        raise UsageError(
            ja="応答を待つ秒数は正の数でなければならない。",
            en="The seconds to wait for an answer must be a positive number.",
        )
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            ja="試験用の名前に使う文字列は、英小文字と数字 1 ～ 40 字でなければならない。",
            en="The token of the test names must be 1 to 40 lower-case letters and digits.",
        )


def _resolvers(resolvers: Iterable[Resolver]) -> tuple[Resolver, ...]:
    """Return each resolver once; one named twice must not be asked at twice its pace."""
    asked = tuple({one.id: one for one in resolvers}.values())
    if not asked:
        raise UsageError(
            ja="問い合わせるリゾルバーがない。--resolver で指定されたい。",
            en="There is no resolver to ask; name one with --resolver.",
        )
    for one in asked:
        if not (math.isfinite(one.per_second) and one.per_second > 0) or one.burst < 1 or one.concurrent < 1:
            raise UsageError(
                ja="問合せの速さ(毎秒・一度に・並行して)は、いずれも正の数でなければならない。",
                en="The pace (a second, at once, side by side) must be positive numbers.",
                where=one.id,
            )
    return asked


def _subnet(text: str) -> str:
    if not text:
        return ""
    try:
        if "/" not in text:
            raise ValueError(text)  # noqa: TRY301 - a lone address would be sent whole: that is to be said outright
        network = ipaddress.ip_network(text)
    except ValueError:
        raise UsageError(
            ja="クライアントサブネットは、ホスト部が 0 の 192.0.2.0/24 や 2001:db8::/56 の形で指定する。",
            en="A client subnet is written like 192.0.2.0/24 or 2001:db8::/56, its host bits zero.",
            where=text,
        ) from None
    if network.prefixlen > _LONGEST_SUBNET[network.version]:
        raise UsageError(
            ja="クライアントサブネットは /24（IPv6は /56）まで。それより長いと一つの回線を名指しすることになる。",
            en="A client subnet is /24 at most (/56 for IPv6): a longer one would point at a single line.",
            where=text,
        )
    return str(network)


def _hosts(
    platforms: Sequence[Platform], named: Sequence[str], *, every_host: bool
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Return the hosts to ask by platform, each once, and those that cannot be."""
    wanted = dict.fromkeys(_named(text) for text in named)
    chosen: dict[str, tuple[str, ...]] = {}
    skipped: list[Finding] = []
    for platform in platforms:
        of_profile = {host.name: host_name(host.name) for host in platform.hosts}
        if wanted:
            chosen[platform.id] = tuple(dict.fromkeys(name for name in of_profile.values() if name in wanted))
            continue
        asked = [host.name for host in platform.hosts if every_host or host.candidate]
        chosen[platform.id] = tuple(dict.fromkeys(of_profile[name] for name in asked if of_profile[name]))
        skipped += [_unresolvable(platform, name) for name in dict.fromkeys(asked) if not of_profile[name]]
        if not chosen[platform.id]:
            skipped.append(_without_hosts(platform))
    taken = {name for names in chosen.values() for name in names}
    others = tuple(name for name in wanted if name not in taken)
    chosen[platforms[0].id] += others
    return chosen, skipped


def _named(text: str) -> str:
    name = host_name(text)
    if not name:
        raise UsageError(
            ja="ホスト名として解決できない(英数字とハイフンの名前、国際化名は xn-- の形で)。",
            en="This is no host name that can be resolved (letters, digits, hyphens; international names as xn--).",
            where=text,
        )
    if name.endswith(_REVERSE):
        raise UsageError(
            ja="逆引きの名前にはアドレスが含まれる。開示されたアドレスは送らない。",
            en="A name for reverse look-ups holds an address; no disclosed address is sent.",
        )
    return name


def _unregistered(hosts: Iterable[str], token: str) -> tuple[str, ...]:
    parents = dict.fromkeys(host.partition(".")[2] for host in hosts)
    return tuple(name for parent in parents if len(name := f"ipattr-{token}.{parent}") <= _LONGEST_NAME)


def _unresolvable(platform: Platform, name: str) -> Finding:
    return Finding(
        code="IPA820",
        level="notice",
        message=Text(
            ja=f"プロファイルの「{name}」は、そのまま解決できるホスト名ではないので問い合わせない。",
            en=f"“{name}” of the profile is no host name that can be resolved as it stands; it is not asked for.",
        ),
        about=platform.id,
    )


def _without_hosts(platform: Platform) -> Finding:
    return Finding(
        code="IPA821",
        level="warning",
        message=Text(
            ja=f"{platform.name} のプロファイルには問い合わせるホストがない。--host で指定できる。",
            en=f"The profile of {platform.name} names no host to ask for; --host can name one.",
        ),
        about=platform.id,
    )

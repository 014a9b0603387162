"""The narrowing steps in words: on what evidence each was taken, or why it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.model import Narrowing, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.destinations.clients import ClientKind
    from ipattr.model import NarrowingStep

_OFF = Text(ja="この絞り込みは指定により行っていない。", en="This narrowing was turned off.")
_CLIENTS = {
    "web": Text(ja="ブラウザ", en="a browser"),
    "api": Text(ja="API", en="the API"),
    "mobile": Text(ja="モバイル端末", en="a mobile device"),
}


def narrowed(step: NarrowingStep, before: Iterable[str], after: Iterable[str], text: Text) -> Narrowing:
    """Return a step that was taken, with the addresses that it dropped, in the order of their numbers."""
    return narrowed_in_order(step, sorted(set(before), key=to_number), after, text)


def narrowed_in_order(step: NarrowingStep, before: Sequence[str], after: Iterable[str], text: Text) -> Narrowing:
    """Return what ``narrowed`` does, where ``before`` is in order and without doubles already."""
    left = set(after)
    dropped = tuple([address for address in before if address not in left])
    return Narrowing(step=step, applied=True, dropped=dropped, remaining=len(left), text=text)


def kept(step: NarrowingStep, after: Iterable[str], text: Text = _OFF) -> Narrowing:
    """Return a step that was not taken: it was turned off, or ``text`` says what it had to go by."""
    return Narrowing(step=step, applied=False, remaining=len(set(after)), text=text)


def by_profile(platform: str, hosts: int) -> Text:
    """Return that only the hosts of the profile that a login may have gone to were used."""
    return Text(
        ja=f"{platform}のホストのうち、収録上ログインの接続先となり得るもので観測のある{hosts}ホストに限った。",
        en=f"Limited to the {hosts} observed hosts of {platform} that a login may have gone to, by its profile.",
    )


def by_question(hosts: Sequence[str]) -> Text:
    """Return that the question itself named the hosts."""
    return Text(
        ja=f"指定されたホスト（{'、'.join(hosts)}）に限った。",
        en=f"Limited to the hosts named in the question ({', '.join(hosts)}).",
    )


def by_family(family: int) -> Text:
    """Return that only addresses of the login's own IP version were kept."""
    if family == 4:  # noqa: PLR2004 - the IP version is its own name
        return Text(
            ja="接続元がIPv4であるため、IPv4（Aレコード）のアドレスに限った。",
            en="The login came from IPv4, so only IPv4 addresses (A records) are kept.",
        )
    return Text(
        ja="接続元がIPv6であるため、IPv6（AAAAレコード）のアドレスに限った。"
        "ただし、NAT64等を経てIPv4のアドレスへ接続した可能性は残る。",
        en="The login came from IPv6, so only IPv6 addresses (AAAA records) are kept;"
        " it may still have passed through NAT64 or the like to an IPv4 address.",
    )


def no_aaaa() -> Text:
    """Return that an IPv6 login met no AAAA observation."""
    return Text(
        ja="接続元はIPv6だが、AAAAレコードの観測がないため絞り込めない。観測されていないAAAAアドレスへの接続か、"
        "NAT64等を経たIPv4アドレスへの接続であり、IPv4の候補は参考として残した。",
        en="The login came from IPv6, but no AAAA record was observed, so nothing could be narrowed: it reached an AAAA"
        " address not on record, or an IPv4 address through NAT64 or the like; IPv4 is kept for orientation.",
    )


def no_client() -> Text:
    """Return that the log does not say what the login was made with, or not in words that leave no doubt."""
    return Text(
        ja="接続手段（ブラウザ、API、モバイルの別）を定めるに足りる記載がログにないため絞り込んでいない。",
        en="Nothing in the log settles what the login was made with (browser, API, phone), so nothing was narrowed.",
    )


def by_client(kind: ClientKind, hosts: Sequence[str]) -> Text:
    """Return which hosts were left out for the kind of client that the log names."""
    who = _CLIENTS[kind]
    if not hosts:
        return Text(
            ja=f"{who.ja}からの接続とされているが、それにより除くべき役割のホストはない。",
            en=f"The login is said to be from {who.en}; no host in question has a role that this would leave out.",
        )
    return Text(
        ja=f"{who.ja}からの接続とされているため、ブラウザ向けの頁又は転送のためのホスト（{'、'.join(hosts)}）を除いた。"
        "その他のホスト及び役割の不明なホストは残した。",
        en=f"The login is said to be from {who.en}, so hosts of pages for phones and of redirects ({', '.join(hosts)})"
        " are left out; all others, and hosts of unknown role, are kept.",
    )


def client_leaves_hosts(kind: ClientKind) -> Text:
    """Return that a kind of client rules out no host."""
    who = _CLIENTS[kind]
    if kind == "web":
        return Text(
            ja=f"{who.ja}からの接続とされているが、頁はその裏でAPI等のホストにも接続し得るため絞り込んでいない。",
            en=f"The login is said to be from {who.en}; pages also call API and other hosts in the background, so"
            " nothing was narrowed.",
        )
    return Text(
        ja=f"{who.ja}からの接続とされているが、アプリかブラウザかは分からないため絞り込んでいない。",
        en=f"The login is said to be from {who.en}; an app or a browser may have been used, so nothing was narrowed.",
    )


def client_leaves_nothing(kind: ClientKind) -> Text:
    """Return that narrowing by client would leave nothing at all."""
    who = _CLIENTS[kind]
    return Text(
        ja=f"{who.ja}からの接続とされているが、それに応じた役割のホストの観測がないため絞り込んでいない。",
        en=f"The login is said to be from {who.en}, but no host of a fitting role was observed, so nothing was"
        " narrowed.",
    )


def by_time(*, around: bool, unborn: Sequence[str]) -> Text:
    """Return that only what was observed around the login, or nearest to it, was kept.

    ``unborn`` are the hosts left out because nobody had observed them by then.
    """
    text = _by_time(around=around)
    if not unborn:
        return text
    return Text(
        ja=f"{text.ja}接続の時までに一度も観測されていないホスト（{'、'.join(unborn)}）の観測は用いていない。"
        "その時に存在しなかったことを示すものではない。",
        en=f"{text.en} Hosts that nobody had observed by the time of the login ({', '.join(unborn)}) are left out; this"
        " does not show that they did not exist.",
    )


def _by_time(*, around: bool) -> Text:
    if around:
        return Text(
            ja="ホストごとに、接続時を含む時期（最初の観測から最後の観測までの期間が重なり合って続く間）に観測されたアドレスに"
            "限り、接続時を含む時期のないホストでは直前と直後の観測によった。",
            en="For each host, only addresses of the time that the login falls in are kept, as long as the spans from"
            " first to last observation overlap; for a host without one, those observed just before and just after.",
        )
    return Text(
        ja="接続時を含む観測の期間がどのホストにもないため、ホストごとに直前と直後の観測によるアドレスに限った。",
        en="No host has a stretch of observations that the login falls in, so for each the addresses observed just"
        " before and just after are kept.",
    )


def nothing_left() -> Text:
    """Return that no address was left for the time to narrow."""
    return Text(
        ja="絞り込むべき観測が残っていない。",
        en="No observation was left to be narrowed.",
    )

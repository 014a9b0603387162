"""What ties an address to a platform: the offline tables, as screening, judging and weighing ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.destinations.screening import Tie
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import Network, Platform
    from ipattr.registry import Registry


class Ties:
    """Tells whose an address is, seen from a platform; each pair is looked at once."""

    def __init__(self, registry: Registry) -> None:
        """Take the facts."""
        self._registry = registry
        self._known: dict[tuple[str, str], Tie] = {}

    def __call__(self, platform: str, address: str) -> Tie:
        """Return the tie of ``address`` to ``platform`` (an id).

        What ties comes first: the platform's own blocks, a CDN's or its own AS, a kept shipped observation. Only then
        is an address somebody else's (``other``, ``unlisted``), and only where prefixes of an AS of the platform's own
        are listed: without them, or for a platform that is not on record, nothing can be told (``unscreened``). Its
        list of blocks alone is not enough, for nobody says that it is complete.
        """
        key = (platform, address)
        tie = self._known.get(key)
        if tie is None:
            tie = self._known[key] = self._find(self._registry.platforms.get(platform), address)
        return tie

    def _find(self, platform: Platform | None, address: str) -> Tie:
        version, number = to_number(address)
        special = self._registry.specials.find(version, number)
        if special is not None:
            return Tie("special", _special(special.prefix))
        network = self._registry.network(version, number)
        asns = tuple(origin.asn for origin in network.origins) if network is not None else ()
        if platform is None:
            return Tie("unscreened", _NO_PLATFORM, asns)
        block = self._registry.in_platform_block(platform.id, version, number)
        if block is not None:
            reason = Text(
                ja=f"{platform.name}のブロック {block.prefix}（{block.as_of}）にある。",
                en=f"It lies in {block.prefix}, a block of {platform.name} ({block.as_of}).",
            )
            return Tie("platform", reason, asns)
        tied = self._announced(platform, network, asns) if network is not None else None
        return tied or self._shipped(platform, address, asns) or self._untied(platform, network, asns)

    def _announced(self, platform: Platform, network: Network, asns: tuple[int, ...]) -> Tie | None:
        operator, listed = self._registry.cdn(asns), _listed(asns)
        if operator:
            reason = Text(
                ja=f"{operator}（{listed}）のアドレスで、多くのサイトが共用する。",
                en=f"It is announced by {operator} ({listed}) and shared by many sites.",
            )
            return Tie("shared", reason, asns)
        if set(asns) & set(platform.asns):
            reason = Text(
                ja=f"{platform.name}の{listed}が広報する {network.prefix} にある。",
                en=f"It lies in {network.prefix}, announced by {listed} of {platform.name}.",
            )
            return Tie("platform", reason, asns)
        return None

    def _shipped(self, platform: Platform, address: str, asns: tuple[int, ...]) -> Tie | None:
        for entry in self._registry.observations(platform.id):
            if entry.address == address and entry.status == "kept":
                reason = Text(
                    ja=f"収録の観測（{entry.id}、{entry.host}、{entry.first_seen}）にある。",
                    en=f"It stands in a shipped observation ({entry.id}, {entry.host}, {entry.first_seen}).",
                )
                return Tie("platform", reason, asns)
        return None

    def _untied(self, platform: Platform, network: Network | None, asns: tuple[int, ...]) -> Tie:
        if not any(self._registry.announces(asn) and not self._registry.cdn((asn,)) for asn in platform.asns):
            return Tie("unscreened", _unscreened(platform.name), asns)
        if network is None:
            return Tie("unlisted", _UNLISTED)
        listed, who = _listed(asns), self._registrant(asns)
        reason = Text(
            ja=f"{listed}（{who}）が広報する {network.prefix}（経路表は{network.as_of}）にあり、"
            f"{platform.name}とは結び付かない。",
            en=f"It lies in {network.prefix}, announced by {listed} ({who}; table of {network.as_of}),"
            f" which nothing ties to {platform.name}.",
        )
        return Tie("other", reason, asns)

    def _registrant(self, asns: tuple[int, ...]) -> str:
        found = [self._registry.registrant(asn) for asn in asns]
        return ", ".join(entry.organisation or entry.handle for entry in found if entry is not None) or "?"


_NO_PLATFORM = Text(
    ja="プラットフォームの収録がなく、結び付くかどうかは確かめられない。",
    en="The platform is not on record, so whether anything ties it to the address cannot be told.",
)
_UNLISTED = Text(
    ja="収録の経路表にないアドレスで、誰のものか分からない。登録機関に照会すれば分かる。",
    en="No listed prefix holds it, so whose it is stays unknown; the registry would tell.",
)


def _unscreened(name: str) -> Text:
    return Text(
        ja=f"{name}自身のASのプレフィックスの収録がなく、結び付くかどうかは確かめられない。",
        en=f"No prefix of an AS of {name}'s own is listed, so whether it is theirs cannot be told.",
    )


def _special(prefix: str) -> Text:
    return Text(
        ja=f"特殊用途の {prefix} にあり、公開のサーバーのアドレスではあり得ない。",
        en=f"It lies in {prefix}, which is special-purpose: no public server has it.",
    )


def _listed(asns: Iterable[int]) -> str:
    return ", ".join(f"AS{asn}" for asn in asns)

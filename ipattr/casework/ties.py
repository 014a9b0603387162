"""What ties an address to a platform: the offline tables, as screening and judging ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.destinations.screening import Tie
from ipattr.model import Text

if TYPE_CHECKING:
    from ipattr.model import Network, Platform
    from ipattr.registry import Registry


class Ties:
    """Tells whose an address is, seen from a platform; each pair is looked at once."""

    def __init__(self, registry: Registry) -> None:
        """Take the facts."""
        self._registry = registry
        self._known: dict[tuple[str, str], Tie] = {}

    def __call__(self, platform: str, address: str) -> Tie:
        """Return the tie of ``address`` to ``platform`` (an id); the platform's own blocks count before its AS."""
        key = (platform, address)
        tie = self._known.get(key)
        if tie is None:
            tie = self._known[key] = self._find(self._registry.platforms[platform], address)
        return tie

    def _find(self, platform: Platform, address: str) -> Tie:
        version, number = to_number(address)
        special = self._registry.specials.find(version, number)
        if special is not None:
            return Tie(
                owner="special",
                asn=(),
                reason=Text(
                    ja=f"特殊用途の {special.prefix} にあり、公開のサーバーのアドレスではあり得ない。",
                    en=f"It lies in {special.prefix}, which is special-purpose: no public server has it.",
                ),
            )
        block = self._registry.in_platform_block(platform.id, version, number)
        network = self._registry.network(version, number)
        asns = tuple(origin.asn for origin in network.origins) if network is not None else ()
        if block is not None:
            return Tie(
                owner="platform",
                asn=asns,
                reason=Text(
                    ja=f"{platform.name}のブロック {block.prefix}（{block.as_of}）にある。",
                    en=f"It lies in {block.prefix}, a block of {platform.name} ({block.as_of}).",
                ),
            )
        if network is None:
            return Tie(
                owner="unlisted",
                asn=(),
                reason=Text(
                    ja="収録の経路表にないアドレスで、誰のものか分からない。登録機関に照会すれば分かる。",
                    en="No listed prefix holds it, so whose it is stays unknown; the registry would tell.",
                ),
            )
        return self._announced(platform, network, asns)

    def _announced(self, platform: Platform, network: Network, asns: tuple[int, ...]) -> Tie:
        names = [entry for asn in asns for entry in self._registry.nonaccess_of(asn) if entry.category == "cdn"]
        listed = ", ".join(f"AS{asn}" for asn in asns)
        if names:
            operator = names[0].operator or names[0].name
            return Tie(
                owner="shared",
                asn=asns,
                reason=Text(
                    ja=f"{operator}（{listed}）のアドレスで、多くのサイトが共用する。",
                    en=f"It is announced by {operator} ({listed}) and shared by many sites.",
                ),
            )
        if set(asns) & set(platform.asns):
            return Tie(
                owner="platform",
                asn=asns,
                reason=Text(
                    ja=f"{platform.name}の{listed}が広報する {network.prefix} にある。",
                    en=f"It lies in {network.prefix}, announced by {listed} of {platform.name}.",
                ),
            )
        return Tie(
            owner="other",
            asn=asns,
            reason=Text(
                ja=f"{listed}（{self._registrant(asns)}）が広報する {network.prefix} にあり、"
                f"{platform.name}とは結び付かない。",
                en=f"It lies in {network.prefix}, announced by {listed} ({self._registrant(asns)}),"
                f" which nothing ties to {platform.name}.",
            ),
        )

    def _registrant(self, asns: tuple[int, ...]) -> str:
        found = [self._registry.registrant(asn) for asn in asns]
        return ", ".join(entry.organisation or entry.handle for entry in found if entry is not None) or "?"

"""ipwhois as a parser over our own bytes: its ``Net`` without a socket, a resolver, an opener or a proxy.

ipwhois 1.3.0 builds a DNS resolver (which reads the system's settings) and a URL opener (which reads the environment)
in ``Net.__init__``, and refuses special-purpose addresses there; a stored answer needs none of it.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from ipwhois.net import Net


@cache
def _stored_net() -> type[Net]:
    from ipwhois.net import Net

    class StoredNet(Net):  # type: ignore[misc]
        """A ``Net`` that knows one address and can reach nothing: whatever would ask a server raises RuntimeError."""

        def __init__(self, address: str) -> None:
            self.address = ip_address(address)
            self.address_str = str(self.address)
            self.version = self.address.version
            self.timeout = 0
            self.dns_zone = self.reversed = ""
            self.dns_resolver = self.opener = None

        def _refuse(self, *_arguments: object, **_named: object) -> NoReturn:
            message = "a stored answer is parsed; nothing is asked"
            raise RuntimeError(message)

        get_asn_dns = get_asn_verbose_dns = get_asn_whois = get_asn_http = get_asn_origin_whois = _refuse
        get_whois = get_http_json = get_http_raw = get_host = _refuse

    return StoredNet


def stored_net(address: str) -> Net:
    """Return an ``ipwhois.net.Net`` of ``address`` that never opens a socket; ValueError when it is no address."""
    return _stored_net()(address)

"""A zoo of name servers on loopback: Debian's nsd, unbound and knot over documentation zones, and some of our own.

A test imports the fixture and takes what it needs; each server starts when it is first named, and a test skips, saying
so, where its Debian package is missing::

    from dns_zoo import Zoo, zoo

    __all__ = ["zoo"]  # the fixture, found by its name

    def test_one(zoo: Zoo) -> None:
        zoo.unbound.udp, zoo.unbound.tls, zoo.unbound.https  # spellings of resolvers; zoo.roots: the CA's PEM
        zoo.nsd.auth
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import dns.rcode
import pytest
import trustme
from dns_cages import SERVER_NAME, Cages, Place, free_ports, program
from dns_oddities import Delay, Oddity, cut_short, garble, silence, with_rcode
from dns_signing import ANIMALS, SIGNED, sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Self

    from dns_oddities import Answer

__all__ = ["LAME", "SERVER_NAME", "ZONES", "Delay", "Oddity", "Place", "Zoo", "free_ports", "program", "zoo"]

ZONES: Final = ("platform.example", "social.example", "cdn.example", "wild.example")
LAME: Final = "lame.example"
"""A zone whose name server refuses it."""


class Zoo:
    """Name servers on loopback, each started when first named and stopped, by its own process id, by ``close``."""

    def __init__(self) -> None:
        """Make a folder of its own; nothing runs yet."""
        self._stack = contextlib.ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="zoo")))
        self._cages = Cages(self.folder)
        self._saying: dict[str, Place] = {}

    def __enter__(self) -> Self:
        """Return the zoo."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop every server."""
        self.close()

    def close(self) -> None:
        """Stop every server and remove the folder."""
        self._cages.close()
        self._stack.close()

    @cached_property
    def _authority(self) -> trustme.CA:
        return trustme.CA()

    @cached_property
    def roots(self) -> Path:
        """Return the PEM file of the authority that certified the zoo's servers."""
        path = self.folder / "roots.pem"
        self._authority.cert_pem.write_to_path(path)
        return path

    @cached_property
    def nsd(self) -> Place:
        """Return the authoritative server of ``ZONES`` and ``SIGNED``; it refuses any other zone."""
        return self._nsd("nsd")

    def _nsd(self, name: str, *, wildcard: str = "") -> Place:
        """Start nsd over the zones, with ``wildcard`` for the names of platform.example that are not there."""
        folder = self._cages.folder(name)
        for zone in ZONES:
            shutil.copy(ANIMALS / f"{zone}.zone", folder)
        for zone in SIGNED:
            shutil.copy(self.anchors.parent / f"{zone}.zone", folder)
        if wildcard:
            with (folder / "platform.example.zone").open("a", encoding="utf-8") as file:
                file.write(f"* 60 IN A {wildcard}\n")
        zones = "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{zone}.zone"\n' for zone in ZONES + SIGNED)
        return self._cages.start([program("nsd"), "-d", "-c"], folder, "nsd.conf", after=zones)

    @cached_property
    def anchors(self) -> Path:
        """Return the file of trust anchors for ``SIGNED``; beside it lie the zones, signed well or badly."""
        return sign(self._cages.folder("signed"), keygen=program("ldns-keygen"), signzone=program("ldns-signzone"))

    @cached_property
    def unbound(self) -> Place:
        """Return the honest resolver: recursive, validating, over UDP, TCP, DoT and DoH."""
        return self._unbound("unbound")

    @cached_property
    def second(self) -> Place:
        """Return another honest resolver."""
        return self._unbound("second")

    @cached_property
    def liar(self) -> Place:
        """Return the resolver that says 203.0.113.66 of all of platform.example, 203.0.113.99 of any other name."""
        return self._unbound(
            "liar",
            server='  local-zone: "platform.example." redirect\n'
            '  local-data: "platform.example. 60 IN A 203.0.113.66"\n'
            '  local-zone: "example." redirect\n'
            '  local-data: "example. 60 IN A 203.0.113.99"\n',
        )

    @cached_property
    def forger(self) -> Place:
        """Return the resolver that says 203.0.113.67 of www.platform.example, and is honest about any other name."""
        return self._unbound(
            "forger",
            server='  local-zone: "www.platform.example." redirect\n'
            '  local-data: "www.platform.example. 60 IN A 203.0.113.67"\n',
        )

    @cached_property
    def hijacker(self) -> Place:
        """Return the resolver that is honest about names of platform.example and says 203.0.113.99 of any other."""
        nsd = self._nsd("hijacked", wildcard="203.0.113.99")
        return self._unbound("hijacker", stubs={"platform.example": nsd.port})

    def saying(self, name: str, records: Mapping[str, Sequence[str]]) -> Place:
        """Return a resolver, started at the first call with this name, that knows these hosts by these addresses."""
        if name not in self._saying:
            self._saying[name] = self._unbound(name, server="".join(_known(records)))
        return self._saying[name]

    @cached_property
    def refuser(self) -> Place:
        """Return the resolver whose access list is closed: REFUSED, with EDE 18."""
        return self._unbound("refuser", access="refuse")

    @cached_property
    def subnets(self) -> Place:
        """Return the resolver that passes the client subnet on (RFC 7871); it knows knot's subnet.example as well."""
        extra = "  send-client-subnet: 127.0.0.1\n  client-subnet-always-forward: yes\n"
        return self._unbound(
            "subnets", server=extra, modules="subnetcache validator iterator", stubs={"subnet.example": self.knot.port}
        )

    @cached_property
    def silent(self) -> Place:
        """Return the server that never answers, over UDP or TCP."""
        return self._odd(silence)

    @cached_property
    def truncating(self) -> Place:
        """Return the server that sets TC over UDP and closes every TCP connection."""
        return self._odd(cut_short)

    @cached_property
    def garbling(self) -> Place:
        """Return the server whose answers bear the right id and are no messages."""
        return self._odd(garble)

    @cached_property
    def notimp(self) -> Place:
        """Return the server that answers NOTIMP."""
        return self._odd(with_rcode(dns.rcode.NOTIMP))

    @cached_property
    def closed(self) -> Place:
        """Return a place where nothing listens."""
        port, tls, https = free_ports(3)
        return Place(port=port, tls_port=tls, https_port=https)

    def delayed(self, place: Place, seconds: float) -> Place:
        """Return a server that gives the answers of another ``seconds`` after each question came (UDP and TCP)."""
        return Place(port=self._stack.enter_context(Delay(place.at, seconds=seconds)).port)

    def _odd(self, answer: Answer) -> Place:
        return Place(port=self._stack.enter_context(Oddity(answer)).port)

    @cached_property
    def knot(self) -> Place:
        """Return knot with geoip: www.subnet.example is 192.0.2.81 for 198.51.100.0/24, .82 for 203.0.113.0/24."""
        knotd = program("knotd")
        if not any(one for way in ("knot", "*/knot") for one in Path("/usr/lib").glob(f"{way}/modules-*/geoip.so")):
            pytest.skip("knot's geoip is not installed (.ci/debian knot-module-geoip)")
        folder = self._cages.folder("knot")
        for name in ("subnets.conf", "subnet.example.zone"):
            shutil.copy(ANIMALS / name, folder)
        return self._cages.start([knotd, "-c"], folder, "knot.conf")

    def _unbound(
        self,
        name: str,
        *,
        server: str = "",
        access: str = "allow",
        modules: str = "validator iterator",
        stubs: Mapping[str, int] | None = None,
    ) -> Place:
        folder = self._cages.folder(name)
        shutil.copy(ANIMALS / "root.zone", folder)
        certificate = self._authority.issue_cert(SERVER_NAME, "127.0.0.1")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        for number, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(folder / "chain.pem", append=number > 0)
        ports = dict.fromkeys((*ZONES, *SIGNED, LAME), self.nsd.port) | dict(stubs or {})
        after = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{at}\n' for zone, at in ports.items())
        server += f'  trust-anchor-file: "{self.anchors}"\n'
        values = {"name": name, "access": access, "modules": modules, "server": server}
        return self._cages.start([program("unbound"), "-d", "-c"], folder, "unbound.conf", values=values, after=after)


def _known(records: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for host, addresses in records.items():
        yield f'  local-zone: "{host}." static\n'
        for address in addresses:
            kind = "AAAA" if ":" in address else "A"
            yield f'  local-data: "{host}. 60 IN {kind} {address}"\n'


_OPEN: Final[list[Zoo]] = []


@pytest.fixture(scope="session")
def zoo() -> Iterator[Zoo]:
    """Return the zoo of this test process, one for all modules; its servers start when first named."""
    if _OPEN:
        yield _OPEN[0]
        return
    with Zoo() as found:
        _OPEN.append(found)
        yield found
        _OPEN.clear()

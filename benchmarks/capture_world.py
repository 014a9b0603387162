"""The name servers of ``capture.py``: nsd over zones made of the platforms' hosts, behind delays, all on loopback."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ipattr.sources.capturing.plan import host_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ipattr.model import Platform

ROOT = Path(__file__).resolve().parent.parent
DELAY = ROOT / "tests" / "dns_oddities.py"
BIG_EVERY = 10
"""One host in so many has more addresses than fit into a datagram: its answers come over TCP after TC."""
BIG = 90
_PATIENCE = 10.0


class Server(NamedTuple):
    """One delayed name server: its port, and the log of what came (monotonic seconds, carrier)."""

    port: int
    log: Path

    def came(self) -> list[float]:
        """Return when each message came, in order."""
        return sorted(float(line.split()[0]) for line in self.log.read_text("utf-8").splitlines())


def root_zone(platforms: Iterable[Platform]) -> str:
    """Return a root zone that holds every host of every profile: A, AAAA and HTTPS, some too large for a datagram."""
    names = dict.fromkeys(
        name for platform in platforms for host in platform.hosts if host.candidate and (name := host_name(host.name))
    )
    lines = [". 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60", ". 300 IN NS ns.invalid."]
    lines.append("ns.invalid. 300 IN A 127.0.0.1")
    for number, name in enumerate(names):
        count = BIG if number % BIG_EVERY == 0 else 2
        lines += [f"{name}. 300 IN A 198.18.{number}.{last}" for last in range(1, count + 1)]
        lines += [f"{name}. 300 IN AAAA 2001:db8::{number:x}", f"{name}. 300 IN HTTPS 1 . alpn=h2"]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def serving(folder: Path, platforms: Iterable[Platform], *, count: int, seconds: float) -> Iterator[list[Server]]:
    """Run nsd over the hosts and ``count`` servers that give its answers ``seconds`` late, each a process."""
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(_nsd(folder, root_zone(platforms)))
        yield [stack.enter_context(_delayed(folder, port, number, seconds)) for number in range(count)]


@contextlib.contextmanager
def _nsd(folder: Path, zone: str) -> Iterator[int]:
    program = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin:/sbin")
    if program is None:
        sys.exit("nsd is not installed")
    port = _free_port()
    (folder / "root").write_text(zone, "utf-8")
    (folder / "nsd.conf").write_text(
        f'server:\n  ip-address: 127.0.0.1\n  port: {port}\n  username: ""\n  chroot: ""\n  zonesdir: "{folder}"\n'
        f'  database: ""\n  pidfile: "{folder}/pid"\n  xfrdfile: "{folder}/xfrd"\n  zonelistfile: "{folder}/list"\n'
        f'  xfrdir: "{folder}"\n  logfile: "{folder}/log"\n  server-count: 1\n  tcp-count: 500\n  rrl-ratelimit: 0\n'
        'remote-control:\n  control-enable: no\nzone:\n  name: "."\n  zonefile: "root"\n'
    )
    process = subprocess.Popen([program, "-d", "-c", str(folder / "nsd.conf")])
    try:
        _await(lambda: _listens(port), process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def _delayed(folder: Path, port: int, number: int, seconds: float) -> Iterator[Server]:
    ready, log = folder / f"ready{number}", folder / f"seen{number}"
    command = [sys.executable, str(DELAY), f"127.0.0.1:{port}", "--seconds", str(seconds)]
    process = subprocess.Popen([*command, "--ready", str(ready), "--log", str(log)])
    try:
        _await(ready.exists, process)
        yield Server(json.loads(ready.read_text("utf-8"))["port"], log)
    finally:
        process.terminate()
        process.wait(10)


def _await(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if happened():
            return
        time.sleep(0.02)
    sys.exit("a name server did not start")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False


def _free_port() -> int:
    chance = random.SystemRandom()
    while True:
        port = chance.randint(20000, 32000)
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            stream.bind(("127.0.0.1", port))
            datagrams.bind(("127.0.0.1", port))
            return port

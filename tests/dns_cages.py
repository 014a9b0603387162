"""Where the zoo's servers live: a folder and free ports of loopback for each, started until it answers, ended by id."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

import dns.exception
import dns.message
import dns.query
import pytest
from dns_signing import ANIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PACKAGES: Final = {
    "nsd": "nsd",
    "unbound": "unbound",
    "knotd": "knot",
    "ldns-keygen": "ldnsutils",
    "ldns-signzone": "ldnsutils",
    "dig": "bind9-dnsutils",
    "kdig": "knot-dnsutils",
}
"""Program → the Debian package that has it; knot's geoip lies in ``knot-module-geoip``."""

SERVER_NAME: Final = "dns.zoo.example"
APPARMOR: Final = Path("/sys/module/apparmor/parameters/enabled")
KEEPER: Final = "127.0.0.2"
"""Where the zoo itself asks from: no access list is closed to it."""
STARTS: Final = 8
PATIENCE: Final = 20.0


def program(name: str) -> str:
    """Return the path of a program, or skip the test, naming the Debian package that has it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (.ci/debian {PACKAGES.get(name, name)})")
    return found


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one server listens on 127.0.0.1, in the spellings of resolvers; ``pid`` 0 is the test process itself."""

    port: int
    tls_port: int = 0
    https_port: int = 0
    pid: int = 0
    folder: Path | None = None

    @property
    def at(self) -> str:
        """Return ``address:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def udp(self) -> str:
        """Return the spelling for UDP, with TCP where an answer is truncated."""
        return f"udp://{self.at}"

    @property
    def tcp(self) -> str:
        """Return the spelling for TCP."""
        return f"tcp://{self.at}"

    @property
    def auth(self) -> str:
        """Return the spelling of an authoritative server, asked without RD."""
        return f"auth://{self.at}"

    @property
    def tls(self) -> str:
        """Return the spelling for DoT, with the name in the certificate."""
        return f"tls://127.0.0.1:{self.tls_port}#{SERVER_NAME}"

    @property
    def https(self) -> str:
        """Return the spelling for DoH, with the name in the certificate."""
        return f"https://127.0.0.1:{self.https_port}/dns-query#{SERVER_NAME}"

    def over(self, transport: str) -> str:
        """Return the spelling for ``udp``, ``tcp``, ``tls`` or ``https``."""
        return {"udp": self.udp, "tcp": self.tcp, "tls": self.tls, "https": self.https}[transport]


class Cages:
    """Servers that were started here, each with a folder of its own below ``folder``."""

    def __init__(self, folder: Path) -> None:
        """Start nothing yet."""
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def folder(self, name: str) -> Path:
        """Make the folder of one server."""
        folder = self._folder / name
        folder.mkdir()
        return folder

    def start(
        self,
        command: Sequence[str],
        folder: Path,
        template: str,
        *,
        values: Mapping[str, str] | None = None,
        after: str = "",
    ) -> Place:
        """Start one server; where it lost its ports to another, start it again on others."""
        text = Template((ANIMALS / template).read_text("utf-8"))
        command = [_unconfined(command[0], folder), *command[1:]]
        for _ in range(STARTS):
            port, tls, https = free_ports(3)
            token = secrets.token_hex(8)
            given = {"port": port, "tls": tls, "https": https, "token": token, "folder": folder, **(values or {})}
            path = folder / template
            path.write_text(text.substitute(given) + after, "utf-8")
            with (folder / "said").open("ab") as said:
                process = subprocess.Popen(
                    [*command, str(path)], cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    start_new_session=True,
                )  # fmt: skip
            self._processes.append(process)
            if _answers(process, port, token):
                return Place(port=port, tls_port=tls, https_port=https, pid=process.pid, folder=folder)
            _signal(process, signal.SIGTERM)
            _end(process)
            self._processes.remove(process)
        logs = "\n".join(p.read_text("utf-8", "replace") for n in ("said", "log") if (p := folder / n).exists())
        message = f"{command[0]} did not start: {logs}"
        raise RuntimeError(message)

    def close(self) -> None:
        """Ask every server for its end first, then wait for each."""
        for process in self._processes:
            _signal(process, signal.SIGTERM)
        for process in self._processes:
            _end(process)
        self._processes.clear()


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 free for UDP and TCP now, below those that outgoing connections are given."""
    chance = random.SystemRandom()
    found: list[int] = []
    while len(found) < count:
        port = chance.randint(20000, 32000)
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            stream.bind(("127.0.0.1", port))
            datagrams.bind(("127.0.0.1", port))
            if port not in found:
                found.append(port)
    return found


def _unconfined(path: str, folder: Path) -> str:
    """Return a copy of the program where AppArmor is on: a profile may keep the original to the system's folders."""
    if not APPARMOR.exists() or APPARMOR.read_text("ascii").strip() != "Y":
        return path
    return str(shutil.copy(path, folder))


def _answers(process: subprocess.Popen[bytes], port: int, token: str) -> bool:
    """Wait until the server says the token that it alone was given (RFC 4892), or ended."""
    question = dns.message.make_query("id.server", "TXT", "CH")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, dns.exception.DNSException):
            said = dns.query.udp(question, "127.0.0.1", timeout=0.1, port=port, source=KEEPER)
            return token in said.to_text()  # if not, another server has the port
    return False


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the process group that was made for this server; once it has ended, its id may be another's."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait(5)

"""Every registry of ``data/registries`` on loopback at once, and the command line run against them as people run it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import dns.message
import dns.rrset
from loopback_data import data_on_loopback
from servers import Authority, RdapServer, WhoisServer

from ipattr.registry import open_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

ROOT = Path(__file__).resolve().parent.parent
OFFLINE = ROOT / "tests" / "offline"
AS_OF = "2026-11-21"

APNIC = [
    {
        "first": "1.66.0.0", "last": "1.66.127.255", "name": "NTTDOCOMO", "org": "NTT DOCOMO, INC.",
        "events": {"registration": "2010-01-01T00:00:00Z", "last changed": "2026-10-01T00:00:00Z"},
    },
    {"first": "126.0.0.0", "last": "126.255.255.255", "name": "BBTEC", "org": "SoftBank Corp.",
     "events": {"registration": "2005-01-01T00:00:00Z"}},
    {"first": "153.240.0.0", "last": "153.243.255.255", "name": "OCN-JPNIC-JP",
     "org": "Japan Network Information Center",
     "events": {"registration": "2011-01-01T00:00:00Z"}},
    {"first": "49.96.0.0", "last": "49.111.255.255", "name": "MAPS", "org": "NTT DOCOMO, INC."},
    {"first": "240b:10::", "last": "240b:1f:ffff:ffff:ffff:ffff:ffff:ffff", "name": "JPNE", "org": "JPNE"},
]  # fmt: skip
MIRROR = [{"first": "153.240.0.0", "last": "153.243.255.255", "name": "OCN", "org": "NTT Communications"}]
RIPE = [{"first": "5.157.128.0", "last": "5.157.159.255", "name": "VPN", "org": "Some VPN", "country": "SE"}]
ARIN = [{"first": "104.16.0.0", "last": "104.31.255.255", "name": "CLOUDFLARENET", "org": "Cloudflare, Inc."}]

PUBLIC = {
    "1.66.100.45": "2026-08-01T00:00:00Z",
    "1.66.100.46": "2026-11-01T00:00:00Z",
    "126.33.123.45": "2026-08-02T01:00:00Z",
    "153.240.123.45": "2026-08-03T02:00:00Z",
    "240b:10:1234:5600::45": "2026-08-04T03:00:00Z",
    "5.157.157.45": "2026-08-05T04:00:00Z",
    "104.28.123.45": "2026-08-06T05:00:00Z",
}
SPECIAL = ("10.223.45.67", "100.64.1.2", "fd00:12:34::9", "192.0.2.7", "2001:db8::7", "169.254.169.254", "127.0.0.1")
MAPPED = {"::ffff:49.96.45.67": "49.96.45.67"}

JPNIC = """\
Network Information: [ネットワーク情報]
a. [IPネットワークアドレス]     {block}
b. [ネットワーク名]             REIJI-NET
f. [組織名]                     株式会社例示通信
g. [Organization]               Reiji Communications
[割当年月日]                    2019/04/01
[返却年月日]
[最終更新]                      2024/12/31 23:59:58(JST)

上位情報
----------
株式会社上位通信 (Joui Communications Inc.)
                     [割り振り]                                 {parent}

下位情報
----------
該当するデータがありません。
"""


def _sixteen(address: str) -> str:
    return ".".join(address.split(".")[:2]) + ".0.0"


def jpnic(line: str) -> bytes:
    """Answer as JPNIC about IPv4: the /26 that holds the address, and nothing about the rest."""
    if ":" in line:
        return "No match!!\r\n".encode("iso2022_jp")
    network, host = line.partition("/")[0].rsplit(".", 1)
    text = JPNIC.format(block=f"{network}.{int(host) // 64 * 64}/26", parent=f"{_sixteen(line)}/16")
    return text.replace("\n", "\r\n").encode("iso2022_jp")


def rpsl(line: str) -> bytes:
    """Answer as an RPSL registry about IPv4: the /16 that holds the address."""
    if ":" in line:
        return b"%ERROR:101: no entries found\n"
    first = _sixteen(line)
    return (
        f"inetnum:        {first} - {first.removesuffix('.0.0')}.255.255\nnetname:        EXAMPLE\n"
        "descr:          Example Net\ncountry:        JP\nstatus:         ALLOCATED PORTABLE\nsource:         APNIC\n"
    ).encode()


def arin(line: str) -> bytes:
    """Answer as ARIN: nothing is known."""
    return f"#\n\nNo match found for {line}.\n".encode()


def cymru(line: str) -> bytes:
    """Answer as the routing service."""
    address = line.rsplit(maxsplit=1)[-1]
    head = "AS      | IP | BGP Prefix | CC | Registry | Allocated  | AS Name\n"
    if ":" in address:
        return f"{head}NA      | {address} | NA | JP | apnic | 2007-01-01 | NA\n".encode()
    return f"{head}64500   | {address} | {_sixteen(address)}/16 | JP | apnic | 2000-03-08 | EXAMPLE, JP\n".encode()


class NameServer:
    """A resolver on loopback (UDP): every reverse name leads to ``host.example.``; ``seen`` are the names asked."""

    def __init__(self) -> None:
        """Bind a port."""
        import socket

        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.seen: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Answer."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, sender = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            name = query.question[0].name
            self.seen.append((0.0, name.to_text(omit_final_dot=True)))
            answer = dns.message.make_response(query)
            answer.answer.append(dns.rrset.from_text(name, 300, "IN", "PTR", "host.example."))
            self._socket.sendto(answer.to_wire(), sender)


class Done(NamedTuple):
    """How a command ended that ran in this process."""

    code: int
    out: bytes
    said: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        """Return what was printed, as JSON."""
        return json.loads(self.out)


class Sent(NamedTuple):
    """One request as a server saw it, a plan announced it, or the journal noted it."""

    server: str
    words: str


class World:
    """All servers, the data that leads to them, and the certificate authority they stand under."""

    def __init__(self, folder: Path) -> None:
        """Start every server in ``folder``'s name; ``close`` stops them."""
        self.folder = folder
        self.authority = Authority(folder)
        self._stack = ExitStack()
        rdap = {"rdap-apnic": APNIC, "rdap-jpnic": MIRROR, "rdap-ripe": RIPE, "rdap-arin": ARIN}
        lines = {
            "whois-jpnic": jpnic, "whois-apnic": rpsl, "whois-ripe": rpsl, "whois-arin": arin, "origin-cymru": cymru,
        }  # fmt: skip
        self.servers: dict[str, RdapServer | WhoisServer | NameServer] = {}
        for name, blocks in rdap.items():
            self.servers[name] = self._stack.enter_context(RdapServer(blocks, authority=self.authority))
        for name, answers in lines.items():
            self.servers[name] = self._stack.enter_context(WhoisServer(answers))
        self.servers["resolver"] = self._stack.enter_context(NameServer())
        self.data = data_on_loopback(folder / "data", {name: server.port for name, server in self.servers.items()})
        self.cache = folder / "cache"
        open_registry(self.data, cache=self.cache / "ipattr")
        self.forget()

    def close(self) -> None:
        """Stop every server."""
        self._stack.close()

    def forget(self) -> None:
        """Forget what was seen."""
        for server in self.servers.values():
            server.seen.clear()

    @property
    def seen(self) -> list[Sent]:
        """Return every request that any server saw, in the words of the plan."""
        found = []
        for name, server in self.servers.items():
            base = server.url if isinstance(server, RdapServer) else ""
            found += [Sent(name, base + words) for _, words in server.seen]
        return found

    def environment(self, **extra: str) -> dict[str, str]:
        """Return a small environment in which these servers are trusted."""
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START") if name in os.environ
        }
        ours = {
            "LC_ALL": "C.UTF-8",
            "SSL_CERT_FILE": str(self.authority.path),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        return kept | ours | extra

    @contextmanager
    def surroundings(self, **extra: str) -> Iterator[None]:
        """Give this process the environment that ``run`` gives to one of its own."""
        with mock.patch.dict(os.environ, self.environment(**extra), clear=True):
            yield

    def run(
        self,
        *arguments: str,
        cwd: Path,
        stdin: bytes = b"",
        umask: int = -1,
        user: int | None = None,
        **extra: str,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``ipattr`` as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "ipattr", *arguments],
            capture_output=True,
            check=False,
            cwd=cwd,
            env=self.environment(**extra),
            input=stdin,
            umask=umask,
            user=user,
            timeout=120,
        )

    def call(self, *arguments: str, stdin: bytes = b"", lang: str = "en") -> Done:
        """Run ``ipattr`` in this process, with streams and an environment of its own."""
        out, said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with (
            self.surroundings(LC_ALL="ja_JP.UTF-8" if lang == "ja" else "C.UTF-8"),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
            redirect_stdout(out),
            redirect_stderr(said),
        ):
            from ipattr.cli import main, page

            with mock.patch.object(page, "LANG", lang):
                code = main(list(arguments))
        out.flush()
        said.flush()
        return Done(code, out.buffer.getvalue(), said.buffer.getvalue().decode())

    def dead(self, folder: Path) -> Path:
        """Return data whose servers all stand on a dead port."""
        return data_on_loopback(folder, {})


def planned(document: Mapping[str, Any]) -> tuple[set[Sent], set[Sent]]:
    """Return what a plan (JSON) announces: what always leaves, and what leaves on a condition."""
    always, perhaps = set(), set()
    for query in document["queries"]:
        request = query["request"]
        sent = Sent(request["server"], request.get("payload") or request["endpoint"])
        (always if query.get("condition", "always") == "always" else perhaps).add(sent)
    return always, perhaps


def journalled(lines: Sequence[Mapping[str, Any]]) -> Counter[Sent]:
    """Return what the egress journal (JSON) notes."""
    payloads = [json.loads(line["payload"]) for line in lines]
    return Counter(Sent(payload["server"], payload["request"]) for payload in payloads)


def write_log(path: Path, rows: Mapping[str, str] | None = None) -> Path:
    """Write a log of one login per address."""
    rows = PUBLIC if rows is None else rows
    path.write_text("time,ip\n" + "".join(f"{at},{address}\n" for address, at in rows.items()), encoding="utf-8")
    return path


_SIX = re.compile(rb"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def addresses_in(data: bytes, wanted: Sequence[str]) -> set[str]:
    """Return which addresses stand in the bytes: IPv4 dotted, IPv6 in any textual form."""
    import ipaddress

    found = {address for address in wanted if "." in address and ":" not in address and address.encode() in data}
    six = {ipaddress.ip_address(address): address for address in wanted if ":" in address}
    for token in set(_SIX.findall(data)):
        try:
            at = ipaddress.ip_address(token.decode().strip("."))
        except ValueError:
            continue
        if at in six:
            found.add(six[at])
    return found

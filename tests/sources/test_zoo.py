"""A zoo of misbehaving servers: each comes to one known end in time, and nobody beside it notices."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category
from urllib.parse import quote, unquote

import pytest
from menagerie import ASKED, Animal, Behaviour, animals
from servers import Authority, RdapServer, TcpServer

from ipattr.model import Exchange, Hop, Question, Request
from ipattr.sources.live import live
from ipattr.sources.reading import read_reply

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

    from ipattr.sources.interface import Answered, Transport

SECONDS = 1.5
SLACK = 1.0
LIMIT = 2 << 20
MEMORY = 64 << 20
HEALTHY = {"first": "203.0.113.0", "last": "203.0.113.255", "handle": "HEALTHY", "org": "Example K.K."}


@dataclass(kw_only=True)
class Visit:
    """One exchange as it went: the animal, the answer, how long it took, and the hops that were announced."""

    animal: Animal
    request: Request
    answered: Answered | None = None
    seconds: float = 0.0
    announced: list[Hop] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Zoo:
    """The running servers: a request for each animal, the healthy server, and the trap nobody may step into."""

    visits: tuple[Visit, ...]
    healthy: RdapServer
    friend: RdapServer
    trap: TcpServer


def now() -> datetime:
    return datetime.now(UTC)


async def ignore(_hop: Hop) -> None:
    """Take note of nothing."""


def asking(endpoint: str, *allowed: str, whois: bool = False) -> Request:
    kind = ("whois", "whois") if whois else ("rdap", "rdap")
    return Request(
        question=Question(source=kind[0], kind="ip", subject=ASKED),  # type: ignore[arg-type]
        server="zoo",
        protocol=kind[1],  # type: ignore[arg-type]
        endpoint=endpoint,
        payload="",
        allowed=allowed,
        limit=LIMIT,
    )


def keeper(behaviours: Mapping[str, Behaviour], name_of: Callable[[bytes], str]) -> Behaviour:
    """Return a handler that reads the request and lets the animal it names behave."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n") if name_of is named_in_path else await reader.readuntil(b"\r\n")
        await behaviours[name_of(head)](reader, writer)

    return handle


def named_in_path(head: bytes) -> str:
    return unquote(head.split(b" ", 2)[1].decode("ascii").partition("?")[0].lstrip("/"))


def named_in_line(line: bytes) -> str:
    return line.decode("ascii").strip()


def doors(authority: Authority, stranger: Authority) -> dict[str, ssl.SSLContext]:
    """Return TLS servers that cannot be trusted, or not be talked to."""
    return {
        "bears a certificate of another authority": stranger.context,
        "bears a certificate that has expired": authority.issue("127.0.0.1", until=now() - timedelta(days=1)),
        "bears the certificate of another name": authority.issue("rdap.example"),
        "bears the certificate of another address": authority.issue("127.0.0.2"),
    }


@pytest.fixture
def zoo(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zoo]:
    """Open the zoo."""
    authority.trust(monkeypatch)
    https: dict[str, Behaviour] = {}
    whois: dict[str, Behaviour] = {}
    with ExitStack() as stack:
        enter = stack.enter_context
        friend = enter(RdapServer([HEALTHY], authority=authority))
        healthy = enter(RdapServer([HEALTHY], authority=authority))
        trap = enter(TcpServer(_snap))
        web = enter(TcpServer(keeper(https, named_in_path), tls=authority.context))
        lines = enter(TcpServer(keeper(whois, named_in_line)))
        visits: list[Visit] = []
        for animal in animals(own=web.place, friend=friend.place, trap=trap.port):
            allowed = (web.place, friend.place)
            if animal.door == "https":
                https[animal.name] = animal.behave
                request = asking(f"https://{web.place}/{quote(animal.name)}", *allowed)
            elif animal.door == "whois":
                whois[animal.name] = animal.behave
                request = _line(asking(lines.place, lines.place, whois=True), animal.name)
            else:
                bare = enter(TcpServer(animal.behave))
                request = asking(f"https://{bare.place}/ip/{ASKED}", bare.place)
            visits.append(Visit(animal=animal, request=request))
        for name, context in doors(authority, Authority(tmp_path)).items():
            server = enter(TcpServer(_snap, tls=context))
            animal = Animal(name=name, door="tcp", behave=_snap, delivery="tls-failed", status="tls-failed")
            visits.append(Visit(animal=animal, request=asking(f"https://{server.place}/ip/{ASKED}", server.place)))
        with TcpServer(_snap) as closed:
            gone = closed.place
        animal = Animal(name="is not there", door="tcp", behave=_snap, delivery="unreachable", status="unreachable")
        visits.append(Visit(animal=animal, request=asking(f"https://{gone}/ip/{ASKED}", gone)))
        visits.append(Visit(animal=animal, request=_line(asking(gone, gone, whois=True), ASKED)))
        yield Zoo(visits=tuple(visits), healthy=healthy, friend=friend, trap=trap)


async def _snap(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _line(request: Request, payload: str) -> Request:
    import msgspec

    return msgspec.structs.replace(request, payload=payload)


async def _visit(transport: Transport, visit: Visit) -> None:
    async def announce(hop: Hop) -> None:
        visit.announced.append(hop)

    begun = time.monotonic()
    visit.answered = await transport.fetch(visit.request, seconds=SECONDS, leaving=announce)
    visit.seconds = time.monotonic() - begun


async def _tour(zoo: Zoo) -> list[tuple[float, Answered]]:
    """Visit every animal at once, asking the healthy server all the while; return its answers with their times."""
    transport = live(clock=now, tool_version="0")
    prompt: list[tuple[float, Answered]] = []
    request = asking(f"{zoo.healthy.url}ip/{ASKED}", zoo.healthy.place)
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(_visit(transport, visit)) for visit in zoo.visits]
            while not all(task.done() for task in running):
                begun = time.monotonic()
                answered = await transport.fetch(request, seconds=SECONDS, leaving=ignore)
                prompt.append((time.monotonic() - begun, answered))
                await asyncio.sleep(0.05)
    finally:
        await transport.close()
    return prompt


def test_every_misbehaving_server_comes_to_its_known_end_in_time_and_nobody_beside_it_notices(
    zoo: Zoo, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = asyncio.run(_tour(zoo))
    faults = [fault for visit in zoo.visits for fault in _faults(visit)]
    assert not faults, "\n".join(faults)
    assert len(zoo.visits) >= 70
    assert zoo.trap.connections == 0
    assert len(zoo.friend.seen) == 2
    assert len(prompt) >= 10
    assert {answered.exchange.delivery for _, answered in prompt} == {"complete"}
    assert len({answered.body for _, answered in prompt}) == 1
    assert max(seconds for seconds, _ in prompt) < 1.5
    ours = [record for record in caplog.records if record.thread == threading.get_ident()]
    assert not ours, [record.getMessage() for record in ours]


def _faults(visit: Visit) -> Iterator[str]:
    """Yield what is wrong with one visit."""
    assert visit.answered is not None
    exchange, name = visit.answered.exchange, visit.animal.name
    if exchange.delivery != visit.animal.delivery:
        yield f"{name}: {exchange.delivery} for {visit.animal.delivery} ({exchange.reason}) {exchange.status_code}"
    if (exchange.delivery != "complete") and exchange.reason is None:
        yield f"{name}: no reason"
    if visit.seconds > SECONDS + SLACK:
        yield f"{name}: {visit.seconds:.1f} s"
    if len(visit.answered.body) != exchange.size or exchange.size > visit.request.limit:
        yield f"{name}: {exchange.size} bytes"
    announced = [(hop.request, hop.server) for hop in visit.announced]
    if announced != [(hop.request, hop.server) for hop in exchange.hops] or not announced:
        yield f"{name}: announced {announced}"
    if any(place not in visit.request.allowed for place in (hop.connected_to for hop in exchange.hops) if place):
        yield f"{name}: outside the list"
    if exchange.reason is not None and any(not char.isprintable() for char in exchange.reason.ja + exchange.reason.en):
        yield f"{name}: bytes of the server in {exchange.reason}"


def test_every_answer_of_the_zoo_is_read_as_what_it_is(zoo: Zoo) -> None:
    asyncio.run(_tour(zoo))
    faults = []
    for visit in zoo.visits:
        assert visit.answered is not None
        reply = read_reply(visit.answered.exchange, visit.answered.body)
        if reply.status != visit.animal.status:
            faults.append(f"{visit.animal.name}: {reply.status} for {visit.animal.status} ({reply.reason})")
        if reply.status != "found" and reply.reason is None:
            faults.append(f"{visit.animal.name}: no reason for {reply.status}")
        if any(category(char) == "Cc" and char not in "\n\t" for char in reply.text):
            faults.append(f"{visit.animal.name}: control characters in the text")
    assert not faults, "\n".join(faults)


GLUTTON = """
import asyncio, json, pathlib, re, sys
import msgspec
from datetime import UTC, datetime
from ipattr.model import Request
from ipattr.sources.live import live
from ipattr.sources.reading import read_reply

async def ignore(hop): ...

def peak():  # not ru_maxrss: that one is inherited from whoever started us
    return int(re.search(r"VmHWM:\\s+([0-9]+)", pathlib.Path("/proc/self/status").read_text())[1]) * 1024

async def main():
    requests = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[Request, ...])
    transport = live(clock=lambda: datetime.now(UTC), tool_version="0")
    first, *others = requests
    async def fetch(request):
        answered = await transport.fetch(request, seconds=5.0, leaving=ignore)
        status = read_reply(answered.exchange, answered.body).status
        return answered.exchange.delivery, status
    await fetch(first)
    before = peak()
    found = await asyncio.gather(*map(fetch, others))
    after = peak()
    await transport.close()
    print(json.dumps({"grown": after - before, "found": found}))

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell the peak of a process")
def test_the_biggest_answers_fit_into_little_memory(zoo: Zoo, authority: Authority, root: Path) -> None:
    healthy, *big = [visit for visit in zoo.visits if visit.animal.big or visit.animal.name == "answers as it should"]
    child = subprocess.run(
        [sys.executable, "-c", GLUTTON],
        input=json.dumps([_plain(visit.request) | {"limit": 4 << 20} for visit in (healthy, *big)]).encode(),
        capture_output=True,
        timeout=60,
        check=False,
        cwd=root,
        env=os.environ | {"SSL_CERT_FILE": str(authority.path)},
    )
    assert child.returncode == 0, child.stderr.decode()
    result = json.loads(child.stdout)
    assert len(big) >= 7
    assert result["found"] == [[visit.animal.delivery, visit.animal.status] for visit in big]
    assert result["grown"] < MEMORY


def _plain(request: Request) -> dict[str, object]:
    import msgspec

    found: dict[str, object] = msgspec.to_builtins(request)
    return found


def test_an_exchange_of_the_zoo_survives_as_evidence(zoo: Zoo, tmp_path: Path) -> None:
    from ipattr.sources.evidence import evidence_names, read_evidence, write_evidence

    asyncio.run(_tour(zoo))
    kept = {}
    for number, visit in enumerate(zoo.visits):
        assert visit.answered is not None
        write_evidence(tmp_path, f"{number:06d}", visit.answered)
        kept[f"{number:06d}"] = visit.answered
    assert evidence_names(tmp_path) == tuple(kept)
    for name, answered in kept.items():
        assert isinstance(answered.exchange, Exchange)
        assert read_evidence(tmp_path, name) == answered

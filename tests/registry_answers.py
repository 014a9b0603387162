"""Registry answers made by hand, on documentation addresses, as the readers of ``ipattr.sources`` return them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ipattr.addresses import prefix_range, to_text
from ipattr.coverage import Coverage
from ipattr.model import (
    Answer,
    AsClaim,
    Entity,
    EntityName,
    Exchange,
    Field,
    HeldBack,
    HistoryRecord,
    HolderName,
    Hop,
    Inquiry,
    NonAccess,
    Platform,
    Provider,
    Question,
    RegisteredNetwork,
    RegistryEvent,
    RegistryServer,
    Reply,
    RouteOrigin,
    Text,
    Unanswered,
)
from ipattr.registration import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

HOSTS = {
    "apnic": ("rdap", "rdap.apnic.example"),
    "mirror": ("rdap", "mirror.example"),
    "jpnic": ("jpnic", "whois.jpnic.example"),
    "whois": ("whois", "whois.apnic.example"),
    "routes": ("origin", "routes.example"),
    "resolver": ("ptr", "resolver.example"),
}
LAYOUTS = {"rdap": "rdap", "jpnic": "jpnic-assignment", "whois": "rpsl"}
RECEIVED = datetime(2026, 11, 20, 3, tzinfo=UTC)


def both(text: str) -> Text:
    """Return one text as both languages."""
    return Text(ja=text, en=text)


def moment(text: str) -> datetime:
    """Return an instant written in ISO 8601 with ``Z``."""
    return datetime.fromisoformat(text)


def event(action: str, text: str) -> RegistryEvent:
    """Return an event: an instant, a day, or a text that cannot be read."""
    field = Field(value=text, at=f"/{action}")
    if "T" in text:
        return RegistryEvent(action=action, text=field, instant=moment(text))
    try:
        return RegistryEvent(action=action, text=field, day=date.fromisoformat(text))
    except ValueError:
        return RegistryEvent(action=action, text=field)


def holder(text: str) -> HolderName:
    """Return a holder's name with its language."""
    return HolderName(text=text, lang="en" if text.isascii() else "ja", rule="registrant", at="/entities/0")


def network(
    block: str,
    *names: str,
    source: str = "rdap",
    refers_to: str = "",
    events: Sequence[tuple[str, str]] = (),
    leaf: bool = False,
) -> RegisteredNetwork:
    """Return a registered block; ``leaf`` when it says that it holds nothing more specific."""
    version, first, last = prefix_range(block)
    return RegisteredNetwork(
        first=to_text(version, first),
        last=to_text(version, last),
        version=version,  # type: ignore[arg-type]  # 4 or 6
        cidrs=(block,),
        layout=LAYOUTS[source],  # type: ignore[arg-type]  # one of the layouts
        registry="JPNIC" if source == "jpnic" else "APNIC",
        handle=Field(value=f"{block} handle", at="/handle"),
        name=Field(value="EXAMPLE-NET", at="/name"),
        country=Field(value="JP", at="/country"),
        holders=tuple(map(holder, names)),
        refers_to=refers_to,
        events=tuple(event(action, text) for action, text in events),
        more_specific=() if leaf else None,
    )


def answer(
    server: str,
    subject: str,
    reply: Reply,
    *,
    kind: str = "ip",
    received: datetime = RECEIVED,
) -> Answer:
    """Return a kept answer of one of ``HOSTS``; its name follows from what it says."""
    source, host = HOSTS[server]
    digest = hashlib.sha256(f"{server} {kind} {subject} {received} {reply!r}".encode()).hexdigest()
    exchange = Exchange(
        question=Question(source=source, kind=kind, subject=subject),  # type: ignore[arg-type]  # known words
        server=f"{server}-id",
        protocol="whois" if source in {"jpnic", "whois"} else "rdap",
        endpoint=f"{host}:43",
        hops=(Hop(request=subject, server=f"{host}:43", sent=received),),
        sent=received,
        received=received,
        delivery="complete",
        size=1,
        sha256=digest,
        tool_version="0.1.0",
    )
    return Answer(name=f"000001-{digest[:12]}", exchange=exchange, reply=reply)


def found(
    server: str,
    subject: str,
    block: str,
    *names: str,
    refers_to: str = "",
    events: Sequence[tuple[str, str]] = (),
    leaf: bool = False,
    received: datetime = RECEIVED,
) -> Answer:
    """Return an answer that names a block."""
    source = HOSTS[server][0]
    named = network(block, *names, source=source, refers_to=refers_to, events=events, leaf=leaf)
    return answer(server, subject, Reply(status="found", network=named), received=received)


def missing(server: str, subject: str) -> Answer:
    """Return an answer "not here"."""
    return answer(server, subject, Reply(status="not-found", reason=both("no match")))


def past(subject: str, *records: tuple[str, str, str, str], server: str = "apnic") -> Answer:
    """Return a history: (since, until or empty, block, holder or empty) per record."""
    history = tuple(
        HistoryRecord(
            since=moment(since),
            until=moment(until) if until else None,
            at=f"/records/{index}",
            network=network(block, *filter(None, [name])),
        )
        for index, (since, until, block, name) in enumerate(records)
    )
    return answer(server, subject, Reply(status="found", history=history), kind="history")


def routed(subject: str, prefix: str, *asns: int) -> Answer:
    """Return a routing answer."""
    origins = tuple(RouteOrigin(prefix=prefix, asn=asn, at="line:1") for asn in asns)
    return answer("routes", subject, Reply(status="found", origins=origins), kind="origin")


def named(subject: str, name: str) -> Answer:
    """Return a reverse name."""
    return answer("resolver", subject, Reply(status="found", names=(Field(value=name, at="answer:0"),)), kind="ptr")


def unanswered(subject: str, reason: str = "時間切れ") -> Unanswered:
    """Return a planned query without an answer."""
    return Unanswered(
        question=Question(source="rdap", kind="ip", subject=subject),
        server="apnic-id",
        status="timed-out",
        reason=Text(ja=reason, en="timed out"),
    )


def held(address: str) -> HeldBack:
    """Return an address that is never sent."""
    return HeldBack(address=address, source="rdap", code="IPA860", reason=both("special-purpose, never sent"))


def asked(
    *answers: Answer,
    mode: str = "exact",
    open_: Sequence[Unanswered] = (),
    held_back: Sequence[HeldBack] = (),
) -> Asked:
    """Return an inquiry that brought ``answers``."""
    times = sorted(one.exchange.received for one in answers)
    inquiry = Inquiry(
        mode=mode,  # type: ignore[arg-type]  # one of the modes
        probe="address",
        sources=("rdap", "jpnic"),
        asked_from=times[0] if times else None,
        asked_until=times[-1] if times else None,
        answers=len(answers),
        unanswered=tuple(open_),
        planned=len(answers) + len(open_),
        sent=len(answers),
        journal_head="5e" * 32,
        case_title="令和8年(ヨ)第1号",
    )
    return Asked(
        coverage=Coverage(answers),
        mode=inquiry.mode,
        inquiry=inquiry,
        held_back=tuple(held_back),
    )


def provider(name: str, ja: str, en: str, *names: tuple[str, str, str]) -> Provider:
    """Return a provider with its present names and (text, since, until) of others."""
    return Provider(
        id=name,
        brands=(en,),
        access="fixed-isp",
        sources=("S1",),
        confidence_as="high",
        confidence_ptr="none",
        entity=Entity(
            ja=ja,
            en=en,
            confidence="high",
            names=tuple(EntityName(text=text, since=since, until=until) for text, since, until in names),
        ),
        asns=(AsClaim(number=64500, role="own"),),
    )


def server(name: str, *, mirrors: str = "") -> RegistryServer:
    """Return a server that may be asked."""
    source, host = HOSTS[name]
    return RegistryServer(
        id=f"{name}-id",
        source=source,  # type: ignore[arg-type]  # one of the sources
        protocol="rdap",
        host=host,
        port=43,
        operator="invented",
        country="JP",
        mirrors=mirrors,
        per_second=1,
        burst=1,
        concurrent=1,
        basis=both("invented"),
        terms=both("invented"),
        sources=("S1",),
        confidence="high",
    )


class Tables:
    """The tables that registration reads, in small: invented parties and servers."""

    def __init__(self) -> None:
        """Fill them."""
        self.providers = {
            one.id: one
            for one in (
                provider(
                    "alpha",
                    "アルファ株式会社",
                    "Alpha, Inc.",
                    ("アルファ株式会社", "2020-07-01", ""),
                    ("旧アルファ株式会社", "2001", "2020-07-01"),
                    ("ベータ株式会社", "", ""),
                ),
                provider("beta", "ベータ株式会社", "Beta K.K."),
                provider("delta", "合同会社Delta", "Delta Inc.", ("株式会社Delta", "", "2018")),
                provider("gamma", "合同会社ガンマ", "Gamma LLC", ("株式会社ガンマ", "", "2018")),
            )
        }
        self.nonaccess = {
            "tunnel": NonAccess(
                id="tunnel",
                name="Tunnel VPN",
                category="vpn",
                operator="Tunnel S.A. / Tunnel Ltd (旧 Burrow Ltd)",
                meaning=both("exit"),
                next_step=both("ask"),
                sources=("S1",),
                confidence="high",
            )
        }
        self.platforms = {
            "x": Platform(
                id="x",
                name="X",
                operator_ja="エックス合同会社",
                operator_en="X Corp.",
                sources=("S1",),
                confidence="high",
            )
        }
        self.servers = {
            one.id: one for one in (*map(server, ("apnic", "jpnic", "whois")), server("mirror", mirrors="apnic-id"))
        }

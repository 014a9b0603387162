"""One registry answer for people (its block, holders, dates, entities and where it came from) and for programs."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.errors import UsageError
from ipattr.model import Text
from ipattr.renderers.layout import Line, block, inert, paragraph, width
from ipattr.renderers.view import clock
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ipattr.model import (
        Answer,
        Exchange,
        Field,
        HistoryRecord,
        HolderName,
        Question,
        RegisteredAutnum,
        RegisteredNetwork,
        RegistryEntity,
        RegistryEvent,
        Reply,
        RouteOrigin,
    )
    from ipattr.renderers.layout import Tone

STATUS: dict[str, Text] = {
    "found": Text(ja="登録あり", en="found"),
    "not-found": Text(ja="この照会先に登録なし(未割当とは限らない)", en="not found at this server (not: unassigned)"),
    "rate-limited": Text(ja="照会回数の制限により回答なし", en="rate limited, no answer"),
    "server-error": Text(ja="照会先の障害", en="server error"),
    "refused": Text(ja="照会先が回答を拒否", en="refused by the server"),
    "malformed": Text(ja="形式が壊れていて読めない", en="malformed"),
    "truncated": Text(ja="回答が途中で切れている", en="cut off"),
    "oversized": Text(ja="受け取る上限を超えた", en="larger than accepted"),
    "wrong-range": Text(ja="尋ねた範囲を含まない回答", en="an object that does not hold what was asked"),
    "wrong-type": Text(ja="種類の違う文書", en="another kind of document"),
    "redirected": Text(ja="転送に従わなかった", en="a redirect that was not followed"),
    "tls-failed": Text(ja="TLS の失敗", en="TLS failed"),
    "unreachable": Text(ja="接続できず", en="unreachable"),
    "timed-out": Text(ja="時間切れ", en="timed out"),
    "stopped": Text(ja="照会先への送信を止めたため未送信", en="not sent: the server was stopped"),
    "interrupted": Text(ja="中断のため未送信又は未着", en="interrupted"),
}
DELIVERY: dict[str, Text] = {
    "complete": Text(ja="全部を受信", en="complete"),
    "truncated": Text(ja="終わりの前に接続が切れた", en="the connection ended early"),
    "oversized": Text(ja="上限を超えたので先頭だけを保存", en="larger than accepted; the first bytes are kept"),
    "timed-out": Text(ja="期限内に終わらず、届いた分を保存", en="not finished in time; what had arrived is kept"),
    "unreachable": Text(ja="接続できず", en="no connection"),
    "tls-failed": Text(ja="証明書又は TLS の接続手順で失敗", en="the certificate or handshake failed"),
    "redirect-refused": Text(ja="許していない転送先なので従わなかった", en="a redirect elsewhere, not followed"),
    "redirect-loop": Text(ja="転送が循環した", en="redirects in a circle"),
    "garbled": Text(ja="通信規約に合わない応答", en="not the protocol"),
    "withheld": Text(ja="何も送信しなかった", en="nothing was sent"),
}
SOURCE: dict[str, Text] = {
    "rdap": Text(ja="RDAP", en="RDAP"),
    "jpnic": Text(ja="JPNIC WHOIS", en="JPNIC WHOIS"),
    "whois": Text(ja="WHOIS", en="WHOIS"),
    "origin": Text(ja="経路の起点 AS", en="origin AS"),
    "ptr": Text(ja="逆引き(PTR)", en="reverse DNS (PTR)"),
    "web": Text(ja="HTTPS", en="HTTPS"),
}
KIND: dict[str, Text] = {
    "ip": Text(ja="IPアドレスの登録", en="registration of an IP address"),
    "autnum": Text(ja="AS 番号の登録", en="registration of an AS number"),
    "history": Text(ja="IPアドレスの登録の履歴", en="history of the registration of an IP address"),
    "origin": Text(ja="経路を広告する AS", en="AS that announces the route"),
    "routes": Text(ja="AS が登録した経路", en="routes registered by an AS"),
    "ptr": Text(ja="ホスト名(逆引き)", en="host name (reverse DNS)"),
    "bootstrap": Text(ja="照会先の一覧", en="list of servers"),
    "timestamp": Text(ja="タイムスタンプ", en="time stamp"),
}
_INDENT = 2


class Fact(NamedTuple):
    """One labelled fact with its lines, which are not yet inert."""

    label: Text
    lines: tuple[str, ...]
    tone: Tone = "plain"


def render(answer: Answer, *, to: str, lang: str, columns: int, color: bool = False) -> str:
    """Return one answer as ``table`` (labelled facts for people) or ``json`` (the Answer itself, one line).

    Every value from outside is made inert for a terminal. Raise UsageError for another format.
    """
    match to:
        case "json":
            return msgspec.json.encode(answer).decode() + "\n"
        case "table":
            return "\n".join(_lines(answer, lang=lang, columns=columns, color=color)) + "\n"
        case _:
            raise UsageError(ja=f"回答は {to} では出せない。", en=f"An answer cannot be written as {to}.")


def subject(question: Question, lang: str) -> str:
    """Say in a few words what was asked of which kind of source: ``RDAP: registration of … 203.0.113.5``."""
    return f"{word(SOURCE, question.source, lang)}: {word(KIND, question.kind, lang)} {inert(question.subject)}"


def both_times(instant: datetime, lang: str) -> str:
    """Return an instant to the second in JST and UTC."""
    jst, utc = clock(instant, "s", zone="JST"), clock(instant, "s", zone="UTC")
    return f"{jst}(日本時間) = {utc} UTC" if lang == "ja" else f"{jst} JST = {utc} UTC"


def _lines(answer: Answer, *, lang: str, columns: int, color: bool) -> Iterator[str]:
    reply = answer.reply
    tone: Tone = "green" if reply.status == "found" else "yellow"
    yield from paragraph(subject(answer.exchange.question, lang), total=columns, tone="bold", color=color)
    yield from paragraph(word(STATUS, reply.status, lang), total=columns, tone=tone, color=color)
    if reply.reason is not None:
        yield from paragraph(inert(reply.reason.pick(lang)), total=columns)
    facts = [fact for fact in _facts(reply, lang) if fact.lines]
    facts += _evidence(answer, lang)
    label_cells = max(width(fact.label.pick(lang)) for fact in facts)
    for fact in facts:
        label = fact.label.pick(lang)
        lines = [Line(inert(line), fact.tone) for text in fact.lines for line in text.splitlines() or [""]]
        yield from block(label, lines, label_cells=label_cells, total=columns, indent=_INDENT, color=color)


def _facts(reply: Reply, lang: str) -> Iterator[Fact]:
    if reply.network is not None:
        yield from _network(reply.network, lang)
    if reply.autnum is not None:
        yield from _autnum(reply.autnum, lang)
    yield Fact(Text(ja="履歴", en="History"), tuple(_record(record, lang) for record in reply.history))
    yield Fact(Text(ja="起点 AS", en="Origin"), tuple(_origin(origin) for origin in reply.origins))
    yield Fact(Text(ja="ホスト名", en="Host names"), tuple(map(_field, reply.names)))
    yield Fact(Text(ja="照会先の注記", en="Notices"), tuple(map(_field, reply.notices)), "dim")
    if reply.other:
        count = len(reply.other)
        said = Text(
            ja=f"上に出していない値が {count:,} 個ある(JSON 出力と --raw には全部ある)。",
            en=f"{count:,} more values of the answer are not shown here (JSON and --raw hold all of them).",
        )
        yield Fact(Text(ja="ほか", en="Other"), (said.pick(lang),), "dim")
    if reply.retry_after is not None:
        said = Text(ja=f"{reply.retry_after:g} 秒後以降", en=f"not before {reply.retry_after:g} s")
        yield Fact(Text(ja="再照会", en="Ask again"), (said.pick(lang),))
    remarks = (f"{f.code} {word(LEVEL, f.level, lang)}: {f.message.pick(lang)}" for f in reply.findings)
    yield Fact(Text(ja="所見", en="Findings"), tuple(remarks), "yellow")


def _network(network: RegisteredNetwork, lang: str) -> Iterator[Fact]:
    yield Fact(Text(ja="ブロック", en="Block"), (f"{network.first} - {network.last}",), "bold")
    yield Fact(Text(ja="CIDR", en="CIDRs"), network.cidrs)
    yield from _holders(network.holders, network.refers_to, lang)
    yield from _named(network.name, network.handle, network.country, network.statuses)
    yield Fact(Text(ja="種類", en="Type"), tuple(map(_field, filter(None, (network.type,)))))
    yield Fact(Text(ja="レジストリ", en="Registry"), (network.registry,) if network.registry else ())
    yield Fact(Text(ja="親", en="Parent"), tuple(map(_field, filter(None, (network.parent,)))))
    yield from _dated(network.events, network.entities, network.remarks, lang)
    yield Fact(Text(ja="ネームサーバ", en="Name servers"), tuple(map(_field, network.nameservers)))
    yield Fact(Text(ja="上位情報", en="Less specific"), _specific(network.less_specific, lang))
    yield Fact(Text(ja="下位情報", en="More specific"), _specific(network.more_specific, lang))


def _autnum(autnum: RegisteredAutnum, lang: str) -> Iterator[Fact]:
    numbers = f"AS{autnum.first}" if autnum.first == autnum.last else f"AS{autnum.first} - AS{autnum.last}"
    yield Fact(Text(ja="AS 番号", en="AS number"), (numbers,), "bold")
    yield from _holders(autnum.holders, autnum.refers_to, lang)
    yield from _named(autnum.name, autnum.handle, autnum.country, autnum.statuses)
    yield from _dated(autnum.events, autnum.entities, autnum.remarks, lang)


def _holders(holders: Sequence[HolderName], refers_to: str, lang: str) -> Iterator[Fact]:
    none = Text(ja="この回答は名義人を挙げていない。", en="This answer names no holder.")
    names = tuple(f"{holder.text} [{holder.rule}, {holder.at}]" for holder in holders)
    yield Fact(Text(ja="登録名義", en="Holder"), names or (none.pick(lang),), "plain" if names else "yellow")
    if refers_to:
        said = Text(
            ja=f"登録の管理について {refers_to} を指している。", en=f"The answer points to {refers_to} as registry."
        )
        yield Fact(Text(ja="参照先", en="Refers to"), (said.pick(lang),))


def _named(
    name: Field | None, handle: Field | None, country: Field | None, statuses: Sequence[Field]
) -> Iterator[Fact]:
    yield Fact(Text(ja="名前", en="Name"), tuple(map(_field, filter(None, (name,)))))
    yield Fact(Text(ja="ハンドル", en="Handle"), tuple(map(_field, filter(None, (handle,)))))
    yield Fact(Text(ja="国", en="Country"), tuple(map(_field, filter(None, (country,)))))
    yield Fact(Text(ja="状態", en="Status"), tuple(map(_field, statuses)))


def _dated(
    events: Sequence[RegistryEvent], entities: Sequence[RegistryEntity], remarks: Sequence[Field], lang: str
) -> Iterator[Fact]:
    yield Fact(Text(ja="日付", en="Dates"), tuple(_event(event, lang) for event in events))
    lines = chain.from_iterable(_entity(entity, lang) for entity in entities)
    yield Fact(Text(ja="関係者", en="Entities"), tuple(lines))
    yield Fact(Text(ja="備考", en="Remarks"), tuple(map(_field, remarks)))


def _field(field: Field) -> str:
    return f"{field.value} [{field.at}]"


def _event(event: RegistryEvent, lang: str) -> str:
    said = both_times(event.instant, lang) if event.instant is not None else ""
    if event.instant is None and event.day is not None:
        said = f"{event.day.isoformat()}(日付のみ)" if lang == "ja" else f"{event.day.isoformat()} (date only)"
    if not said:
        said = f"{event.text.value}(読めない)" if lang == "ja" else f"{event.text.value} (unreadable)"
    return f"{event.action}: {said} [{event.text.at}]"


def _entity(entity: RegistryEntity, lang: str) -> Iterator[str]:
    roles = ", ".join(role.value for role in entity.roles) or ("役割の記載なし" if lang == "ja" else "no role stated")
    handle = f" ({entity.handle.value})" if entity.handle else ""
    named = list(dict.fromkeys(field.value for field in (*entity.names, *entity.organisations)))
    yield f"{roles}: {' / '.join(named)}{handle} [{entity.at}]"
    for field in (*entity.addresses, *entity.contacts, *entity.remarks):
        yield f"  {', '.join(field.value.splitlines())}"
    for event in entity.events:
        yield f"  {_event(event, lang)}"


def _specific(fields: Sequence[Field] | None, lang: str) -> tuple[str, ...]:
    if fields is None:
        return (Text(ja="回答に記載なし", en="the answer does not say").pick(lang),)
    return tuple(map(_field, fields)) or (Text(ja="なし、との回答", en="none, says the answer").pick(lang),)


def _record(record: HistoryRecord, lang: str) -> str:
    until = clock(record.until, "s", zone="JST") if record.until else ("現在" if lang == "ja" else "now")
    network = record.network
    said = "–"
    if network is not None:
        holders = " / ".join(dict.fromkeys(holder.text for holder in network.holders))
        named = network.name.value if network.name else ""
        said = f"{network.first} - {network.last} {named} {holders}".rstrip()
    return f"{clock(record.since, 's', zone='JST')} – {until} JST: {said} [{record.at}]"


def _origin(origin: RouteOrigin) -> str:
    return f"AS{origin.asn} {origin.prefix} {origin.name}".rstrip() + f" [{origin.at}]"


def _evidence(answer: Answer, lang: str) -> Iterator[Fact]:
    exchange = answer.exchange
    reached = exchange.hops[-1] if exchange.hops else None
    server = reached.server if reached is not None else exchange.server
    via = f" ({reached.connected_to})" if reached is not None and reached.connected_to else ""
    yield Fact(Text(ja="照会先", en="Server"), (f"{server}{via}",))
    yield Fact(Text(ja="送信した文言", en="Sent"), (asked_words(exchange),))
    yield Fact(Text(ja="受信時刻", en="Received"), (both_times(exchange.received, lang),))
    delivery = word(DELIVERY, exchange.delivery, lang)
    reason = f": {exchange.reason.pick(lang)}" if exchange.reason is not None else ""
    size = f"{exchange.size:,} {'バイト' if lang == 'ja' else 'bytes'}"
    yield Fact(Text(ja="受信", en="Delivery"), (f"{delivery}{reason} ({size})",))
    yield Fact(Text(ja="証拠", en="Evidence"), (answer.name,) if answer.name else ())
    yield Fact(Text(ja="SHA-256", en="SHA-256"), (exchange.sha256,))


def asked_words(exchange: Exchange) -> str:
    """Return the exact words that were sent first: the URL, the WHOIS line, or the DNS name."""
    if exchange.hops:
        return exchange.hops[0].request
    return exchange.payload or exchange.endpoint

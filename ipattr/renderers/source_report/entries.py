"""What was read, entry by entry, in the words that a report shows: one entry per login, post, reject or pending row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.model import Text
from ipattr.renderers.view import clock
from ipattr.renderers.words import KIND, LEVEL, ZONE_SOURCE, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Cell, Finding, Instant, LoginEvent, Pending, Post, Reading, Reject, Repair

Mark = Literal["ok", "review", "repaired", "pending", "rejected"]

# Worst last: a source row with several entries shows the gravest of their marks.
MARKS: dict[Mark, tuple[str, Text]] = {
    "ok": ("✓", Text(ja="正常", en="ok")),
    "review": ("?", Text(ja="要確認", en="review")),
    "repaired": ("✎", Text(ja="要確認(修復を採用)", en="review (repair accepted)")),
    "pending": ("?✎", Text(ja="要確認(修復などの判断待ち)", en="review (pending a decision)")),
    "rejected": ("✗", Text(ja="不採用", en="rejected")),
}
MEANING: dict[Mark, Text] = {
    "ok": Text(ja="読み取り、採用した", en="read and taken"),
    "review": Text(ja="読み取ったが、人が確かめる必要がある", en="read, but a person must look at it"),
    "repaired": Text(ja="提案された修復を採用して読んだ", en="read with a proposed repair that was accepted"),
    "pending": Text(ja="人が決めるまで判断に使わない", en="not used until a person decides"),
    "rejected": Text(ja="数えたが、読み取れなかった", en="counted, but could not be read"),
}
RANK: dict[Mark, int] = {mark: rank for rank, mark in enumerate(MARKS)}


class Fact(NamedTuple):
    """One labelled value: ``raw`` as it stood (empty when it is not shown apart), then what it was read as.

    ``verbatim``: nothing was read; ``read`` is what stands in the source.
    """

    label: Text
    raw: str
    read: tuple[str, ...]
    note: str = ""
    verbatim: bool = False


class Entry(NamedTuple):
    """One counted row of the reading.

    ``file``, ``place`` and ``row`` say where it stands; ``hints`` are texts that may name the place more closely;
    ``cells`` are (column, raw) as they stood, by which the rows of a record are recognised; ``needles`` the values to
    point out in the source.
    """

    mark: Mark
    key: str
    file: str
    place: str
    row: int
    facts: tuple[Fact, ...]
    remarks: tuple[str, ...]
    hints: tuple[str, ...] = ()
    raw: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    needles: tuple[str, ...] = ()


_TIME = Text(ja="時刻", en="Time")
_ADDRESS = Text(ja="アドレス", en="Address")
_PORT = Text(ja="ポート", en="Port")
_TARGET = Text(ja="接続先", en="Destination")
_HOST = Text(ja="ホスト名", en="Host name")
_ACCOUNT = Text(ja="アカウント", en="Account")
_KIND = Text(ja="種別", en="Kind")
_POST = Text(ja="投稿", en="Post")
_REPAIR = Text(ja="修復", en="Repair")
_RAW = Text(ja="原文", en="As it stood")
_COLUMN = Text(ja="欄", en="Field")
_PROPOSED = Text(ja="修復案(未採用)", en="Proposed, not used")


def entries(reading: Reading, lang: str) -> Iterator[Entry]:
    """Yield every event, post, reject and pending row of ``reading``, each exactly once."""
    yield from (_login(event, lang) for event in reading.events)
    yield from (_post(post, lang) for post in reading.posts)
    yield from (_pending(row, number, lang) for number, row in enumerate(reading.pending, start=1))
    yield from (_reject(row, number, lang) for number, row in enumerate(reading.rejects, start=1))


def finding_text(finding: Finding, lang: str) -> str:
    """Return a remark in one line: code, gravity, what it says."""
    return f"{finding.code} {word(LEVEL, finding.level, lang)}: {finding.message.pick(lang)}"


def local_place(about: str, file: str) -> str:
    """Return what stands behind ``file:``, empty when ``about`` does not point into ``file``."""
    return about[len(file) + 1 :] if about.startswith(f"{file}:") else ""


def _login(event: LoginEvent, lang: str) -> Entry:
    facts = [_instant(event.instant, lang)] if event.instant is not None else []
    address = event.address
    read = [address.text, *([f"{address.embedding} {address.embedded}"] if address.embedded else [])]
    facts.append(Fact(_ADDRESS, address.raw, tuple(read), ", ".join(address.rules)))
    if event.port is not None:
        facts.append(Fact(_PORT, "", (str(event.port),)))
    if event.destination is not None:
        target = event.destination
        facts.append(Fact(_TARGET, target.raw, (target.text,), ", ".join(target.rules)))
    if event.hostname:
        facts.append(Fact(_HOST, "", (event.hostname,)))
    facts += _account(event.account.id, event.account.name)
    if event.kind != "login":
        facts.append(Fact(_KIND, "", (word(KIND, event.kind, lang),)))
    facts += (_repair(repair, lang) for repair in event.repairs)
    place = local_place(event.provenance.locator, event.provenance.source)
    needles = [address.raw, event.account.id, event.account.name, *(repair.raw for repair in event.repairs)]
    if event.instant is not None:
        needles.append(event.instant.raw)
    if event.port is not None:
        needles.append(str(event.port))
    return Entry(
        mark="repaired" if event.repairs else event.status,
        key=event.id,
        file=event.provenance.source,
        place=place,
        row=int(place) if place.isdecimal() else 0,
        facts=tuple(facts),
        remarks=tuple(finding_text(finding, lang) for finding in event.findings),
        cells=_cells(event.raw),
        needles=tuple(filter(None, needles)),
    )


def _post(post: Post, lang: str) -> Entry:
    named = tuple(filter(None, (post.post_id, post.url)))
    place = local_place(post.provenance.locator, post.provenance.source)
    facts = [_instant(post.instant, lang), *([Fact(_POST, "", named)] if named else [])]
    facts += _account(post.account.id, post.account.name)
    return Entry(
        mark=post.status,
        key=f"P{post.id}",
        file=post.provenance.source,
        place=place,
        row=int(place) if place.isdecimal() else 0,
        facts=tuple(facts),
        remarks=tuple(finding_text(finding, lang) for finding in post.findings),
        cells=_cells(post.raw),
        needles=tuple(filter(None, (post.instant.raw, *named, post.account.id, post.account.name))),
    )


def _pending(pending: Pending, number: int, lang: str) -> Entry:
    facts = _as_it_stood(pending.column, pending.raw)
    facts += (_repair(repair, lang) for repair in pending.repairs)
    proposed = tuple(filter(None, (pending.proposed_time, pending.proposed_ip, pending.proposed_port)))
    if proposed:
        facts.append(Fact(_PROPOSED, "", proposed))
    return Entry(
        mark="pending",
        key=f"W{number}",
        file=pending.file,
        place="",
        row=pending.row,
        facts=tuple(facts),
        remarks=(pending.reason.pick(lang),),
        hints=(pending.reason.en,),
        raw=pending.raw,
        cells=(("", pending.raw),),
        needles=tuple(repair.raw for repair in pending.repairs),
    )


def _reject(reject: Reject, number: int, lang: str) -> Entry:
    return Entry(
        mark="rejected",
        key=f"R{number}",
        file=reject.file,
        place="",
        row=reject.row,
        facts=tuple(_as_it_stood(reject.column, reject.raw)),
        remarks=(f"{reject.code} {reject.reason.pick(lang)}",),
        hints=(reject.reason.en,),
        raw=reject.raw,
        cells=((reject.column, reject.raw),),
        needles=(reject.raw,) if reject.column and "\n" not in reject.raw and reject.raw.strip() else (),
    )


def _as_it_stood(column: str, raw: str) -> list[Fact]:
    stood = Fact(_RAW, "", (raw,), verbatim=True)
    return [Fact(_COLUMN, "", (column,), verbatim=True), stood] if column else [stood]


def _instant(instant: Instant, lang: str) -> Fact:
    read = tuple(f"{clock(instant.utc, instant.precision, zone=zone)} {zone}" for zone in ("UTC", "JST"))
    zone = f"{instant.zone} ({word(ZONE_SOURCE, instant.zone_source, lang)})"
    return Fact(_TIME, instant.raw, read, ", ".join((zone, instant.precision, *instant.rules)))


def _account(identifier: str | None, name: str | None) -> Sequence[Fact]:
    held = tuple(filter(None, (identifier, name)))
    return [Fact(_ACCOUNT, "", held)] if held else []


def _repair(repair: Repair, lang: str) -> Fact:
    return Fact(_REPAIR, repair.raw, (repair.proposed,), f"{repair.rule}: {repair.reason.pick(lang)}")


def _cells(cells: Sequence[Cell]) -> tuple[tuple[str, str], ...]:
    return tuple((cell.column, cell.raw) for cell in cells)

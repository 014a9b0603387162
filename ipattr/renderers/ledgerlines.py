"""The lines that a ledger adds to a journal, in few words: what was asked, what came, whose record was taken in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ipattr.model import SET_ASIDE
from ipattr.renderers.destinations.words import JUDGEMENT, RESOLUTION
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from ipattr.model import JournalEntry


class _File(msgspec.Struct):
    path: str


class _Taking(msgspec.Struct):
    form: str
    source: str
    platform: str


class _Began(msgspec.Struct):
    platforms: list[str]
    resolvers: list[str]
    hosts: list[str]
    queries: int


class _Judged(msgspec.Struct):
    judgement: str


class _Ended(msgspec.Struct):
    statuses: dict[str, int]
    unasked: int
    judged: list[_Judged] = []


class _Details(msgspec.Struct):
    began: _Began | None = None
    ended: _Ended | None = None
    of: int | None = None
    interrupted: bool = False
    run: int | None = None
    answers: int | None = None
    taking: _Taking | None = None
    rows: int = 0
    taken: int = 0
    rejects: int = 0
    others: int = 0


class _Payload(msgspec.Struct):
    details: _Details
    files: list[_File] = []


def shortly(entry: JournalEntry, lang: str) -> str:
    """Return a ``run`` or ``observed`` line of a ledger in one phrase; empty for any other line."""
    try:
        payload = msgspec.json.decode(entry.payload, type=_Payload) if entry.kind in {"run", "observed"} else None
    except msgspec.MsgspecError:
        payload = None
    return _told(payload, lang) if payload is not None else ""


def _told(payload: _Payload, lang: str) -> str:
    where = ", ".join(file.path for file in payload.files)
    match payload.details:
        case _Details(began=_Began() as began):
            return _began(began, lang)
        case _Details(ended=_Ended() as ended) as found:
            return _ended(found, ended, lang)
        case _Details(taking=_Taking() as taking) as found:
            return _taken(found, taking, where, lang)
        case _Details(answers=int(count), run=run):
            ja, en = f"取得{run}の応答 {count:,}件 {where}", f"{count:,} answers of capture {run} {where}"
            return ja if lang == "ja" else en
    return ""


def _began(one: _Began, lang: str) -> str:
    who, names = len(one.resolvers), len(one.hosts)
    if lang == "ja":
        return f"取得の開始: {'、'.join(one.platforms)}、名前 {names:,}、リゾルバー {who:,}、問合せ {one.queries:,}件"
    return f"capture begins: {', '.join(one.platforms)}; {names:,} names, {who:,} resolvers, {one.queries:,} queries"


def _ended(found: _Details, one: _Ended, lang: str) -> str:
    judged = Counter(answer.judgement for answer in one.judged)
    parts = [f"{word(RESOLUTION, status, lang)} {count:,}" for status, count in sorted(one.statuses.items())]
    parts += [f"{word(JUDGEMENT, name, lang)} {judged[name]:,}" for name in sorted(SET_ASIDE) if judged[name]]
    if one.unasked:
        parts.append(f"未送信 {one.unasked:,}" if lang == "ja" else f"not asked {one.unasked:,}")
    if lang == "ja":
        return f"取得{found.of}の{'中断' if found.interrupted else '終了'}: {'、'.join(parts)}"
    return f"capture {found.of} {'interrupted' if found.interrupted else 'ends'}: {', '.join(parts)}"


def _taken(found: _Details, one: _Taking, where: str, lang: str) -> str:
    if lang == "ja":
        counts = f"全 {found.rows:,}行 = 読取 {found.taken:,} + 読取不可 {found.rejects:,} + 対象外 {found.others:,}"
        return f"取込み {one.platform} {one.form}「{one.source}」: {counts} {where}"
    counts = f"{found.rows:,} rows = {found.taken:,} read + {found.rejects:,} unreadable + {found.others:,} other"
    return f'import {one.platform} {one.form} "{one.source}": {counts} {where}'

"""One question to one registry: an address, a prefix or an AS number, answered as received."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import parse_address, prefix_range, to_number, to_text
from ipattr.casework.folders import open_casefolder
from ipattr.casework.inquiry import Geography, Wish, kept_answers, plan_inquiry, pursue
from ipattr.errors import RefusedError, UsageError
from ipattr.model import Plan, PlannedQuery, Question, Refusal, Text
from ipattr.sources import wording
from ipattr.sources.plan import Need
from ipattr.sources.pocket import Pocket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.model import Answer, Exchange, SourceName
    from ipattr.registry import Registry
    from ipattr.store import CaseFolder

_AUTNUM = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE | re.ASCII)
_MOST = 2**32


class Told(NamedTuple):
    """One answer with the raw bytes it was read from."""

    answer: Answer
    body: bytes


def single(
    subjects: Sequence[str],
    *,
    source: SourceName,
    history: bool = False,
    case: Path | None,
    wish: Wish,
    registry: Registry,
    going: Going,
) -> tuple[Told, ...]:
    """Ask one source, keeping the answers in the folder ``case`` where one is named."""
    if case is None:
        return ask_single(
            subjects, source=source, history=history, wish=wish, registry=registry, folder=None, going=going
        )
    with open_casefolder(case, clock=going.clock) as folder:
        return ask_single(
            subjects, source=source, history=history, wish=wish, registry=registry, folder=folder, going=going
        )


def ask_single(
    subjects: Sequence[str],
    *,
    source: SourceName,
    history: bool,
    wish: Wish,
    registry: Registry,
    folder: CaseFolder | None,
    going: Going,
) -> tuple[Told, ...]:
    """Ask about each subject, its follow-ups included, and return every answer about it, kept ones first.

    With ``history`` the registrations over time are asked for instead. Raise UsageError for a subject that cannot be
    asked about, RefusedError for one that must not leave.
    """
    known = kept_answers(folder) if folder is not None else ()
    plan = _plan(subjects, source=source, history=history, wish=wish, registry=registry, known=known, now=going.clock())
    if not going.agree(plan, None):
        raise RefusedError(ja="何も送らなかった。", en="Nothing was sent.")
    pocket = Pocket()
    answers, _ = pursue(plan, registry=registry, ledger=folder or pocket, known=known, going=going)
    wanted = {(query.request.server, query.request.question.key) for query in plan.queries}
    wanted |= {_asked(answer.exchange) for answer in known if answer.name in plan.kept}
    # Of one question only the last answer: a refusal before it, or an older answer, is in the folder.
    last = {_asked(answer.exchange): answer for answer in answers}
    missing = [answer.exchange.question.subject for answer in last.values() if _nothing(answer, source)]
    return tuple(
        Told(answer, folder.body(answer.name) if folder is not None else pocket.bodies[answer.name])
        for asked, answer in last.items()
        # What another source was asked before speaks only where this one has nothing.
        if asked in wanted
        and (answer.exchange.question.source == source or answer.exchange.question.subject in missing)
    )


def _nothing(answer: Answer, source: SourceName) -> bool:
    return answer.exchange.question.source == source and answer.reply.status == "not-found"


def _asked(exchange: Exchange) -> tuple[str, str]:
    return exchange.server, exchange.question.key


def _plan(
    subjects: Sequence[str],
    *,
    source: SourceName,
    history: bool,
    wish: Wish,
    registry: Registry,
    known: Sequence[Answer],
    now: datetime,
) -> Plan:
    addresses: list[Need] = []
    direct: list[PlannedQuery] = []
    for text in subjects:
        if _AUTNUM.fullmatch(text.strip()):
            direct.append(_about_autnum(_autnum(text), source=source, registry=registry))
        elif "/" in text:
            direct.append(_about_block(_block(text), source=source, history=history, registry=registry))
        elif history:
            direct.append(_about_block(_address(text, registry), source=source, history=True, registry=registry))
        else:
            addresses.append(Need(address=_address(text, registry), rows=0, earliest=None))
    if not subjects:
        raise UsageError(ja="尋ねる対象がない。", en="There is nothing to ask about.")
    plan = plan_inquiry(addresses, wish, registry=registry, answers=known, now=now)
    if plan.held_back:
        first = plan.held_back[0]
        raise RefusedError(ja=first.reason.ja, en=first.reason.en, where=first.address)
    held = _held(known, wish, now=now)
    asked = {(query.request.server, query.request.question.key): query for query in direct}
    queries = (*(query for key, query in asked.items() if key not in held), *plan.queries)
    return Plan(
        mode=plan.mode,
        probe=plan.probe,
        sources=plan.sources,
        queries=queries,
        kept=(*plan.kept, *(held[key] for key in asked if key in held)),
        notes=_notes(queries, registry) if direct else plan.notes,
    )


def _held(known: Sequence[Answer], wish: Wish, *, now: datetime) -> dict[tuple[str, str], str]:
    """Return the kept answers that are of use and not too old, by server and question."""
    oldest = timedelta.max if wish.max_age is None else timedelta(days=wish.max_age)
    usable = {"found", "not-found"} if not wish.refresh else set[str]()
    return {
        _asked(answer.exchange): answer.name
        for answer in known
        if answer.reply.status in usable and now - answer.exchange.received <= oldest
    }


def _notes(queries: Sequence[PlannedQuery], registry: Registry) -> tuple[Text, ...]:
    used = {query.request.server: registry.servers[query.request.server] for query in queries}
    terms = dict.fromkeys(server.terms for server in used.values() if server.opt_in)
    further = sorted({host for server in used.values() for host in server.redirects_to})
    return (*terms, *((wording.redirects(further),) if further else ()))


def _address(text: str, registry: Registry) -> str:
    parsed = parse_address(text, specials=registry.specials)
    if isinstance(parsed, Refusal):
        raise UsageError(ja=parsed.reason.ja, en=parsed.reason.en, where=text)
    return parsed.address.line


def _autnum(text: str) -> int:
    match = _AUTNUM.fullmatch(text.strip())
    number = int(match[1]) if match else 0
    if not 0 < number < _MOST:
        raise UsageError(
            ja="AS番号は 1 から 4294967295 までである。", en="An AS number lies between 1 and 4294967295.", where=text
        )
    return number


def _block(text: str) -> str:
    try:
        version, first, _ = prefix_range(text)
    except ValueError:
        raise UsageError(
            ja="プレフィックスとして読めない(198.51.100.0/24 のように、ネットワーク部より後ろは 0)。",
            en="This is no prefix; write it as 198.51.100.0/24, with no bits set beyond the network.",
            where=text,
        ) from None
    return f"{to_text(version, first)}/{text.rpartition('/')[2]}"


def _about_block(block: str, *, source: SourceName, history: bool, registry: Registry) -> PlannedQuery:
    if source in {"origin", "ptr"}:
        raise UsageError(
            ja="origin と ptr にはアドレスを一つずつ尋ねる。", en="Ask origin and ptr about addresses.", where=block
        )
    geography = Geography(registry)
    address = block.partition("/")[0]
    special = registry.specials.find(*to_number(address))
    if special is not None:
        raise RefusedError(
            ja=f"特殊用途の {special.prefix} については照会しない。",
            en=f"{special.prefix} is special-purpose and is never asked about.",
            where=block,
        )
    if source == "rdap":
        return _query(
            Question(source="rdap", kind="history" if history else "ip", subject=block),
            geography.bootstrap(address),
            registry,
        )
    if source == "jpnic" and geography.japanese(address) is False:
        held = wording.not_japanese(address)
        raise RefusedError(ja=held.reason.ja, en=held.reason.en, where=block)
    area = geography.area(address)
    fitting = [s for s in registry.servers.values() if s.source == source and (area in s.areas or not s.areas)]
    return _query(Question(source=source, kind="ip", subject=block), fitting[0].id if fitting else "", registry)


def _about_autnum(number: int, *, source: SourceName, registry: Registry) -> PlannedQuery:
    subject = f"AS{number}"
    if source == "origin":
        server = next(s.id for s in registry.servers.values() if s.source == "origin" and not s.areas)
        return _query(Question(source="origin", kind="routes", subject=subject), server, registry)
    if source != "rdap":
        raise UsageError(
            ja="AS番号は rdap か --source origin で照会する。",
            en="Ask about an AS number with `ipattr rdap`, or `--source origin` for its routes.",
            where=subject,
        )
    urls = registry.bootstrap_asn(number)
    known = {server.url: server.id for server in registry.servers.values() if server.url}
    server = next((known[url] for url in urls if url in known), "")
    return _query(Question(source="rdap", kind="autnum", subject=subject), server, registry)


def _query(question: Question, server: str, registry: Registry) -> PlannedQuery:
    from ipattr.sources.requests import request_for

    if server not in registry.servers:
        raise UsageError(
            ja="この番号資源を答えるサーバーが収録されていない。",
            en="No listed server answers for this number resource.",
            where=question.subject,
        )
    entry = registry.servers[server]
    return PlannedQuery(
        request=request_for(question, entry),
        operator=entry.operator,
        country=entry.country,
        reveals=Text(
            ja=f"{question.subject} を調べていることと、照会の時刻、こちらのIPアドレス",
            en=f"that somebody asks about {question.subject}, when, and from which address",
        ),
        rows=0,
        addresses=() if question.subject.startswith("AS") else (question.subject,),
    )

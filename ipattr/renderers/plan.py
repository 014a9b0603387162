"""The plan of what would leave, before anything does, and the account of how it went."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.model import Text
from ipattr.renderers.answers import KIND, SOURCE, STATUS
from ipattr.renderers.layout import inert, paint, paragraph
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import HeldBack, Outcome, Plan, PlannedQuery, Request

_HOST = re.compile(r"https?://([^/?#]+)")
_INDENT = 4


def render(plan: Plan, *, to: str, lang: str, columns: int, color: bool = False, first: int | None = None) -> str:
    """Return a plan as ``table`` (a summary, then every query with its exact words) or ``json`` (the Plan itself).

    No request is shortened or broken over lines. With ``first`` the table shows so many of the queries that share
    server, condition and what they reveal, and counts the others. Raise UsageError for another format.
    """
    match to:
        case "json":
            return msgspec.json.encode(plan).decode() + "\n"
        case "table":
            return "\n".join(_lines(plan, lang=lang, columns=columns, color=color, first=first)) + "\n"
        case _:
            raise UsageError(ja=f"照会計画は {to} では出せない。", en=f"A plan cannot be written as {to}.")


def render_outcome(outcome: Outcome, *, lang: str, columns: int = 100, first: int | None = None) -> str:
    """Return the account of a plan: its conservation line, servers that were stopped, each query left unanswered.

    With ``first`` only so many of the unanswered are shown, and the others counted.
    """
    lines = list(paragraph(_account(outcome, lang), total=columns))
    for said in outcome.stopped:
        lead = "停止: " if lang == "ja" else "stopped: "
        lines += paragraph(lead + inert(said.pick(lang)), total=columns)
    for missing in outcome.unanswered[:first]:
        question = missing.question
        asked = f"{word(SOURCE, question.source, lang)} {word(KIND, question.kind, lang)} {question.subject}"
        said_of = f"{word(STATUS, missing.status, lang)}: {missing.reason.pick(lang)}"
        kept = f" [{', '.join(missing.evidence)}]" if missing.evidence else ""
        lines.append(inert(f"  {asked} → {missing.server}: {said_of}{kept}"))
    if rest := len(outcome.unanswered[first:]) if first is not None else 0:
        lines.append(
            f"  … ほか {rest:,} 件(結果の各行にある)" if lang == "ja" else f"  … and {rest:,} more (see the rows)"
        )
    return "\n".join(lines) + "\n"


def _account(outcome: Outcome, lang: str) -> str:
    missing = len(outcome.unanswered)
    if lang == "ja":
        return (
            f"計画 {outcome.planned:,} 件 = 回答 {outcome.answered:,} + 不要 {outcome.not_needed:,} + "
            f"回答なし {missing:,}。送信 {outcome.sent:,} 回(再送を含む)。"
        )
    return (
        f"planned {outcome.planned:,} = {outcome.answered:,} answered + {outcome.not_needed:,} not needed + "
        f"{missing:,} unanswered; {outcome.sent:,} sent (repeats included)."
    )


def _lines(plan: Plan, *, lang: str, columns: int, color: bool, first: int | None) -> Iterator[str]:
    for sentence in _summary(plan, lang):
        yield from paragraph(inert(sentence), total=columns)
    for note in plan.notes if plan.queries else ():
        yield from paragraph(inert(note.pick(lang)), total=columns, lead="* ")
    if plan.held_back:
        yield ""
        yield paint(_held_title(plan.held_back, lang), "bold", color=color)
        yield from _held(plan.held_back, lang=lang, columns=columns)
    groups: dict[tuple[str, ...], list[PlannedQuery]] = {}
    for query in plan.queries:
        groups.setdefault(_kind(query, lang), []).append(query)
    ordered = [query for queries in groups.values() for query in queries]
    numbers = {(q.request.question.key, q.request.server): number for number, q in enumerate(ordered, start=1)}
    for (reveals, *_), queries in groups.items():
        said = _alike(queries[0], reveals, lang)
        yield ""
        yield from paragraph(inert(said[0]), total=columns, tone="bold", color=color)
        for line in said[1:]:
            yield from paragraph(inert(line), total=columns, lead=" " * _INDENT)
        for query in queries[:first]:
            yield from _query(query, numbers, lang=lang, columns=columns)
        if rest := len(queries[first:]) if first is not None else 0:
            yield " " * _INDENT + (f"… ほか {rest:,} 件" if lang == "ja" else f"… and {rest:,} more")


def _summary(plan: Plan, lang: str) -> Iterator[str]:
    always = sum(query.condition == "always" for query in plan.queries)
    total, perhaps = len(plan.queries), len(plan.queries) - always
    servers = Counter(f"{query.operator}({query.country})" for query in plan.queries)
    if not total:
        nothing = Text(ja="送信する照会はない。", en="No query would leave.")
        yield nothing.pick(lang)
    elif lang == "ja":
        to = "、".join(f"{name} {count:,} 件" for name, count in servers.items())
        yield f"送信し得る照会は {total:,} 件(必ず送る {always:,} 件、条件付き {perhaps:,} 件)。送り先: {to}。"
    else:
        to = ", ".join(f"{name} {count:,}" for name, count in servers.items())
        yield f"{total:,} queries may leave ({always:,} always, {perhaps:,} on a condition), to: {to}."
    if plan.kept:
        count = len(plan.kept)
        kept = Text(ja=f"手元の回答 {count:,} 件を使い、再照会しない。", en=f"{count:,} kept answers are used again.")
        yield kept.pick(lang)


def _held_title(held: Sequence[HeldBack], lang: str) -> str:
    if lang == "ja":
        return f"送信しないもの {len(held):,} 件"
    return f"Held back: {len(held):,}"


def _held(held: Sequence[HeldBack], *, lang: str, columns: int) -> Iterator[str]:
    """Yield each reason once with all the addresses for which it holds."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for one in held:
        grouped.setdefault((one.source, one.code, one.reason.pick(lang)), []).append(one.address)
    for (source, code, reason), addresses in grouped.items():
        lead = f"  {word(SOURCE, source, lang)} {inert(code)}: "
        yield from paragraph(inert(f"{reason} {', '.join(addresses)}"), total=columns, lead=lead)


def _kind(query: PlannedQuery, lang: str) -> tuple[str, ...]:
    """Return what a query shares with others of its kind: what each reveals, the server, the condition."""
    request = query.request
    subject = request.question.subject
    # What is revealed differs by the subject alone, and each line of a query shows its own.
    each = Text(ja="(各行のもの)", en="(of each line)").pick(lang)
    reveals = query.reveals.pick(lang).replace(subject, each).replace(subject.partition("/")[0], each)
    return (reveals, request.question.source, request.server, query.operator, query.country, query.condition)


def _alike(query: PlannedQuery, reveals: str, lang: str) -> tuple[str, ...]:
    """Return what stands above the queries of one kind: the server, what each reveals, the condition."""
    request = query.request
    source = word(SOURCE, request.question.source, lang)
    said = [f"{source} → {_host(request)} ({query.operator}, {query.country})"]
    said.append(("明かすもの: " if lang == "ja" else "Reveals: ") + reveals)
    said.append(("条件: " if lang == "ja" else "When: ") + _condition(query.condition, lang))
    return tuple(said)


def _query(query: PlannedQuery, numbers: dict[tuple[str, str], int], *, lang: str, columns: int) -> Iterator[str]:
    request, ja = query.request, lang == "ja"
    facts = [f"[{numbers[request.question.key, request.server]}]"]
    if query.condition != "always" and query.after:
        at = numbers.get((query.after, query.after_server))
        facts.append(f"← [{at}]" if at else f"← {query.after}")
    if query.rows:
        facts.append(f"{query.rows:,} 行" if ja else f"{query.rows:,} row{'s' * (query.rows > 1)}")
    # The request stands on one line whatever the width: a broken URL is not the exact request.
    yield inert(f"{' ' * _INDENT}{' '.join(facts)} {exact_words(request)}")
    others = [address for address in query.addresses if address != request.question.subject]
    if others:
        lead = " " * (2 * _INDENT)
        yield from paragraph(inert(("対象 " if ja else "for ") + ", ".join(others)), total=columns, lead=lead)


def exact_words(request: Request) -> str:
    """Return the request as it would leave: ``GET`` and the URL, or the line, name or body for its protocol."""
    if request.protocol == "rdap":
        return f"GET {request.endpoint}"
    if request.protocol == "http":
        return f"{'POST' if request.payload else 'GET'} {request.endpoint} {request.payload}".rstrip()
    return request.payload


def _host(request: Request) -> str:
    match = _HOST.match(request.endpoint)
    return match[1] if match else request.endpoint


def _condition(condition: str, lang: str) -> str:
    texts: dict[str, Text] = {
        "always": Text(ja="必ず送る。", en="Always."),
        "uncovered": Text(
            ja="先に得た回答がこのアドレスを含まない場合だけ送る。",
            en="Only if no earlier answer covers what it asks for.",
        ),
        "refers": Text(
            ja="示した照会の回答が、保有者でなくこの照会先のレジストリを挙げる場合だけ送る。",
            en="Only if the answer to the query named names this server's registry instead of a holder.",
        ),
        "changed": Text(
            ja="示した照会の回答の登録又は最終更新が、最も早いログインより後である場合だけ送る。",
            en="Only if the answer to the query named was registered or changed after the earliest login.",
        ),
        "no-match": Text(
            ja="示した照会の照会先に登録がない場合だけ送る。",
            en="Only if the server of the query named has no registration.",
        ),
    }
    return word(texts, condition, lang)

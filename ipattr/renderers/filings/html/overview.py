"""What stands before and beside the table of logins: summary, posts, ranking, and every row without a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import cells
from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.logins import shape
from ipattr.renderers.filings.html.marks import both, escape, lines, link, said, stacked, table_head
from ipattr.renderers.source_report.entries import finding_text
from ipattr.renderers.table import deadline_word
from ipattr.renderers.view import clock, iso, numbers, total, views, weekday
from ipattr.renderers.words import ATTRIBUTION, LEVEL, SEARCH, conservation, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import AddresseeSummary, Case, Cell, Pending, Post, Reject, Repair
    from ipattr.renderers.filings.html.notes import Notes
    from ipattr.renderers.filings.material import Material


def summary(case: Case) -> Iterator[str]:
    """Yield the summary by addressee, in the order of the case."""
    yield f"<section aria-labelledby=summary><h2 id=summary>{said(words.SUMMARY)}</h2>\n"
    if not case.summary:
        yield f"<p>{said(words.NONE)}</p></section>\n"
        return
    heads = (
        *(words.NUMBER, words.ADDRESSEE, words.VERDICT, words.LOGINS_COUNT, words.ACT_BY, words.EARLIEST),
        *(words.STATUS, words.KEY, words.FIRST_LAST, words.ROWS),
    )
    yield f'<table class="stack sums"><caption>{said(words.SUMMARY_MEANS)}</caption>{table_head(heads)}<tbody>\n'
    jst = {
        row.number: clock(row.login.instant.utc, "day", zone="JST")
        for row in case.rows
        if row.login.instant is not None
    }
    for number, entry in enumerate(case.summary, start=1):
        values = (said(entry.name), *_summary(case, entry, jst))
        cells_of = "".join(
            f"<td class={entry.deadline_status}>{value}" if at == _STATUS_AT else f"<td>{value}"
            for at, value in enumerate(values[1:], start=1)
        )
        yield f"<tr><td>{number}<th scope=row>{values[0]}{cells_of}\n"
    yield "</tbody></table></section>\n"


_STATUS_AT = 5


def _summary(case: Case, entry: AddresseeSummary, jst: dict[int, str]) -> Iterator[str]:
    yield said(ATTRIBUTION[entry.status])
    yield f"{len(entry.rows):,}"
    yield _day(entry)
    yield str(entry.earliest) if entry.earliest else "–"
    yield both(*(deadline_word(entry, case.as_of, lang) for lang in ("ja", "en")))
    yield "<br>".join(f"{said(SEARCH[key])} {count}" for key, count in entry.search.items() if count)
    times = sorted(jst[row] for row in entry.rows if row in jst)
    yield "<br>".join(dict.fromkeys((times[0], times[-1]))) if times else said(words.NO_TIME)
    yield rows_of(entry.rows)


def _day(entry: AddresseeSummary) -> str:
    if entry.act_by is None:
        return "–"
    return f"<b>{entry.act_by}</b> {both(*(f'({weekday(entry.act_by, lang)})' for lang in ('ja', 'en')))}"


def rows_of(some: Sequence[int]) -> str:
    """Return row numbers, the first a link to its row."""
    text = numbers(list(some))
    head = str(min(some))
    return link(f"n{head}", head) + text[len(head) :]


def posts(material: Material) -> Iterator[str]:
    """Yield each post with its nearest logins, and as it stood in the input."""
    case = material.case
    if not case.posts:
        return
    shapes = [shape(case, lang)._replace(posts=dict.fromkeys((post.id for post in case.posts), "")) for lang in _LANGS]
    near: dict[str, list[str]] = {}
    for view in views(case):
        for one in view.links:
            alone = view._replace(links=(one,))
            text = "<br>".join(filter(None, stacked(*(cells.nearest(alone, some) for some in shapes))))
            place = f"No. {link(f'n{view.row.number}', str(view.row.number))}"
            near.setdefault(one.post, []).append(f"{place} {text}")
    heads = (words.NUMBER, words.POSTED, words.POST_ID, words.NEAR, words.WHERE, words.RAW)
    yield (
        f"<section aria-labelledby=posts><h2 id=posts>{said(words.POSTS)}</h2>\n"
        f'<table class="stack posts"><caption class=sr>{said(words.POSTS)}</caption>{table_head(heads)}<tbody>\n'
    )
    for number, post in enumerate(case.posts, start=1):
        yield _post(number, post, near.get(post.id, []))
    yield "</tbody></table></section>\n"


_LANGS = ("ja", "en")


def _post(number: int, post: Post, near: Sequence[str]) -> str:
    moment = post.instant
    times = "<br>".join(iso(moment.utc, moment.precision, zone=zone).replace("T", " ") for zone in ("JST", "UTC"))
    names = "<br>".join(escape(text) for text in (post.post_id, post.url, post.account.id, post.account.name) if text)
    remarks = "".join(f"<p>{both(*(finding_text(one, lang) for lang in _LANGS))}</p>" for one in post.findings)
    origin = post.provenance
    return (
        f"<tr id=p{number} class=e><th scope=row>{both(f'投稿{number}', f'post {number}')}<td>{times}"
        f"<td>{names or '–'}{remarks}<td>{'<br>'.join(near) or said(words.NONE)}"
        f"<td>{escape(origin.locator)}<br><code>{escape(origin.sha256)}</code><td>{_cells(post.raw)}\n"
    )


def _cells(raw: Iterable[Cell]) -> str:
    return "<br>".join(
        f"<b>{escape(cell.column)}</b> {lines(cell.raw) if cell.raw else said(words.EMPTY)}" for cell in raw
    )


def ranking(material: Material, notes: Notes) -> Iterator[str]:
    """Yield every login in the order of pursuit with its factors; what many of them say stands in the notes."""
    if not material.ranking:
        return
    heads = (words.PLACE, words.NUMBER, words.PRODUCT, *words.FACTOR.values())
    yield (
        f"<section aria-labelledby=ranking><h2 id=ranking>{said(words.RANKING)}</h2>\n"
        f"<table class=ranks><caption>{said(words.RANKING_MEANS)}</caption>{table_head(heads)}<tbody>\n"
    )
    for one in material.ranking:
        factors: dict[str, str] = {
            factor.id: f"{escape(factor.value)} {notes.link(factor.text.ja, factor.text.en) or said(factor.text)}"
            for factor in one.factors
        }
        shown = "".join(f"<td>{factors.get(key, '–')}" for key in words.FACTOR)
        yield (
            f"<tr id=q{one.row} class=e><td>{one.place}<th scope=row>{link(f'n{one.row}', str(one.row))}"
            f"<td>{escape(one.product)}{shown}\n"
        )
    yield "</tbody></table></section>\n"


def rejects(case: Case) -> Iterator[str]:
    """Yield the rows that were refused, as they stood."""
    yield f"<section aria-labelledby=rejects><h2 id=rejects>{said(words.REJECTS)} ({len(case.rejects):,})</h2>\n"
    if case.rejects:
        heads = (words.WHERE, words.REASON, words.RAW)
        yield f'<table class="stack told"><caption>{said(words.REJECTS_MEANS)}</caption>{table_head(heads)}<tbody>\n'
        yield from map(_reject, case.rejects)
        yield "</tbody></table>\n"
    else:
        yield f"<p>{said(words.NONE)}</p>\n"
    yield "</section>\n"


def _place(row: Reject | Pending) -> str:
    column = f" [{escape(row.column)}]" if row.column else ""
    return f"{escape(row.file)}:{row.row}{column}"


def _reject(row: Reject) -> str:
    record = f"<div class=record>{_cells(row.record)}</div>" if row.record else ""
    return (
        f"<tr><th scope=row>{_place(row)}<td>{escape(row.code)} {said(row.reason)}"
        f"<td class=raw>{lines(row.raw) if row.raw else said(words.EMPTY)}{record}\n"
    )


def pending(case: Case) -> Iterator[str]:
    """Yield the rows that wait for a decision on repairs."""
    if not case.pending:
        return
    heads = (words.WHERE, words.REASON, words.RAW, words.PROPOSED)
    yield (
        f"<section aria-labelledby=pending><h2 id=pending>{said(words.PENDING)} ({len(case.pending):,})</h2>\n"
        f"<table class=stack><caption>{said(words.PENDING_MEANS)}</caption>{table_head(heads)}<tbody>\n"
    )
    for row in case.pending:
        proposed = " ".join(filter(None, (row.proposed_time, row.proposed_ip, row.proposed_port)))
        fixes = "<br>".join((*map(_repair, row.repairs), escape(proposed)))
        yield (f"<tr><th scope=row>{_place(row)}<td>{said(row.reason)}<td class=raw>{lines(row.raw)}<td>{fixes}\n")
    yield "</tbody></table></section>\n"


def _repair(fix: Repair) -> str:
    return f"{escape(f'{fix.field}: {fix.raw} → {fix.proposed} [{fix.rule}]')} {said(fix.reason)}"


def findings(case: Case) -> Iterator[str]:
    """Yield every remark on the case and on its rows, the same sentence once."""
    yield f"<section aria-labelledby=findings><h2 id=findings>{said(words.FINDINGS)}</h2>\n"
    found: dict[tuple[str, str, str, str, str], list[int]] = {}
    for one in case.findings:
        found.setdefault((one.code, one.level, one.message.ja, one.message.en, one.about), [])
    for view in views(case):
        for one in dict.fromkeys(view.findings):
            found.setdefault((one.code, one.level, one.message.ja, one.message.en, ""), []).append(view.row.number)
    if found:
        heads = (words.CODE, words.LEVEL, words.WHAT, words.ROWS)
        yield f'<table class="stack found"><caption>{said(words.FINDINGS_MEANS)}</caption>{table_head(heads)}<tbody>\n'
        for (code, level, ja, en, about), rows in found.items():
            where = rows_of(list(dict.fromkeys(rows))) if rows else lines(about) or "–"
            grave = both(*(word(LEVEL, level, lang) for lang in _LANGS))
            yield f"<tr><th scope=row>{escape(code)}<td>{grave}<td>{both(ja, en)}<td>{where}\n"
        yield "</tbody></table>\n"
    else:
        yield f"<p>{said(words.NONE)}</p>\n"
    yield "</section>\n"


def asked(case: Case) -> Iterator[str]:
    """Yield how the registries were asked, the office's own ledgers, and the narrowing that was turned off."""
    from ipattr.renderers import ledgers, registry

    told = [
        [
            *(registry.inquiry_lines(case.inquiry, lang) if case.inquiry is not None else ()),
            *(ledgers.lines(case, views(case), lang) if case.ledgers or case.without else ()),
        ]
        for lang in _LANGS
    ]
    for ja, en in zip(*told, strict=True):
        yield f"<p>{both(ja, en)}</p>\n"


def inputs(case: Case) -> Iterator[str]:
    """Yield every file that was read with its hash and what became of its rows."""
    heads = (words.FILE, words.READ_AS, words.COUNTS, words.SHA)
    yield (
        f"<h3 id=inputs>{said(words.INPUTS)}</h3>\n"
        f"<table class=stack><caption class=sr>{said(words.INPUTS)}</caption>{table_head(heads)}<tbody>\n"
    )
    for entry in (*case.inputs, *case.post_inputs):
        zone = f"<br>{escape(entry.declared_zone)}" if entry.declared_zone else ""
        counts = both(*(conservation(*total(entry.counts), lang=lang) for lang in _LANGS))
        yield (
            f"<tr><th scope=row>{escape(entry.name)}<td>{escape(entry.form)}, {escape(entry.encoding)}{zone}"
            f"<td>{counts}<td><code>{escape(entry.sha256)}</code>\n"
        )
    yield "</tbody></table>\n"


def exhibits(material: Material) -> Iterator[str]:
    """Yield the kept registry answers, each with the rows that rest on it."""
    from ipattr.renderers.exhibits import facts

    if not material.exhibits:
        return
    heads = (words.WHAT, words.SERVER, words.RECEIVED, words.SHA, words.ROWS)
    yield (
        f"<section aria-labelledby=exhibits><h2 id=exhibits>{said(words.EXHIBITS)}</h2>\n"
        f"<table class=stack><caption class=sr>{said(words.EXHIBITS)}</caption>{table_head(heads)}<tbody>\n"
    )
    for one in material.exhibits:
        exchange = one.answer.exchange
        title = both(*(facts.title(one.answer, lang) for lang in _LANGS))
        where = rows_of(one.rows) if one.rows else "–"
        yield (
            f"<tr><th scope=row>{title}<td>{escape(facts.server(exchange))}"
            f"<td>{clock(exchange.received, 's', zone='JST')}<td><code>{escape(exchange.sha256)}</code><td>{where}\n"
        )
    yield "</tbody></table></section>\n"

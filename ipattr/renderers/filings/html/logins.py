"""The table of logins: every row of the case, every cell with a link to what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import cells
from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.marks import both, escape, link, said, stacked
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.layout import Line
from ipattr.renderers.view import Shape, clock, log_rejects, unchecked_links, views
from ipattr.renderers.words import ATTRIBUTION, DEADLINE, SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipattr.model import Case, Text
    from ipattr.renderers.filings.html.evidence import Gathered
    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.view import View

COLUMNS = (
    *(words.NUMBER, words.JST, words.UTC, words.IP, words.PORT, words.ADDRESSEE, words.VERDICT, words.KEY),
    *(words.CANDIDATES, words.EXPIRY, words.ACT_BY, words.DAYS_LEFT, words.NEAREST, words.PLACE),
)
_NOTHING = "–"


def shape(case: Case, lang: str) -> Shape:
    """Return what the whole case has, for the words of its cells."""
    accounts = {(row.login.account.id, row.login.account.name) for row in case.rows}
    return Shape(
        lang=lang,
        accounts=len(accounts) > 1,
        posts={post.id: _post(number, lang) for number, post in enumerate(case.posts, start=1)},
        practice=True,
        brief=True,
        unchecked=unchecked_links(case),
    )


def logins(material: Material, found: Gathered) -> Iterator[str]:
    """Yield the section with the filter (for scripts) and the whole table."""
    case = material.case
    yield f"<section aria-labelledby=logins-h><h2 id=logins-h>{said(words.LOGINS)}</h2>\n"
    yield _filter(case)
    heads = "".join(f"<th scope=col>{said(title)}</th>" for title in COLUMNS)
    counts = words.accounted(len(case.rows), len(case.pending), len(log_rejects(case)))
    yield (
        f"<table id=logins class=rows><caption>{said(counts)} <small>{said(words.EVIDENCE_HOW)}</small></caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    )
    writer = _Writer(material, found)
    yield from map(writer.row, views(case))
    stamped = both(stamp_line(material, "ja"), stamp_line(material, "en"))
    yield f"</tbody>\n<tfoot><tr><td colspan={len(COLUMNS)}>{stamped}</td></tr></tfoot></table>\n</section>\n"


class _Writer:
    def __init__(self, material: Material, found: Gathered) -> None:
        case = material.case
        self.found = found
        self.shapes = (shape(case, "ja"), shape(case, "en"))
        self.places = {one.row: one.place for one in material.ranking}
        self.posts = {post.id: number for number, post in enumerate(case.posts, start=1)}
        self.groups = {number: at for at, entry in enumerate(case.summary) for number in entry.rows}

    def row(self, view: View) -> str:
        """Return one row; ``data-f`` are the choices of the filter that it belongs to."""
        number, login, places = view.row.number, view.login, self.found.of[view.row.number]
        status = view.deadline.status
        chosen = " ".join(
            (
                str(self.groups.get(number, "")),
                *(
                    str(list(table).index(key))
                    for table, key in (
                        (ATTRIBUTION, view.attribution.status),
                        (SEARCH, view.search.status),
                        (DEADLINE, status),
                    )
                ),
            )
        )
        raw = f"r{number}"
        values = (
            *self.times(view, raw),
            self.linked(cells.address, view, raw, first=login.address.text),
            link(raw, str(login.port)) if login.port is not None else _NOTHING,
            *self.verdicts(view, places),
        )
        tail = "".join(f"<td>{value}" for value in values)
        return f'<tr id=n{number} data-f="{chosen}"><th scope=row>{self.number(view, raw)}{tail}{self.ends(view)}\n'

    def times(self, view: View, raw: str) -> tuple[str, str]:
        """Return the moment in both zones, no finer than it was written."""
        instant = view.login.instant
        if instant is None:
            return link(raw, said(words.NO_TIME)), _NOTHING
        jst, utc = (clock(instant.utc, instant.precision, zone=zone) for zone in ("JST", "UTC"))
        return link(raw, jst), link(raw, utc)

    def number(self, view: View, raw: str) -> str:
        """Return the number of a row with the marks of one that a person must look at."""
        return self.linked(cells.number, view, raw)

    def verdicts(self, view: View, places: dict[str, str]) -> tuple[str, ...]:
        """Return addressee, verdict, search key, candidates, expiry and act-by."""
        whom, key, sets, kept = (places[kind] for kind in "akcd")
        registered = f"<br>{link(places['g'], said(words.CARDS['g']))}" if "g" in places else ""
        return (
            self.linked(_addressee, view, whom) + registered,
            link(whom, said(ATTRIBUTION[view.attribution.status])),
            self.linked(cells.search, view, key),
            self.linked(_candidates, view, sets),
            self.linked(_expiry, view, kept),
            link(kept, self.day(view)) if view.deadline.act_by else _NOTHING,
        )

    def day(self, view: View) -> str:
        """Return the day to act by, with its weekday."""
        ja, en = (cells.act_by(view, one)[0].text for one in self.shapes)
        day = str(view.deadline.act_by)
        return f"{day} {both(ja.removeprefix(day).strip(), en.removeprefix(day).strip())}"

    def ends(self, view: View) -> str:
        """Return status with the days left, nearest posts, and place in the ranking, with what they sort by."""
        status, left = view.deadline.status, view.deadline.days_left
        kept = self.found.of[view.row.number]["d"]
        word = both(*(cells.status(view.deadline, one) for one in self.shapes))
        key = "" if left is None else f" data-k={left}"
        parts = [f"<td class={status}{key}>{link(kept, word)}"]
        near = [self.near(view, index) for index in range(len(view.links))]
        gap = f" data-k={min(abs(one.gap_seconds) for one in view.links):.3f}" if near else ""
        parts.append(f"<td{gap}>{'<br>'.join(near) or _NOTHING}")
        place = self.places.get(view.row.number)
        parts.append("<td>" + (link(f"q{view.row.number}", str(place)) if place is not None else _NOTHING))
        return "".join(parts)

    def near(self, view: View, index: int) -> str:
        """Return how the login lies to one post."""
        one = view.links[index]
        alone = view._replace(links=(one,))
        first, others = stacked(*(cells.nearest(alone, shape) for shape in self.shapes))
        return "<br>".join(filter(None, (link(f"p{self.posts[one.post]}", first), others)))

    def linked(
        self, cell: Callable[[View, Shape], Sequence[Line]], view: View, place: str, *, first: str | None = None
    ) -> str:
        """Return the lines of a cell, the first of them (or ``first``) the link to the evidence."""
        head, others = stacked(*(cell(view, one) for one in self.shapes))
        head = link(place, head if first is None else escape(first))
        return head + (f"<div>{others}</div>" if others else "")


def _post(number: int, lang: str) -> str:
    return words.POST.pick(lang) + ("" if lang == "ja" else " ") + str(number)


def _addressee(view: View, shape: Shape) -> list[Line]:
    """Return the names alone: the verdict has its own column."""
    every = cells.addressee(view, shape)
    return every if view.attribution.status == "attributed" or not every[1:] else every[1:]


def _candidates(view: View, shape: Shape) -> list[Line]:
    """Return how many there are, never one of them: it would pass for the destination."""
    every = cells.candidates(view, shape)
    current = sum(one.period == "current" for one in view.candidates.candidates)
    shown = min(current, cells.SHOWN_CANDIDATES)
    return [every[0], *every[1 + shown + (current > shown) :]] if view.candidates.status == "observed" else every


def _expiry(view: View, shape: Shape) -> list[Line]:
    """Return the expiry with its figures; the general range only where there is no figure at all."""
    if view.deadline.earliest is None:
        return [Line(_NOTHING), *cells.practice(view, shape)]
    return cells.expiry(view, shape)


def _filter(case: Case) -> str:
    """Return the controls, which only scripts show: without them the table is whole."""
    addressees = [entry.name for entry in case.summary]
    status: tuple[tuple[Text, list[Text]], ...] = (
        (words.ADDRESSEE, addressees),
        (words.VERDICT, list(ATTRIBUTION.values())),
        (words.KEY, list(SEARCH.values())),
        (words.DEADLINE, list(DEADLINE.values())),
    )
    selects = "".join(f"<label>{said(title)} <select>{_options(choices)}</select></label>" for title, choices in status)
    return (
        f"<form id=filter role=search hidden><fieldset><legend>{said(words.FILTER)}</legend>"
        f"<label>{said(words.FIND)} <input type=search id=find autocomplete=off spellcheck=false></label>{selects}"
        f"<button type=button>{said(words.CLEAR)}</button> <output id=count role=status></output> "
        f"<small>{said(words.PRINTS_ALL)}</small></fieldset></form>\n"
    )


def _options(choices: Sequence[Text]) -> str:
    every = ((number, text) for number, text in enumerate(choices))
    head = f'<option value="" data-ja="{escape(words.ALL.ja)}" data-en="{escape(words.ALL.en)}"></option>'
    return head + "".join(
        f'<option value={number} data-ja="{escape(text.ja)}" data-en="{escape(text.en)}"></option>'
        for number, text in every
    )

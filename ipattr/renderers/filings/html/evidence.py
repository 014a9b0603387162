"""The evidence behind the cells: one card per distinct wording of a verdict, gathered before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.explain import Way
from ipattr.renderers.view import views

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from ipattr.model import Candidate, Case
    from ipattr.renderers.view import View


class Entry(NamedTuple):
    """One fact of a card in one language; without a label it is an item of a list.

    ``seen`` are the numbers of the observations that it is about.
    """

    label: str
    text: str
    seen: tuple[int, ...] = ()


class Card(NamedTuple):
    """One piece of evidence in both languages, and the rows of the case that rest on it."""

    place: str
    ja: tuple[Entry, ...]
    en: tuple[Entry, ...]
    rows: list[int]


class Gathered(NamedTuple):
    """The cards of a case by kind, where each row finds its own, what they cite, and what several of them share.

    ``of`` maps the number of a row to its places by kind: ``a`` route and addressee, ``g`` registry answers, ``k``
    search key, ``d`` retention, ``c`` candidates. ``sources`` maps each code that is cited to its place.
    """

    cards: dict[str, list[Card]]
    of: dict[int, dict[str, str]]
    observations: dict[Candidate, int]
    sources: dict[str, str]


def gather(case: Case) -> Gathered:
    """Return the evidence of every row; wording that two rows share stands once."""
    desk = _Desk(case)
    for view in views(case):
        desk.take(view)
    return Gathered(desk.cards, desk.of, desk.seen, _places(desk.used))


def pairs(card: Card) -> Iterator[tuple[Entry, Entry]]:
    """Yield the facts of a card side by side where both languages have the same ones; else nothing."""
    if len(card.ja) == len(card.en):
        yield from zip(card.ja, card.en, strict=True)


class _Told(Way):
    """The steps of one row as labelled facts instead of lines of text."""

    def __init__(self, case: Case, view: View, *, lang: str, seen: dict[Candidate, int]) -> None:
        super().__init__(case, view, lang=lang, columns=0, citations={})
        self.seen_as = seen
        self.told: list[Entry] = []

    def step(self, ja: str, en: str) -> None:
        """Leave the heading out: a card has one step."""

    def fact(self, ja: str, en: str, value: str) -> None:
        if value:
            self.told.append(Entry(self.say(ja, en), value))

    def item(self, value: str) -> None:
        self.told.append(Entry("", value))

    def practice(self, dates: str, text: str) -> None:
        """Keep the dates of this login apart from the sentence that many logins share."""
        self.fact("実務(当該者の数値ではない)", "practice (nobody's own figure)", dates)
        self.item(text)

    def listed(self, found: Sequence[Candidate]) -> None:
        """Put candidates that lie alike to the login together; who saw them when stands in the observations."""
        groups: dict[str, list[int]] = {}
        for candidate in found:
            self.cited(candidate.sources)
            groups.setdefault(self.relation(candidate), []).append(self.number(candidate))
        self.told += (Entry(relation, "", tuple(numbers)) for relation, numbers in groups.items())

    def number(self, candidate: Candidate) -> int:
        """Return the number of the observations of a candidate, whatever login they lie beside."""
        import msgspec

        bare = msgspec.structs.replace(
            candidate, relation="around", gap_days=0, gap_seconds=None, longest_gap=None, period="current"
        )
        return self.seen_as.setdefault(bare, len(self.seen_as) + 1)


_STEPS: dict[str, tuple[Callable[[_Told], None], ...]] = {
    "a": (Way.network, Way.parties),
    "g": (Way.registration,),
    "k": (Way.search,),
    "d": (Way.retention,),
    "c": (Way.candidates,),
}


class _Desk:
    """Cards gathered row by row."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cards: dict[str, list[Card]] = {kind: [] for kind in _STEPS}
        self.of: dict[int, dict[str, str]] = {}
        self.seen: dict[Candidate, int] = {}
        self.used: dict[str, None] = {}
        self._known: dict[tuple[str, Hashable], Card] = {}
        self._worded: dict[tuple[str, tuple[Entry, ...], tuple[Entry, ...]], Card] = {}

    def take(self, view: View) -> None:
        """Find or write the cards of one row."""
        row = view.row
        keys: dict[str, Hashable] = {
            "a": row.attribution,
            "g": row.registration,
            "k": row.search_key,
            "d": (row.deadline, row.attribution),
            "c": row.candidates,
        }
        places = self.of.setdefault(row.number, {})
        for kind, key in keys.items():
            if kind == "g" and not key:
                continue
            card = self._known.get((kind, key)) or self._write(kind, key, view)
            card.rows.append(row.number)
            places[kind] = card.place

    def _write(self, kind: str, key: Hashable, view: View) -> Card:
        ja, en = (self._told(kind, view, lang) for lang in ("ja", "en"))
        card = self._worded.get((kind, ja, en))
        if card is None:
            card = Card(f"{kind}{len(self.cards[kind]) + 1}", ja, en, [])
            self.cards[kind].append(card)
            self._worded[kind, ja, en] = card
        self._known[kind, key] = card
        return card

    def _told(self, kind: str, view: View, lang: str) -> tuple[Entry, ...]:
        way = _Told(self.case, view, lang=lang, seen=self.seen)
        for step in _STEPS[kind]:
            step(way)
        self.used |= way.used
        return tuple(way.told)


def _places(used: Iterable[str]) -> dict[str, str]:
    return {code: f"s{number}" for number, code in enumerate(sorted(used), start=1)}

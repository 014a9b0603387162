"""What survives on which day, the routes side by side, and the logins in the order of pursuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import PACES
from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.layout import Column
from ipattr.renderers.timetables import digest
from ipattr.renderers.timetables.parts import Grid, Heading, Note
from ipattr.renderers.timetables.words import (
    FACTOR,
    FAILS,
    MEANING,
    PACE,
    STATE,
    dated,
    joined,
    paces,
    row_numbers,
)
from ipattr.renderers.words import word

# Terminal cells: the name of an addressee, and five numbers with the gap behind them.
_NAME, _NUMBERS = 30, 12

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import RankedLogin, Survivors, Text, WhatIf
    from ipattr.renderers.destinations.sheet import Row
    from ipattr.renderers.layout import Line
    from ipattr.renderers.timetables.digest import Arrival
    from ipattr.renderers.timetables.parts import Part, Wish


def survival(wish: Wish) -> Iterator[Part]:
    """Yield for each day on which the letter may arrive how many logins are left, by addressee and in all."""
    found = digest.arrivals(wish.timetable)
    if not found:
        return
    yield Heading(
        wish.say("ログ保存要請の到達日ごとの残存", "What survives, by the day on which the preservation letter arrives")
    )
    for state, name in STATE.items():
        yield Note(MEANING[state].pick(wish.lang), lead=f"  {name.pick(wish.lang)}: ", tone="dim")
    for group in found:
        yield from (_sentence(wish, arrival) for arrival in group)
        states = digest.states(group[0].outcome.all).items()
        told = (f"{word(STATE, state, wish.lang)} {len(rows)}{_bracketed(rows)}" for state, rows in states)
        yield Note(joined(told, wish.lang), lead="  ")
        if wish.whole:
            yield _by_addressee(wish, group[0].outcome)
    if not wish.whole:
        yield from _side_by_side(wish, [group[0].outcome for group in found])


def _bracketed(rows: Sequence[int]) -> str:
    return f" ({row_numbers(rows)})" if rows else ""


def _sentence(wish: Wish, arrival: Arrival) -> Note:
    lang, outcome = wish.lang, arrival.outcome
    day, total, kept = dated(outcome.served, lang), outcome.all.total, len(outcome.all.kept)
    text = wish.say(
        f"ログ保存要請が {day} に到達した場合、{total}件中 {kept}件が残る計算(公表値による)。",
        f"If the preservation letter is served on {day}, {kept} of {total} logins survive by the published figures.",
    )
    if arrival.asked:
        return Note(f"{text} {outcome.label.pick(lang)}".rstrip(), tone="bold")
    routes: dict[str, list[str]] = {}
    for outlook, forecast in arrival.by:
        routes.setdefault(outlook.name.pick(lang), []).append(forecast.pace)
    return Note(f"{text} {joined((f'{name} ({paces(some, lang)})' for name, some in routes.items()), lang)}")


def _by_addressee(wish: Wish, outcome: WhatIf) -> Grid:
    heads = (Column(STATE[state].pick(wish.lang), 5) for state in STATE)
    rows: list[Row] = []
    for one in (*outcome.by_addressee, outcome.all):
        states = digest.states(one).values()
        cells = (lines(str(len(some)), row_numbers(some) if some else "") for some in states)
        rows.append([lines(_whom(wish, one, outcome)), *cells, lines(str(one.total))])
    return Grid(
        (Column(wish.say("請求先", "Addressee"), 14), *heads, Column(wish.say("計", "Sum"), 3, "right")), tuple(rows)
    )


def _whom(wish: Wish, one: Survivors, outcome: WhatIf) -> str:
    if one is outcome.all:
        return wish.say("全件(1件ずつ)", "all (each once)")
    return one.name.pick(wish.lang) or one.provider


def _side_by_side(wish: Wish, outcomes: Sequence[WhatIf]) -> Iterator[Part]:
    """Yield per addressee the five numbers for each outcome, as many outcomes abreast as fit."""
    order = "/".join(word(STATE, state, wish.lang) for state in STATE)
    yield Note(
        wish.say(
            f"請求先ごとの件数({order}。請求先が複数ありうるログインはそれぞれに数える):",
            f"Numbers by addressee ({order}; a login with several possible addressees is counted with each):",
        )
    )
    abreast = max((wish.look.columns - _NAME) // _NUMBERS, 1)
    for at in range(0, len(outcomes), abreast):
        some = outcomes[at : at + abreast]
        names = dict.fromkeys((one.provider, one.name) for outcome in some for one in outcome.by_addressee)
        known = [{(one.provider, one.name): one for one in outcome.by_addressee} for outcome in some]
        rows: list[Row] = [
            [lines(key[1].pick(wish.lang) or key[0]), *(_five(own.get(key)) for own in known)] for key in names
        ]
        rows.append([lines(wish.say("全件(1件ずつ)", "all (each once)")), *(_five(one.all) for one in some)])
        heads = (Column(str(outcome.served), 10) for outcome in some)
        yield Grid((Column(wish.say("請求先", "Addressee"), 14), *heads), tuple(rows))


def _five(survivors: Survivors | None) -> list[Line]:
    return lines("/".join(str(len(rows)) for rows in digest.states(survivors).values()) if survivors else "-")


def comparison(wish: Wish) -> Iterator[Part]:
    """Yield the routes side by side: when the person is known, whether expiry can make it fail; then the reasons."""
    compared, lang = wish.timetable.comparison, wish.lang
    if not compared:
        return
    yield Heading(wish.say("IPアドレス経由・電話番号経由・併用の比較", "IP route, telephone route, and both at once"))
    shown = [pace for pace in PACES if any(pace in one.person for one in compared)]
    others = sorted({key for one in compared for key in one.person} - set(PACES))
    known = tuple(Column(wish.say("氏名・住所: ", "person: ") + word(PACE, key, lang), 10) for key in (*shown, *others))
    columns = (
        Column(wish.say("経路", "Route"), 16),
        *known,
        Column(wish.say("ログの満了", "Expiry of the log"), 14),
    )
    rows: list[Row] = [
        [
            lines(one.name.pick(lang)),
            *(lines(dated(one.person[key], lang) if key in one.person else "-") for key in (*shown, *others)),
            lines(word(FAILS, one.fails_by_expiry, lang)),
        ]
        for one in compared
    ]
    yield Grid(columns, tuple(rows))
    said: set[Text] = set()
    for one in compared:
        yield Note(one.name.pick(lang), tone="bold")
        yield Note(one.text.pick(lang), lead="  ")
        if one.needs and said.issuperset(one.needs):
            yield Note(wish.say("上に挙げたもの", "what is listed above"), lead=wish.say("  必要: ", "  needs: "))
        elif one.needs:
            needs = joined((need.pick(lang) for need in one.needs), lang)
            yield Note(needs, lead=wish.say("  必要: ", "  needs: "))
        said.update(one.needs)


def ranking(wish: Wish) -> Iterator[Part]:
    """Yield every login in the order of pursuit, with each factor and its reason."""
    ranked, say, lang = wish.timetable.ranking, wish.say, wish.lang
    if not ranked:
        return
    yield Heading(
        say(
            "ログインの優先順位(近さ × 検索の可否 × 残り日数)",
            "Which login first (nearness × searchability × days left)",
        )
    )
    yield Note(
        say(
            "係数と積は並べるための本ツールの重み付けであり、法の基準でも、成否の見込みでもない。全件を示す。",
            "The factors and their product are this tool's own weighting for the order: no rule of law and no odds. "
            "Every login is shown.",
        )
    )
    columns = (
        Column(say("順位", "Place"), 5, "right"),
        Column("No.", 4, "right"),
        Column(say("積", "Product"), 7, "right"),
        *(Column(name.pick(lang), 14) for name in FACTOR.values()),
    )
    yield Grid(columns, tuple(_ranked(wish, one) for one in sorted(ranked, key=lambda one: (one.place, one.row))))


def _ranked(wish: Wish, one: RankedLogin) -> Row:
    reasons = {factor.id: lines(factor.value, factor.text.pick(wish.lang)) for factor in one.factors}
    factors = [reasons.get(name, lines("-")) for name in ("nearness", "searchability", "days-left")]
    return [lines(str(one.place)), lines(str(one.row)), lines(one.product), *factors]

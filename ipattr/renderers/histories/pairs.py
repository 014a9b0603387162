"""Two accounts side by side in parts: statements, then what they share and what chance alone gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import LEAST_CHANCE
from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.histories import words
from ipattr.renderers.histories.words import named, shortened, statement
from ipattr.renderers.layout import Column
from ipattr.renderers.timetables.parts import Grid, Heading, Note
from ipattr.renderers.view import span
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import BaseRate, Comparison, Meeting, Overlap, Weight
    from ipattr.renderers.destinations.sheet import Look, Row
    from ipattr.renderers.timetables.parts import Part


def parts(comparison: Comparison, look: Look) -> Iterator[Part]:
    """Yield one comparison in reading order."""
    say = look.say
    first, second = (named(account, look) for account in (comparison.first, comparison.second))
    yield Heading(f"{say('二つのアカウントの比較', 'Two accounts compared')}: A = {first} / B = {second}", 1)
    yield Heading(say("述べられること", "What can be said"))
    for one in comparison.statements:
        yield from statement(one, look, {"rows": "A", "other_rows": "B"})
    yield from _overlaps(comparison, look)
    yield from _base_rates(comparison, look)
    yield from _meetings(comparison, look)
    yield from _hours(comparison, look)
    for side, places in (("A", comparison.first_places), ("B", comparison.second_places)):
        if places:
            yield Heading(say(f"{side}の行の出所", f"Where the rows of {side} stand"), 3)
            yield Note(", ".join(f"{row} = {place}" for row, place in sorted(places.items())))


def _overlaps(comparison: Comparison, look: Look) -> Iterator[Part]:
    say = look.say
    if not comparison.overlaps:
        return
    yield Heading(say("共通するもの", "What they have in common"))
    columns = (
        Column(say("大きさ", "Size"), 8),
        Column(say("共通", "Common"), 18),
        Column(say("IPv4", "IPv4"), 6),
        Column(say("Aの行", "Rows of A"), 8),
        Column(say("Bの行", "Rows of B"), 8),
        Column(say("最も近い時刻差", "Nearest in time"), 8),
    )
    yield Grid(columns, tuple(_overlap(one, look) for one in comparison.overlaps))


def _overlap(one: Overlap, look: Look) -> Row:
    about = one.label.pick(look.lang) if one.level == "line" else one.about
    near = f"({one.nearest[0]}, {one.nearest[1]})" if one.nearest is not None else ""
    return [
        lines(word(words.LEVEL, one.level, look.lang)),
        lines(about or one.about),
        lines(word(words.USE, one.use, look.lang)),
        lines(shortened(one.first_rows, look)),
        lines(shortened(one.second_rows, look)),
        lines(span(one.nearest_seconds, look.lang) if one.nearest_seconds is not None else "-", near),
    ]


def _base_rates(comparison: Comparison, look: Look) -> Iterator[Part]:
    say = look.say
    for rate in comparison.base_rates:
        yield Heading(say(f"偶然の共通: {rate.label.ja}", f"By chance: {rate.label.en}"), 3)
        yield Note(_counted(rate, look))
        columns = (
            Column(say("候補とするもの", "Pool assumed"), 16),
            Column(say("件数", "Size"), 6, "right"),
            Column(say("平均の共通", "On average"), 8, "right"),
            Column(
                say(f"{rate.observed}件以上の確率", f"Chance of {rate.observed} or more"),
                8,
                "right",
            ),
            Column(say("尤度比の上限", "Ratio at most"), 8, "right"),
        )
        yield Grid(columns, tuple(_weight(weight, look) for weight in rate.weights))


def _counted(rate: BaseRate, look: Look) -> str:
    a, b = rate.first, rate.second
    return look.say(
        f"異なるIPv4アドレス {a.addresses}件・{b.addresses}件、共通 {rate.observed}件。アドレスの変化 {a.changes}回・"
        f"{b.changes}回のうち、前に現れたアドレスへの戻り {a.returns}回・{b.returns}回。",
        f"Distinct IPv4 addresses: {a.addresses} and {b.addresses}, {rate.observed} in common. Changes of address:"
        f" {a.changes} and {b.changes}, of which back to an earlier one: {a.returns} and {b.returns}.",
    )


def _weight(weight: Weight, look: Look) -> Row:
    # A small number is easily quoted without the assumption that takes it away: a probability stands with a ratio only,
    # and nothing beside a pool that is not used.
    expected, chance = f"{weight.expected:.3g}", "-"
    if weight.refuted:
        expected, bound = "-", look.say("用いない（戻り方と合わない）", "not used (does not fit the returns)")
    elif weight.chance < LEAST_CHANCE:
        bound = look.say("示さない（確率が小さすぎる）", "not given (chance too small)")
    elif weight.ratio_at_most is None:
        bound = look.say("示さない（均等に割り当てられない）", "not given (not handed out evenly)")
    else:
        chance, bound = f"{weight.chance:.3g}", f"{weight.ratio_at_most:,.3g}"
    return [
        lines(word(words.BASIS, weight.basis, look.lang).format(weight.part)),
        lines(f"{weight.pool:,}"),
        lines(expected),
        lines(chance),
        lines(bound),
    ]


def _meetings(comparison: Comparison, look: Look) -> Iterator[Part]:
    say = look.say
    if not comparison.meetings:
        return
    minutes = comparison.rules.together_minutes
    yield Heading(say(f"同じアドレスで{minutes}分以内の行", f"Rows on one address within {minutes} minutes"))
    columns = (
        Column(say("A・Bの行", "Rows of A, B"), 7),
        Column(say("アドレス", "Address"), 15),
        Column(say("時刻差", "Apart"), 6),
        Column(say("IPv4", "IPv4"), 6),
        Column(say("ポート", "Ports"), 11),
        Column(say("ポートの関係", "Relation"), 8),
    )
    yield Grid(columns, tuple(_meeting(one, look) for one in comparison.meetings))


def _meeting(one: Meeting, look: Look) -> Row:
    sets = f"PSID {one.first_set}, {one.second_set}" if one.first_set is not None and one.second_set is not None else ""
    ports = ", ".join("-" if port is None else str(port) for port in (one.first_port, one.second_port))
    return [
        lines(f"{one.first_row}, {one.second_row}"),
        lines(one.address),
        lines(span(one.seconds, look.lang)),
        lines(word(words.USE, one.use, look.lang)),
        lines(ports, sets),
        lines(word(words.PORTS, one.ports, look.lang)),
    ]


def _hours(comparison: Comparison, look: Look) -> Iterator[Part]:
    if comparison.hours.observed is None:
        return
    yield Heading(look.say("時間帯（日本時間、ログインの回数）", "Hours (JST, number of logins)"))
    columns = (Column("", 2), *(Column(str(hour), 2, "right") for hour in range(24)))
    rows = tuple(
        [lines(side), *(lines(str(count) if count else "·") for count in counts)]
        for side, counts in (("A", comparison.hours.first), ("B", comparison.hours.second))
    )
    yield Grid(columns, rows)

"""What two histories have in common in plain sentences, each with what it does not show (HIS070 to HIS082, HIS099)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.comparison_limits import (
    HOUR_LIMITS,
    PORTS,
    SPECIAL,
    STATISTICS,
    TOGETHER_LIMITS,
    USE_LIMITS,
)
from ipattr.history.labels import is_special
from ipattr.history.listings import few, listing
from ipattr.history.rate_statements import rate_statement, rows_of
from ipattr.history.wording import NOBODY, USE, clock, duration, figure, percent, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Comparison, Meeting, Overlap, Statement


def statements_on(comparison: Comparison) -> Iterator[Statement]:
    """Yield the statements in the order of their codes."""
    yield _basis(comparison)
    yield _lines(comparison)
    yield from _addresses(comparison)
    common = _of(comparison, "address")
    yield from (rate_statement(rate, common) for rate in comparison.base_rates)
    yield from _blocks(comparison)
    yield from _meetings(comparison)
    yield from _apart(comparison)
    yield _coincidence(comparison)
    yield _hours(comparison)
    yield stated("HIS099", NOBODY.ja, NOBODY.en, STATISTICS)


def _basis(comparison: Comparison) -> Statement:
    mixed = " / " in comparison.data_version
    return stated(
        "HIS070",
        f"比べたのは{comparison.first_rows:,}行と{comparison.second_rows:,}行。"
        + ("二つの結果のデータの版が異なり、回線の区分がそろわないことがある。" if mixed else ""),
        f"{some(comparison.first_rows, 'row')} set beside {comparison.second_rows:,}."
        + (" The two results rest on different versions of the data; their lines may not correspond." if mixed else ""),
        Text(
            ja="少ない行どうしでは、共通するものがないことも、あることも、ほとんど何も示さない。",
            en="With few rows neither having something in common nor having nothing shows much.",
        ),
    )


def _of(comparison: Comparison, *levels: str) -> list[Overlap]:
    return [one for one in comparison.overlaps if one.level in levels]


def _lines(comparison: Comparison) -> Statement:
    # Nobody is to be addressed for special-purpose addresses.
    found = [one for one in _of(comparison, "line") if not is_special(one.about)]
    rows, others = rows_of(found)
    return stated(
        "HIS071",
        f"共通する回線の区分（請求先）は{len(found)}件" + ("。" if not found else f"（{_names(found, 'ja')}）。"),
        f"Lines (whom to address) in common: {len(found)}" + ("." if not found else f" ({_names(found, 'en')})."),
        Text(
            ja="同じ事業者を使う人は多く、請求先が同じことは同じ契約であることを示さない。市場占有率は収録していない。",
            en="Many people use one provider; the same addressee is not the same contract. Market shares are not in the"
            " tables.",
        ),
        rows=rows,
        others=others,
    )


def _names(overlaps: Sequence[Overlap], lang: str) -> str:
    return listing((one.label.pick(lang) or one.about for one in overlaps), lang)


def _addresses(comparison: Comparison) -> Iterator[Statement]:
    found = _of(comparison, "address")
    if not found:
        yield stated(
            "HIS072",
            "共通するIPアドレスはない。",
            "No address is common.",
            Text(
                ja="別の回線・別の時期であれば、同じ人でも共通のアドレスはない。別人であることを示さない。",
                en="One person on other lines or at other times has no address in common; it shows no other person.",
            ),
        )
    special = [one for one in found if is_special(one.line)]
    usual = [one for one in found if not is_special(one.line)]
    if special:
        yield _shared(found, special, Text(ja="特殊用途のもの", en="special-purpose addresses"), SPECIAL)
    for use, limits in USE_LIMITS.items():
        these = [one for one in usual if one.use == use]
        if these:
            yield _shared(found, these, USE[use], limits)


def _shared(found: Sequence[Overlap], these: Sequence[Overlap], use: Text, limits: Text) -> Statement:
    rows, others = rows_of(these)
    addresses = [one.about for one in these]
    return stated(
        "HIS073",
        f"共通するIPアドレス{len(found)}件のうち、{use.ja}は{len(these)}件: {few(addresses, 'ja')}。",
        f"Addresses in common: {len(found)}, of which {use.en}: {len(these)}: {few(addresses, 'en')}.",
        limits,
        rows=rows,
        others=others,
        about=these[0].about if len(these) == 1 else "",
    )


def _blocks(comparison: Comparison) -> Iterator[Statement]:
    found = [one for one in _of(comparison, "24", "64") if not is_special(one.line)]
    if found:
        rows, others = rows_of(found)
        yield stated(
            "HIS075",
            f"共通するブロック（IPv4は/24、IPv6は/64）は{len(found)}件: {few([one.about for one in found], 'ja')}。",
            f"Blocks in common (/24 for IPv4, /64 for IPv6): {len(found)}: {few([one.about for one in found], 'en')}.",
            Text(
                ja="IPv4の/24は256アドレスで、隣り合うアドレスは別々の契約者に渡る。IPv6の/64が1回線のものかどうかは、"
                "この事業者について収録していない。",
                en="A /24 holds 256 IPv4 addresses, and neighbours go to different subscribers. Whether a /64 is one"
                " line's is not in the tables for this provider.",
            ),
            rows=rows,
            others=others,
        )


def _meetings(comparison: Comparison) -> Iterator[Statement]:
    limit = comparison.rules.together_minutes
    for code, relations, (ja, en, limits) in PORTS:
        found = [one for one in comparison.meetings if one.ports in relations and not is_special(one.line)]
        if found:
            nearest = min(abs(one.seconds) for one in found)
            yield stated(
                code,
                f"同じIPアドレスに両者の行が{limit}分以内にある組は{len(found)}組（最も近いもので"
                f"{duration(nearest).ja}）。{ja}",
                f"Pairs of rows on one address within {some(limit, 'minute')}: {len(found)} (the nearest"
                f" {duration(nearest).en} apart). {en}",
                limits,
                rows=(one.first_row for one in found),
                others=(one.second_row for one in found),
                about=_only_address(found),
            )


def _apart(comparison: Comparison) -> Iterator[Statement]:
    usual = [one for one in _of(comparison, "address") if not is_special(one.line)]
    common = [one for one in usual if one.nearest_seconds is not None]
    if common and not comparison.meetings:
        least = min(common, key=lambda one: one.nearest_seconds or 0.0)
        pause = duration(least.nearest_seconds or 0.0)
        yield stated(
            "HIS080",
            f"同じIPアドレスに両者の行が{comparison.rules.together_minutes}分以内にある組はない（最も近いもので{pause.ja}）。",
            f"No two rows stand on one address within {some(comparison.rules.together_minutes, 'minute')} (the nearest"
            f" are {pause.en} apart).",
            Text(
                ja="時が離れるほど、アドレスは別の契約者に渡っている。"
                "共有アドレスでは時刻が近くても契約者は区別できない。",
                en="The further apart, the likelier the address has passed to another subscriber; a shared one does not"
                " tell subscribers apart even at one time.",
            ),
            rows=least.nearest[:1] if least.nearest else (),
            others=least.nearest[1:] if least.nearest else (),
            about=least.about,
        )


def _only_address(found: Sequence[Meeting]) -> str:
    addresses = {one.address for one in found}
    return addresses.pop() if len(addresses) == 1 else ""


def _coincidence(comparison: Comparison) -> Statement:
    found, limit = comparison.coincidence, comparison.rules.together_minutes
    if found.start is None or found.end is None:
        return stated(
            "HIS081",
            "両者のログインの期間（最初から最後まで）に、重なる時間の幅がなく、均等の場合と比べられない。",
            "From first to last, the logins of the two have no stretch of time in common to set beside chance.",
            TOGETHER_LIMITS,
        )
    return stated(
        "HIS081",
        f"両者がログインした期間（{clock(found.start)} から {clock(found.end)}）で、"
        f"相手のログインの前後{limit}分以内にあるログインは、"
        f"{percent(len(found.first_near), found.first_rows)}（時刻が均等なら平均{figure(found.first_expected)}回）と"
        f"{percent(len(found.second_near), found.second_rows)}（同{figure(found.second_expected)}回）。",
        f"In the time both logged in ({clock(found.start)} to {clock(found.end)}), logins within"
        f" {some(limit, 'minute')} of one of the other's: {percent(len(found.first_near), found.first_rows)} (were"
        f" times even, {figure(found.first_expected)} on average) and"
        f" {percent(len(found.second_near), found.second_rows)} ({figure(found.second_expected)} on average).",
        TOGETHER_LIMITS,
        rows=found.first_near,
        others=found.second_near,
    )


def _hours(comparison: Comparison) -> Statement:
    found = comparison.hours
    if found.observed is None or found.uniform is None:
        return stated(
            "HIS082",
            "時間帯を比べられるログインが一方にない。",
            "One side has no login whose hour can be compared.",
            HOUR_LIMITS,
        )
    return stated(
        "HIS082",
        f"時間帯（日本時間、24区分）の重なりは{figure(found.observed)}（0〜1）。どの時刻も等しく起こるとした場合、"
        f"同じ回数（{sum(found.first)}回と{sum(found.second)}回）の無関係な2者の重なりは平均{figure(found.uniform)}。",
        f"The hours (JST, 24 of them) overlap by {figure(found.observed)} (0 to 1). Were every hour equally likely, two"
        f" unrelated accounts with as many logins ({sum(found.first)} and {sum(found.second)}) would overlap by"
        f" {figure(found.uniform)} on average.",
        HOUR_LIMITS,
    )

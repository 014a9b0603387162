"""What two histories have in common in plain sentences, each with what it does not show (HIS070 to HIS082, HIS099)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.comparison_limits import HOUR_LIMITS, PORTS, RATE_LIMITS, STATISTICS, TOGETHER_LIMITS, USE_LIMITS
from ipattr.history.wording import NOBODY, USE, clock, duration, figure, listing, percent, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import BaseRate, Comparison, Meeting, Overlap, Statement, Weight

_BASES = {
    "returns": Text(ja="各自の戻り方に見合う数", en="as few as their own returns suggest"),
    "part": Text(ja="両者の現れた広告ブロックの{}分の1", en="one {}th of the announced blocks in which they were seen"),
    "prefixes": Text(ja="両者の現れた広告ブロック", en="the announced blocks in which they were seen"),
    "provider": Text(ja="事業者の広告アドレス全体", en="all addresses the provider announces"),
}


def statements_on(comparison: Comparison) -> Iterator[Statement]:
    """Yield the statements in the order of their codes."""
    yield _basis(comparison)
    yield _lines(comparison)
    yield from _addresses(comparison)
    common = _of(comparison, "address")
    yield from (_base_rate(rate, common) for rate in comparison.base_rates)
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
        f"比べたのは{comparison.first_rows}行と{comparison.second_rows}行。"
        + ("二つの結果のデータの版が異なり、回線の区分がそろわないことがある。" if mixed else ""),
        f"{some(comparison.first_rows, 'row')} set beside {comparison.second_rows}."
        + (" The two results rest on different versions of the data; their lines may not correspond." if mixed else ""),
        Text(
            ja="少ない行どうしでは、共通するものがないことも、あることも、ほとんど何も示さない。",
            en="With few rows neither having something in common nor having nothing shows much.",
        ),
    )


def _of(comparison: Comparison, *levels: str) -> list[Overlap]:
    return [one for one in comparison.overlaps if one.level in levels]


def _both(overlaps: Sequence[Overlap]) -> tuple[list[int], list[int]]:
    return [row for one in overlaps for row in one.first_rows], [row for one in overlaps for row in one.second_rows]


def _lines(comparison: Comparison) -> Statement:
    found = _of(comparison, "line")
    rows, others = _both(found)
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
    for use, limits in USE_LIMITS.items():
        these = [one for one in found if one.use == use]
        if these:
            rows, others = _both(these)
            addresses = listing((one.about for one in these), "en")
            yield stated(
                "HIS073",
                f"共通するIPアドレス{len(found)}件のうち、{USE[use].ja}は{len(these)}件: {addresses}。",
                f"Addresses in common: {len(found)}, of which {len(these)} are {USE[use].en}: {addresses}.",
                limits,
                rows=rows,
                others=others,
                about=these[0].about if len(these) == 1 else "",
            )


def _base_rate(rate: BaseRate, overlaps: Sequence[Overlap]) -> Statement:
    ja = (
        f"{rate.label.ja}（IPv4）: 異なるアドレスは{rate.first.addresses}件と{rate.second.addresses}件、"
        f"共通は{rate.observed}件。"
    )
    en = (
        f"{rate.label.en} (IPv4): {rate.first.addresses} and {rate.second.addresses} distinct addresses,"
        f" {rate.observed} in common."
    )
    if rate.even_at is not None:
        ja += f"候補となるアドレスが{figure(rate.even_at)}件なら、無関係な2契約でも平均で同数が共通する。"
        en += f" In a pool of {figure(rate.even_at)} addresses two unrelated lines would share as many on average."
    for weight in rate.weights:
        if not weight.refuted:
            ja += _weighed(weight, "ja", rate.observed)
            en += _weighed(weight, "en", rate.observed)
    refuted = [weight for weight in rate.weights if weight.refuted]
    if refuted:
        returns = rate.first.returns, rate.second.returns
        pools = [f"{weight.pool:,}" for weight in refuted]
        # What the rows themselves speak against must not be read as strong evidence.
        ja += (
            f"候補が{listing(pools, 'ja')}件とする計算は、"
            f"各自が一度離れたアドレスに戻った回数（{returns[0]}回と{returns[1]}回）と"
            "合わないため用いない。"
        )
        en += (
            f" Pools of {'; '.join(pools)} do not fit how often each came back to an address it had left ({returns[0]}"
            f" and {returns[1]} times): nothing is concluded from them."
        )
    rows, others = _both([one for one in overlaps if one.line == rate.line])
    return stated("HIS074", ja, en, RATE_LIMITS, rows=rows, others=others, about=rate.line)


def _weighed(weight: Weight, lang: str, observed: int) -> str:
    basis = _BASES[weight.basis].pick(lang).format(weight.part)
    if lang == "ja":
        text = f"候補が{basis}（{weight.pool:,}件）なら、偶然の共通は平均{figure(weight.expected)}件"
    else:
        text = f" If the pool is {basis} ({weight.pool:,}), chance gives {figure(weight.expected)} on average"
    return text + (_ratio(weight, lang, observed) if observed else "") + ("。" if lang == "ja" else ".")


def _ratio(weight: Weight, lang: str, observed: int) -> str:
    if weight.ratio_at_most is None:
        small = "100万分の1未満で、尤度比は示さない（前提の確かさがそれに及ばない）"
        tiny = "below one in a million; no likelihood ratio is given, as the assumptions are not that sure"
        return f"、{observed}件以上となる確率は{small}" if lang == "ja" else f", {observed} or more has a chance {tiny}"
    chance, ratio = figure(weight.chance), figure(weight.ratio_at_most)
    if lang == "ja":
        return f"、{observed}件以上となる確率は{chance}（「同じ回線」対「無関係な2契約」の尤度比は高くても{ratio}）"
    return (
        f", {observed} or more has probability {chance} (the likelihood ratio of one line against two unrelated ones is"
        f" at most {ratio})"
    )


def _blocks(comparison: Comparison) -> Iterator[Statement]:
    found = _of(comparison, "24", "64")
    if found:
        rows, others = _both(found)
        yield stated(
            "HIS075",
            f"共通するブロック（IPv4は/24、IPv6は/64）は{len(found)}件:"
            f" {listing((one.about for one in found), 'ja')}。",
            f"Blocks in common (/24 for IPv4, /64 for IPv6): {len(found)}:"
            f" {listing((one.about for one in found), 'en')}.",
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
        found = [one for one in comparison.meetings if one.ports in relations]
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
    common = [one for one in _of(comparison, "address") if one.nearest_seconds is not None]
    if common and not comparison.meetings:
        least = min(common, key=lambda one: one.nearest_seconds or 0.0)
        pause = duration(least.nearest_seconds or 0.0)
        yield stated(
            "HIS080",
            f"同じIPアドレスに両者の行が{comparison.rules.together_minutes}分以内にある組はない（最も近いもので{pause.ja}）。",
            f"No two rows stand on one address within {comparison.rules.together_minutes} minutes (the nearest are"
            f" {pause.en} apart).",
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
            "両者の行が同じ期間になく、同時刻の利用は比べられない。",
            "The two were not seen in one time, so that use at the same moments cannot be compared.",
            TOGETHER_LIMITS,
        )
    return stated(
        "HIS081",
        f"両者が現れる期間（{clock(found.start)} から {clock(found.end)}）で、相手の行の前後{limit}分以内にある行は、"
        f"{percent(len(found.first_near), found.first_rows)}（時刻が均等なら平均{figure(found.first_expected)}行）と"
        f"{percent(len(found.second_near), found.second_rows)}（同{figure(found.second_expected)}行）。",
        f"In the time both were seen ({clock(found.start)} to {clock(found.end)}), rows within {limit} minutes of the"
        f" other's: {percent(len(found.first_near), found.first_rows)} (were times even:"
        f" {figure(found.first_expected)}) and"
        f" {percent(len(found.second_near), found.second_rows)} (were times even: {figure(found.second_expected)}).",
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

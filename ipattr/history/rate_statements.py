"""What chance alone gives on one line in a plain sentence, with what it assumes (HIS074)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.comparison_limits import HOSTED, RATE_LIMITS
from ipattr.history.labels import is_hosted
from ipattr.history.listings import listing
from ipattr.history.wording import figure, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import BaseRate, Overlap, Statement, Weight

_BASES = {
    "seen": Text(ja="両者に現れた数だけ", en="no more than the two show"),
    "returns": Text(ja="各自の戻り方に見合う数", en="as few as their own returns suggest"),
    "part": Text(ja="両者の現れた広告ブロックの{}分の1", en="one {}th of the announced blocks in which they were seen"),
    "prefixes": Text(ja="両者の現れた広告ブロック", en="the announced blocks in which they were seen"),
    "provider": Text(ja="事業者の広告アドレス全体", en="all addresses the provider announces"),
}


def rows_of(overlaps: Sequence[Overlap]) -> tuple[list[int], list[int]]:
    """Return the rows of either account in what they have in common."""
    return [row for one in overlaps for row in one.first_rows], [row for one in overlaps for row in one.second_rows]


def rate_statement(rate: BaseRate, overlaps: Sequence[Overlap]) -> Statement:
    """Return HIS074 for one line; ``overlaps`` are the addresses in common."""
    ja = (
        f"{rate.label.ja}（IPv4）: 異なるアドレスは{rate.first.addresses}件と{rate.second.addresses}件、"
        f"共通は{rate.observed}件。"
    )
    en = (
        f"{rate.label.en} (IPv4): {rate.first.addresses} and {some(rate.second.addresses, 'distinct address')},"
        f" {rate.observed} in common."
    )
    if rate.even_at is not None:
        ja += f"候補となるアドレスが{figure(rate.even_at)}件なら、無関係な2契約でも平均で同数が共通する。"
        en += (
            f" In a pool of {figure(rate.even_at)} {'address' if rate.even_at == 1 else 'addresses'} two unrelated"
            " lines would share as many on average."
        )
    for weight in rate.weights:
        if not weight.refuted:
            ja += _weighed(weight, "ja", rate.observed)
            en += _weighed(weight, "en", rate.observed)
    if rate.observed and any(weight.ratio_at_most is None and not weight.refuted for weight in rate.weights):
        ja += "均等に割り当てられるとはいえない候補と、確率が100万分の1未満となる候補には、尤度比を示さない。"
        en += (
            " No likelihood ratio is given for pools that cannot be said to be handed out evenly, nor for a probability"
            " below one in a million."
        )
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
    if rate.observed and len(rate.weights) > len(refuted):
        ja += "どの候補が正しいかは分からず、この件数だけでは「同じ回線」と「無関係な2契約」を区別できない。"
        en += (
            " Which pool is the right one is not known: this number alone does not tell one line from two unrelated"
            " ones."
        )
    rows, others = rows_of([one for one in overlaps if one.line == rate.line])
    limits = RATE_LIMITS
    if is_hosted(rate.line):
        limits = Text(ja=HOSTED.ja + RATE_LIMITS.ja, en=f"{HOSTED.en} {RATE_LIMITS.en}")
    return stated("HIS074", ja, en, limits, rows=rows, others=others, about=rate.line)


def _weighed(weight: Weight, lang: str, observed: int) -> str:
    basis = _BASES[weight.basis].pick(lang).format(weight.part)
    if lang == "ja":
        text = f"候補が{basis}（{weight.pool:,}件）なら、偶然の共通は平均{figure(weight.expected)}件"
    else:
        text = f" If the pool is {basis} ({weight.pool:,}), chance gives {figure(weight.expected)} on average"
    return text + (_ratio(weight, lang, observed) if observed else "") + ("。" if lang == "ja" else ".")


def _ratio(weight: Weight, lang: str, observed: int) -> str:
    # A pool that is only assumed must not lend its small probability to a quotation.
    if weight.ratio_at_most is None:
        return ""
    chance, ratio = figure(weight.chance), figure(weight.ratio_at_most)
    if lang == "ja":
        return (
            f"、{observed}件以上となる確率は約{chance}（「{observed}件以上が共通する」ことの"
            f"「同じ回線」対「無関係な2契約」の尤度比は高くても約{ratio}）"
        )
    return (
        f", {observed} or more has a probability of about {chance} (for so many or more in common the likelihood ratio"
        f" of one line against two unrelated ones is at most about {ratio})"
    )

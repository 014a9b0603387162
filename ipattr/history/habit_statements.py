"""What changed around each post, as far as counts can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.listings import listing
from ipattr.history.wording import clock, duration, figure, percent, quarters, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Gap, Habit, History, Statement


def statements_on(history: History) -> Iterator[Statement]:
    """Yield HIS060 to HIS065, post by post."""
    for habit in history.habits:
        yield _counts(habit)
        if habit.before.rows and habit.after.rows:
            yield _hours(habit)
        if habit.lines_begun or habit.lines_ended:
            yield _lines(habit, history)
        if habit.gap is not None:
            yield _pause(habit, habit.gap)
        if habit.unsettled:
            yield _unsettled(habit)
        if habit.same_account == "not-compared":
            yield _whose(habit)


def _counts(habit: Habit) -> Statement:
    before, after = habit.before, habit.after
    open_ja = [name for name, side in (("前", before), ("後", after)) if not side.covered]
    open_en = [name for name, side in (("before", before), ("after", after)) if not side.covered]
    doubt_ja, doubt_en = ("、要確認の投稿", ", in review") if habit.post_status == "review" else ("", "")
    ja, en = _chance(habit)
    if open_ja:
        ja += f"{listing(open_ja, 'ja')}の期間は、開示された行が端まで届いておらず、少ないとは言えない。"
        en += f" The disclosed rows do not reach the end of the days {listing(open_en, 'en')}: fewer is not shown."
    return stated(
        "HIS060",
        f"投稿{habit.post}（{clock(habit.at, habit.at_precision)}{doubt_ja}）の"
        f"前{habit.days}日間にログイン{len(before.rows)}回（{before.days}日、"
        f"アドレス{len(before.addresses)}件）、後{habit.days}日間に{len(after.rows)}回（{after.days}日、"
        f"アドレス{len(after.addresses)}件）。" + ja,
        f"In the {some(habit.days, 'day')} before post {habit.post} ({clock(habit.at, habit.at_precision)}{doubt_en}):"
        f" {some(len(before.rows), 'login')} on"
        f" {some(before.days, 'date')} from {some(len(before.addresses), 'address')}; in as many days after it:"
        f" {len(after.rows)} on {some(after.days, 'date')} from {len(after.addresses)}." + en,
        _LIMITS,
        rows=(*before.rows, *after.rows),
        about=habit.post,
    )


def _chance(habit: Habit) -> tuple[str, str]:
    if habit.chance is None:
        return "", ""
    total = len(habit.before.rows) + len(habit.after.rows)
    share = percent(max(len(habit.before.rows), len(habit.after.rows)), total)
    chance = figure(habit.chance)
    ja = (
        f"どちらの側にも等しい確率で一回ずつ独立に入るとしたとき、前後いずれかの側に{share}以上が偏る確率（両側）は"
        f"{chance}。"
    )
    en = (
        f" If each login fell on either side independently with equal chance, {share} or more on one side, whichever,"
        f" have probability {chance} (two-sided)."
    )
    return ja, en


def _hours(habit: Habit) -> Statement:
    pairs = list(zip(quarters(habit.before.hours), quarters(habit.after.hours), strict=True))
    new = len(set(habit.after.addresses) - set(habit.before.addresses))
    return stated(
        "HIS065",
        f"投稿{habit.post}の前→後のログインの時間帯（日本時間）: "
        + listing((f"{name}時 {a}→{b}回" for (name, a), (_, b) in pairs), "ja")
        + f"。後のアドレス{len(habit.after.addresses)}件のうち、前の期間にないものは{new}件。",
        f"Hours of the logins (JST) before → after post {habit.post}: "
        + listing((f"{name}h {a} → {b}" for (name, a), (_, b) in pairs), "en")
        + f". Of {some(len(habit.after.addresses), 'address')} after it {new} did not occur in the days before.",
        _LIMITS,
        rows=(*habit.before.rows, *habit.after.rows),
        about=habit.post,
    )


def _lines(habit: Habit, history: History) -> Statement:
    labels = {line.key: line.label for line in history.lines}
    begun, ended = ([labels[key] for key in keys] for keys in (habit.lines_begun, habit.lines_ended))
    ja = (f"投稿後に初めて現れる回線: {listing((t.ja for t in begun), 'ja')}。" if begun else "") + (
        f"投稿後に現れない回線: {listing((t.ja for t in ended), 'ja')}。" if ended else ""
    )
    en = " ".join(
        filter(
            None,
            (
                f"Lines that occur after the post only: {listing((t.en for t in begun), 'en')}." if begun else "",
                f"Lines that occur before it only: {listing((t.en for t in ended), 'en')}." if ended else "",
            ),
        )
    )
    keys = {*habit.lines_begun, *habit.lines_ended}
    sides = {*habit.before.rows, *habit.after.rows}
    rows = (entry.row for entry in history.entries if entry.line in keys and entry.row in sides)
    return stated(
        "HIS061", f"投稿{habit.post}: {ja}", f"Post {habit.post}: {en}", _LINE_LIMITS, rows=rows, about=habit.post
    )


def _pause(habit: Habit, gap: Gap) -> Statement:
    length = duration(gap.seconds)
    return stated(
        "HIS062",
        f"投稿{habit.post}は、{length.ja}の間隔（行{gap.after}と行{gap.before}の間）にあり、"
        f"{habit.gaps}個の間隔のうち長い方から"
        f"{habit.gap_rank}番目。",
        f"Post {habit.post} lies in a pause of {length.en} (rows {gap.after} and {gap.before}), number"
        f" {habit.gap_rank} of"
        f" {habit.gaps} by length.",
        _PAUSE_LIMITS,
        rows=(gap.after, gap.before),
        about=habit.post,
    )


def _unsettled(habit: Habit) -> Statement:
    return stated(
        "HIS063",
        f"時刻の精度では投稿{habit.post}の前か後か定まらないログインが{len(habit.unsettled)}回あり、"
        "どちらにも数えていない。",
        f"The precision does not settle whether {some(len(habit.unsettled), 'login')} came before or after post"
        f" {habit.post}: counted on neither side.",
        _LIMITS,
        rows=habit.unsettled,
        about=habit.post,
    )


def _whose(habit: Habit) -> Statement:
    return stated(
        "HIS064",
        f"投稿{habit.post}とこの履歴のアカウントは、数値のIDがそろわず照合できていない。",
        f"Post {habit.post} and the account of this history could not be compared: a numeric id is missing.",
        Text(
            ja="別のアカウントの投稿であれば、前後の比較は意味を持たない。",
            en="If the post is another account's, the days around it mean nothing here.",
        ),
        about=habit.post,
    )


_LIMITS = Text(
    ja="期間の日数は本ツールの選択。ログインは続けて起こるのが通常で独立ではないから、"
    "偏りは独立とした確率より起こりやすい。投稿や期間をいくつも調べれば、小さい確率も偶然に現れる。"
    "開示の範囲の違いや、ログインしたままの利用でも偏る。IPv6の一時アドレスは同じ回線・端末でも日ごとに変わるので、"
    "新しいアドレスは新しい回線を意味しない。増減は投稿をした者を示さない。",
    en="The number of days is this tool's own choice. Logins as a rule come in runs and are not independent, so that"
    " uneven splits are likelier than under independence; whoever looks at many posts or widths will find small"
    " probabilities by chance. The scope of disclosure and staying logged in make a split too. Temporary IPv6 addresses"
    " change from day to day on one line and device: a new address is no new line. A change does not show who posted.",
)
_LINE_LIMITS = Text(
    ja="契約や端末の変更、事業者の経路変更でも起こる。開示された行の範囲でのことで、期間の端まで開示されていなければ、"
    "その前後にも使われていたかもしれない。要確認の行は書かれた時刻で見た。",
    en="A new contract or device, or the provider's own rerouting does this too. It holds within the disclosed rows:"
    " where they do not reach the end of the days, the line may have been in use beyond them. Rows in review are taken"
    " at the time they give.",
)
_PAUSE_LIMITS = Text(
    ja="投稿はログインしたままの端末からもでき、間隔の長短は投稿者を示さない。",
    en="One can post from a device that stays logged in; a long or short pause shows nothing of who posted.",
)

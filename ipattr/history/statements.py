"""What one history comes to in plain sentences, each with what it does not show (HIS001 to HIS064, HIS099)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history import habit_statements, row_statements
from ipattr.history.listings import listing
from ipattr.history.wording import NOBODY, USE, duration, percent, quarters, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Churn, History, HourProfile, Recurrence, Statement

_CLASSES = {
    "home": Text(ja="固定回線", en="fixed line"),
    "mobile": Text(ja="モバイル網", en="mobile network"),
    "other": Text(ja="その他", en="other"),
    "unknown": Text(ja="不明", en="unknown"),
}
# With fewer logins than this a share of one day's quarter moves by several per cent with each login: our own choice.
_FEW = 30
_SATURDAY = 5


def statements_on(history: History) -> Iterator[Statement]:
    """Yield the statements in the order of their codes."""
    yield from row_statements.statements_on(history)
    if history.sessions:
        yield from _sessions(history)
    if history.lines:
        yield from _lines(history)
        yield from _recurrences(history)
    if history.hours.total:
        yield from _hours(history)
    yield from _churn(history)
    yield from habit_statements.statements_on(history)
    yield stated("HIS099", *_pair(NOBODY), _STATISTICS, rows=history.rows)


def _pair(text: Text) -> tuple[str, str]:
    return text.ja, text.en


def _sessions(history: History) -> Iterator[Statement]:
    limit = history.rules.session_gap_minutes
    several = [session for session in history.sessions if len(session.rows) > 1]
    doubtful = sum(session.unsettled for session in history.sessions)
    yield stated(
        "HIS010",
        f"{limit}分を超える間隔で区切ると、{history.tally.counted}行は{len(history.sessions)}個のまとまり（セッション）"
        f"になる。2行以上のものは{len(several)}個。"
        + (f"時刻の精度で区切りが定まらないものは{doubtful}個。" if doubtful else ""),
        f"Cut at pauses longer than {some(limit, 'minute')}, {some(history.tally.counted, 'row')}"
        f" {'falls' if history.tally.counted == 1 else 'fall'} into {some(len(history.sessions), 'session')}, of which"
        f" {len(several)} with two rows or more."
        + (f" In {doubtful} the precision of the times does not settle the cut." if doubtful else ""),
        _SESSION_LIMITS,
        rows=(row for session in history.sessions for row in session.rows),
    )
    longest = max(history.gaps, key=lambda gap: gap.seconds, default=None)
    if longest is not None:
        pause = duration(longest.seconds)
        ends = {longest.after, longest.before}
        other = [entry.row for entry in history.entries if entry.row in ends and not entry.login]
        yield stated(
            "HIS011",
            f"最も長い間隔は{pause.ja}（行{longest.after}から行{longest.before}まで）。"
            + (f"行{listing(map(str, other), 'ja')}はログインではない。" if other else ""),
            f"The longest pause is {pause.en} (row {longest.after} to row {longest.before})."
            + (f" Not a login: row {listing(map(str, other), 'en')}." if other else ""),
            _SILENCE,
            rows=(longest.after, longest.before),
        )


def _lines(history: History) -> Iterator[Statement]:
    total = history.totals.rows
    classes = [(key, sum(len(line.rows) for line in history.lines if line.kind == key)) for key in _CLASSES]
    shown = [(key, count) for key, count in classes if count]
    yield stated(
        "HIS020",
        f"請求先で分けた回線の区分は{len(history.lines)}件。行の内訳: "
        + listing((f"{_CLASSES[key].ja} {percent(count, total)}" for key, count in shown), "ja"),
        f"The rows lead to {some(len(history.lines), 'line')}, told apart by whom to address. Rows: "
        + listing((f"{_CLASSES[key].en} {percent(count, total)}" for key, count in shown), "en"),
        _LINE_LIMITS,
        rows=(row for line in history.lines for row in line.rows),
    )
    relied = [entry for entry in history.entries if entry.relied_on]
    uses = [(use, sum(entry.use == use for entry in relied)) for use in USE]
    yield stated(
        "HIS021",
        "アドレスの使われ方: " + listing((f"{USE[u].ja} {percent(n, total)}" for u, n in uses if n), "ja"),
        "How the addresses are used: " + listing((f"{USE[u].en} {percent(n, total)}" for u, n in uses if n), "en"),
        _USE_LIMITS,
        rows=(entry.row for entry in relied if entry.use in ("shared", "possibly-shared", "unknown")),
    )
    if {"home", "mobile"} <= {line.kind for line in history.lines}:
        inside = [one for one in history.alternations if one.within == "session"]
        day = len(history.alternations) - len(inside)
        yield stated(
            "HIS022",
            f"続く2回のログインが固定回線とモバイル網の間で入れ替わったのは、同一セッション内で{len(inside)}回、"
            f"同じ日（日本時間）の別セッション間で{day}回。",
            f"From one login to the next, fixed line and mobile network alternate: {len(inside)} within a session,"
            f" {day} between sessions of one date (JST).",
            _ALTERNATION_LIMITS,
            rows=(row for one in history.alternations for row in one.rows),
        )


def _recurrences(history: History) -> Iterator[Statement]:
    for code, levels, ja, en in (
        ("HIS030", ("address",), "IPアドレス", "Distinct addresses"),
        ("HIS031", ("24", "64"), "ブロック（IPv4は/24、IPv6は/64）", "Blocks (/24 for IPv4, /64 for IPv6)"),
    ):
        every = [one for one in history.recurrences if one.level in levels]
        back = [one for one in every if len(one.days) > 1]
        top = max(back, key=_weight, default=None)
        yield stated(
            code,
            f"{ja}は{len(every)}件で、うち2日以上に現れるものは{len(back)}件。" + (_most(top, "ja") if top else ""),
            f"{en}: {len(every)}, of which {len(back)} on two dates or more." + (_most(top, "en") if top else ""),
            _RECURRENCE_LIMITS,
            rows=(row for one in back for row in one.rows),
            about=top.block if top else "",
        )


def _weight(one: Recurrence) -> tuple[int, int]:
    return len(one.days), len(one.rows)


def _most(one: Recurrence, lang: str) -> str:
    if lang == "ja":
        return f"最も多いのは{one.block}（{len(one.days)}日、{len(one.rows)}行）。"
    return f" Most often: {one.block} ({some(len(one.days), 'date')}, {some(len(one.rows), 'row')})."


def _hours(history: History) -> Iterator[Statement]:
    profile = history.hours
    parts = quarters(profile.hours)
    weekend = sum(sum(day) for day in profile.counts[5:])
    dates, free = _dates(profile)
    logins = [entry.row for entry in history.entries if entry.counted and entry.login]
    yield stated(
        "HIS040",
        f"ログイン{profile.total}回の時間帯（日本時間）: "
        + listing((f"{name}時 {percent(n, profile.total)}" for name, n in parts), "ja")
        + f"。土曜・日曜 {percent(weekend, profile.total)}"
        f"（最初から最後のログインまでの日の{percent(free, dates)}が土曜・日曜）。",
        f"Hours of {some(profile.total, 'login')} (JST): "
        + listing((f"{name}h {percent(n, profile.total)}" for name, n in parts), "en")
        + f". Saturday and Sunday {percent(weekend, profile.total)} (of the dates from the first login to the last"
        f" {percent(free, dates)} are).",
        _HOUR_LIMITS,
        rows=logins,
    )
    if profile.total < _FEW:
        yield stated(
            "HIS041",
            f"ログインが{profile.total}回しかなく、時間帯の傾向を述べるには少ない（目安{_FEW}回は本ツールの選択）。",
            f"With {some(profile.total, 'login')} the hours are too few to speak of a habit (the mark of {_FEW} is"
            " this tool's"
            " own).",
            _HOUR_LIMITS,
            rows=logins,
        )


def _dates(profile: HourProfile) -> tuple[int, int]:
    """Return how many JST dates the logins span, and how many of these are a Saturday or a Sunday."""
    if profile.first is None or profile.last is None:
        return 0, 0
    length = (profile.last - profile.first).days + 1
    return length, sum((profile.first.weekday() + n) % 7 >= _SATURDAY for n in range(length))


def _churn(history: History) -> Iterator[Statement]:
    lines = {line.key: line.label for line in history.lines}
    for one in history.churn:
        if not one.pairs:
            continue
        name = lines.get(one.line)
        yield stated(
            "HIS050" if name is None else "HIS051",
            (f"{name.ja}の" if name else "全ての") + _churned(one, "ja"),
            (f"On {name.en}: " if name else "All logins: ") + _churned(one, "en"),
            _CHURN_LIMITS,
            rows=(row for pair in one.changed_rows for row in pair),
            about=one.line,
        )


def _churned(one: Churn, lang: str) -> str:
    if lang == "ja":
        return (
            f"ログイン{one.logins}回（異なるアドレス{one.addresses}件）の続く2回{one.pairs}組のうち、"
            "アドレスが変わったのは"
            f"{percent(one.changed, one.pairs)}、うちブロック（/24・/64）も変わったのは{one.other_block}組。"
            + (f"前後が定まらない{one.unsettled}組は数えていない。" if one.unsettled else "")
        )
    return (
        f"{some(one.logins, 'login')}, {some(one.addresses, 'address')}; of {some(one.pairs, 'consecutive pair')}"
        f" {percent(one.changed, one.pairs)} change the address, {one.other_block} of them the block (/24, /64) too."
        + (f" {some(one.unsettled, 'pair')} of unsettled order not counted as changes." if one.unsettled else "")
    )


_STATISTICS = Text(
    ja="同じ期間・同じサービスの他の利用者の記録が手元にないため、これらの数が珍しいかどうかは分からない。",
    en="Without records of other users of the same service and time, nothing here says whether a figure is unusual.",
)
_SESSION_LIMITS = Text(
    ja="区切りの分数は本ツールの選択で、根拠となる法令・裁判例はない。サービス側のセッションではなく、"
    "接続の長さも示さない。",
    en="The minutes are this tool's own choice; no statute or decision sets them. A session here is not the service's"
    " own, and says nothing of how long anybody was connected.",
)
_SILENCE = Text(
    ja="記録がないことは利用がなかったことを示さない。ログイン済みの端末は新たなログインを残さずに投稿できる。",
    en="No row does not mean no use: a device that is logged in can post without another login.",
)
_LINE_LIMITS = Text(
    ja="同じ請求先の別の契約は一つの区分に入る。固定回線は自宅とは限らず（勤務先・店舗・集合住宅）、"
    "モバイル網には据置型の"
    "ルーターもある。不明は、複数の種別が考えられるか、種別が収録されていないもの。",
    en="Two contracts of one provider are one line here. A fixed line need not be a home (office, shop, shared"
    " building),"
    " a mobile network also carries routers that never move. Unknown: several kinds, or none listed.",
)
_USE_LIMITS = Text(
    ja="共有の有無は公開資料によるもので、確度に差がある。専有とされるアドレスも、"
    "時とともに別の契約者に割り当てられる。",
    en="What is published on sharing differs in certainty. A dedicated address, too, passes to other subscribers in"
    " time.",
)
_ALTERNATION_LIMITS = Text(
    ja="入れ替わりは一人の端末の切替えでも、複数の者・端末の利用でも起こる。場所や移動は示さない。",
    en="Alternation comes from one device changing networks as well as from several people or devices. It shows no"
    " place"
    " and no movement.",
)
_RECURRENCE_LIMITS = Text(
    ja="動的な割当てでは、同じアドレスやブロックが別の契約者に渡る。共有アドレスの再出現は、"
    "同じ回線であることを示さない。"
    "IPv6の何ビットが1回線に割り当てられるかは、事業者により異なり収録していない。"
    "IPv6の一時アドレスは同じ回線・端末でも変わるので、件数の多さは回線の多さではない。",
    en="Under dynamic assignment an address or block passes between subscribers; a shared address that comes back shows"
    " no one line. How many bits of IPv6 one line gets differs and is not in the tables. Temporary IPv6 addresses"
    " change on one line and device: many addresses are not many lines.",
)
_HOUR_LIMITS = Text(
    ja="ログインの時刻であり、起きていた時刻・投稿した時刻ではない。アプリの自動再接続も含まれうる。"
    "一般の人の時間帯の分布は"
    "手元になく、比べていない。",
    en="Times of logins, not of waking or posting; an app may log in by itself. How people in general spread over"
    " the day"
    " is not known here and not compared.",
)
_CHURN_LIMITS = Text(
    ja="アドレスの変化は、回線の切替え、動的割当て、CGNの出口の変化のいずれでも起こり、別人であることを示さない。"
    "同じ回線・端末でも、IPv4とIPv6の使い分けやIPv6の一時アドレスによって変わり、それも変化に数えている。",
    en="An address changes with the line, with dynamic assignment and with the exit of a CGN; it shows no other"
    " person. One line and device also change between IPv4 and IPv6 and between temporary IPv6 addresses, and these"
    " count as changes here.",
)

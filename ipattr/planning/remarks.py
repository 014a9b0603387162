"""Coded remarks (IPA910 to IPA929) on a plan: what it rests on, what weakens it, and what would settle it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import unannounced
from ipattr.model import Finding, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Calendar, RouteOutlook
    from ipattr.planning.logins import PlannedLogin
    from ipattr.planning.serving import Served
    from ipattr.planning.spans import Workdays
    from ipattr.planning.survival import Logs

_ROWS_SHOWN = 10


class Asked(NamedTuple):
    """What a plan was asked for, as far as it calls for a remark."""

    as_of: date
    start: date
    platform: str
    served: tuple[Served, ...]
    data_version: str
    case_data_version: str


def remarks(
    asked: Asked,
    logins: Sequence[PlannedLogin],
    *,
    logs: Logs,
    outlooks: Sequence[RouteOutlook],
    calendar: Calendar,
    workdays: Workdays,
) -> tuple[Finding, ...]:
    """Return the remarks on a plan: its logins, the days asked about, the calendar, the data."""
    return (
        *_of_logins(logins),
        *_of_unknown(logins, logs.names),
        *(finding for one in asked.served for finding in _of_served(one, asked.as_of, logs, workdays)),
        *_of_days(asked, calendar, workdays),
        *_of_data(asked),
        *_of_routes(outlooks),
    )


def _of_logins(logins: Sequence[PlannedLogin]) -> Iterator[Finding]:
    if any(login.assumed for login in logins):
        yield Finding.of(
            "IPA910",
            "warning",
            ja="ログインは投稿の日にあったものと仮定した（開示された記録ではない）。保存期間は実際の接続から進む。ログインだけを"
            "記録するサービスでは投稿より前のこともあり、そのときの期限は早まる。開示を受けたら、その記録で計算し直すこと。",
            en="The logins are assumed on the days of the posts, not disclosed. Retention runs from the connection; "
            "where a platform records logins only, that may lie before the post, and the expiry then comes earlier. "
            "Work it out again from the disclosed log.",
        )
    elif logins and not logins[0].posts:
        yield Finding.of(
            "IPA911",
            "notice",
            ja="投稿が指定されていないため、どのログインが最も近いかは判定していない。",
            en="No posts were given, so which login is nearest is not judged.",
        )
    timeless = [login.row for login in logins if login.on is None]
    if timeless:
        yield Finding.of(
            "IPA912",
            "warning",
            ja="接続日時のないログインは、期限を計算していない。その日時の開示を求めること。",
            en="Logins without a time have no expiry; ask for their times to be disclosed.",
            about=_rows(timeless),
        )


def _of_unknown(logins: Sequence[PlannedLogin], names: Mapping[str, Text]) -> Iterator[Finding]:
    """Name the parties without a figure, with their rows, by what is generally reported for their kind of access."""
    rows: dict[str, list[int]] = {}
    general: dict[str, Text] = {}
    for login in logins:
        for party in login.parties if login.applicable else ():
            if party.expiries and not party.lacking:
                continue
            rows.setdefault(party.provider, []).append(login.row)
            practice = login.practice
            if practice is not None and (party.provider in practice.providers or not practice.providers):
                general.setdefault(party.provider, practice.text)
    groups: dict[Text | None, list[str]] = {}
    for provider in rows:
        groups.setdefault(general.get(provider), []).append(provider)
    for practice_text, providers in groups.items():
        ja = "、".join(f"{names[one].ja}（{len(rows[one])}件）" for one in providers)
        en = ", ".join(f"{names[one].en} ({len(rows[one])})" for one in providers)
        yield Finding.of(
            "IPA913",
            "warning",
            ja=f"保存期間の数値がなく、逆算していない: {ja}。各社に保存期間を照会のこと。"
            + (f"参考: {practice_text.ja}" if practice_text else ""),
            en=f"No retention figure on record, so nothing is counted back: {en}. Asking them how long they keep logs "
            "settles it." + (f" For orientation: {practice_text.en}" if practice_text else ""),
            about=_rows(sorted({row for one in providers for row in rows[one]})),
        )


def _of_served(one: Served, as_of: date, logs: Logs, workdays: Workdays) -> Iterator[Finding]:
    if one.provider and one.provider not in logs.names:
        yield Finding.of(
            "IPA914",
            "warning",
            ja=f"{one.provider}は、どのログインの請求先にも挙がっていない。この到達日（{one.day}）は用いない。",
            en=f"{one.provider} is not an addressee of any login: this day of service ({one.day}) is not used.",
            about=one.provider,
        )
        return
    if one.day < as_of:
        yield Finding.of(
            "IPA915",
            "notice",
            ja=f"到達日{one.day}は基準日{as_of}より前。",
            en=f"The day of service {one.day} lies before the as-of date {as_of}.",
            about=one.provider,
        )
    yield from _of_the_day_itself(one, logs, workdays)
    last = logs.last_days(as_of)
    late = [other for other, until in last.items() if one.provider in ("", other) and one.day > until]
    if late:
        yield Finding.of(
            "IPA917",
            "warning",
            ja=f"{one.day}の到達では、基準日に残るログの一部が最短の保存期間を過ぎる: "
            + "、".join(f"{logs.names[other].ja}（{last[other]}まで）" for other in late),
            en=f"Served on {one.day}, some logs kept on the as-of date are past their shortest retention: "
            + ", ".join(f"{logs.names[other].en} (until {last[other]})" for other in late),
            about=one.provider,
        )


def _of_the_day_itself(one: Served, logs: Logs, workdays: Workdays) -> Iterator[Finding]:
    """Say what a letter that comes on a closed day, or on the very day of an expiry, is counted to save and may not."""
    opens = workdays.next(one.day)
    if opens != one.day:
        rows = logs.lost(one.provider, one.day, opens)
        yield Finding.of(
            "IPA916",
            "warning" if rows else "notice",
            ja=f"到達日{one.day}は営業日ではない。直前の営業日は{workdays.last(one.day)}。"
            + (f"残るとしたログの一部は、次の営業日{opens}までに最短の保存期間が過ぎる。" if rows else ""),
            en=f"{one.day} is not a working day; the one before it is {workdays.last(one.day)}."
            + (
                f" Of the logs counted as kept, some are past their shortest retention when it is {opens}."
                if rows
                else ""
            ),
            about=_rows(rows) if rows else one.provider,
        )
    rows = logs.lost(one.provider, one.day, one.day + timedelta(days=1))
    if rows:
        yield Finding.of(
            "IPA925",
            "warning",
            ja=f"到達日{one.day}は、最短の満了日の当日に当たるログを含む。残るとして数えたが、経過時間で消去する設備ではその日の"
            "途中で消え、執務時間の後に届いた要請は間に合わない。",
            en=f"{one.day} is the very day on which some logs reach their shortest expiry. They are counted as kept; a "
            "provider that erases by elapsed time does so during that day, and a letter after office hours is late.",
            about=_rows(rows),
        )


def _of_days(asked: Asked, calendar: Calendar, workdays: Workdays) -> Iterator[Finding]:
    if asked.start < asked.as_of:
        yield Finding.of(
            "IPA918",
            "notice",
            ja=f"開始日{asked.start}は基準日{asked.as_of}より前。",
            en=f"The start {asked.start} lies before the as-of date {asked.as_of}.",
        )
    if workdays.beyond:
        first, last = min(workdays.beyond), max(workdays.beyond)
        yield Finding.of(
            "IPA919",
            "warning",
            ja=f"祝日表の範囲（{calendar.covers_from}～{calendar.covers_until}）外の日がある（{first}～{last}）。その営業日は"
            "示さないか、土日と年末年始のみを考慮した。",
            en=f"Some days ({first} to {last}) lie outside the holiday table ({calendar.covers_from} to "
            f"{calendar.covers_until}); their working day is left out or goes by weekends and year-end alone.",
        )
    furthest = workdays.furthest()
    if furthest is not None and calendar.announced_until < furthest:
        yield Finding(code="IPA920", level="notice", message=unannounced(calendar))


def _of_data(asked: Asked) -> Iterator[Finding]:
    if asked.case_data_version and asked.case_data_version != asked.data_version:
        yield Finding.of(
            "IPA921",
            "notice",
            ja=f"結果のデータ版（{asked.case_data_version}）と手続のデータ版（{asked.data_version}）が異なる。満了日は前者による。",
            en=f"The case was made with data {asked.case_data_version}, the procedures are of {asked.data_version}; "
            "expiries are those of the case.",
        )
    if not asked.platform:
        yield Finding.of(
            "IPA922",
            "notice",
            ja="サービスの指定がないため、特定のサービスについての数値・報告は用いていない。",
            en="No platform was named, so neither figures nor reports about a platform are used.",
        )


def _of_routes(outlooks: Sequence[RouteOutlook]) -> Iterator[Finding]:
    for outlook in outlooks:
        refused = next((remark for remark in outlook.remarks if remark.code == "IPA930"), None)
        if refused is not None:
            yield Finding.of(
                "IPA923",
                "warning",
                ja=f"「{outlook.name.ja}」の日付は計算にとどまる。{refused.message.ja}",
                en=f"The dates of “{outlook.name.en}” are mere arithmetic. {refused.message.en}",
                about=outlook.route,
            )
        for name in _contradictory(outlook):
            yield Finding.of(
                "IPA924",
                "warning",
                ja=f"{outlook.name.ja}: 最長の数値が最短の数値より早い日を与える（{name.ja}）。数値を確認のこと。",
                en=f"{outlook.name.en}: the highest figure gives an earlier day than the lowest ({name.en}).",
                about=outlook.route,
            )


def _contradictory(outlook: RouteOutlook) -> Iterator[Text]:
    """Yield the steps that ``worst`` reaches before ``best``."""
    days = {one.pace: {(step.procedure, step.step): step for step in one.steps} for one in outlook.forecasts}
    best = days.get("best", {})
    for key, step in days.get("worst", {}).items():
        if key in best and step.on < best[key].on:
            yield step.name


def _rows(numbers: Sequence[int]) -> str:
    """Write the first row numbers, and how many there are in all."""
    shown = ", ".join(map(str, numbers[:_ROWS_SHOWN]))
    return f"rows {shown}" + (f" … ({len(numbers)})" if len(numbers) > _ROWS_SHOWN else "")

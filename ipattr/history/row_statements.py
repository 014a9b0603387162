"""What stands behind a history: which rows there are, which are counted, and how good their times are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.lines import days_of
from ipattr.history.wording import at, some, stated
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Entry, History, Statement


def statements_on(history: History) -> Iterator[Statement]:
    """Yield HIS001 to HIS007."""
    yield _tally(history)
    if history.tally.review:
        yield _review(history)
    if history.tally.no_time or history.tally.day_precision or history.tally.minute_precision:
        yield _precision(history)
    if history.tally.not_login:
        yield _not_login(history)
    if history.account == "" or history.tally.elsewhere:
        yield _whose(history)
    if history.sessions:
        yield _span(history)
    yield from _alike(history)


def _rows(history: History, *, status: str) -> list[int]:
    return [entry.row for entry in history.entries if entry.status == status]


def _tally(history: History) -> Statement:
    t = history.tally
    return stated(
        "HIS001",
        f"このアカウントの行は{t.ok + t.review}行（正常{t.ok}、要確認{t.review}）。"
        f"うち時刻まで集計するのは{t.counted}行。"
        f"ファイル全体{t.case_rows}行の残りは、他のアカウント（または記載なし）{t.elsewhere}、不採用{t.rejected}、"
        f"修復の採否待ち{t.pending}。",
        f"The account has {some(t.ok + t.review, 'row')} ({t.ok} ok, {t.review} in review); {t.counted} counted"
        " with the"
        f" time of day. The rest of {some(t.case_rows, 'row')}: other accounts or none {t.elsewhere}, rejected"
        f" {t.rejected}, pending a repair"
        f" {t.pending}.",
        Text(
            ja="不採用・採否待ちの行は、どのアカウントのものか確かでないため集計していない。",
            en="Whose the rejected and pending rows are is not sure; they are not counted.",
        ),
        rows=history.rows,
    )


def _review(history: History) -> Statement:
    apart, together = history.without_review, history.with_review
    kept_apart = history.rules.review == "apart"
    ja = "数えていない" if kept_apart else "数えている"
    en = "not counted" if kept_apart else "counted"
    return stated(
        "HIS002",
        f"要確認の{history.tally.review}行は{ja}。除くと 行{apart.rows}・日{apart.days}・アドレス{apart.addresses}・"
        f"回線区分{apart.lines}・セッション{apart.sessions}、含めると 行{together.rows}・日{together.days}・"
        f"アドレス{together.addresses}・回線区分{together.lines}・セッション{together.sessions}。",
        f"{some(history.tally.review, 'row')} in review, {en}. Without them: rows {apart.rows}, dates {apart.days},"
        " addresses"
        f" {apart.addresses}, lines {apart.lines}, sessions {apart.sessions}; with them: rows {together.rows}, dates"
        f" {together.days}, addresses {together.addresses}, lines {together.lines}, sessions {together.sessions}.",
        Text(
            ja="要確認の行は、人が原本と照合するまで時刻・アドレスが正しいとは限らない。",
            en="Until a person has compared a row in review with the original, its time or address may be wrong.",
        ),
        rows=_rows(history, status="review"),
    )


def _precision(history: History) -> Statement:
    t = history.tally
    return stated(
        "HIS003",
        f"時刻のない行{t.no_time}、日付までの行{t.day_precision}は、回線とブロックだけを数えた。"
        f"分までの行{t.minute_precision}は、書かれた分の始まりとして数え、前後や区切りが定まらないときはそう示した。",
        f"{some(t.no_time, 'row')} without a time and {t.day_precision} with a date alone count for lines and"
        " blocks only;"
        f" {some(t.minute_precision, 'row')} written to the minute count from its beginning, and where that leaves"
        " an order"
        " or a"
        " cut unsettled it is said.",
        Text(
            ja="日付だけの行は、書かれた時間帯の日付であり、日本時間の日付と一日ずれることがある。",
            en="A date alone is one of the zone it is written in, and may be a day off in Japan Standard Time.",
        ),
        rows=(entry.row for entry in history.entries if entry.precision in ("", "min", "day")),
    )


def _not_login(history: History) -> Statement:
    rows = [entry for entry in history.entries if entry.counted and not entry.login]
    return stated(
        "HIS004",
        f"ログイン以外（アカウント作成・ログアウト・削除・種別不明）の{len(rows)}行は、"
        "間隔・セッション・回線・ブロックには数え、"
        "時間帯・アドレスの変化・投稿前後の比較・他のアカウントとの時刻の比較には数えていない。",
        f"{some(len(rows), 'row')} of another kind than login (creation, logout, deletion, unknown): counted for"
        " pauses, sessions, lines and blocks, not for hours, changes of address, the days around a post and times"
        " beside another account.",
        Text(
            ja="ログアウトなどは、本人の操作によらず記録されることがある。",
            en="A logout, say, may be recorded without anybody doing anything.",
        ),
        rows=(entry.row for entry in rows),
    )


def _whose(history: History) -> Statement:
    named = history.account != ""
    return stated(
        "HIS005",
        f"行をアカウント「{history.account}」の記載で選んだ。" if named else "これらの行にはアカウントの記載がない。",
        f'The rows were chosen by the account they name: "{history.account}".'
        if named
        else "These rows name no account.",
        Text(
            ja="数値のIDと名称だけの行は、同じアカウントのものとは扱わない（名称は変更・再利用される）。"
            "記載のない行が複数のアカウントのものでないことは確かめていない。",
            en="Rows with a numeric id and rows with a name alone are not taken for one account, as names are"
            " changed and"
            " reused; nothing shows that rows without an account belong to one.",
        ),
        rows=history.rows,
        about=history.account,
    )


def _alike(history: History) -> Iterator[Statement]:
    groups: dict[tuple[object, ...], list[int]] = {}
    for entry in history.entries:
        if entry.counted:
            key = entry.utc, entry.precision, entry.address, entry.port, entry.kind
            groups.setdefault(key, []).append(entry.row)
    found = [rows for rows in groups.values() if len(rows) > 1]
    if found:
        number = sum(map(len, found))
        yield stated(
            "HIS007",
            f"日時・アドレス・ポート・種別が同じ行が{len(found)}組（計{number}行）あり、それぞれ1行と数えている。",
            f"{some(number, 'row')} in {some(len(found), 'group')} have the same time, address, port and kind; each"
            " is counted.",
            Text(
                ja="一つの記録が二度書かれた（同じ期間の開示を重ねた）ものなら、行・ログイン・セッション・時間帯・投稿前後の数は"
                "多すぎ、アドレスの変化の割合は小さすぎる。別の接続かどうかは原本とサービス側に確かめる。",
                en="If one record is written twice (disclosures of one time put together), the numbers of rows, logins,"
                " sessions, hours and around posts are too high and the share of changes of address too low. Whether"
                " they are connections of their own, the original and the service can say.",
            ),
            rows=(row for rows in found for row in rows),
        )


def _span(history: History) -> Statement:
    used: Sequence[Entry] = [entry for entry in history.entries if entry.counted]
    days = days_of(used)
    length = (days[-1] - days[0]).days + 1
    start, end = at(used[0]), at(used[-1])
    logins = [entry for entry in used if entry.login]
    ja = en = ""
    if logins and (logins[0] is not used[0] or logins[-1] is not used[-1]):
        # An account's creation years before must not make the disclosure of logins look as long.
        ja = f"うちログインは {at(logins[0])} から {at(logins[-1])} まで。"
        en = f" The logins among them run from {at(logins[0])} to {at(logins[-1])}."
    return stated(
        "HIS006",
        f"集計した行は {start} から {end} まで。日本時間で{length}日間のうち{len(days)}日に行がある。" + ja,
        f"The rows counted run from {start} to {end}; of {some(length, 'date')} (JST) {len(days)} with a row." + en,
        Text(
            ja="開示の範囲はサービス側の保存と決定・任意開示の範囲による。範囲の外と、"
            "行のない日については何も言えない。",
            en="What is disclosed depends on what was kept and ordered. Nothing is said of the time outside it, nor of"
            " dates without a row.",
        ),
        rows=(entry.row for entry in used),
    )

"""The head of a plan and what has to be done first."""

from __future__ import annotations

from collections import Counter
from datetime import date  # noqa: TC003 - the annotations of a NamedTuple are read at run time
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import PACES
from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.layout import Column, Line
from ipattr.renderers.timetables import digest
from ipattr.renderers.timetables.parts import Grid, Heading, Note
from ipattr.renderers.timetables.words import (
    ACT_BY,
    PACE,
    WORKDAY_PASSED,
    cited,
    dated,
    joined,
    left,
    row_numbers,
    step_name,
    tone,
)
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import DatedStep, ExpiryPlan, LatestStart
    from ipattr.renderers.destinations.sheet import Row
    from ipattr.renderers.timetables.parts import Part, Wish


class _Act(NamedTuple):
    """One thing to do by a day. ``spare`` is the day that a quicker pace would still allow, with that pace."""

    name: str
    day: date
    pace: str
    spare: tuple[date, str] | None


def parts(wish: Wish) -> Iterator[Part]:
    """Yield the head, then every open expiry with its latest days, then what is lost and what cannot be reckoned."""
    found = digest.standing(wish.timetable)
    yield from _head(wish)
    yield _summed(wish, found)
    yield Heading(
        wish.say("期限の早い順(計算上の最も遅い日)", "By date, the earliest first (latest days by arithmetic)")
    )
    still = digest.open_plans(wish.timetable)
    if still:
        yield _grid(wish, still)
    elif wish.timetable.rows:
        yield Note(wish.say("これから満了するログはない。", "No log is still to expire."))
    else:
        yield Note(wish.say("計画するログインがない。", "There is no login to plan for."))
    yield from _lost(wish)
    yield from _undated(wish, found)


def _head(wish: Wish) -> Iterator[Part]:
    plan, say, lang = wish.timetable, wish.say, wish.lang
    yield Heading(say("日程計算(逆算と見込み)", "Plan: counted back and forward"), level=1)
    platform = plan.platform or say("指定なし", "none named")
    yield Note(
        say(
            f"基準日 {dated(plan.as_of, lang)}  着手日 {dated(plan.start, lang)}  サービス {platform}",
            f"as of {dated(plan.as_of, lang)}  start {dated(plan.start, lang)}  platform {platform}",
        ),
        tone="bold",
    )
    posts = joined((dated(day, lang) for day in plan.posts), lang)
    if plan.assumed:
        yield Note(
            say(
                f"ログイン{plan.rows}件は投稿日({posts or '-'})からの仮定であり、開示されたものではない。"
                "実際の接続日が投稿より前なら、満了はその分早い。",
                f"{plan.rows} login{'s' * (plan.rows != 1)} assumed from the days of the posts ({posts or '-'}), "
                "not disclosed. A log of an earlier connection expires that much earlier.",
            ),
            tone="yellow",
        )
    else:
        about = say(f"、投稿 {posts}", f"; posts {posts}") if posts else ""
        yield Note(say("開示されたログについての計算", "Reckoned for the log that was disclosed") + about)
    data = say("データ版 ", "data ") + plan.data_version
    if plan.case_data_version and plan.case_data_version != plan.data_version:
        data += say(f"(判定のデータ版 {plan.case_data_version})", f" (verdicts by data {plan.case_data_version})")
    yield Note(f"ipattr {plan.tool_version}  {data}", tone="dim")


def _grid(wish: Wish, still: Sequence[ExpiryPlan]) -> Grid:
    say = wish.say
    columns = (
        Column(say("請求先・行", "Addressee, rows"), 16),
        Column(say("接続日・保存期間・満了", "Connected, kept, expiry"), 21),
        Column(say("計算上の最も遅い日", "Latest day by arithmetic"), 22),
    )
    return Grid(columns, tuple(_row(wish, plans) for plans in digest.merged(still)))


def _row(wish: Wish, plans: Sequence[ExpiryPlan]) -> Row:
    say, lang, plan = wish.say, wish.lang, plans[0]
    who = [*(Line(one.name.pick(lang), "bold") for one in plans), Line(row_numbers(plan.rows))]
    if any(one.nearest for one in plans):
        who.append(Line(say("投稿に最も近いログインを含む", "with the login nearest to a post"), "cyan"))
    if plan.assumed:
        who.append(Line(say("仮定", "assumed"), "yellow"))
    days = (plan.act_by - wish.timetable.as_of).days
    what = [
        *lines(
            say(f"{dated(plan.login_on, lang)} 接続", f"{dated(plan.login_on, lang)} connected"), _figure(plan, lang)
        ),
        Line(say(f"{dated(plan.expiry, lang)} 満了", f"{dated(plan.expiry, lang)} expiry"), "bold"),
    ]
    if plan.act_by != plan.expiry:
        what.append(Line(f"{dated(plan.act_by, lang)} {ACT_BY.pick(lang)}"))
    what.append(Line(left(days, lang) if days >= 0 else WORKDAY_PASSED.pick(lang), tone(days)))
    return [who, what, list(_acts(wish, plan))]


def _figure(plan: ExpiryPlan, lang: str) -> str:
    return f"{plan.figure.pick(lang)} {cited(plan.source, '', plan.confidence, lang)}".rstrip()


def _acts(wish: Wish, plan: ExpiryPlan) -> Iterator[Line]:
    """Yield what must be done by when at the pace of today, the earliest day first; a route too late says so.

    Routes are named where the same act has several days.
    """
    lang, as_of = wish.lang, wish.timetable.as_of
    acts: dict[_Act, list[LatestStart]] = {}
    for route in digest.pressing(wish.timetable, plan.latest):
        for act in _of_route(wish, route):
            acts.setdefault(act, []).append(route[0])
    if not acts:
        yield Line(wish.say("逆算できる経路がない", "no route can be counted back"), "dim")
    several = Counter(act.name for act in acts)
    before: date | None = None
    for act in sorted(acts, key=lambda one: (one.day, one.name)):
        if act.day != before:
            days = (act.day - as_of).days
            yield Line(f"{dated(act.day, lang)} {left(days, lang)}", tone(days))
        before = act.day
        routes = [one.name.pick(lang) for one in acts[act]] if several[act.name] > 1 else []
        told = [*routes, *_warnings(wish, {one.route for one in acts[act]})]
        pace = "" if act.pace == digest.ORDER[0] else f" ({word(PACE, act.pace, lang)})"
        yield Line(f"{act.name}{pace}" + (f" [{joined(told, lang)}]" if told else ""))
        yield from _spare(wish, act, plan)


def _of_route(wish: Wish, route: Sequence[LatestStart]) -> Iterator[_Act]:
    """Yield the act that begins a route, and the letter where that is another one."""
    latest = digest.cautious(route)
    main, letter = digest.act_of(latest), digest.step_of(latest.steps, "letter")
    others = [one for one in route if one.pace != latest.pace]
    quicker = [(_counted(step), one.pace) for one in others if (step := digest.act_of(one)) is not None]
    if main is not None:
        # Of paces that allow the same day the quickest is named.
        spare = max(quicker, key=lambda one: (one[0], -PACES.index(one[1])), default=None)
        late = _counted(main) < wish.timetable.as_of and spare is not None and spare[0] >= wish.timetable.as_of
        yield _Act(step_name(main, wish.lang), _counted(main), latest.pace, spare if late else None)
    if letter is not None and letter is not main and not _in_hand(wish, latest.route):
        yield _Act(step_name(letter, wish.lang), _counted(letter), latest.pace, None)


def _counted(step: DatedStep) -> date:
    return step.workday or step.on


def _in_hand(wish: Wish, route: str) -> bool:
    return any(one.route == route and one.kind == "in-hand" for one in wish.timetable.outlooks)


def _warnings(wish: Wish, routes: set[str]) -> list[str]:
    """Return the codes of the warnings about routes: what is reported against one stands beside it."""
    found = [one for outlook in wish.timetable.outlooks if outlook.route in routes for one in outlook.remarks]
    codes = dict.fromkeys(one.code for one in found if one.level == "warning")
    return [f"{word(LEVEL, 'warning', wish.lang)} {code}" for code in codes]


def _spare(wish: Wish, act: _Act, plan: ExpiryPlan) -> Iterator[Line]:
    """Say of a day that has passed what a quicker pace still allows, or that none does."""
    say, lang, as_of = wish.say, wish.lang, wish.timetable.as_of
    if act.spare is not None:
        day, quicker = act.spare
        rest, name = left((day - as_of).days, lang), word(PACE, quicker, lang)
        yield Line(
            say(f"至急: {name}なら {dated(day, lang)}、{rest}", f"urgent: {name} {dated(day, lang)}, {rest}"), "yellow"
        )
    elif act.day < as_of:
        rest = left((plan.expiry - as_of).days, lang)
        yield Line(
            say(f"どの間隔でも経過。ただし満了前({rest})", f"past at every pace, but not expired ({rest})"), "red"
        )


def _lost(wish: Wish) -> Iterator[Part]:
    lang = wish.lang
    passed = digest.passed_plans(wish.timetable)
    if passed:
        yield Note(
            wish.say(
                "満了済み(消去されたとは限らない。残っているかは請求先に照会する):",
                "Expired (not proof of erasure; ask the addressee whether the log is still there):",
            ),
            tone="red",
        )
    for plans in digest.merged(passed):
        plan = plans[0]
        names = joined((one.name.pick(lang) for one in plans), lang)
        days, day = left((plan.expiry - wish.timetable.as_of).days, lang), dated(plan.expiry, lang)
        since = joined((dated(plan.login_on, lang), _figure(plan, lang)), lang)
        yield Note(
            wish.say(
                f"{names}: {day} に満了、{days}(接続 {since})", f"{names}: expired {day}, {days} (connected {since})"
            ),
            lead=f"  {row_numbers(plan.rows)}: ",
        )


def _undated(wish: Wish, found: digest.Standing) -> Iterator[Part]:
    say = wish.say
    if found.undated:
        yield Note(
            say(
                "保存期間の数値がなく、満了日を計算できない。請求先に保存期間を照会する。保存要請は期間が分からなくても出せる。",
                "No retention figure, so no expiry can be reckoned. Ask the addressee how long it keeps logs; a "
                "preservation letter can go out without knowing.",
            ),
            lead=f"{row_numbers(found.undated)}: ",
            tone="yellow",
        )
    if found.without_log:
        yield Note(
            say(
                "保存を求めるアクセスログがない(アクセスプロバイダではない、特殊用途、時刻なし、収録なし)。",
                "No access log to ask for (not an access provider, special-purpose, no time, or not listed).",
            ),
            lead=f"{row_numbers(found.without_log)}: ",
        )


def _summed(wish: Wish, found: digest.Standing) -> Note:
    """Say where the logins stand in numbers that sum to all of them."""
    names = {
        wish.say("満了前", "not expired"): len(found.open),
        wish.say("一部の期間が満了", "expired by some figures"): len(found.partly),
        wish.say("満了済み", "expired"): len(found.expired),
        wish.say("期間不明", "period unknown"): len(found.undated) + found.unnamed,
        wish.say("対象外", "no log"): len(found.without_log),
    }
    told = " + ".join(f"{name} {count}" for name, count in names.items())
    return Note(wish.say(f"ログイン {wish.timetable.rows}件 = {told}", f"{wish.timetable.rows} logins = {told}"))

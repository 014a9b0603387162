"""The ways side by side: when the person is known, what each way needs, and what the end of a log does to it.

Nothing is said beyond the figures: where they do not reach the person, the totals published for the route are shown,
and where there are none either, that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.instants import length
from ipattr.model import PACES, RouteComparison, Text
from ipattr.planning.chains import totals_of
from ipattr.planning.notes import followed
from ipattr.planning.spans import after

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from ipattr.model import DurationFigure, Procedure, Route, RouteOutlook

_ON_LOG = Text(
    ja="アクセスプロバイダのログが消えると、この経路では氏名・住所に至らない。",
    en="Once the access provider's log is gone, this route no longer leads to name and address.",
)
_NO_LETTER = Text(
    ja="この経路には、ログを残させる段階（保存要請・消去禁止）がない。",
    en="No step of this route has the log kept (no letter, no order against erasure).",
)
_OFF_LOG = Text(
    ja="電話番号・メールアドレスはアクセスログに依存せず、ログの消去によっては失敗しない。ただし、運営者が電話番号等を保有"
    "していること、照会先が回答することが前提であり、それがいつまで保有されるかの数値は収録していない。",
    en="A telephone number or mail address does not hang on the access log, so its end does not make this route fail. "
    "The platform must hold one and the carrier must answer; no figure on record says how long either keeps it.",
)
_NOT_FOLLOWED = Text(
    ja="このサービスはこの手続に応じないと報告されており、日付は計算にとどまる。",
    en="The platform is reported not to follow this procedure: the dates are mere arithmetic.",
)
_NO_FIGURE = Text(ja="氏名・住所に至る日の数値は収録していない。", en="No figure on record reaches the person.")
_BOTH = Text(
    ja="並行して進めた場合。ログの消去によって失敗するのはIPアドレスの経路だけであり、他方はそれに左右されない。"
    "日付は先に至る経路のもの（サービスが応じないと報告される経路を除く）。",
    en="Side by side. The end of the log makes only the routes by address fail; the other does not hang on it. "
    "Dates are those of the route that arrives first, but for routes the platform is reported not to follow.",
)


def compare(
    routes: Sequence[Route],
    outlooks: Sequence[RouteOutlook],
    *,
    procedures: Mapping[str, Procedure],
    platform: str,
) -> tuple[RouteComparison, ...]:
    """Return each route, then those that hang on the log and those that do not both at once, where there are both."""
    alone = [
        RouteComparison(
            id=route.id,
            name=route.name,
            routes=(route.id,),
            person=_person(outlook),
            needs=outlook.needs,
            fails_by_expiry="yes" if route.depends_on_log else "no",
            text=_joined(list(_said(route, outlook, procedures, platform))),
        )
        for route, outlook in zip(routes, outlooks, strict=True)
    ]
    if {route.depends_on_log for route in routes} != {True, False}:
        return tuple(alone)
    dated = [
        _person(outlook)
        for route, outlook in zip(routes, outlooks, strict=True)
        if followed(route, procedures, platform)
    ]
    reached = {pace: [days[pace] for days in dated if pace in days] for pace in PACES}
    both = RouteComparison(
        id="both",
        name=Text(ja="両方を並行", en="both at once"),
        routes=tuple(route.id for route in routes),
        person={pace: min(days) for pace, days in reached.items() if days},
        needs=tuple(dict.fromkeys(need for outlook in outlooks for need in outlook.needs)),
        fails_by_expiry="only-if-all",
        text=_BOTH,
    )
    return (*alone, both)


def _said(route: Route, outlook: RouteOutlook, procedures: Mapping[str, Procedure], platform: str) -> Iterator[Text]:
    """Yield what the end of a log does, what is reported, the other ways to the person, and the published totals."""
    letter = any(step.milestone == "letter" for leg in route.legs for step in procedures[leg.procedure].steps)
    yield _ON_LOG if route.depends_on_log else _OFF_LOG
    if route.depends_on_log and not letter:
        yield _NO_LETTER
    if not followed(route, procedures, platform):
        yield _NOT_FOLLOWED
    yield from _ways(outlook, procedures)
    totals = totals_of(route, platform)
    yield from (_total(total, outlook.start) for total in totals)
    if not totals and not _person(outlook):
        yield _NO_FIGURE


def _person(outlook: RouteOutlook) -> dict[str, date]:
    return {one.pace: one.reached["person"] for one in outlook.forecasts if "person" in one.reached}


def _ways(outlook: RouteOutlook, procedures: Mapping[str, Procedure]) -> Iterator[Text]:
    """Where several procedures lead to the person, say which gives the dates, and the dates of the others."""
    found: dict[str, list[date]] = {}
    for one in outlook.forecasts:
        for step in one.steps:
            if step.milestone == "person":
                found.setdefault(step.procedure, []).append(step.on)
    names = [(procedures[key].name, min(days), max(days)) for key, days in found.items()]
    for position, (name, first, last) in enumerate(names if len(names) > 1 else ()):
        if not position:
            yield Text(ja=f"氏名・住所の日は{name.ja}による。", en=f"The days of the person are by: {name.en}.")
        else:
            yield Text(ja=f"{name.ja}によれば{first}～{last}。", en=f"By {name.en}: {first} to {last}.")


def _total(total: DurationFigure, start: date) -> Text:
    """Return a published total with the days that it gives from the start."""
    low, high = after(start, total.low), after(start, total.high)
    source = f"{total.source}, {total.as_of}" if total.as_of else total.source
    short, long = length(total.low.value, total.low.unit), length(total.high.value, total.high.unit)
    return Text(
        ja=f"公表された全体の期間: {total.text}（{source}）。{start}からなら{low}～{high}。",
        en=f"Published total: {short.en} to {long.en} ({source}); from {start}, {low} to {high}.",
    )


def _joined(texts: Sequence[Text]) -> Text:
    return Text(ja="".join(text.ja for text in texts), en=" ".join(text.en for text in texts))

"""The words of a plan: paces, milestones, states of a log, and days with what counts instead of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.view import numbers, weekday
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ipattr.model import Confidence, DatedStep, StepBasis
    from ipattr.renderers.layout import Tone

PACE: dict[str, Text] = {
    "best": Text(ja="最短", en="best"),
    "current": Text(ja="現在", en="current"),
    "older": Text(ja="従前", en="older"),
    "worst": Text(ja="最長", en="worst"),
}
STATE: dict[str, Text] = {
    "kept": Text(ja="残存", en="kept"),
    "uncertain": Text(ja="不確実", en="uncertain"),
    "gone": Text(ja="消去", en="gone"),
    "unknown": Text(ja="不明", en="unknown"),
    "not_applicable": Text(ja="対象外", en="n/a"),
}
MEANING: dict[str, Text] = {
    "kept": Text(
        ja="公表された期間がどれも満了していない(満了日の当日を含む。消去されていない保証ではない)",
        en="no published period has ended, the day of expiry included (no promise that the log is still there)",
    ),
    "uncertain": Text(
        ja="最短の期間は満了し最長は満了していない、又は一部の請求先に数値がない",
        en="the shortest period has ended, the longest has not, or one possible addressee has no figure",
    ),
    "gone": Text(ja="公表された期間がすべて満了", en="every published period has ended"),
    "unknown": Text(ja="期間の数値がどの請求先にもない", en="no possible addressee has a figure"),
    "not_applicable": Text(
        ja="アクセスログがない(アクセスプロバイダではない、特殊用途、時刻なし)",
        en="no access log (not an access provider, special-purpose, no time)",
    ),
}
MILESTONE: dict[str, Text] = {
    "filing": Text(ja="申立て", en="filing"),
    "order": Text(ja="決定", en="order"),
    "ip": Text(ja="IPアドレスの判明", en="IP in hand"),
    "provider": Text(ja="プロバイダ名の判明", en="provider's name in hand"),
    "letter": Text(ja="保存要請・消去禁止の到達", en="request or order to keep the log served"),
    "phone": Text(ja="電話番号の判明", en="telephone number in hand"),
    "person": Text(ja="氏名・住所の判明", en="name and address in hand"),
    "final": Text(ja="確定", en="final"),
}
FACTOR: dict[str, Text] = {
    "nearness": Text(ja="投稿との近さ", en="nearness"),
    "searchability": Text(ja="検索の可否", en="searchability"),
    "days-left": Text(ja="残り日数", en="days left"),
}
FAILS: dict[str, Text] = {
    "yes": Text(ja="ログが消えれば失敗する", en="fails when the log is gone"),
    "no": Text(ja="ログによらない(他の理由では失敗しうる)", en="does not hang on the log (may fail otherwise)"),
    "only-if-all": Text(
        ja="ログが消えてもログによらない経路が残る(それも失敗しうる)",
        en="without the log, a route that does not need it is left (it may fail, too)",
    ),
}
KIND: dict[str, Text] = {
    "ip": Text(ja="IPアドレス経由", en="by IP address"),
    "phone": Text(ja="電話番号経由", en="by telephone number"),
    "in-hand": Text(ja="開示済みのログから", en="from the log in hand"),
}
ACTOR: dict[str, Text] = {
    "applicant": Text(ja="申立人", en="applicant"),
    "court": Text(ja="裁判所", en="court"),
    "platform": Text(ja="コンテンツプロバイダ", en="platform"),
    "provider": Text(ja="アクセスプロバイダ", en="access provider"),
    "bar-association": Text(ja="弁護士会", en="bar association"),
    "carrier": Text(ja="電話事業者", en="telephone carrier"),
}
PACES_MEAN = Text(
    ja="現在・従前は実務家の示す今の間隔と以前の間隔、最短・最長は各段階に公表された最も短い数値と最も長い数値による。",
    en="current and older: the intervals that a practitioner gives today and gave before; best and worst: "
    "the lowest and the highest figure published for each step.",
)
EXPIRY = Text(ja="満了", en="expiry")
ACT_BY = Text(ja="最終営業日", en="last working day")
WORKDAY_PASSED = Text(ja="最終営業日は経過、満了前", en="last working day past, not expired")
OUTSIDE = Text(ja="→ 営業日不明", en="→ workday?")
SOON = 14
"""A day is pressing from so many days before it, as ``retention.DUE_DAYS`` has it."""


def dated(day: date, lang: str) -> str:
    """Return a day with its weekday: ``2026-08-09 (日)``."""
    return f"{day} ({weekday(day, lang)})"


def counts_instead(on: date, workday: date | None, lang: str) -> str:
    """Return the working day that counts instead of ``on``, or that it is unknown; empty where ``on`` is one."""
    if workday is None:
        return OUTSIDE.pick(lang)
    return "" if workday == on else f"→ {dated(workday, lang)}"


def moved(on: date, workday: date | None, lang: str) -> str:
    """Return a day, and the working day that counts instead of it, in one line."""
    return f"{dated(on, lang)} {counts_instead(on, workday, lang)}".rstrip()


def left(days: int, lang: str) -> str:
    """Return how far away a day is: so many days left, today, or so many days past."""
    if days == 0:
        return "本日限り" if lang == "ja" else "today is the last day"
    plural = "s" * (abs(days) != 1)
    if days > 0:
        return f"残り{days}日" if lang == "ja" else f"{days} day{plural} left"
    return f"{-days}日経過" if lang == "ja" else f"{-days} day{plural} past"


def tone(days: int) -> Tone:
    """Return the tone of a day that is so many days away."""
    if days < 0:
        return "red"
    return "yellow" if days <= SOON else "green"


def step_name(step: DatedStep, lang: str) -> str:
    """Return what the step is called, else its milestone, else its id."""
    return step.name.pick(lang) or (word(MILESTONE, step.milestone, lang) if step.milestone else step.step)


def cited(source: str, as_of: str, confidence: Confidence, lang: str) -> str:
    """Return source code, its date and the confidence in brackets; nothing where there is no source."""
    if not source:
        return ""
    sure = ("確度 " if lang == "ja" else "confidence ") + word(CONFIDENCE, confidence, lang)
    return f"[{', '.join(filter(None, (source, as_of, sure)))}]"


def based(basis: StepBasis, lang: str) -> str:
    """Return a figure as published, with where it is from."""
    return f"{basis.text} {cited(basis.source, basis.as_of, basis.confidence, lang)}".strip()


def paces(some: Iterable[str], lang: str) -> str:
    """Join the names of paces."""
    return joined((word(PACE, pace, lang) for pace in some), lang)


def joined(texts: Iterable[str], lang: str) -> str:
    """Join texts as a list of this language does."""
    return ("、" if lang == "ja" else "; ").join(texts)


def row_numbers(rows: Sequence[int]) -> str:
    """Return ``No.1-3, 7``; a dash where there is no row."""
    return f"No.{numbers(tuple(rows))}" if rows else "-"

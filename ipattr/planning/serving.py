"""What if: a preservation letter is with the providers on a day, the same for all or one of its own for some.

A letter to one provider says nothing about the others. In the answer for a day, a provider with days of its own is
judged on that day if it is one of them, else on the first of them; every other provider likewise by the days of a
letter to all. One for which no letter is planned is judged on the as-of date: what is there now, and nothing keeps it
there. The label says who is not judged on the day itself, so that no row is counted without its day.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - the annotations of a NamedTuple are read at run time
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import WhatIf
    from ipattr.planning.spans import Workdays
    from ipattr.planning.survival import Logs


class Served(NamedTuple):
    """The day on which a preservation letter is with a provider (its id; "": with every provider)."""

    day: date
    provider: str = ""


def answers(served: Sequence[Served], logs: Logs, *, as_of: date, workdays: Workdays) -> tuple[WhatIf, ...]:
    """Return what survives on each distinct day asked about, in order; unasked, today and on the last useful days.

    A day for a provider that nobody has to ask is not answered (a remark says so).
    """
    meant = [one for one in served if not one.provider or one.provider in logs.names]
    if not meant:
        return tuple(_unasked(logs, as_of, workdays))
    return tuple(_answer(day, meant, logs, as_of) for day in sorted({one.day for one in meant}))


def _answer(day: date, served: Sequence[Served], logs: Logs, as_of: date) -> WhatIf:
    own = {one.provider: _nearest(day, served, one.provider) for one in served if one.provider}
    others = _nearest(day, served, "")
    texts = [
        Text(ja=f"{day}に保存要請が届いた場合", en=f"if the preservation letter is served on {day}"),
        *_apart({provider: judged for provider, judged in own.items() if judged != day}, logs),
        *(_rest(others, as_of) if others != day and len(own) < len(logs.names) else ()),
    ]
    label = Text(ja="。".join(text.ja for text in texts), en="; ".join(text.en for text in texts))
    return logs.served(day, lambda provider: own.get(provider) or others or as_of, label)


def _nearest(day: date, served: Sequence[Served], provider: str) -> date | None:
    """Return ``day`` if a letter to ``provider`` is planned for it, else the first day one is, None without any."""
    planned = sorted(one.day for one in served if one.provider == provider)
    return day if day in planned else next(iter(planned), None)


def _apart(days: dict[str, date | None], logs: Logs) -> Iterator[Text]:
    for provider, judged in days.items():
        name = logs.names[provider]
        yield Text(ja=f"{name.ja}は{judged}に届くものとした", en=f"{name.en}: served on {judged}")


def _rest(others: date | None, as_of: date) -> Iterator[Text]:
    if others is not None:
        yield Text(ja=f"そのほかは{others}に届くものとした", en=f"all others: served on {others}")
        return
    yield Text(
        ja=f"そのほかには要請の予定がなく、基準日{as_of}の状態を示す（保存はされない）",
        en=f"all others: no letter planned, judged on {as_of}; nothing keeps these logs",
    )


def _unasked(logs: Logs, as_of: date, workdays: Workdays) -> Iterator[WhatIf]:
    """Yield today, then for each provider the last working day on which all of its logs kept today still are."""
    today = Text(ja=f"基準日{as_of}に保存要請が届いた場合", en=f"if the preservation letter is served on {as_of}")
    by_day: dict[date, list[str]] = {}
    for provider, until in logs.last_days(as_of).items():
        by_day.setdefault(workdays.last(until), []).append(provider)
    pressing = [provider for day, providers in by_day.items() if day <= as_of for provider in providers]
    if pressing:
        ja, en = _named(pressing, logs)
        today = Text(
            ja=f"{today.ja}（{ja}については、最初の満了までに後の営業日がない）",
            en=f"{today.en} ({en}: no later working day before the first expiry)",
        )
    yield logs.on(as_of, today)
    for day in sorted(day for day in by_day if day > as_of):
        ja, en = _named(by_day[day], logs)
        label = Text(
            ja=f"{ja}について、基準日に残るログがすべて残る最後の営業日",
            en=f"{en}: last working day on which every log kept on the as-of date still is",
        )
        yield logs.on(day, label)


def _named(providers: Sequence[str], logs: Logs) -> tuple[str, str]:
    names = [logs.names[provider] for provider in providers]
    return "、".join(name.ja for name in names), ", ".join(name.en for name in names)

"""What is known where no observation spans a login: the nearest sightings, how far they lie, and what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.destinations.sightings import DAY, SECOND, is_instant
from ipattr.destinations.spans import NEAR
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.destinations.plans import Plan
    from ipattr.model import Platform

_HOUR = 3600


def nearest(platform: Platform, known: Plan, at: int) -> Iterator[Text]:
    """Yield the nearest observations and what they leave open; nothing where one spans the instant."""
    if any(item.relation == "around" for item in known.items):
        return
    behind = max((item.behind for item in known.items if item.behind), key=lambda one: one.high, default=None)
    ahead = min((item.ahead for item in known.items if item.ahead), key=lambda one: one.low, default=None)
    before = (
        _side(behind.ends, at // SECOND - behind.high // SECOND, at // DAY - behind.high_day)
        if behind is not None
        else None
    )
    after = (
        _side(ahead.begins, ahead.low // SECOND - at // SECOND, ahead.low_day - at // DAY)
        if ahead is not None
        else None
    )
    if before and after:
        yield Text(
            ja=f"最も近い観測は接続前が{before.ja}前）、接続後が{after.ja}後）であり、その間の応答は記録がなく分からない。",
            en=f"The nearest observations are {before.en} before) and {after.en} after); what was answered in between"
            " is not on record.",
        )
    elif before:
        yield Text(
            ja=f"最も近い観測は接続前の{before.ja}前）で、それより後の観測はないため、その後に応答が変わったかは分からない。",
            en=f"The nearest observation is {before.en} before); there is none later, so whether the answers changed"
            " after it is not known.",
        )
    elif after:
        yield Text(
            ja=f"最も近い観測は接続後の{after.ja}後）で、それより前の観測はないため、接続時の応答が同じであったかは分からない。",
            en=f"The nearest observation is {after.en} after); there is none earlier, so whether the answers were the"
            " same at the login is not known.",
        )
    yield Text(
        ja=f"接続時の応答は、当時の記録（{platform.name}の運営者、パッシブDNSなど）があれば確かめられる。",
        en=f"A record of that time (the operator of {platform.name}, passive DNS) would settle it.",
    )


def _side(published: str, seconds: int, days: int) -> Text:
    """Return a published time and its distance, in hours and minutes where it is an instant within a day."""
    if is_instant(published) and seconds < NEAR // SECOND:
        hours, rest = divmod(seconds, _HOUR)
        return Text(
            ja=f"{published}（{hours}時間{rest // 60}分" if hours else f"{published}（{rest // 60}分{rest % 60}秒",
            en=f"{published} ({hours} h {rest // 60} min" if hours else f"{published} ({rest // 60} min {rest % 60} s",
        )
    return Text(ja=f"{published}（{days}日", en=f"{published} ({days} {'day' if days == 1 else 'days'}")

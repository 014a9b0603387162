"""Figures of a case: who carried the logins when, at which hours, until when, and towards which destination.

Each figure is drawn from the ``Case`` alone, is 150 mm wide for A4, can be told apart in grey, and comes with its data.
matplotlib is the extra ``plots``; importing this package loads neither it nor pandas.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from ipattr.errors import UsageError
from ipattr.model import Lang, Text
from ipattr.plots.picture import Picture, Plot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipattr.model import Case

__all__ = [
    "KINDS",
    "Kind",
    "Picture",
    "Plot",
    "deadlines",
    "destinations",
    "hours",
    "plot",
    "providers",
    "sessions",
    "timeline",
]

Kind = Literal["timeline", "hours", "providers", "sessions", "deadlines", "destinations"]
KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "timeline": Text(ja="請求先別のログインと投稿の時系列", en="Logins by addressee, with posts"),
        "hours": Text(ja="曜日と時間帯別のログイン件数（日本時間）", en="Logins by hour and weekday (JST)"),
        "providers": Text(ja="請求先別のログイン件数と割合", en="Share of logins by addressee"),
        "sessions": Text(ja="セッションとIPアドレスの移り変わり", en="Sessions and address churn"),
        "deadlines": Text(ja="通信ログの消去予定と対応期限", en="Log expiry and last days to act"),
        "destinations": Text(
            ja="接続先候補の観測期間とログイン", en="Destination candidates: when observed, and logins"
        ),
    }
)
"""Every kind of figure with its title."""

_MODULES: Mapping[Kind, str] = MappingProxyType(
    {
        "timeline": "times",
        "hours": "heat",
        "providers": "shares",
        "sessions": "visits",
        "deadlines": "terms",
        "destinations": "strips",
    }
)


def plot(case: Case, kind: Kind, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return the figure of one ``kind`` of ``KINDS`` with its data, title and note.

    ``account`` limits it to the logins and posts of one account, by numeric id or by name as written (empty: all).
    Times are JST. Raise UsageError for an unknown kind, for an account that the case does not have, and where
    matplotlib or any Japanese font is missing.
    """
    if kind not in _MODULES:
        known = ", ".join(get_args(Kind))
        raise UsageError(
            ja=f"図の種類が違う: {kind}(使えるのは {known})", en=f"No such figure: {kind} (one of {known})."
        )
    draw: Callable[..., Plot] = import_module(f"ipattr.plots.{_MODULES[kind]}").draw
    return draw(case, title=KINDS[kind].pick(lang), lang=lang, account=account)


def timeline(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return the logins of each addressee over time, the posts, and the login nearest to each post."""
    return plot(case, "timeline", lang=lang, account=account)


def hours(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return the counts of logins by weekday and hour in JST as a heat map with its sums."""
    return plot(case, "hours", lang=lang, account=account)


def providers(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return how many of the logins lead to each addressee, and their share."""
    return plot(case, "providers", lang=lang, account=account)


def sessions(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return the sessions over time and how the address changed from login to login."""
    return plot(case, "sessions", lang=lang, account=account)


def deadlines(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return until when each log is kept and by when to act, against the as-of date of the case."""
    return plot(case, "deadlines", lang=lang, account=account)


def destinations(case: Case, *, lang: Lang = "ja", account: str = "") -> Plot:
    """Return when each candidate address was observed, with the logins beside."""
    return plot(case, "destinations", lang=lang, account=account)

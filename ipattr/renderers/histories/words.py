"""The words of histories, in both languages, and how statements and names are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.layout import inert
from ipattr.renderers.timetables.parts import Note
from ipattr.renderers.view import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipattr.model import Statement
    from ipattr.renderers.destinations.sheet import Look

KIND: dict[str, Text] = {
    "home": Text(ja="固定", en="fixed"),
    "mobile": Text(ja="モバイル", en="mobile"),
    "other": Text(ja="その他", en="other"),
    "unknown": Text(ja="不明", en="unknown"),
}
USE: dict[str, Text] = {
    "dedicated": Text(ja="専有", en="dedicated"),
    "shared": Text(ja="共有", en="shared"),
    "possibly-shared": Text(ja="専有か共有", en="dedicated or shared"),
    "unknown": Text(ja="不明", en="unknown"),
    "ipv6": Text(ja="IPv6", en="IPv6"),
}
UNCOUNTED: dict[str, Text] = {
    "": Text(ja="", en=""),
    "review": Text(ja="要確認のため数えない", en="in review, not counted"),
    "no-time": Text(ja="時刻なし", en="no time"),
    "day-precision": Text(ja="日付まで", en="date only"),
}
LEVEL: dict[str, Text] = {
    "line": Text(ja="回線", en="line"),
    "address": Text(ja="アドレス", en="address"),
    "24": Text(ja="/24", en="/24"),
    "64": Text(ja="/64", en="/64"),
    "56": Text(ja="/56", en="/56"),
    "48": Text(ja="/48", en="/48"),
    "announced": Text(ja="広告ブロック", en="announced"),
}
PORTS: dict[str, Text] = {
    "same": Text(ja="同じ", en="same"),
    "same-set": Text(ja="同じ群", en="same set"),
    "other-set": Text(ja="別の群", en="other set"),
    "different": Text(ja="異なる(区別できない)", en="different (tells nothing)"),
    "missing": Text(ja="記載なし", en="missing"),
    "not-compared": Text(ja="比べない", en="not compared"),
}
WITHIN: dict[str, Text] = {
    "session": Text(ja="セッション内", en="session"),
    "day": Text(ja="同じ日", en="same date"),
}
BASIS: dict[str, Text] = {
    "seen": Text(ja="現れた数だけ", en="no more than they show"),
    "returns": Text(ja="戻り方に見合う数", en="as their returns suggest"),
    "part": Text(ja="広告ブロックの{}分の1", en="one {}th of their blocks"),
    "prefixes": Text(ja="現れた広告ブロック", en="their announced blocks"),
    "provider": Text(ja="事業者の広告全体", en="all the provider announces"),
}
# Longer lists of rows stand whole in the table of rows and in JSON.
_SHOWN = 90


def named(account: str, look: Look) -> str:
    """Return the account, fit for a heading too, or that the rows name none."""
    return inert(account) or look.say("(アカウントの記載なし)", "(rows without an account)")


def shortened(rows: tuple[int, ...], look: Look) -> str:
    """Write row numbers shortly, cut at a comma where they are many; how many they are is said then."""
    text = numbers(rows)
    if len(text) <= _SHOWN:
        return text
    return text[:_SHOWN].rpartition(",")[0] + look.say(f" … (計{len(rows)}行)", f" ... ({len(rows)} rows in all)")


def statement(one: Statement, look: Look, sides: Mapping[str, str] | None = None) -> Iterator[Note]:
    """Yield a statement, what it does not show, and the rows it rests on; ``sides`` names the accounts of a pair."""
    yield Note(one.text.pick(look.lang), lead=f"{one.code} ")
    yield Note(one.limits.pick(look.lang), lead=look.say("    限界: ", "    limits: "), tone="dim")
    rows = {"rows": one.rows, "other_rows": one.other_rows}
    for key, name in (sides or {"rows": ""}).items():
        if rows[key]:
            whose = f" [{name}]" if name else ""
            yield Note(shortened(rows[key], look), lead=look.say(f"    行{whose}: ", f"    rows{whose}: "), tone="dim")

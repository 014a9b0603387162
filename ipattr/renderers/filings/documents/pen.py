"""How values are written: dates in the style wished, full width, what is hidden, what is too long, what is blank."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import to_number
from ipattr.instants import format_date, format_instant, full_width, jst_date
from ipattr.renderers.destinations import dates
from ipattr.renderers.layout import inert
from ipattr.renderers.view import numbers, weekday

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime
    from typing import Literal

    from ipattr.model import Account, Citation, Instant, LoginEvent, Precision
    from ipattr.renderers.filings.material import MaskItem, Wish

BLANK = "●"
UNKNOWN = "不明"
NOT_GIVEN = "―"
LONGEST = 240
"""Characters of an input that a cell of a document holds; the whole text then stands at the end of the overview."""
_MANY = 60
_LINES = 8
_SEGMENT = re.compile(r"([/?&=#@%]+)")


class Pen(NamedTuple):
    """The style of one document. ``hidden`` is what its copy hides, ``names`` the accounts that then leave no trace."""

    dates: Literal["western", "reiwa"]
    wide: bool
    hidden: frozenset[MaskItem] = frozenset()
    names: frozenset[str] = frozenset()

    def day(self, day: date | None) -> str:
        """Return a date, 不明 where there is none."""
        if day is None:
            return UNKNOWN
        if self.dates == "western":
            return dates.published(day.isoformat(), "ja")
        try:
            return format_date(day, style="reiwa")
        except ValueError:  # before the eras that are written
            return dates.published(day.isoformat(), "ja")

    def workday(self, day: date | None) -> str:
        """Return a date with its weekday."""
        return UNKNOWN if day is None else f"{self.day(day)}（{weekday(day, 'ja')}）"

    def moment(self, instant: Instant, zone: Literal["UTC", "JST"]) -> str:
        """Return date and time on two lines, no finer than what was written, with the zone.

        A fraction of nought is left out: forms ask for seconds, and the origin of the row has the text as it stood. A
        date without a time of day has no other zone than its own: it stands once, under JST.
        """
        precision = instant.precision
        if precision == "day":
            return f"{self.digits(self.day(jst_date(instant.utc)))}\n（時刻の記載なし）" if zone == "JST" else NOT_GIVEN
        if precision in {"ms", "cs"} and not instant.utc.microsecond:
            precision = "s"
        text = _styled(instant.utc, zone, precision, self.dates).replace(f"（{zone}）", "")
        day, clock = _halves(text)
        return self.digits(f"{day}\n{clock}（{zone}）")

    def digits(self, text: str) -> str:
        """Return a time or an address in full-width characters where that is wished."""
        return full_width(text) if self.wide else text

    def source(self, login: LoginEvent) -> str:
        """Return the address whose line is sought."""
        return self.digits(_hidden_address(login.address.line) if "ip" in self.hidden else login.address.line)

    def port(self, login: LoginEvent) -> str:
        """Return the source port, ― where the log has none."""
        if login.port is None:
            return NOT_GIVEN
        return BLANK if "port" in self.hidden else self.digits(str(login.port))

    def target(self, address: str) -> str:
        """Return a destination address."""
        return self.digits(_hidden_address(address) if "destination" in self.hidden else address)

    def account(self, account: Account) -> str:
        """Return the account of a post by name and number, ● where neither is known."""
        if "account" in self.hidden:
            return BLANK
        return shown(" / ".join(filter(None, (account.name, account.id)))) or BLANK

    def url(self, text: str) -> str:
        """Return the URL of a post; where accounts are hidden, without the parts of it that name one.

        Of a URL in which no account of the case is found nobody knows which part may name one: the host alone stays.
        """
        if "url" in self.hidden:
            return BLANK
        if "account" not in self.hidden:
            return shown(text)
        parts = [BLANK if part.casefold() in self.names else part for part in _SEGMENT.split(text)]
        if BLANK in parts or "/" not in text:
            return shown("".join(parts))
        scheme, mark, rest = text.partition("://")
        host = f"{scheme}{mark}{rest.partition('/')[0]}" if mark else ""
        return f"{shown(host)}/{BLANK}" if host else BLANK


def pen_of(wish: Wish, *, hidden: Collection[MaskItem] = (), names: Collection[str] = ()) -> Pen:
    """Return the pen for a wish; ``names`` are the accounts of the case, by name and by number."""
    return Pen(wish.dates, wish.full_width, frozenset(hidden), frozenset(name.casefold() for name in names if name))


def shown(text: str) -> str:
    """Return a text of an input for one cell: inert, and cut where it would fill a page, saying so."""
    whole = inert(text)
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[:LONGEST]}…〔全{len(whole):,}字。全文は「一覧」の末尾〕"


def shown_lines(text: str) -> str:
    """Return a text of an input as ``shown``, its lines as lines where they are few."""
    lines = text.split("\n")
    if len(lines) > _LINES or len(inert(text)) > LONGEST:
        return shown(text)
    return "\n".join(inert(line) for line in lines)


def rows_of(rows: Collection[int]) -> str:
    """Name rows of the case, ``No.1-3、7``; of too many for a line, say how many."""
    if not rows:
        return ""
    text = numbers(tuple(rows)).replace(", ", "、")
    return f"No.{text}" if len(text) <= _MANY else f"No.{min(rows)}からNo.{max(rows)}までのうち{len(rows):,}件"


def in_lines(rows: Collection[int], width: int) -> Iterator[str]:
    """Yield the numbers of rows in pieces of about ``width`` characters, none left out."""
    line = ""
    for part in numbers(tuple(rows)).split(", "):
        if line and len(line) + len(part) > width:
            yield line
            line = ""
        line = f"{line}、{part}" if line else part
    if line:
        yield line


def cited(code: str, as_of: str, citations: Mapping[str, Citation]) -> str:
    """Return a source by its title, its date and its code."""
    if not code:
        return "出典なし"
    citation = citations.get(code)
    if citation is not None and citation.kind == "knowledge":
        return f"資料による裏付けなし［{code}］"
    title = citation.title if citation is not None else ""
    dated = as_of or (citation.dated if citation is not None else "")
    when = f"（{dates.published(dated, 'ja').replace(' to ', '～')}）" if dated else "（日付不明）"
    return f"{title or code}{when}" + (f"［{code}］" if title else "")


def _styled(utc: datetime, zone: Literal["UTC", "JST"], precision: Precision, style: str) -> str:
    if style == "reiwa":
        try:
            return format_instant(utc, zone=zone, style="reiwa", precision=precision)
        except ValueError:  # before the eras that are written
            pass
    return format_instant(utc, zone=zone, style="slash", precision=precision)


def _halves(text: str) -> tuple[str, str]:
    """Part date and time of day."""
    for mark, keep in ((" ", ""), ("日", "日")):
        day, found, clock = text.partition(mark)
        if found and clock:
            return day + keep, clock
    return text, ""


def _hidden_address(address: str) -> str:
    """Return what a hidden address still shows: the first 16 bits of IPv4, the first 32 of IPv6."""
    version, number = to_number(address)
    if version == 4:  # noqa: PLR2004 - the IP version is its own name
        return f"{number >> 24}.{number >> 16 & 0xFF}.{BLANK}.{BLANK}"
    return f"{number >> 112:x}:{number >> 96 & 0xFFFF:x}:{BLANK}"

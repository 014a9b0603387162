"""Lines of 2ch.sc, one per post: ``name<>mail<> time id <> body <> thread <> host(IP) <> <> port <> agent <> /IP !``.

The form is known from one published sample line (kandato.jp, ログ保存期間); whatever differs from it is rejected. Body
and thread hold what the poster typed: nothing in them is evidence. Times are JST to 1/100 s, fixed by the form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.addresses import parse_address, parse_port
from ipattr.instants import Zone, parse_zone
from ipattr.model import Cell, Finding, LoginEvent, Refusal, Reject, Text
from ipattr.readers.document import FormReading, numbered_lines
from ipattr.readers.records import Written, conclude
from ipattr.readers.remarks import refusal, remark

if TYPE_CHECKING:
    from ipattr.addresses import ParsedAddress, Specials
    from ipattr.readers.document import Document, Options

FORM = "2ch"
EXPECTS = Text(
    ja="2ch.sc の書込記録(<> 区切り 10 欄、ホスト名(IP)、ポート、/IP ! を含む行)",
    en="lines of 2ch.sc (ten fields between <>, with host(IP), port and /IP !)",
)

_MARK = "<>"
_FIELDS = ("name", "mail", "time", "body", "thread", "host(IP)", "(empty)", "port", "user agent", "/IP !")
_NAME, _MAIL, _TIME, _BODY, _THREAD, _HOST, _EMPTY, _PORT, _AGENT, _CLIENT = range(len(_FIELDS))
_DETECT_LINES = 200
_TIME_AND_ID = re.compile(
    r"(?P<time>\d{4}/\d{2}/\d{2}\([月火水木金土日]\) \d{2}:\d{2}:\d{2}\.\d{2}) (?P<id>[^\s<>]{1,40})", re.ASCII
)
_HOST_AND_IP = re.compile(r"(?P<host>[^\s()<>]{1,253})\((?P<ip>[^\s()<>]{1,60})\)")
_SECOND_IP = re.compile(r"/(?P<ip>[^\s/!<>]{1,60}) !")
_SHAPES = (
    (_TIME, _TIME_AND_ID, "年/月/日(曜) 時:分:秒.1/100 ID", "date(weekday) time to 1/100 s, then the id"),
    (_HOST, _HOST_AND_IP, "ホスト名(IP)", "host(IP)"),
    (_EMPTY, re.compile(""), "空", "nothing"),
    (_CLIENT, _SECOND_IP, "/IP !", "/IP !"),
)
_NON_BLANK = re.compile(r"[^\r\n]*\S[^\r\n]*")


def detect(document: Document, _options: Options) -> Text | None:
    """Say why the document is a 2ch.sc log, None when it is not.

    The mark: among the first 200 lines that are not blank, one has ten fields between ``<>``, the third a time with a
    weekday and hundredths, the sixth ``host(IP)``.
    """
    if _MARK not in document.text:
        return None
    filled = [(row, line) for row, line in numbered_lines(document) if line.strip()]
    for row, line in filled[:_DETECT_LINES]:
        fields = _split(line)
        if (
            len(fields) == len(_FIELDS)
            and _TIME_AND_ID.fullmatch(fields[_TIME])
            and _HOST_AND_IP.fullmatch(fields[_HOST])
        ):
            return Text(
                ja=f"{row} 行目が <> 区切りの 10 欄で、3 欄目に 1/100 秒までの時刻、6 欄目にホスト名(IP)がある。",
                en=f"Line {row} has ten fields between <>, a time to 1/100 s in the third and host(IP) in the sixth.",
            )
    return None


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every line that is not blank as one event or one reject; the rows are counted apart from the reading.

    Two different addresses on a line (host(IP) and /IP) send it to review with both named (IPA059); the event then
    carries that of host(IP), which the source names as the poster's.
    """
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    for row, line in numbered_lines(document):
        if not line.strip():
            continue
        verdict = conclude(_written(row, line, document, specials), document, options, specials)
        if isinstance(verdict, LoginEvent):
            events.append(verdict)
        else:
            rejects.append(verdict)
    rows = len(_NON_BLANK.findall(document.text))
    return FormReading(events=tuple(events), rejects=tuple(rejects), findings=_remarks(document, events), rows=rows)


def _split(line: str) -> list[str]:
    return [field.strip(" ") for field in line.split(_MARK)]


def _written(row: int, line: str, document: Document, specials: Specials) -> Written:
    fields = _split(line)
    if len(fields) != len(_FIELDS):
        return _faulty(row, line, "", _field_count(len(fields)))
    checked = _checked(fields, specials)
    if isinstance(checked, tuple):
        return _faulty(row, line, *checked)
    stamp, host, first, second = checked.stamp, checked.host, checked.first, checked.second
    about = f"{document.name}:{row}"
    return Written(
        row=row,
        text=line,
        cells=_cells(line),
        time=(_FIELDS[_TIME], stamp),
        ip=(_FIELDS[_HOST], first.address.raw),
        port=(_FIELDS[_PORT], fields[_PORT]),
        form_zone=_jst(),
        hostname=None if _is_address(host, specials) else host.rstrip(".") or None,
        kind="unknown",
        findings=() if first.address.text == second.address.text else (_two_addresses(first, second, about),),
    )


class _Line:
    """The evidence of one line that has the form."""

    def __init__(self, stamp: str, host: str, first: ParsedAddress, second: ParsedAddress) -> None:
        self.stamp = stamp
        self.host = host
        self.first = first
        self.second = second


def _checked(fields: list[str], specials: Specials) -> _Line | tuple[str, Refusal]:
    """Return the evidence, or (column, why) of the first field that differs from the sample."""
    time, host, empty, client = (pattern.fullmatch(fields[field]) for field, pattern, _, _ in _SHAPES)
    if time is None or host is None or empty is None or client is None:
        field, _, ja, en = next(shape for shape in _SHAPES if not shape[1].fullmatch(fields[shape[0]]))
        return _FIELDS[field], _unlike(field, ja, en)
    port = parse_port(fields[_PORT])
    first = parse_address(host["ip"], specials=specials)
    second = parse_address(client["ip"], specials=specials)
    for field, value in ((_PORT, port), (_HOST, first), (_CLIENT, second)):
        if isinstance(value, Refusal):
            return _FIELDS[field], value
        if not isinstance(value, int) and value.port is not None:
            return _FIELDS[field], _unlike(field, "ポートのない IP", "an address without a port")
    if isinstance(first, Refusal) or isinstance(second, Refusal):
        raise TypeError
    return _Line(time["time"], host["host"], first, second)


def _faulty(row: int, line: str, column: str, why: Refusal) -> Written:
    return Written(row=row, text=line, cells=_cells(line), fault=(column, why))


def _cells(line: str) -> tuple[Cell, ...]:
    return tuple(Cell(column=name, raw=field) for name, field in zip(_FIELDS, line.split(_MARK), strict=False))


def _field_count(count: int) -> Refusal:
    return refusal(
        "IPA058",
        f"<> で区切ると {count} 欄で、2ch.sc の記録の 10 欄と合わない。推測せず、読み取らない。原本を確認する。",
        f"Split at <> the line has {count} fields, a 2ch.sc line has ten; nothing is guessed. Check the original.",
    )


def _unlike(field: int, ja: str, en: str) -> Refusal:
    return refusal(
        "IPA058",
        f"{field + 1} 欄目が「{ja}」の形でない。公表された見本と異なるため読み取らない。原本を確認する。",
        f"Field {field + 1} is not of the form {en!r}; it differs from the published sample. Check the original.",
    )


def _two_addresses(first: ParsedAddress, second: ParsedAddress, about: str) -> Finding:
    one, other = first.address.text, second.address.text
    message = Text(
        ja=f"一行に二つのアドレスがある: ホスト名の括弧内は {one}、行末は {other}。"
        f"一方が中継(プロキシ等)のおそれがある。ここでは {one} で示すが、どちらが発信元か、"
        "ポート番号がどちらのものかは、この行だけでは決められない。両方を照会対象とするか、開示者に確認する。",
        en=f"The line holds two addresses: {one} beside the host name, {other} at its end; one may be a relay (proxy). "
        f"{one} is shown here, but which is the sender's, and whose the port is, this line alone does not say. Ask "
        "whoever disclosed it, or treat both as sources.",
    )
    return remark("IPA059", "warning", message, about)


def _is_address(host: str, specials: Specials) -> bool:
    return not isinstance(parse_address(host, specials=specials), Refusal)


def _jst() -> Zone:
    zone = parse_zone("JST")
    if isinstance(zone, Refusal):
        raise TypeError(zone.reason.en)
    return zone


def _remarks(document: Document, events: list[LoginEvent]) -> tuple[Finding, ...]:
    if not events:
        return ()
    message = Text(
        ja="書込みの記録であり、ログインの記録ではない。アカウントの欄はなく、ID 欄は掲示板上の表示である。",
        en="These are records of posts, not of logins; there is no account, and the id is what the board displays.",
    )
    return (remark("IPA060", "notice", message, document.name),)

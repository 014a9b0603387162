"""One invented disclosure, and its writers: twelve logins of two accounts in every form in which they are disclosed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

import pdfs
import workbooks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

JST = timezone(timedelta(hours=9))
WEEKDAYS = "月火水木金土日"
NAMES = {"6012345678901234567": "reidai_kou", "8000000001": "reidai_otsu"}
ACCOUNT_A, ACCOUNT_B = NAMES


class Login(NamedTuple):
    """One login as the platform knows it: moment in UTC, address in canonical form, port where one was logged."""

    utc: str
    address: str
    port: int | None
    account: str

    @property
    def moment(self) -> datetime:
        """Return the aware moment."""
        return datetime.fromisoformat(self.utc)


LOGINS: tuple[Login, ...] = (
    Login("2026-08-04T22:41:09.000Z", "49.96.45.67", None, ACCOUNT_A),
    Login("2026-08-11T03:12:55.257Z", "106.128.12.34", 51234, ACCOUNT_A),
    Login("2026-08-21T14:59:59.999Z", "1.66.123.45", None, ACCOUNT_A),
    Login("2026-08-21T15:00:00.000Z", "2400:4050:c123:4500::1a2b", 443, ACCOUNT_A),
    Login("2026-08-27T14:59:59.000Z", "106.146.34.56", 1024, ACCOUNT_A),
    Login("2026-09-01T15:00:00.500Z", "10.223.45.67", None, ACCOUNT_A),  # private: for review
    Login("2026-09-14T07:33:18.000Z", "133.106.45.67", 65535, ACCOUNT_A),
    Login("2026-09-22T10:10:10.010Z", "240b:c020:4d2:7a11:1:2:3:4", None, ACCOUNT_A),
    Login("2026-09-30T23:59:59.000Z", "121.103.123.45", 50001, ACCOUNT_B),
    Login("2026-10-03T21:47:03.130Z", "106.72.123.45", 49321, ACCOUNT_B),
    Login("2026-10-09T12:30:44.000Z", "14.8.123.45", 1, ACCOUNT_B),
    Login("2026-12-31T15:00:00.000Z", "153.240.123.45", None, ACCOUNT_B),
)

# Numbers of logins (from 1) that a form may fail to carry in full.
EVERY = frozenset(range(1, 13))
SUB_SECOND = frozenset({2, 3, 6, 8, 10})
BELOW_HUNDREDTHS = frozenset({2, 3})
WITHOUT_PORT = frozenset({1, 3, 6, 8, 12})
FOR_REVIEW = frozenset({6})

# What a scan made of the block of a login: its number, the text as printed, the text as recognised.
DAMAGE: tuple[tuple[int, str, str], ...] = (
    (2, "2026-08-11T03", "2026-08-1lT03"),
    (4, "15:00:00.000Z", "15:OO:00.000Z"),
    (5, "14:59:59.000Z", "14:59:59。000Z"),
    (7, "07:33:18.000Z", "07:33:18.000ZM"),
    (9, "loginIp", "loginlp"),
    (10, "106.72.123.45", "106.72. 123.45"),
    (12, "15:00:00.000Z", "15:00:00.0001Z"),
)
DAMAGED = frozenset(number for number, _, _ in DAMAGE)


def block(login: Login, *, close: bool = True) -> list[str]:
    """Return one record as the X return prints it."""
    fields = [f"“accountId” : “{login.account}”", f"“createdAt” : “{login.utc}”", f"“loginIp” : “{login.address}”"]
    if login.port is not None:
        fields.append(f"“loginPortNumber” : “{login.port}”")
    return ["“ipAudit” : {", *(f"{field}," for field in fields[:-1]), fields[-1], *(["}"] if close else [])]


def return_lines(logins: Sequence[Login] = LOGINS) -> list[str]:
    """Return the X return line by line, a heading above the records of each account."""
    lines = ["X Corp.", "INVENTED EXAMPLE", ""]
    for number, (account, name) in enumerate(NAMES.items(), 1):
        lines.append(f"{number}. @{name}")
        lines += [line for login in logins if login.account == account for line in block(login)]
    return lines


def scanned_lines() -> list[str]:
    """Return the X return as character recognition leaves it: damaged at the places of ``DAMAGE``."""
    text = "\n".join(return_lines())
    for number, printed, recognised in DAMAGE:
        whole = "\n".join(block(LOGINS[number - 1]))
        assert text.count(whole) == 1, number
        assert whole.count(printed) == 1, number
        text = text.replace(whole, whole.replace(printed, recognised))
    return text.split("\n")


def docx(lines: Sequence[str]) -> bytes:
    """Return lines as the paragraphs of a Word document (python-docx)."""
    from docx import Document

    document = Document()
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def docx_table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a table of a Word document (python-docx)."""
    from docx import Document

    document = Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def plain(lines: Sequence[str]) -> bytes:
    """Return lines as UTF-8 text."""
    return ("\n".join(lines) + "\n").encode()


def pdf_return() -> bytes:
    """Return the X return as a PDF of two pages (reportlab); a record runs over the page end."""
    lines = return_lines()
    return pdfs.pdf(pdfs.lines(*lines[:48], font=pdfs.LATIN), pdfs.lines(*lines[48:], font=pdfs.LATIN))


def pdf_scan() -> bytes:
    """Return the damaged text as a PDF, as a scanner that recognises characters makes it."""
    lines = scanned_lines()
    return pdfs.pdf(pdfs.lines(*lines[:48]), pdfs.lines(*lines[48:]))


def pdf_table() -> bytes:
    """Return the logins as a ruled table in a PDF (reportlab)."""
    return pdfs.pdf(pdfs.cells([list(row) for row in cells_jst()], widths=[125, 140, 65, 115, 80]))


def _text(port: int | None) -> str:
    return "" if port is None else str(port)


def jst_text(login: Login) -> str:
    """Return the moment on a Japanese clock, to the millisecond."""
    local = login.moment.astimezone(JST)
    return f"{local:%Y/%m/%d %H:%M:%S}.{local.microsecond // 1000:03d}"


def cells_jst(logins: Sequence[Login] = LOGINS) -> list[tuple[str, ...]]:
    """Return a table in Japanese, the zone named in the header."""
    header = ("日時(JST)", "IPアドレス", "ポート番号", "アカウントID", "アカウント名")
    return [header, *((jst_text(x), x.address, _text(x.port), x.account, NAMES[x.account]) for x in logins)]


def cells_utc(logins: Sequence[Login] = LOGINS) -> list[tuple[str, ...]]:
    """Return a table in English, the zone written in every cell."""
    header = ("time", "ip", "port", "account_id", "account_name")
    return [header, *((x.utc, x.address, _text(x.port), x.account, NAMES[x.account]) for x in logins)]


def cells_dated(logins: Sequence[Login] = LOGINS) -> list[tuple[object, ...]]:
    """Return a table as people keep it in a spreadsheet: moments (UTC) and ports as values, ids as text."""
    header = ("time (UTC)", "ip", "port", "account_id", "account_name")
    rows = [(x.moment.replace(tzinfo=None), x.address, x.port, x.account, NAMES[x.account]) for x in logins]
    return [header, *rows]


def separated(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Return rows of text with a delimiter, quoted where needed, CRLF line ends (RFC 4180)."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def xlsx(logins: Sequence[Login] = LOGINS) -> bytes:
    """Return a workbook written by openpyxl, moments shown to the millisecond."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbooks.openpyxl_book(cells_dated(logins))))
    for row in book["Sheet1"].iter_rows(min_row=2, max_col=1):
        row[0].number_format = "yyyy-mm-dd hh:mm:ss.000"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls() -> bytes:
    """Return a workbook written by xlwt."""
    return workbooks.xlwt_book(cells_dated())


def ods() -> bytes:
    """Return a spreadsheet written by odfpy, all its cells text."""
    return workbooks.odfpy_book(cells_utc())


def archive_js(logins: Sequence[Login] = LOGINS) -> bytes:
    """Return the logins as the account holder's own archive."""
    elements = []
    for login in logins:
        fields = {"accountId": login.account, "createdAt": login.utc, "loginIp": login.address}
        fields |= {} if login.port is None else {"loginPortNumber": str(login.port)}
        elements.append({"ipAudit": fields})
    return f"window.YTD.ip_audit.part0 = {json.dumps(elements, indent=2)}\n".encode()


def _field(label: str, value: str) -> str:
    return f'<div class="t o"><div class="t i">{label}<div class="m"><div>{value}</div></div></div></div>\n'


def _page(login: Login) -> str:
    shown = login.address
    if login.port is not None:
        shown = f"[{shown}]:{login.port}" if ":" in shown else f"{shown}:{login.port}"
    return _field("IP Address", shown) + _field("Time", f"{login.moment:%Y-%m-%d %H:%M:%S} UTC")


def meta_html() -> bytes:
    """Return two Meta Business Records in one page, one for each account; times to the second."""
    parts = ["<html><head><title>Meta Platforms Business Record</title></head><body>\n"]
    for account in NAMES:
        parts += [
            '<div id="property-request_parameters">', _field("Service", "Instagram"),
            _field("Account Identifier", account), "</div>\n", '<div id="property-ip_addresses">\n',
            *(_page(login) for login in LOGINS if login.account == account), "</div>\n",
        ]  # fmt: skip
    return "".join([*parts, "</body></html>\n"]).encode()


def ch2_line(login: Login) -> str:
    """Return one line of 2ch.sc; the hundredths are cut, not rounded, and a port that was not logged stays empty."""
    local = login.moment.astimezone(JST)
    stamp = f"{local:%Y/%m/%d}({WEEKDAYS[local.weekday()]}) {local:%H:%M:%S}.{local.microsecond // 10_000:02d}"
    return (
        f"名無しさん<><> {stamp} Ab1cD2eF3 <> 本文 <> スレ <> {login.address}({login.address}) <> <> "
        f"{_text(login.port)} <> Monazilla/1.00 <> /{login.address} !"
    )


def ch2() -> bytes:
    """Return the logins as lines of 2ch.sc in CP932, as that board serves its text."""
    return "".join(ch2_line(login) + "\n" for login in LOGINS).encode("cp932")


def zip_of_three() -> bytes:
    """Return an archive of three files of three forms that hold four logins each."""
    members = {
        "回答1/回答書.docx": docx(return_lines(LOGINS[:4])),
        "回答2/ログ.csv": separated(cells_jst(LOGINS[4:8])).encode("cp932"),
        "回答3/ログ.xlsx": xlsx(LOGINS[8:]),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), data)
    return stream.getvalue()


# File name → its writer: the fourteen forms, and three more: tables in Word and PDF, a scan as a PDF.
WRITERS: dict[str, Callable[[], bytes]] = {
    "return.docx": lambda: docx(return_lines()),
    "return.txt": lambda: plain(return_lines()),
    "scan.txt": lambda: plain(scanned_lines()),
    "return.pdf": pdf_return,
    "log.xlsx": xlsx,
    "log.xls": xls,
    "log.ods": ods,
    "cp932.csv": lambda: separated(cells_jst()).encode("cp932"),
    "bom.csv": lambda: separated(cells_utc()).encode("utf-8-sig"),
    "utf16.tsv": lambda: separated(cells_jst(), "\t").encode("utf-16"),
    "ip-audit.js": archive_js,
    "meta.html": meta_html,
    "ch2.txt": ch2,
    "three.zip": zip_of_three,
    "table.docx": lambda: docx_table(cells_jst()),
    "table.pdf": pdf_table,
    "scan.pdf": pdf_scan,
}
FOURTEEN = tuple(WRITERS)[:14]

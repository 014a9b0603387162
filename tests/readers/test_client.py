"""What the log says a login was made with is kept as it stands, in every form that says it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import workbooks
from docx import Document as NewDocument

from ipattr.model import Cell
from ipattr.readers import (
    Options,
    ch2,
    google_html,
    linkedin,
    meta_html,
    pasted,
    result_csv,
    sheet,
    tables,
    takeout,
    word_table,
    x_return,
)
from ipattr.readers.document import decode_document
from ipattr.readers.records import client_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.readers import FormReading
    from ipattr.registry import Registry

    Reader = Callable[..., FormReading]

AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
)
TIME = "2024-05-01T03:34:56Z"
GOOGLE = (
    "<html><body><h2>GOOGLE SUBSCRIBER INFORMATION</h2><h3>IP ACTIVITY</h3><table><tr><th>Timestamp</th>"
    "<th>IP Address</th><th>User Agent</th></tr><tr><td>2024-05-01 03:34:56 Z</td><td>1.0.16.1</td>"
    f"<td>{AGENT}</td></tr>"
    "</table></body></html>"
)
_FIELD = '<div class="t o"><div class="t i">{}<div class="m"><div>{}</div></div></div></div>\n'
META = (
    '<html><body><div id="property-ip_addresses">'
    + _FIELD.format("IP Address", "1.0.16.1")
    + _FIELD.format("Time", "2024-05-01 03:34:56 UTC")
    + _FIELD.format("User Agent", AGENT)
    + "</div></body></html>"
)
CH2 = (
    "名無し<><> 2024/05/01(水) 12:34:56.00 abc <> 本文 <> スレ <> h.example(1.0.16.1) <> <> 42332 "
    f"<> {AGENT} <> /1.0.16.1 !"
)
X_TEXT = (
    'ipAudit : {\n"accountId" : "1"\n"createdAt" : "2024-05-01T03:34:56.000Z"\n"loginIp" : "1.0.16.1"\n'
    '"client" : "web"\n}\n'
)


def read(reader: Reader, text: str | bytes, registry: Registry, name: str = "log.csv") -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    document = decode_document(name, data, encoding="utf-8" if isinstance(text, str) else None)
    found = reader(document, Options(columns=registry.columns), registry.specials)
    assert not found.rejects, found.rejects
    return [event.client for event in found.events]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (tables.read, f'time,ip,User-Agent\n{TIME},1.0.16.1," {AGENT} "\n'),
        (tables.read, f"日時\tIPアドレス\tユーザーエージェント\n{TIME}\t1.0.16.1\t{AGENT}\n"),
        (result_csv.read, f'ipattr_schema,utc,ip,client\n1,{TIME},1.0.16.1,"{AGENT}"\n'),
        (linkedin.read, f'Login Date,IP Address,User Agent,Login Type\n{TIME},1.0.16.1,"{AGENT}",PASSWORD\n'),
        (takeout.read, f'Gaia ID,Activity Timestamp,IP Address,User Agent String\n1,{TIME},1.0.16.1,"{AGENT}"\n'),
        (google_html.read, GOOGLE),
        (meta_html.read, META),
        (ch2.read, CH2),
        (pasted.read, f"{TIME} 1.0.16.1 User-Agent: {AGENT}\n"),
        (pasted.read, f'{{"time": "{TIME}", "user_agent": "{AGENT}", "ip": "1.0.16.1"}}\n'),
        (pasted.read, f"{TIME}\n接続元 1.0.16.1\nユーザーエージェント：{AGENT}\n"),
    ],
)
def test_a_user_agent_is_kept_as_it_stands(reader: Reader, text: str, registry: Registry) -> None:
    assert read(reader, text, registry) == [AGENT]


def test_a_cell_of_the_client_in_a_return_of_x_is_kept(registry: Registry) -> None:
    assert read(x_return.read, X_TEXT, registry, "return.txt") == ["web"]


def test_a_sheet_and_a_word_table_keep_it_too(registry: Registry) -> None:
    rows = [["日時(JST)", "IPアドレス", "アプリ"], ["2024/05/01 12:34:56", "1.0.16.1", "公式アプリ"]]
    assert read(sheet.read, workbooks.openpyxl_book(rows), registry, "log.xlsx") == ["公式アプリ"]
    document = NewDocument()
    table = document.add_table(rows=2, cols=3)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    assert read(word_table.read, stream.getvalue(), registry, "log.docx") == ["公式アプリ"]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (tables.read, f"time,ip\n{TIME},1.0.16.1\n"),
        (tables.read, f"time,ip,client\n{TIME},1.0.16.1,\n"),
        (tables.read, f"time,ip,app,browser\n{TIME},1.0.16.1,X,Firefox\n"),
        (pasted.read, f"{TIME} 1.0.16.1 {AGENT}\n"),
        (pasted.read, f"User-Agent: {AGENT} {TIME} 1.0.16.1\n"),
        (pasted.read, f"{TIME} 1.0.16.1\nUser-Agent: a\nUser-Agent: b\n"),
    ],
)
def test_where_nothing_or_several_things_are_said_nothing_is_taken(
    reader: Reader, text: str, registry: Registry
) -> None:
    assert read(reader, text, registry) == [""]


def test_of_a_record_only_cells_that_say_so_are_taken() -> None:
    agent = Cell(column="User Agent", raw=" a ")
    assert client_of((Cell(column="Client IP", raw="192.0.2.1"), agent)) == "a"
    assert client_of((agent, Cell(column="client", raw="a"), Cell(column="Raw User Agents", raw=""))) == "a"
    assert client_of((agent, Cell(column="client", raw="b"))) == ""
    assert client_of(()) == ""

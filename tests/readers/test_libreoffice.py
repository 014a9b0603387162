"""What LibreOffice writes of a table comes back exactly; what its import changed is refused, never guessed at."""

from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import disclosure as d
import pytest
import workbooks as w

import ipattr

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Reading

SOFFICE = w.soffice()
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")

# LibreOffice's CSV import: comma, double quote, UTF-8 (76), line 1; then column/kind: 2 text, 1 as it sees fit.
ALL_TEXT = "CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2"
AS_IT_SEES_FIT = "CSV:44,34,76,1,"
IDS_AS_TEXT = "CSV:44,34,76,1,1/1/2/2/3/1/4/2/5/2"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
STYLES_RELATION = (
    '<Relationship Id="rIdStyles" Target="styles.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/>'
)
STYLES = (
    '<fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts><fills count="1"><fill>'
    '<patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
)
TARGETS = ["xlsx", "ods"]


def converted(source: Path, target: str, *, reading_as: str | None = None) -> Path:
    """Return the file as LibreOffice writes it, with a profile of its own and no window."""
    assert SOFFICE is not None
    out = source.parent / "written"
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless"]
    command += [f"--infilter={reading_as}"] if reading_as else []
    command += ["--convert-to", target, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / f"{source.stem}.{target}"


def csv_of(folder: Path, rows: list[tuple[str, ...]]) -> Path:
    source = folder / "log.csv"
    source.write_text(d.separated(rows), encoding="utf-8", newline="")
    return source


def logins(reading: Reading) -> list[tuple[datetime, str, int | None, str | None, str | None]]:
    assert reading.counts.rejected == 0, reading.rejects
    return [
        (event.instant.utc, event.address.text, event.port, event.account.id, event.account.name)
        for event in reading.events
        if event.instant is not None
    ]


def disclosed() -> list[tuple[datetime, str, int | None, str | None, str | None]]:
    return [(x.moment, x.address, x.port, x.account, d.NAMES[x.account]) for x in d.LOGINS]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("rows", [d.cells_utc, d.cells_jst], ids=["utc", "jst"])
def test_a_table_imported_as_text_comes_back_exactly(rows: object, target: str, tmp_path: Path) -> None:
    assert callable(rows)
    book = converted(csv_of(tmp_path, rows()), target, reading_as=ALL_TEXT)
    reading = ipattr.read([book])
    assert [entry.form for entry in reading.inputs] == ["sheet"]
    assert logins(reading) == disclosed()


@pytest.mark.parametrize("target", [*TARGETS, "xls"])
def test_moments_and_ports_that_became_values_come_back_exactly(target: str, tmp_path: Path) -> None:
    """LibreOffice takes times and ports for what they are; only ids and addresses are declared to be text."""
    rows = [("time (UTC)", *d.cells_utc()[0][1:])]
    rows += [(f"{x.moment:%Y-%m-%d %H:%M:%S}", *row[1:]) for x, row in zip(d.LOGINS, d.cells_utc()[1:], strict=True)]
    book = converted(csv_of(tmp_path, rows), target, reading_as=IDS_AS_TEXT)
    expected = [(moment.replace(microsecond=0), *rest) for moment, *rest in disclosed()]
    reading = ipattr.read([book])
    assert logins(reading) == expected
    assert all("serial=" in str(event.findings) or target == "ods" for event in reading.events)


@pytest.mark.parametrize("target", TARGETS)
def test_ids_that_the_import_rounded_are_refused_and_the_others_read(target: str, tmp_path: Path) -> None:
    """Nineteen digits do not fit a number: those rows are rejected at their place, none is read with another id."""
    book = converted(csv_of(tmp_path, d.cells_utc()), target, reading_as=AS_IT_SEES_FIT)
    reading = ipattr.read([book])
    long, short = [[x for x in d.LOGINS if x.account == account] for account in (d.ACCOUNT_A, d.ACCOUNT_B)]
    assert [(reject.column, reject.row) for reject in reading.rejects] == [
        ("account_id", number) for number in range(2, 2 + len(long))
    ]
    assert [(event.address.text, event.port, event.account.id) for event in reading.events] == [
        (x.address, x.port, x.account) for x in short
    ]
    assert reading.counts.rows == len(d.LOGINS)


def book_1904() -> bytes:
    """Return a workbook as Excel for Macintosh wrote it: day 0 is 1904-01-01, serials to fifteen digits."""
    rows = [w.header_row(names=d.cells_dated()[0])]  # type: ignore[arg-type]  # the header is text
    for number, login in enumerate(d.LOGINS, 2):
        elapsed = login.moment.replace(tzinfo=None) - datetime(1904, 1, 1)  # noqa: DTZ001 - a serial knows no zone
        serial = format(elapsed / timedelta(days=1), ".15g")
        cells = [w.number(f"A{number}", serial, 1), w.text(f"B{number}", login.address)]
        cells += [] if login.port is None else [w.number(f"C{number}", str(login.port))]
        cells += [w.text(f"D{number}", login.account), w.text(f"E{number}", d.NAMES[login.account])]
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    book = w.raw_xlsx("".join(rows), workbook='<workbookPr date1904="1"/>', formats=("yyyy-mm-dd hh:mm:ss.000",))
    return completed(book)


def completed(book: bytes) -> bytes:
    """Return a hand-written workbook with what LibreOffice asks of one: declared parts, related and whole styles."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    overrides = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{KIND}.{kind}+xml"/>'
        for name, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
    )
    changes = (
        ("[Content_Types].xml", "/>", f">{RELATIONS}{overrides}</Types>"),
        ("xl/_rels/workbook.xml.rels", "</Relationships>", f"{STYLES_RELATION}</Relationships>"),
        ("xl/styles.xml", "<cellXfs>", f"{STYLES}<cellXfs>"),
        ("xl/styles.xml", '"164"/></cellXfs>', '"164" applyNumberFormat="1"/></cellXfs>'),
    )
    for name, old, new in changes:
        assert parts[name].count(old) == 1, name
        parts[name] = parts[name].replace(old, new)
    return w.zipped(parts)


def test_a_1904_workbook_comes_back_exactly(tmp_path: Path) -> None:
    book = tmp_path / "mac.xlsx"
    book.write_bytes(book_1904())
    assert logins(ipattr.read([book])) == disclosed()


@pytest.mark.parametrize("target", TARGETS)
def test_a_1904_workbook_comes_back_through_libreoffice(target: str, tmp_path: Path) -> None:
    """The two programs agree on what day 0 is, whatever the format keeps of it."""
    book = tmp_path / "mac.xlsx"
    book.write_bytes(book_1904())
    again = logins(ipattr.read([converted(book, target)]))
    assert [row[1:] for row in again] == [row[1:] for row in disclosed()]
    # In .ods LibreOffice keeps fewer decimals of a second.
    most = timedelta(milliseconds=10 if target == "ods" else 0)
    assert all(abs(mine[0] - its[0]) <= most for mine, its in zip(again, disclosed(), strict=True))

"""``--report``: the original beside the reading; nothing lost, nothing twice, nothing alive."""

from __future__ import annotations

import io
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import chromium
import docx
import msgspec
import pytest
from openpyxl import Workbook

from ipattr.inputs import Declared
from ipattr.model import Counts, Finding, InputFile, Reading, Reject, Text
from ipattr.readers import read, read_posts
from ipattr.readers.document import load_document
from ipattr.readers.sources_of import Source, SourceRow, sources_of
from ipattr.renderers.layout import inert
from ipattr.renderers.source_report import report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ipattr.registry import Registry

PLACE = re.compile(r"s(\d+)r(\d+)")
ACTIVE = {"script", "iframe", "object", "embed", "link", "img", "form", "base", "audio", "video", "svg"}
HOSTILE = "<script>alert(1)</script>\"' onload=x &amp; |`*_[a](b) \u202egnp.exe\x1b[31m </style>"


class Shown(HTMLParser):
    """Collects what a report shows: rows by id, the row each entry stands in, marks, tags and attributes."""

    def __init__(self, page: str) -> None:
        """Parse ``page``."""
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[int, int]] = []
        self.names: list[str] = []
        self.texts: list[list[str]] = []
        self.entries: dict[str, tuple[int, int] | None] = {}
        self.kinds: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.ids: Counter[str] = Counter()
        self._row: tuple[int, int] | None = None
        self._in: str = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take one element."""
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.attributes += given.items()
        self.ids[given.get("id", "")] += 1
        place = PLACE.fullmatch(given.get("id", ""))
        if tag == "tr":
            self._row = (int(place[1]), int(place[2])) if place else None
            if self._row is not None:
                self.rows.append(self._row)
                self.names.append("")
                self.texts.append([])
        elif tag == "th" and self._row is not None:
            self._in = "th"
        elif tag == "td":
            self._in = given.get("class", "")
            if self._in == "src":
                self.texts[-1].append("")
        elif tag == "span" and self._in == "src" and given.get("class") == "cell":
            self.texts[-1].append("")
        elif tag == "span" and self._in == "src" and given.get("class") in {"note", "sr"}:
            self._in = "aside"
        elif tag == "div" and given.get("class") == "entry":
            assert given["id"] not in self.entries
            self.entries[given["id"]] = self._row
        elif tag == "tbody":
            self.kinds[given["class"]] += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave one element."""
        if tag in {"th", "td"}:
            self._in = ""
        elif tag == "span" and self._in == "aside":
            self._in = "src"
        elif tag == "table":
            self._row = None

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._in == "th":
            self.names[-1] += data
        elif self._in == "src":
            self.texts[-1][-1] += data

    def text(self, at: int) -> str:
        """Return what a row shows of the source, without what separates the cells."""
        return "".join(self.texts[at]).replace("\xa0", "")


def workbook() -> bytes:
    """Return two sheets with the same row numbers: an event, a reject and a hidden row in each."""
    book = Workbook()
    first, second = book.active, book.create_sheet("追加 <b>")
    assert first is not None
    for sheet, last in ((first, "1"), (second, "2")):
        sheet.append(["time", "ip", "port"])
        sheet.append(["2026-01-02T03:04:05Z", f"223.216.231.{last}", "50122"])
        sheet.append(["2026-02-30T03:04:05Z", f"223.216.231.1{last}", ""])
        sheet.append(["2026-03-01T03:04:05Z", f"223.216.231.2{last}", "99999"])
        sheet.row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def word_table() -> bytes:
    """Return a Word document with a table of logins between paragraphs."""
    document = docx.Document()
    document.add_paragraph("開示する")
    rows = [
        ("日時", "IPアドレス"),
        ("2026-01-02T03:04:05Z", "223.216.231.1"),
        ("2026-02-30T03:04:05Z", "223.216.231.2"),
    ]
    table = document.add_table(rows=len(rows), cols=2)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("以上")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def scan() -> str:
    """Return a scanned return: read, readable with repairs, without address, and text of no record."""
    cells = (
        ("2023-11-21T02:10:15.000Z", "223.216.231.10"),
        ("2023-11-2lT02:10:15.000Z", "223.216。231.11"),
        ("2023-11-21T02:10:15.000Z", ""),
        ("2023-11-21T02:10:15.000Z", "10.1.2.3"),
    )
    return f"X Corp. {HOSTILE}\n\n" + "".join(
        f"“ipAudit” : {{\n“accountId” : “2355051780011223344”,\n“createdAt” : “{time}”,\n“loginIp” : “{ip}”\n}}\n"
        for time, ip in cells
    )


SAMPLES = ("scan", "accepted", "sheets", "word", "return", "table", "posts", "both")
Built = tuple[Reading, tuple[Source, ...]]


@pytest.fixture
def build(tmp_path: Path, root: Path, registry: Registry) -> Callable[[str], Built]:
    """Return what reads one of the samples into a reading and its sources."""
    examples = root / "data" / "examples"

    def made(sample: str) -> Built:
        scanned, book, table = tmp_path / "scan <i>.txt", tmp_path / "book.xlsx", tmp_path / "table.docx"
        scanned.write_text(scan(), encoding="utf-8")
        book.write_bytes(workbook())
        table.write_bytes(word_table())
        files = {
            "scan": [scanned],
            "accepted": [scanned],
            "sheets": [book],
            "word": [table],
            "return": [examples / "x-return.docx", examples / "x-return-fullwidth.txt"],
            "table": [examples / "x-log-jst.csv"],
            "posts": [examples / "posts.csv"],
            "both": [scanned, book, table, examples / "ip-audit.js"],
        }[sample]
        options = Declared(tz="JST").options(registry.platforms["x"], registry.columns)
        options = msgspec.structs.replace(options, accept_repairs=sample == "accepted")
        paths = [str(path) for path in files]
        reading = (read_posts if sample == "posts" else read)(paths, specials=registry.specials, options=options)
        return reading, tuple(source for path in paths for source in sources_of(load_document(path)))

    return made


def html(reading: Reading, sources: Sequence[Source], lang: str = "ja") -> str:
    return report(reading, sources, to="html", lang=lang, tool_version="1", data_version="d")


def markdown(reading: Reading, sources: Sequence[Source], lang: str = "ja") -> str:
    return report(reading, sources, to="md", lang=lang, tool_version="1", data_version="d")


def keys(reading: Reading) -> set[str]:
    """Return the ids that the entries of a reading have in a report."""
    return {
        *(f"e{event.id}" for event in reading.events),
        *(f"eP{post.id}" for post in reading.posts),
        *(f"eW{number}" for number in range(1, len(reading.pending) + 1)),
        *(f"eR{number}" for number in range(1, len(reading.rejects) + 1)),
    }


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_row_and_every_entry_stands_in_the_page_once(
    build: Callable[[str], Built], sample: str, lang: str
) -> None:
    reading, sources = build(sample)
    shown = Shown(html(reading, sources, lang))
    expected = [(at, row) for at, source in enumerate(sources) for row in range(len(source.rows))]
    assert shown.rows == expected
    assert set(shown.entries) == keys(reading)
    assert reading.counts.rows == len(shown.entries)
    assert max(count for name, count in shown.ids.items() if name) == 1
    for at, (source, row) in enumerate(expected):
        cells = sources[source].rows[row].cells
        assert shown.text(at) == "".join("\n".join(map(inert, cell.split("\n"))) for cell in cells)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_entry_stands_beside_the_row_that_the_reader_names(build: Callable[[str], Built], sample: str) -> None:
    reading, sources = build(sample)
    shown = Shown(html(reading, sources))
    events = [(f"e{event.id}", event.provenance) for event in reading.events]
    for key, provenance in [*events, *((f"eP{post.id}", post.provenance) for post in reading.posts)]:
        spot = shown.entries[key]
        assert spot is not None
        source, row = sources[spot[0]], sources[spot[0]].rows[spot[1]]
        place = provenance.locator.removeprefix(f"{provenance.source}:")
        assert source.file == provenance.source
        assert place in {str(row.number), *row.labels}
    for letter, refused in (("R", reading.rejects), ("W", reading.pending)):
        for number, one in enumerate(refused, start=1):
            spot = shown.entries[f"e{letter}{number}"]
            assert spot is not None
            source, row = sources[spot[0]], sources[spot[0]].rows[spot[1]]
            assert (source.file, row.number) == (one.file, one.row)
            record = " ".join(" ".join(later.cells) for later in source.rows[spot[1] : spot[1] + 6])
            assert one.raw.split("\n")[0] in record


def test_equal_row_numbers_of_two_sheets_are_told_apart(build: Callable[[str], Built]) -> None:
    reading, sources = build("sheets")
    shown = Shown(html(reading, sources))
    assert [shown.entries[f"eR{number}"] for number in (1, 2, 3, 4)] == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert [shown.entries[f"e{number}"] for number in (1, 2)] == [(0, 1), (1, 1)]


def test_marks_follow_the_ledger(build: Callable[[str], Built]) -> None:
    reading, sources = build("scan")
    assert Shown(html(reading, sources)).kinds == {"ok": 1, "pending": 1, "rejected": 1, "review": 1, "none": 1}
    reading, sources = build("accepted")
    page = html(reading, sources, "en")
    assert Shown(page).kinds == {"ok": 1, "repaired": 1, "rejected": 1, "review": 1, "none": 1}
    assert "l-to-1" in page
    assert '<span class="raw">223.216。231.11</span> → <b>223.216.231.11</b>' in page
    assert "read 4 rows = 1 ok + 2 review + 1 rejected" in page


def test_rows_below_belong_to_a_record_only_when_they_show_its_values() -> None:
    text = ("time,ip", "2026-01-02T03:04:05Z,192.0.2.1", "Total: 1 row", "")
    rows = tuple(SourceRow(number=number, cells=(line,)) for number, line in enumerate(text, start=1))
    reject = Reject(file="a.csv", row=2, column="", raw=text[1], code="IPA101", reason=Text(ja="列", en="cells"))
    page = html(rejecting(reject), (Source(file="a.csv", sha256="0" * 64, rows=rows),))
    assert "rowspan" not in page
    assert Shown(page).kinds == {"none": 2, "rejected": 1}


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("443,1443,4430,443", ["443", "443"]),
        ("<443>", ["443"]),
        ("port", []),
    ],
)
def test_values_are_pointed_out_but_not_within_longer_numbers(line: str, marked: list[str]) -> None:
    source = Source(file="a.csv", sha256="0" * 64, rows=(SourceRow(number=1, cells=(line,)),))
    page = html(rejecting(refused(1, raw="443")), (source,))
    assert re.findall("<mark>(.*?)</mark>", page) == marked
    assert Shown(page).texts == [[line]]


def rejecting(*rejects: Reject, name: str = "a.csv", findings: tuple[Finding, ...] = ()) -> Reading:
    """Return a reading of one file with nothing but rejects."""
    counts = Counts(rows=len(rejects), ok=0, review=0, rejected=len(rejects))
    entry = InputFile(
        name=name,
        sha256="0" * 64,
        size=1,
        form="table",
        form_reason=Text(ja=HOSTILE, en=HOSTILE),
        encoding="ascii",
        encoding_reason=Text(ja="理由", en="why"),
        mapping={"time": HOSTILE},
        mapping_source="given",
        counts=counts,
    )
    return Reading(inputs=(entry,), rejects=rejects, findings=findings, counts=counts)


def refused(row: int, *, file: str = "a.csv", raw: str = "x") -> Reject:
    """Return one reject."""
    return Reject(file=file, row=row, column="time", raw=raw, code="IPA101", reason=Text(ja="理由", en="why"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_cannot_be_located_is_listed_apart_and_never_dropped(lang: str) -> None:
    rows = (SourceRow(number=1, cells=("x",)),)
    twice = tuple(Source(file="a.csv", sha256="0" * 64, label=label, rows=rows) for label in ("S", "T"))
    reading = rejecting(refused(1), refused(999), refused(1, file="elsewhere"))
    page = html(reading, twice, lang)
    assert Shown(page).entries == {"eR1": None, "eR2": None, "eR3": None}
    said = "0 件、別に列挙 3 件" if lang == "ja" else "0 stand beside their row and 3 are listed apart"
    assert said in page
    assert markdown(reading, twice, lang).count("No. R") == 6


def test_a_file_that_is_not_the_one_that_was_read_is_called_so() -> None:
    source = Source(file="a.csv", sha256="f" * 64, rows=(SourceRow(number=1, cells=("x",)),))
    other = Source(file="unread.csv", sha256="0" * 64, rows=(SourceRow(number=1, cells=("x",)),))
    for page in (html(rejecting(refused(1)), (source, other), "en"), markdown(rejecting(), (source, other), "en")):
        assert "this is not the file that was read" in page.replace("\n", " ")
        assert "nothing was read from it" in page
    same = msgspec.structs.replace(source, sha256="0" * 64)
    assert "is not the file" not in html(rejecting(refused(1)), (same,), "en")


def test_files_of_one_name_and_files_given_twice_are_told_apart(registry: Registry, tmp_path: Path) -> None:
    paths = []
    for folder, last in (("a", "1"), ("b", "2"), ("c", "1")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "log.csv"
        path.write_text(f"time,ip\n2026-01-02T03:04:05Z,223.216.231.{last}\n", encoding="ascii")
        paths.append(str(path))
    reading = read(paths, specials=registry.specials, options=Declared().options(None, registry.columns))
    shown = Shown(html(reading, [source for path in paths for source in sources_of(load_document(path))]))
    assert shown.rows == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert shown.entries == {"e1": (0, 1), "e2": (1, 1)}


def hostile() -> tuple[Reading, tuple[Source, ...]]:
    """Return markup, control and bidirectional characters in every place that a file can fill."""
    rows = (
        SourceRow(number=1, cells=(HOSTILE,), labels=(HOSTILE,)),
        SourceRow(number=2, cells=(HOSTILE, "http://evil.example/ www.evil.example @name #1")),
    )
    finding = Finding(code="IPA999", level="error", message=Text(ja=HOSTILE, en=HOSTILE), about=f"{HOSTILE}:2")
    rejects = [
        Reject(file=HOSTILE, row=row, column=HOSTILE, raw=HOSTILE, code="IPA101", reason=Text(ja=HOSTILE, en=HOSTILE))
        for row in (1, 2, 3)
    ]
    return rejecting(*rejects, name=HOSTILE, findings=(finding,)), (
        Source(file=HOSTILE, sha256="0" * 64, label=HOSTILE, rows=rows),
    )


def test_html_from_a_hostile_file_is_inert() -> None:
    page = html(*hostile())
    shown = Shown(page)
    assert not ACTIVE & set(shown.tags)
    assert {name for name, _ in shown.attributes if name.startswith("on")} == set()
    assert all(value.startswith("#") for name, value in shown.attributes if name in {"href", "src", "action", "srcset"})
    assert "url(" not in page
    assert "@import" not in page
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", page)
    assert "\\u202e" in page
    assert shown.tags["style"] == 1
    assert len(shown.rows) == 2


def test_a_page_refers_to_nothing_outside_and_says_so_to_the_browser(build: Callable[[str], Built]) -> None:
    page = html(*build("both"))
    shown = Shown(page)
    assert "://" not in page
    assert not ACTIVE & set(shown.tags)
    policy = next(value for name, value in shown.attributes if name == "content" and "default-src" in value)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    targets = [value[1:] for name, value in shown.attributes if name == "href"]
    assert targets
    assert set(targets) <= set(shown.ids)
    labelled = [value for name, value in shown.attributes if name == "aria-labelledby"]
    assert set(labelled) <= set(shown.ids)


def test_markdown_from_a_hostile_file_is_inert() -> None:
    page = markdown(*hostile())
    assert "<script" not in page
    assert set(re.findall(r"<[^>]*>", page)) <= {"<br>"}
    assert "http://" not in page
    assert "www." not in page
    assert "@name" not in page
    assert "`" not in page
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", page)
    tables = [line for line in page.split("\n") if line.startswith("|")]
    assert {line.count("|") for line in tables} <= {3, 4}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_markdown_holds_every_row_and_every_entry(build: Callable[[str], Built], sample: str, lang: str) -> None:
    reading, sources = build(sample)
    page = markdown(reading, sources, lang)
    body = [line for line in page.split("\n") if line.startswith("| ") and line.count("|") == 4]
    headings = len(sources)
    assert len(body) == sum(len(source.rows) for source in sources) + headings
    for key in keys(reading):
        assert "\n".join(body).count(f"** No. {key[1:]}<br>") == 1
    checks = "照合者" if lang == "ja" else "Checker"
    assert checks in page


def large(rows: int) -> tuple[Reading, tuple[Source, ...]]:
    """Return a file of many rows, every tenth of them a reject."""
    source = Source(
        file="a.csv",
        sha256="0" * 64,
        rows=tuple(SourceRow(number=number, cells=(f"row {number}",)) for number in range(1, rows + 1)),
    )
    return rejecting(*(refused(row, raw=f"row {row}") for row in range(10, rows + 1, 10))), (source,)


def test_many_rows_are_folded_away_and_none_is_missing() -> None:
    few, many = Shown(html(*large(5_000))), Shown(html(*large(5_001)))
    assert few.tags["table"] == 1
    assert many.tags["table"] == many.tags["details"] - 1 == 6
    assert len(many.rows) == len(set(many.rows)) == 5_001
    assert len(many.entries) == 500


needs_chromium = pytest.mark.skipif(chromium.find_chromium() is None, reason="Chromium is not installed")


@needs_chromium
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (800, False), (1280, True)])
def test_chromium_draws_the_page(build: Callable[[str], Built], tmp_path: Path, width: int, *, dark: bool) -> None:
    page = tmp_path / "report.html"
    page.write_text(html(*build("both")), encoding="utf-8")
    picture = chromium.screenshot(page, tmp_path / "report.png", width=width, dark=dark)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture[16:20], "big") == width
    assert len(picture) > 20_000


@needs_chromium
def test_chromium_holds_every_row_of_the_original(build: Callable[[str], Built], tmp_path: Path) -> None:
    reading, sources = build("both")
    page = tmp_path / "report.html"
    page.write_text(html(reading, sources), encoding="utf-8")
    shown, mine = Shown(chromium.dump_dom(page)), Shown(page.read_text(encoding="utf-8"))
    assert shown.rows == mine.rows
    assert shown.texts == mine.texts
    assert shown.entries == mine.entries


@needs_chromium
def test_print_shows_rows_that_the_screen_folds_away(tmp_path: Path) -> None:
    import pypdfium2

    page = tmp_path / "report.html"
    page.write_text(html(*large(5_001)), encoding="utf-8")
    document = pypdfium2.PdfDocument(chromium.printed(page, tmp_path / "report.pdf"))
    text = "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    wide, high = document[0].get_size()
    document.close()
    assert {int(number) for number in re.findall(r"row ?(\d+)", text)} == set(range(1, 5_002))
    assert text.count("原本 a.csv") >= 100
    assert wide > high

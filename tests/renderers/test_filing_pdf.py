"""PDF of filings, read back by two other readers: every row once, nothing torn, clipped, hidden or alive."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import unicodedata
from contextlib import closing
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pdfplumber
import pypdfium2
import pytest
from filing_world import HOSTILE, example, hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.renderers.filings.blocks import (
    Column,
    Document,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Section,
    Table,
    safe_text,
)
from ipattr.renderers.filings.documents import documents
from ipattr.renderers.filings.material import Wish
from ipattr.renderers.filings.pdf import encode
from ipattr.renderers.filings.pdf.faces import SYSTEM, Shelf, choose, missing
from ipattr.renderers.filings.pdf.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.blocks import Block

DATED = date(2026, 11, 21)
MM = 72 / 25.4
FOOTER = "入力の行数: 読込 3行 = 正常 3 + 要確認 0 + 不採用 0　記録の先端: " + "ab" * 32
SECONDS = 90


def _has_japanese() -> bool:
    try:
        choose(SYSTEM)
    except UsageError:
        return False
    return True


pytestmark = pytest.mark.skipif(not _has_japanese(), reason="no Japanese font on this machine")


def document(*sections: Section, landscape: bool = False, footer: str = FOOTER, title: str = "目録　例") -> Document:
    return Document("schedules", "01_例", "01_目録", title, sections, footer, landscape)


def made(*blocks: Block, label: str = "", landscape: bool = False) -> bytes:
    return encode(document(Section(blocks, label), landscape=landscape), dated=DATED)


def pages_of(data: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [_forced(page) for page in pdf.pages]


def _forced(page: Any) -> Any:  # noqa: ANN401 - pdfplumber ships no types
    _ = page.chars
    return page


def squeezed(text: str) -> str:
    """Return ``text`` without white space, which lines and pages add, and hyphens, which PDFium rewrites at ends."""
    return re.sub(r"[\s\u0002-]+", "", unicodedata.normalize("NFC", text))


def stream(data: bytes, *, foot: float = 21) -> str:
    """Return the text between head and foot in the order of the file, which is that of the cells."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        return "".join(
            squeezed(page.get_textpage().get_text_bounded(bottom=foot * MM, top=page.get_height() - 24 * MM))
            for page in pdf
        )


def ink(char: dict[str, Any]) -> tuple[float, float]:
    """Return where ink can be: a bracket or point at the end of a line loses its empty half, a space all."""
    half = (char["x1"] - char["x0"]) / 2
    opens, closes = char["text"] in "（「", char["text"] in "、。）」，．"
    return char["x0"] + half * opens, char["x1"] - half * closes - 2 * half * char["text"].isspace()


def extracted(data: bytes) -> list[list[list[str]]]:
    """Return the rows of the tables of each page as their rules show them."""
    return [
        [[squeezed(cell or "") for cell in row] for found in page.extract_tables() for row in found]
        for page in pages_of(data)
    ]


LOGINS = Table(
    (Column("No.", 9, "right"), Column("接続日時", 50), Column("接続元IPアドレス", 51, mono=True), Column("備考", 50)),
    tuple(
        (
            str(number),
            f"令和8年8月{1 + number % 28}日\n{number % 24}時{number % 60}分0秒（JST）",
            f"2001:db8:{number:x}:1:2:3:4:5" if number % 3 else f"203.0.113.{number % 256}",
            "あいうえおかきくけこ、" * (number * 7 % 23),
        )
        for number in range(1, 71)
    ),
    caption="接続の一覧",
)


@pytest.mark.parametrize("landscape", [False, True])
def test_every_row_stands_once_whole_on_one_page_under_the_heading(landscape: bool) -> None:  # noqa: FBT001 - a parameter of the test
    pages = extracted(made(Heading("投稿記事目録", 1), LOGINS, landscape=landscape))
    head = [squeezed(column.title) for column in LOGINS.columns]
    assert len(pages) > 2
    assert all(page[0] == head for page in pages)
    assert [row for page in pages for row in page[1:]] == [[squeezed(cell) for cell in row] for row in LOGINS.rows]


def test_a_row_higher_than_a_page_flows_and_its_neighbours_stay_whole() -> None:
    table = Table(
        (Column("番号", 10), Column("内容", 60)),
        (
            ("1", "短い"),
            ("2", "あ" * 4_000),
            ("3", "終わり" * 60),
            *((str(n), "行\n" * 9 + "行") for n in range(4, 40)),
        ),
    )
    data = made(table)
    pages = extracted(data)
    assert all(page[0] == ["番号", "内容"] for page in pages)
    rows = [row for page in pages for row in page[1:]]
    assert [row for row in rows if row[0] not in {"", "2"}] == [
        [number, squeezed(text)] for number, text in table.rows if number != "2"
    ]
    assert "".join(text for number, text in rows if number in {"", "2"}) == "あ" * 4_000


def test_a_table_without_heading_and_one_without_rows() -> None:
    form = Table((Column("", 28), Column("", 132)), (("申立人", "住所　●\n氏名　●"), ("相手方", "●")), header=False)
    data = made(form, Table(LOGINS.columns, ()), Table(LOGINS.columns, (), header=False))
    assert [row for page in extracted(data) for row in page] == [
        ["申立人", "住所●氏名●"],
        ["相手方", "●"],
        [squeezed(column.title) for column in LOGINS.columns],
    ]


def test_the_exhibit_number_stands_top_right_with_the_pages_of_its_section() -> None:
    two = (Paragraph("一"), PageBreak(), PageBreak(), Paragraph("二"))
    pages = pages_of(
        encode(
            document(
                Section((Paragraph("表紙"),)),
                Section(two, "甲第1号証"),
                Section((LOGINS,), "甲第2号証"),
                Section((), "甲第3号証"),
            ),
            dated=DATED,
        )
    )
    heads = [squeezed(page.crop((0, 0, page.width, 25 * MM - 1)).extract_text()) for page in pages]
    long = len(pages) - 4
    assert heads == [
        "",
        "甲第1号証（1／2）",
        "甲第1号証（2／2）",
        *(f"甲第2号証（{now}／{long}）" for now in range(1, long + 1)),
        "甲第3号証（1／1）",
    ]
    for page in pages[1:]:
        top = [one for one in page.chars if one["top"] < 24 * MM]
        assert page.width - max(one["x1"] for one in top) == pytest.approx(20 * MM, abs=6)
        assert min(one["x0"] for one in top) > page.width / 2


def test_pages_without_a_number_are_counted_at_the_foot_and_every_page_bears_the_footer() -> None:
    pages = pages_of(encode(document(Section((LOGINS,)), Section((Paragraph("別紙"),))), dated=DATED))
    for number, page in enumerate(pages, start=1):
        foot = squeezed(page.crop((0, page.height - 22 * MM, page.width, page.height)).extract_text())
        assert foot == squeezed(f"（{number}／{len(pages)}）{FOOTER}")


@pytest.mark.parametrize(("landscape", "size"), [(False, (210, 297)), (True, (297, 210))])
def test_a4_with_thirty_millimetres_to_bind_and_nothing_beyond_the_margins(
    landscape: bool,  # noqa: FBT001 - a parameter of the test
    size: tuple[int, int],
) -> None:
    texts = [
        Paragraph(text, style=style)
        for text in ("国" * 100, "W" * 300, "、" * 100)
        for style in ("body", "note", "mono")
    ]
    wide = Table(
        (*(Column("見出し" * 9, 5) for _ in range(12)), Column("W" * 40, 5)), (("W" * 60,) * 13, ("。" * 60,) * 13)
    )
    lines = Lines(tuple((str(number), "x" * number) for number in range(0, 160, 20)))
    data = made(Heading("W" * 200, 1), *texts, LOGINS, wide, lines, label="甲第1号証", landscape=landscape)
    left = []
    for page in pages_of(data):
        assert (page.width, page.height) == pytest.approx((size[0] * MM, size[1] * MM), abs=0.1)
        marks = [*page.chars, *page.lines, *page.rects, *page.curves]
        left.append(min(one["x0"] for one in marks))
        assert max((one["x1"] for one in marks if "text" not in one), default=0) <= (size[0] - 20) * MM + 1
        assert max(ink(one)[1] for one in page.chars) <= (size[0] - 20) * MM + 1
        assert min(one["top"] for one in marks) > 10 * MM
        assert max(one["bottom"] for one in marks) < (size[1] - 7) * MM
        in_body = [one for one in page.chars if one["top"] > 24 * MM and one["size"] > 7.5]
        assert max(one["bottom"] for one in in_body) < (size[1] - 22) * MM + 4
    assert min(left) == pytest.approx(30 * MM, abs=1)


def test_no_text_runs_out_of_its_cell() -> None:
    """Every character lies within the rules of the column that its cell belongs to."""
    columns = tuple(Column(title, share) for title, share in (("No.", 9), ("x", 18), ("y", 24), ("z", 109)))
    texts = (
        "203.0.113.200",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
        "２０３．０．１１３．２００",
        "a" * 64,
        "（１２３４５６７）。",
    )
    page = pages_of(made(Table(columns, tuple(("1", text, text, text) for text in texts))))[0]
    edges = sorted(
        {round(one["x0"], 1) for one in [*page.lines, *page.rects, *page.curves] if one["x1"] - one["x0"] < 1}
    )
    assert len(edges) == 5
    for one in page.chars:
        if one["top"] > 24 * MM and one["size"] > 5.9 and one["bottom"] < page.height - 22 * MM:
            inside = [left <= ink(one)[0] + 0.3 and ink(one)[1] - 0.3 <= right for left, right in pairwise(edges)]
            assert any(inside), one


@pytest.mark.parametrize(
    "text",
    [
        "203.0.113.200",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
        "２０３．０．１１３．２００",
        "6012345678901234567",
        "ＪＳＴ",
    ],
)
def test_an_address_is_set_on_one_line_even_if_smaller(text: str) -> None:
    table = Table((Column("a", 60), Column("b", 44)), (("接続元" + text + "、", text),))
    data = pages_of(made(table))[0]
    cell = data.extract_tables()[0][1]
    assert cell[1] == text
    assert text in cell[0].split("\n")[-1]


def test_all_fonts_are_embedded_as_subsets() -> None:
    found: dict[str, bool] = {}
    for page in pages_of(made(Heading("見出し", 2), LOGINS, Lines((("1", "raw 生"),)), Paragraph("x é 😀 ㈱"))):
        for font in (page.page_obj.resources["Font"] or {}).values():
            told = font.resolve()
            for below in told["DescendantFonts"].__class__ and _resolved(told["DescendantFonts"]):
                described = below.resolve()["FontDescriptor"].resolve()
                found[str(told["BaseFont"].name)] = any(name.startswith("FontFile") for name in described)
    assert len(found) >= 3
    assert all(found.values()), found
    assert all(re.match(r"[A-Z]{6}\+", name) for name in found), found


def _resolved(value: Any) -> list[Any]:  # noqa: ANN401 - a PDF object
    return list(value.resolve() if hasattr(value, "resolve") else value)


def test_it_says_that_it_is_pdf_a_and_is_not_locked() -> None:
    data = made(Paragraph("本文"))
    assert data.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in data
    assert b"/Encrypt" not in data
    for alive in (b"/JavaScript", b"/OpenAction", b"/Launch", b"/URI", b"/EmbeddedFile", b"/AcroForm"):
        assert alive not in data


def test_headings_are_bookmarks_and_the_title_and_date_are_told() -> None:
    blocks = (Heading("投稿記事目録", 1), Heading("第１　対象\n接続", 2), Heading("候補", 3), Heading("A" * 300, 2))
    with closing(pypdfium2.PdfDocument(made(*blocks))) as pdf:
        told = [(one.level, one.get_title()) for one in pdf.get_toc()]
        assert told == [(0, "投稿記事目録"), (1, "第１　対象 接続"), (2, "候補"), (1, "A" * 300)]
        assert pdf.get_metadata_value("Title") == "目録　例"
        assert pdf.get_metadata_value("CreationDate").startswith("D:20261121")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_printed_as_it_stands_everywhere(text: str) -> None:
    expected = squeezed(safe_text(text))
    for block in (
        Paragraph(text),
        Paragraph(text, style="mono"),
        Heading(text, 2),
        Table((Column("内容", 10),), ((text,),)),
        Table((Column("a", 3), Column("内容", 2)), (("", text),)),
        Table((Column("a", 3),), (("",),), caption=text),
        Lines((("1", text.replace("\n", " ")),)),
    ):
        printed = stream(made(block))
        assert expected.replace("\n", "") in printed.replace("a内容", "").replace("内容", ""), block.__class__.__name__


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_in_head_foot_and_title_is_inert_and_whole(text: str) -> None:
    data = encode(document(Section((Paragraph("本文"),), text), footer=text, title=text), dated=DATED)
    expected = squeezed(safe_text(text))
    assert expected in stream(data) or expected in stream(data, foot=0)
    for page in pages_of(data):
        assert max(one["bottom"] for one in page.chars) < page.height
        assert min(one["top"] for one in page.chars) >= 0
        assert max(ink(one)[1] for one in page.chars) < page.width - 20 * MM + 1


def test_what_reorders_or_hides_is_written_out() -> None:
    printed = stream(made(Paragraph("a\u202eb\u200bc\u2067d\x07e\rf")))
    assert "a\\u202eb\\u200bc\\u2067d\\x07e\\x0df" in printed


def test_a_character_that_no_font_has_is_written_out_and_noted() -> None:
    rare = ["\U00013000", "\U00012000", "\U0001f9ff", "\u1c50", "\u2c00", "\u0e01"]
    absent = missing(rare, choose(SYSTEM))
    data = made(Paragraph("".join(rare)), Paragraph("\ufdd0 \ue000 \U00010ffff 𠮷野家 髙﨑 e\u0301"))
    printed = stream(data)
    for one in (*absent, "\ufdd0", "\ue000", "\U00010fff" + "f"):
        assert f"〔U+{ord(one[0]):04X}〕" in printed
        assert f"U+{ord(one[0]):04X}" in printed.partition("その符号位置で")[2]
    for one in set(rare) - absent:
        assert one in printed
    assert squeezed("𠮷野家") in printed


def test_without_a_rare_character_there_is_no_note() -> None:
    assert "符号位置" not in stream(made(Paragraph("髙﨑 ㈱①é")))


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_becomes_a_pdf(text: str) -> None:
    data = made(Paragraph(text), Table((Column("a", 1), Column("b", 9)), ((text, text),)))
    assert data.startswith(b"%PDF-")


@given(text=st.text(st.sampled_from("ab19.:/- 　あ、。（）「」ー１．：っW"), max_size=80), room=st.floats(2, 40))
def test_lines_lose_nothing(text: str, room: float) -> None:
    def whole(line: str | list[Any]) -> str:
        return (
            line
            if isinstance(line, str)
            else "".join(one if isinstance(one, str) else "".join(one[2:]) for one in line)
        )

    assert "\n".join(whole(line) for line in lines(text, room)) == text


def test_received_lines_keep_their_place_and_number() -> None:
    rows = (
        ("1", "a. [IPネットワークアドレス]     203.0.113.0/24"),
        ("2", "    b"),
        (">", "x" * 80),
        ("3", ""),
        ("4", "z"),
    )
    page = pages_of(made(Lines(rows)))[0]
    found = {}
    for line in page.extract_text_lines():
        if 24 * MM < line["top"] < page.height - 22 * MM:
            number = line["chars"][0]["text"]
            found[number] = [one for one in line["chars"][1:] if one["text"].strip()]
    assert list(found) == ["1", "2", ">", "3", "4"]
    assert "".join(one["text"] for one in found[">"]) == "x" * 80
    one = found["1"][0]["width"]
    assert found["2"][0]["x0"] == pytest.approx(found["4"][0]["x0"] + 4 * one, abs=0.2)


def test_two_thousand_rows_in_acceptable_time() -> None:
    rows = tuple((str(number), *LOGINS.rows[number % 70][1:]) for number in range(2_000))
    start = time.monotonic()
    data = made(LOGINS._replace(rows=rows))
    assert time.monotonic() - start < SECONDS
    printed = stream(data)
    at = 0
    for row in rows[::50]:
        at = printed.find(squeezed("".join(row)), at)
        assert at >= 0, row


def test_no_japanese_font_is_an_error_that_names_some(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Noto Serif CJK JP") as raised:
        encode(document(Section((Paragraph("本文"),))), dated=DATED, shelf=Shelf((str(tmp_path),), system=False))
    assert "游明朝" in raised.value.ja


def test_fonts_from_a_folder_alone(tmp_path: Path) -> None:
    family = choose(SYSTEM).serif[0]
    path = next((one.path for one in choose(SYSTEM).fonts.fonts() if one.family == family), None)
    if path is None:
        pytest.skip("the Japanese font of this machine is no file")
    (tmp_path / Path(path).name).symlink_to(path)
    data = encode(
        document(Section((Paragraph("本文"), Lines((("1", "x"),))))),
        dated=DATED,
        shelf=Shelf((str(tmp_path),), system=False),
    )
    assert "本文" in stream(data)


def test_without_typst_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=re.escape("pipx install '.[pdf]'")) as raised:
        made(Paragraph("本文"))
    assert "pipx install '.[pdf]'" in raised.value.ja


PROGRAM = """
import sys
from hashlib import sha256
sys.path[:0] = {paths!r}
from test_filing_pdf import LOGINS, made
from ipattr.renderers.filings.blocks import Heading, Paragraph
print(sha256(made(Heading("目録", 1), LOGINS, Paragraph("\\U00013000é"), label="甲第1号証")).hexdigest())
"""


def test_the_same_bytes_in_two_processes_in_other_places_zones_and_orders(tmp_path: Path, root: Path) -> None:
    paths = [str(root), str(root / "tests"), str(root / "tests" / "renderers")]
    sums = set()
    for seed, zone, where in (("1", "Asia/Tokyo", tmp_path), ("2", "America/Anchorage", root)):
        told = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(paths=paths)],
            cwd=where,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "LC_ALL": "C",
                "PYTHONUTF8": "1",
                "SOURCE_DATE_EPOCH": seed,
            },
            capture_output=True,
            text=True,
            check=True,
        )
        sums.add(told.stdout)
    assert len(sums) == 1


def _cells(one: Document) -> Iterator[str]:
    for section in one.sections:
        for block in section.blocks:
            match block:
                case Table():
                    yield from (cell for row in block.rows for cell in row)
                case Heading() | Paragraph():
                    yield block.text
                case Lines():
                    yield from (text for _, text in block.rows)
                case PageBreak():
                    pass


def _all_in_order(data: bytes, one: Document) -> None:
    printed, at = stream(data, foot=23.5), 0
    for cell in _cells(one):
        wanted = squeezed(safe_text(cell))
        found = printed.find(wanted, at)
        assert found >= 0, (one.stem, cell[:80])
        at = found + len(wanted)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(dated=DATED),
        Wish(dated=DATED, full_width=True, dates="western", first_number=3, only=("docomo", "kddi-au")),
    ],
)
def test_every_document_of_the_example_holds_every_text_in_order(wish: Wish) -> None:
    for one in documents(example(), wish):
        _all_in_order(encode(one, dated=DATED), one)


def test_every_table_of_one_set_has_its_rows_and_no_more() -> None:
    for one in documents(example(), Wish(dated=DATED))[1:3]:
        rows = [row for page in extracted(encode(one, dated=DATED)) for row in page]
        tables = [block for part in one.sections for block in part.blocks if isinstance(block, Table)]
        heads = [[squeezed(column.title) for column in table.columns] for table in tables if table.header]
        expected = [[squeezed(safe_text(cell)) for cell in row] for table in tables for row in table.rows]
        assert [row for row in rows if row not in heads] == expected, one.stem


def test_the_documents_of_a_hostile_case_are_made(tmp_path: Path) -> None:
    for one in documents(hostile(tmp_path), Wish(dated=DATED)):
        data = encode(one, dated=DATED)
        for page in pages_of(data)[:2]:
            assert max(ink(char)[1] for char in page.chars) <= page.width - 20 * MM + 1

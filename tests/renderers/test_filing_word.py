"""Word files: what goes in comes out, in our reader, in python-docx and in LibreOffice; and how it looks on paper."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
import pdfplumber
import pytest
from docx.shared import Mm
from filing_world import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from word_files import W, fields, misplaced, needs_libreoffice, parts, through_libreoffice

from ipattr.readers.word_table import docx_tables
from ipattr.renderers.filings.blocks import (
    Block,
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
from ipattr.renderers.filings.word import encode
from ipattr.renderers.filings.word.markup import legal
from ipattr.renderers.filings.word.package import pack
from ipattr.renderers.filings.word.tables import widths

if TYPE_CHECKING:
    from pathlib import Path

FOOTER = "入力の行数: 130　データ版: 2026-11-21.abcdef　記録の先端: " + "ab" * 32
COLUMNS = (
    Column("番号", 7, "right"),
    Column("接続日時（日本時間）", 26, "center"),
    Column("ＩＰアドレス", 30, mono=True),
    Column("接続先ＩＰアドレスの候補", 22),
)
POINTS_PER_MM = 72 / 25.4


def rows(count: int) -> tuple[tuple[str, ...], ...]:
    """Return rows of a log; each has two lines, and both bear its number."""
    return tuple(
        (
            f"{n}",
            f"S{n:04}\nE{n:04}",
            f"2001:db8:ffff:ffff:ffff:ffff:ffff:{n:x}" if n % 3 else f"203.0.113.{n % 256}",
            "162.159.140.229\n172.66.0.227",
        )
        for n in range(1, count + 1)
    )


def document(*sections: Section, landscape: bool = False, title: str = "投稿記事目録") -> Document:
    """Return a document of these sections."""
    return Document("schedules", "f", "s", title, sections, FOOTER, landscape)


def one(*blocks: Block) -> bytes:
    """Return the Word file of one section of blocks."""
    return encode(document(Section(blocks)))


FILED = document(
    Section(
        (
            Heading("投稿記事目録", 1),
            Paragraph("令和８年１１月２１日", align="right"),
            Heading("第１　接続日時等"),
            Paragraph("　別紙のとおりである。\n改行の後。", indent=1),
            Table(COLUMNS, rows(130), "表１　接続の一覧"),
            Paragraph("以上", align="right"),
            Heading("注", 3),
            Paragraph("注記である。", style="note"),
            PageBreak(),
            Paragraph("次の頁", style="mono"),
        )
    ),
    Section((Heading("回答", 1), Lines(tuple((str(n), f"a.  [IP]   {n}") for n in range(1, 151)))), "甲第１号証の２"),
    Section((Table(COLUMNS, rows(40)),), "甲第２号証"),
)


@pytest.fixture(scope="module")
def filed() -> bytes:
    """Return a Word file with everything in it."""
    return encode(FILED)


def cells(data: bytes, number: int) -> list[tuple[str, ...]]:
    """Return the cells of one table by our own reader."""
    return [tuple(cell.text for cell in row.cells) for row in docx_tables(data)[number].rows]


def titles(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(column.title for column in columns)


def test_our_own_reader_finds_every_row_and_cell_unchanged(filed: bytes) -> None:
    assert cells(filed, 0) == [titles(COLUMNS), *rows(130)]
    assert cells(filed, 1) == [titles(COLUMNS), *rows(40)]
    assert len(docx_tables(filed)) == 2


def test_python_docx_finds_headings_labels_and_the_page(filed: bytes) -> None:
    file = docx.Document(io.BytesIO(filed))
    found = {p.text: p.style.name for p in file.paragraphs if p.style and p.style.name.startswith("Heading")}
    assert found == {
        "投稿記事目録": "Heading 1",
        "第１　接続日時等": "Heading 2",
        "注": "Heading 3",
        "回答": "Heading 1",
    }
    assert [section.header.paragraphs[0].text for section in file.sections] == [
        "",
        "甲第１号証の２（／）",
        "甲第２号証（／）",
    ]
    for section in file.sections:
        assert abs(section.left_margin - Mm(30)) < Mm(0.1)
        assert abs(section.page_width - Mm(210)) < Mm(0.1)
        assert Mm(19) < section.right_margin < Mm(26)
        assert section.footer.paragraphs[-1].text == FOOTER
    assert "　別紙のとおりである。\n改行の後。" in [p.text for p in file.paragraphs]
    properties = file.core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == ("投稿記事目録", "", "")
    assert properties.created == properties.modified == datetime(2000, 1, 1, tzinfo=UTC)
    assert properties.language == "ja-JP"


def test_nothing_in_the_package_is_live_or_comes_from_a_template(filed: bytes) -> None:
    found = parts(filed)
    kinds = {re.sub(r"\d+", "", name) for name in found}
    assert kinds == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/styles.xml",
        "word/settings.xml",
        "word/fontTable.xml",
        "word/header.xml",
        "word/footer.xml",
        "word/_rels/document.xml.rels",
    }
    assert not any(
        b"TargetMode" in content or b"http://schemas.microsoft.com/office/2006/keyMap" in content
        for content in found.values()
    )
    assert fields(filed) == {"PAGE", "SECTIONPAGES"}
    assert fields(one(Paragraph("一"))) == {"PAGE", "NUMPAGES"}
    assert not any(b"instrText" in content or b"fldChar" in content for content in found.values())
    assert b'w:eastAsia="ja-JP"' in found["word/styles.xml"]
    assert "Noto Serif CJK JP" in found["word/fontTable.xml"].decode()


def test_every_element_stands_where_the_schema_wants_it(filed: bytes) -> None:
    assert list(misplaced(filed)) == []
    disordered = filed_with(filed, b'<w:pStyle w:val="Heading1"/>', b'<w:jc w:val="left"/><w:pStyle w:val="Heading1"/>')
    assert list(misplaced(disordered))


def filed_with(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a Word file with a change in its body."""
    found = parts(data)
    assert old in found["word/document.xml"]
    return pack([*(found | {"word/document.xml": found["word/document.xml"].replace(old, new, 1)}).items()])


def test_spaces_at_the_ends_of_a_text_are_kept_by_word(filed: bytes) -> None:
    texts = [one for name in parts(filed) for one in etree.fromstring(parts(filed)[name]).iter(f"{W}t")]
    kept = "{http://www.w3.org/XML/1998/namespace}space"
    assert all(one.get(kept) == "preserve" for one in texts if one.text != (one.text or "").strip())
    assert sum(one.text != (one.text or "").strip() for one in texts) == 1


def test_every_style_that_is_named_exists(filed: bytes) -> None:
    found = parts(filed)
    styles = {one.get(f"{W}styleId") for one in etree.fromstring(found["word/styles.xml"]).iter(f"{W}style")}
    used = {
        one.get(f"{W}val")
        for name, content in found.items()
        if name.endswith(".xml") and name.startswith("word/")
        for one in etree.fromstring(content).iter(f"{W}pStyle", f"{W}basedOn", f"{W}next")
    }
    assert used <= styles
    assert len(used) > 8


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    def everywhere(what: str) -> bytes:
        flat = what.replace("\n", " ")
        table = Table((Column(flat), Column("b", mono=True)), ((what, "b"), ("a", what)), flat)
        blocks = (Heading(flat), Paragraph(what), table, Lines(((flat, flat),)))
        return encode(Document("k", "f", "s", flat, (Section(blocks, flat),), flat))

    def shape(data: bytes) -> dict[str, list[str]]:
        return {
            name: [str(one.tag) for one in etree.fromstring(content).iter()] for name, content in parts(data).items()
        }

    harmless = "".join(sign if sign == "\n" else "x" if sign.isascii() else "漢" for sign in safe_text(text))
    assert shape(everywhere(text)) == shape(everywhere(harmless))
    again = docx.Document(io.BytesIO(everywhere(text)))
    assert again.tables[0].cell(1, 0).text == again.tables[0].cell(2, 1).text == safe_text(text)
    assert again.core_properties.title == safe_text(text.replace("\n", " "))[:255]
    assert len(again.tables[0].rows) == 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters()), min_size=2, max_size=6))
def test_any_text_comes_back_as_safe_text(texts: list[str]) -> None:
    table = Table((Column("a"), Column("b")), tuple((text, text[::-1]) for text in texts))
    again = docx.Document(io.BytesIO(one(*map(Paragraph, texts), table)))
    expected = [(legal(text), legal(text[::-1])) for text in texts]
    assert [tuple(cell.text for cell in row.cells) for row in again.tables[0].rows][1:] == expected
    assert [paragraph.text for paragraph in again.paragraphs][: len(texts)] == [legal(text) for text in texts]
    if not any("\ufffe" in text or "\uffff" in text for text in texts):
        assert expected == [(safe_text(text), safe_text(text[::-1])) for text in texts]


def test_what_xml_cannot_hold_is_written_out() -> None:
    assert legal("a\ufffe\uffffb\x00\ud800") == r"a\ufffe\uffffb\x00\ud800"
    again = docx.Document(io.BytesIO(one(Paragraph("a\ufffe\uffffb\x00\ud800  c "))))
    assert again.paragraphs[0].text == r"a\ufffe\uffffb\x00\ud800  c "


SAME = """
import sys, hashlib
sys.path[:0] = [{tests!r}, {renderers!r}]
from test_filing_word import FILED
from ipattr.renderers.filings.word import encode
print(hashlib.sha256(encode(FILED)).hexdigest())
"""


def test_the_bytes_do_not_depend_on_hashes_clock_zone_or_folder(root: Path, tmp_path: Path, filed: bytes) -> None:
    script = SAME.format(tests=str(root / "tests"), renderers=str(root / "tests" / "renderers"))
    worlds = (("1", "Asia/Tokyo", "ja_JP.UTF-8", root), ("2", "America/New_York", "C", tmp_path))
    digests = set()
    for seed, zone, locale, folder in worlds:
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, text=True)
        digests.add(done.stdout)
    assert len(digests) == 1
    assert encode(FILED) == filed


def test_two_thousand_rows_are_written_in_seconds() -> None:
    started = time.process_time()
    data = one(Table(COLUMNS, rows(2_000)))
    assert time.process_time() - started < 30
    assert cells(data, 0)[1:] == [*rows(2_000)]


def test_a_row_is_kept_whole_unless_it_may_be_higher_than_a_page() -> None:
    high = ("1", "あ" * 10_000, "x", "\n".join("abc"))
    data = one(Table(COLUMNS, (*rows(2), high)))
    heading, first, second, last = etree.fromstring(parts(data)["word/document.xml"]).iter(f"{W}tr")
    assert heading.find(f"{W}trPr/{W}tblHeader") is not None
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in (heading, first, second))
    assert last.find(f"{W}trPr/{W}cantSplit") is None


def test_behind_a_table_that_ends_a_document_there_is_next_to_no_room() -> None:
    """A table that just fills a page must not open another one."""
    body = docx.Document(io.BytesIO(one(Table((Column("番号"),), (("1",),))))).element.body
    (last,) = body.findall(f"{W}p")
    assert last.find(f"{W}pPr/{W}spacing").get(f"{W}line") == "20"
    between = docx.Document(io.BytesIO(one(Table((Column("番号"),), (("1",),)), Paragraph("後")))).element.body
    assert between.findall(f"{W}p")[0].find(f"{W}pPr/{W}spacing").get(f"{W}line") == "120"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(3_000, 15_000))
def test_widths_are_shares_and_fill_the_line(shares: list[int], whole: int) -> None:
    found = widths(tuple(Column("x", share) for share in shares), whole)
    assert sum(found) == whole
    total = sum(max(share, 1) for share in shares)
    assert all(abs(wide - whole * max(share, 1) / total) <= 1 for wide, share in zip(found, shares, strict=True))


def test_a_table_is_fixed_and_its_face_shrinks_before_an_address_is_torn() -> None:
    def half_points(*addresses: str, share: int) -> int:
        data = one(Table((Column("a", share), Column("b", 100 - share)), tuple((text, "") for text in addresses)))
        root = etree.fromstring(parts(data)["word/document.xml"])
        assert root.find(f".//{W}tblLayout").get(f"{W}type") == "fixed"
        return int(root.findall(f".//{W}tr")[1].find(f".//{W}sz").get(f"{W}val"))

    long = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"
    assert half_points("203.0.113.1", share=50) == 21
    assert half_points(long, share=50) == 21
    assert half_points(long, share=42) == 19
    assert half_points(long, share=38) == 17
    assert half_points("https://example.jp/" + "a" * 80, share=50) == 21


def test_empty_documents_sections_and_tables_are_still_word_files() -> None:
    nothing = Table((Column("a"),), (), header=False)
    for given_document in (
        document(),
        document(Section(())),
        document(Section((nothing,)), Section((PageBreak(),), "甲１")),
    ):
        data = encode(given_document)
        assert docx.Document(io.BytesIO(data)).sections
        assert list(misplaced(data)) == []
        assert docx_tables(data) == ()
    bare = one(Table((Column("a"), Column("b")), (("1", "2"),), header=False))
    assert cells(bare, 0) == [("1", "2")]


def test_a_page_across_keeps_its_margin() -> None:
    section = docx.Document(io.BytesIO(encode(document(Section((Paragraph("横"),)), landscape=True)))).sections[0]
    assert section.page_width > section.page_height
    assert abs(section.left_margin - Mm(30)) < Mm(0.1)


@pytest.fixture(scope="module")
def pages(filed: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Return the pages of the PDF that LibreOffice makes of it."""
    with pdfplumber.open(io.BytesIO(through_libreoffice(filed, "pdf", tmp_path_factory.mktemp("pdf")))) as pdf:
        for page in pdf.pages:
            page.extract_words()  # before the file is closed
            page.edges  # noqa: B018 - the same
        return pdf.pages


@needs_libreoffice
def test_on_paper_no_row_is_torn_and_the_heading_is_on_every_page(pages: list[Any]) -> None:
    seen: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        for mark in re.findall(r"[SE]\d{4}", page.extract_text()):
            seen.setdefault(mark, []).append(number)
        if re.search(r"S\d{4}", page.extract_text()):
            assert "候補" in page.extract_text(), number
    assert {mark for mark in seen if mark.startswith("S")} == {f"S{n:04}" for n in range(1, 131)}
    assert all(seen[f"S{n:04}"] == seen[f"E{n:04}"] for n in range(1, 131))
    assert len({number for places in seen.values() for number in places}) > 4


@needs_libreoffice
def test_on_paper_the_margins_hold_and_nothing_is_cut_off(pages: list[Any]) -> None:
    for page in pages:
        assert (round(page.width), round(page.height)) == (595, 842)
        words = page.extract_words()
        assert min(word["x0"] for word in words) >= 30 * POINTS_PER_MM - 1
        assert max(word["x1"] for word in words) <= 190 * POINTS_PER_MM + 1
        if page.edges:
            left = min(edge["x0"] for edge in page.edges)
            assert abs(left - 30 * POINTS_PER_MM) < 1.5
            assert max(edge["x1"] for edge in page.edges) <= 190 * POINTS_PER_MM + 1


@needs_libreoffice
def test_on_paper_the_label_stands_top_right_and_the_footer_below(pages: list[Any]) -> None:
    labels = []
    for page in pages:
        head = page.crop((0, 0, page.width, 25 * POINTS_PER_MM))
        label = head.extract_text().replace(" ", "")
        labels.append(re.sub("（.*", "", label))
        if label:
            assert head.extract_words()[-1]["x1"] > 188 * POINTS_PER_MM
            assert head.extract_words()[0]["x0"] > 120 * POINTS_PER_MM
        foot = page.crop((0, page.height - 22 * POINTS_PER_MM, page.width, page.height)).extract_text()
        assert "ab" * 20 in foot.replace("\n", "").replace(" ", "")
    assert sorted(set(labels)) == ["", "甲第１号証の２", "甲第２号証"]
    assert labels == sorted(labels)
    first = labels.index("甲第１号証の２")
    assert "（1" in pages[first].extract_text()
    assert "（2" in pages[first + 1].extract_text()


@needs_libreoffice
def test_on_paper_every_character_has_a_glyph(pages: list[Any]) -> None:
    fonts = {char["fontname"] for page in pages for char in page.chars}
    assert any(re.search("Serif|Mincho|Ming", font) for font in fonts)
    text = "".join(char["text"] for page in pages for char in page.chars)
    assert "\ufffd" not in text
    assert "(cid:" not in text
    for word in ("投稿記事目録", "令和８年１１月２１日", "甲第１号証の２", "2001:db8:ffff:ffff:ffff:ffff:ffff:80"):
        assert word in text


@needs_libreoffice
def test_on_paper_no_western_word_or_address_is_torn_between_its_letters(tmp_path: Path) -> None:
    words = [f"Registrant{n}Network" for n in range(40)]
    table = Table((Column("a", 30), Column("b", 70)), tuple((f"登録名義人は{word}である。", "") for word in words))
    with pdfplumber.open(io.BytesIO(through_libreoffice(one(table), "pdf", tmp_path))) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert [word for word in words if word not in text] == []


@needs_libreoffice
def test_libreoffice_saves_the_same_rows_and_loses_nothing_of_a_row_higher_than_a_page(tmp_path: Path) -> None:
    texts = tuple((str(n), text) for n, text in enumerate(HOSTILE))
    data = one(Table(COLUMNS, rows(60)), Table((Column("a", 10), Column("b", 90)), texts))
    # LibreOffice writes an underscore that might begin an escape as an escape of its own.
    saved = through_libreoffice(data, "docx", tmp_path)
    changed = parts(saved)["word/document.xml"].replace(b"_x005F_", b"_")
    saved = pack([*(parts(saved) | {"word/document.xml": changed}).items()])
    assert cells(saved, 0) == cells(data, 0) == [titles(COLUMNS), *rows(60)]
    assert cells(saved, 1) == cells(data, 1) == [("a", "b"), *((n, safe_text(text).strip()) for n, text in texts)]
    with pdfplumber.open(io.BytesIO(through_libreoffice(data, "pdf", tmp_path))) as pdf:
        text = "".join(char["text"] for page in pdf.pages for char in page.chars)
    assert text.count("あ") == 10_000
    assert text.count("A") >= 10_000

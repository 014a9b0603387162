"""An office's own Word file: filled in wherever a placeholder stands, nothing else touched, nothing live kept."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import docx
import pdfplumber
import pytest
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt, RGBColor
from filing_world import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from word_files import W, needs_libreoffice, parts, through_libreoffice

from ipattr.errors import UsageError
from ipattr.readers.word_table import docx_tables
from ipattr.renderers.filings.blocks import Column, Table, safe_text
from ipattr.renderers.filings.placeholders import Placeholders
from ipattr.renderers.filings.word import fill
from ipattr.renderers.filings.word.markup import NAMESPACE, legal
from ipattr.renderers.filings.word.package import pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docx.document import Document as WordFile

NS = f'xmlns:w="{NAMESPACE}"'
LOGINS = Table(
    (Column("番号", 5, "right"), Column("接続日時", 20), Column("IP\nアドレス", 30)),
    tuple((str(n), f"S{n:04}\nE{n:04}", f"203.0.113.{n}") for n in range(1, 61)),
    "接続の一覧",
)
KNOWN = Placeholders(
    texts={"事件名": "発信者情報開示命令申立事件", "宛先": "株式会社<甲> & 乙", "二行": "一行目\n二行目", "空": ""},
    tables={"接続一覧": LOGINS, "空の表": Table((Column("x"),), ())},
)


def template(build: Callable[[WordFile], object]) -> bytes:
    """Return a Word file as python-docx makes one."""
    file = docx.Document()
    build(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def paragraph(text: str) -> bytes:
    """Return a Word file of one paragraph."""
    return template(lambda file: file.add_paragraph(text))


def opened(data: bytes) -> WordFile:
    return docx.Document(io.BytesIO(data))


def filled(data: bytes, placeholders: Placeholders = KNOWN) -> WordFile:
    return opened(fill(data, placeholders, "雛形.docx"))


def texts(file: WordFile) -> list[str]:
    return [one.text for one in file.paragraphs]


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return a Word file with one part added or replaced."""
    return pack([*(parts(data) | {name: content}).items()])


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a Word file with a change in one part."""
    content = parts(data)[name]
    assert old in content
    return with_part(data, name, content.replace(old, new, 1))


def body_with(markup: str, text: str = "{{事件名}}") -> bytes:
    """Return a Word file of one filled paragraph, with markup of another kind before it."""
    return replaced(paragraph(text), "word/document.xml", b"<w:body>", f"<w:body>{markup}".encode())


def torn(file: WordFile) -> None:
    """Write one placeholder as Word tears it: over runs of several formats, with spelling marks between them."""
    line = file.add_paragraph("事件名 ")
    for number, piece in enumerate(("{", "{事", "件", "名}", "} 以上")):
        run = line.add_run(piece)
        run.bold = number == 0
        run.font.size = Pt(20 if number == 0 else 8)
        line._p.append(parse_xml(f'<w:proofErr {NS} w:type="spellStart"/>'))  # noqa: SLF001 - python-docx offers no other way
    line.runs[0].font.color.rgb = RGBColor(1, 2, 3)


def test_a_placeholder_torn_over_runs_takes_the_format_in_which_it_begins() -> None:
    line = filled(template(torn)).paragraphs[0]
    assert line.text == "事件名 発信者情報開示命令申立事件 以上"
    value = next(run for run in line.runs if "申立" in run.text)
    assert (value.bold, value.font.size) == (True, Pt(20))
    assert line.runs[0].font.color.rgb == RGBColor(1, 2, 3)
    assert line.runs[-1].text == " 以上"
    assert line.runs[-1].font.size == Pt(8)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{事件名}}", "発信者情報開示命令申立事件"),
        ("{{ 事件名　}}", "発信者情報開示命令申立事件"),
        ("｛｛事件名｝｝", "発信者情報開示命令申立事件"),
        ("{{空}}", ""),
        ("前{{空}}後", "前後"),
        ("{{宛先}}と{{宛先}}{{二行}}", "株式会社<甲> & 乙と株式会社<甲> & 乙一行目\n二行目"),
        ("{一} {二}", "{一} {二}"),
    ],
)
def test_names_are_taken_as_people_type_them(written: str, expected: str) -> None:
    file = filled(template(lambda file: [file.add_paragraph(written), file.add_paragraph("{{事件名}}")]))
    assert texts(file)[0] == expected


def everywhere(file: WordFile) -> None:
    """Put placeholders in the body, a table in a table, header, footer and a text box with its fallback."""
    file.add_paragraph("本文 {{事件名}}")
    cell = file.add_table(1, 2).cell(0, 1)
    cell.text = "表 {{事件名}}"
    cell.add_table(1, 1).cell(0, 0).text = "内側 {{事件名}}"
    file.sections[0].header.paragraphs[0].text = "上 {{事件名}}"
    file.sections[0].footer.paragraphs[0].text = "下 {{事件名}}"
    box = "<w:txbxContent><w:p><w:r><w:t>箱 {{事件</w:t></w:r><w:r><w:t>名}}</w:t></w:r></w:p></w:txbxContent>"
    shape = f'<v:shape id="a" type="#b" style="width:80pt;height:40pt"><v:textbox>{box}</v:textbox></v:shape>'
    file.add_paragraph("外 {{宛先}}")._p.append(  # noqa: SLF001 - as above
        parse_xml(
            f'<w:r {NS} xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
            f'<mc:AlternateContent><mc:Choice Requires="wps"><w:pict>{shape}</w:pict></mc:Choice>'
            f"<mc:Fallback><w:pict>{shape}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def test_placeholders_are_found_in_tables_headers_footers_and_text_boxes() -> None:
    result = fill(template(everywhere), KNOWN, "雛形.docx")
    found = parts(result)
    value = "発信者情報開示命令申立事件"
    body = found["word/document.xml"].decode()
    flat = re.sub("<[^>]+>", "", body)
    assert flat.count(f"本文 {value}") == flat.count(f"表 {value}") == flat.count(f"内側 {value}") == 1
    assert flat.count(f"箱 {value}") == 2
    assert "外 株式会社&lt;甲&gt; &amp; 乙" in flat
    file = opened(result)
    assert file.sections[0].header.paragraphs[0].text == f"上 {value}"
    assert file.sections[0].footer.paragraphs[0].text == f"下 {value}"
    assert not any(b"{{" in content for content in found.values())


def test_every_part_without_a_placeholder_stays_byte_for_byte_and_in_its_order() -> None:
    before = template(lambda file: file.add_paragraph("{{事件名}}"))
    after = parts(fill(before, KNOWN, "a.docx"))
    assert list(after) == list(parts(before))
    assert [name for name, content in parts(before).items() if after[name] != content] == ["word/document.xml"]


def row_template(file: WordFile) -> None:
    """Make a table with a heading, a row that repeats and a row of its own."""
    table = file.add_table(3, 3)
    for column, text in enumerate(("No", "日時", "アドレス")):
        table.cell(0, column).text = text
    for column, text in enumerate(("第{{接続一覧.番号}}", "{{接続一覧.接続日時}}", "{{接続一覧.IPアドレス}} {{宛先}}")):
        table.cell(1, column).text = text
    table.cell(2, 0).text = "以上"


def test_a_row_of_columns_repeats_for_every_row_of_the_table() -> None:
    result = fill(template(row_template), KNOWN, "a.docx")
    (grid,) = docx_tables(result)
    rows = [tuple(cell.text for cell in row.cells) for row in grid.rows]
    middle = [(f"第{number}", at, f"{address} {KNOWN.texts['宛先']}") for number, at, address in LOGINS.rows]
    assert rows == [("No", "日時", "アドレス"), *middle, ("以上", "", "")]


def test_a_repeated_row_is_kept_whole_unless_it_may_be_higher_than_a_page() -> None:
    table = Table((Column("a"),), (("1",), ("あ" * 5_000,)))
    data = template(lambda file: setattr(file.add_table(1, 1).cell(0, 0), "text", "{{t.a}}"))
    low, high = filled(data, Placeholders({}, {"t": table})).element.iter(f"{W}tr")
    assert low.find(f"{W}trPr/{W}cantSplit") is not None
    assert high.find(f"{W}trPr/{W}cantSplit") is None


def test_an_empty_table_leaves_one_row_that_says_so() -> None:
    def build(file: WordFile) -> None:
        file.add_table(1, 1).cell(0, 0).text = "{{空の表.x}}"

    assert [cell.text for cell in filled(template(build)).tables[0].column_cells(0)] == ["―"]


@pytest.mark.parametrize("mark", ["{{表:接続一覧}}", "{{ table: 接続一覧 }}", "{{表：接続一覧}}"])
def test_a_paragraph_of_its_own_becomes_the_table(mark: str) -> None:
    result = fill(template(lambda file: [file.add_paragraph(text) for text in ("前", mark, "後")]), KNOWN, "a.docx")
    (grid,) = docx_tables(result)
    rows = [tuple(cell.text for cell in row.cells) for row in grid.rows]
    assert rows == [("番号", "接続日時", "IP\nアドレス"), *LOGINS.rows]
    assert texts(opened(result)) == ["前", "接続の一覧", "後"]


def test_a_table_fits_the_page_of_its_section_or_its_cell() -> None:
    def build(file: WordFile) -> None:
        section = file.sections[0]
        section.page_width, section.left_margin, section.right_margin = Mm(200), Mm(30), Mm(20)
        file.add_paragraph("{{表:接続一覧}}")
        file.add_section()
        file.sections[1].page_width = Mm(300)
        file.add_paragraph("{{表:接続一覧}}")
        cell = file.add_table(1, 2).cell(0, 1)
        cell.width = Mm(60)
        cell.text = "{{表:接続一覧}}"

    file = filled(template(build))
    found = [int(one.get(f"{W}w")) / 56.7 for one in file.element.iter(f"{W}tblW") if one.get(f"{W}type") == "dxa"]
    assert [round(wide) for wide in found] == [150, 250, 56]
    assert all(cell[-1].tag == f"{W}p" for cell in file.element.iter(f"{W}tc"))
    assert len(file.sections) == 2


def test_tables_that_follow_one_another_stay_two() -> None:
    plain = KNOWN._replace(tables={"接続一覧": LOGINS._replace(caption="")})
    result = fill(template(lambda file: [file.add_paragraph("{{表:接続一覧}}") for _ in range(2)]), plain, "a.docx")
    assert [len(grid.rows) for grid in docx_tables(result)] == [61, 61]
    body = opened(result).element.body
    tags = [child.tag for child in body]
    assert all(pair != (f"{W}tbl", f"{W}tbl") for pair in pairwise(tags))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_value_is_text(text: str) -> None:
    def tags(value: str) -> list[str]:
        table = Table((Column("a"),), ((value,),))
        result = fill(template(build), Placeholders({"x": value}, {"t": table}), "a.docx")
        assert opened(result).paragraphs[0].text == safe_text(value)
        assert opened(result).tables[0].cell(0, 0).text == safe_text(value)
        assert opened(result).tables[1].cell(1, 0).text == safe_text(value)
        return [str(one.tag) for one in opened(result).element.iter() if "rFonts" not in str(one.tag)]

    def build(file: WordFile) -> None:
        file.add_paragraph("{{x}}")
        file.add_table(1, 1).cell(0, 0).text = "{{t.a}}"
        file.add_paragraph("{{表:t}}")

    harmless = "".join(sign if sign == "\n" else "x" if sign.isascii() else "漢" for sign in safe_text(text))
    assert tags(text) == tags(harmless)


def test_a_value_is_not_filled_in_again() -> None:
    texts_ = {"a": "{{b}} {{表:t}} {{t.c}}", "b": "geheim"}
    table = Table((Column("c"),), (("{{a}}",), ("{{b}}",)))

    def build(file: WordFile) -> None:
        file.add_paragraph("{{a}}")
        file.add_table(1, 2).cell(0, 0).text = "{{t.c}}"
        file.tables[0].cell(0, 1).text = "{{a}}"
        file.add_paragraph("{{表:t}}")

    file = filled(template(build), Placeholders(texts_, {"t": table}))
    assert texts(file)[0] == texts_["a"]
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows] == [
        ["{{a}}", texts_["a"]],
        ["{{b}}", texts_["a"]],
    ]
    assert [row.cells[0].text for row in file.tables[1].rows] == ["c", "{{a}}", "{{b}}"]
    assert "geheim" not in re.sub("<[^>]+>", "", str(file.element.xml))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters()), st.text(st.characters()), st.lists(st.integers(0, 12), max_size=5))
def test_any_value_comes_back_wherever_word_tears_the_name(value: str, cell: str, cuts: list[int]) -> None:
    written = "前{{事件の名}}後"
    ends = sorted({min(cut, len(written)) for cut in cuts} | {0, len(written)})

    def build(file: WordFile) -> None:
        line = file.add_paragraph()
        for start, end in pairwise(ends):
            line.add_run(written[start:end])
        file.add_table(1, 1).cell(0, 0).text = "{{t.c}}"

    file = filled(template(build), Placeholders({"事件の名": value}, {"t": Table((Column("c"),), ((cell,),))}))
    assert texts(file)[0] == f"前{legal(value)}後"
    assert file.tables[0].cell(0, 0).text == legal(cell)


def stopped(data: bytes, placeholders: Placeholders = KNOWN) -> UsageError:
    with pytest.raises(UsageError) as caught:
        fill(data, placeholders, "雛形.docx")
    assert caught.value.where == "雛形.docx"
    assert caught.value.exit_code == 2
    assert re.search("[ぁ-ん]", caught.value.ja)
    return caught.value


def test_an_unknown_name_is_named_with_its_place_and_the_known_ones() -> None:
    error = stopped(template(lambda file: [file.add_paragraph("一"), file.add_paragraph("次は{{事件番号}}である")]))
    assert "第2段落「次は{{事件番号}}である」" in error.ja
    assert "差込欄「事件番号」" in error.ja
    assert "paragraph 2" in error.en
    assert "'事件番号'" in error.en
    for name in ("{{事件名}}", "{{接続一覧.接続日時}}", "{{接続一覧.IPアドレス}}"):
        assert name in error.ja
        assert name in error.en
    assert "{{表:接続一覧}}" in error.ja
    assert "{{table:接続一覧}}" in error.en


@pytest.mark.parametrize(
    "written",
    [
        "{{事件名",
        "事件名}}",
        "{{事件名}",
        "{{{事件名}}}",
        "｛｛事件名}",
        "{{事件名\n}}",
        "{{}}",
        "{{ }}",
        "{{接続一覧}}",
        "{{接続一覧.ない}}",
        "{{表:ない}}",
    ],
)
def test_half_and_misspelt_placeholders_stop(written: str) -> None:
    stopped(template(lambda file: [file.add_paragraph("{{事件名}}"), file.add_paragraph(written)]))


def test_a_template_without_any_placeholder_stops_and_says_the_names() -> None:
    assert "{{事件名}}" in stopped(paragraph("何もない")).ja


def in_cells(*written: str) -> bytes:
    def build(file: WordFile) -> None:
        table = file.add_table(1, len(written))
        for column, text in enumerate(written):
            table.cell(0, column).text = text

    return template(build)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (paragraph("{{接続一覧.番号}}"), "表の行の中"),
        (paragraph("表は {{表:接続一覧}}"), "それだけの段落"),
        (paragraph("{{表:接続一覧}}{{表:接続一覧}}"), "それだけの段落"),
        (in_cells("{{接続一覧.番号}}", "{{空の表.x}}"), "混ざっている"),
        (in_cells("{{接続一覧.番号}}", "{{表:接続一覧}}"), "置けない"),
        (
            body_with(
                "<w:sdt><w:sdtPr><w:dataBinding w:xpath='/a' w:storeItemID='b'/></w:sdtPr><w:sdtContent><w:p><w:r>"
                "<w:t>{{宛先}}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ),
            "コンテンツ コントロール",
        ),
    ],
    ids=["column outside a row", "table beside text", "two tables", "two tables in a row", "table in a row", "bound"],
)
def test_a_placeholder_in_the_wrong_place_stops(data: bytes, says: str) -> None:
    assert says in stopped(data).ja


def test_rows_that_repeat_within_rows_stop() -> None:
    def build(file: WordFile) -> None:
        cell = file.add_table(1, 1).cell(0, 0)
        cell.text = "{{接続一覧.番号}}"
        cell.add_table(1, 1).cell(0, 0).text = "{{空の表.x}}"

    assert "置けない" in stopped(template(build)).ja


GOOD = paragraph("{{事件名}}")
RELS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(kind: str, target: str, mode: str = "") -> bytes:
    """Return a Word file with one more relationship."""
    entry = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return replaced(GOOD, RELS, b"</Relationships>", entry.encode())


def complex_field(*pieces: str) -> bytes:
    """Return a Word file with a field whose instruction is torn over runs."""
    inside = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return body_with(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{inside}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def encrypted() -> bytes:
    """Return a Word file whose archive says that a part is encrypted."""
    data = bytearray(GOOD)
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def bomb() -> bytes:
    """Return a Word file with a part that unpacks a thousandfold."""
    return with_part(GOOD, "word/media/image1.bmp", bytes(40 * 1024 * 1024))


def doubled() -> bytes:
    """Return a Word file that holds one part twice."""
    return pack([*parts(GOOD).items(), ("word/Document.xml", b"<a/>")])


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;&b;">]>'
WIDE = (DTD.decode().replace('"1.0"', '"1.0" encoding="UTF-16"') + "<a>&c;</a>").encode("utf-16")
DEEP = f'<w:p xmlns:w="{NAMESPACE}">'.encode() + b"<a>" * 9_000 + b"</a>" * 9_000 + b"</w:p>"
STRICT = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'
DRAWN = '<a:t xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{{事件名}}</a:t>'
OLE = '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:object></w:r></w:p>'
PICTURE = (
    '<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://a.example/b.png"/></w:pict>'
    "</w:r></w:p>"
)
MAIN_TYPE = b"wordprocessingml.document.main+xml"
SETTINGS = "word/settings.xml"
REFUSED: dict[str, tuple[bytes, str]] = {
    "no archive": (b"Dear Sir,", "壊れている"),
    "old doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".docx"),
    "cut off": (GOOD[: len(GOOD) // 2], "壊れている"),
    "other archive": (pack([("a.txt", b"a")]), ".docx"),
    "macros by type": (replaced(GOOD, "[Content_Types].xml", MAIN_TYPE, b"x.macroEnabled.main+xml"), "マクロ"),
    "macros by part": (with_part(GOOD, "word/vbaProject.bin", b"x"), "マクロ"),
    "dotx": (replaced(GOOD, "[Content_Types].xml", MAIN_TYPE, b"wordprocessingml.template.main+xml"), ".dotx"),
    "embedded workbook": (with_part(GOOD, "word/embeddings/a.xlsx", b"x"), "埋め込み"),
    "activex": (with_part(GOOD, "word/activeX/activeX1.xml", b"<a/>"), "ActiveX"),
    "ole element": (body_with(OLE), "埋め込み"),
    "other document": (body_with(f'<w:altChunk xmlns:r="{OFFICE}" r:id="rId9"/>'), "別の文書"),
    "link": (related("hyperlink", "https://example.jp/", ' TargetMode="External"'), "https://example.jp/"),
    "link without mode": (related("image", "file:///c:/a.png"), "file:///c:/a.png"),
    "link to a share": (related("image", "\\\\\\\\server\\\\a.png"), "外部"),
    "attached template": (related("attachedTemplate", "file:///c:/a.dotm", ' TargetMode="External"'), "テンプレート"),
    "attached template inside": (related("attachedTemplate", "a.dotm"), "テンプレート"),
    "ole relation": (related("oleObject", "a.bin"), "oleObject"),
    "picture from outside": (body_with(PICTURE), "http://a.example/b.png"),
    "dde": (complex_field(" DDEAUTO c:\\\\a ", '"b"'), "DDEAUTO"),
    "dde torn": (complex_field(" DD", "E c "), "DDE"),
    "include": (complex_field(' INCLUDEPICTURE "http://a.example/"'), "INCLUDEPICTURE"),
    "hyperlink field": (complex_field(' HYPERLINK "http://a.example/"'), "HYPERLINK"),
    "hyperlink field with anchor": (complex_field(' HYPERLINK "http://a.example/" \\l "b"'), "HYPERLINK"),
    "date of today": (complex_field(" DATE "), "DATE"),
    "simple field": (body_with('<w:p><w:fldSimple w:instr=" USERNAME "/></w:p>'), "USERNAME"),
    "instruction without a field": (body_with("<w:p><w:r><w:instrText>DDE a</w:instrText></w:r></w:p>"), "DDE"),
    "mail merge": (replaced(GOOD, SETTINGS, b"</w:settings>", b"<w:mailMerge/></w:settings>"), "差し込み印刷"),
    "entities": (with_part(GOOD, "word/styles.xml", DTD + b"<a>&c;</a>"), "DTD"),
    "entities in the body": (with_part(GOOD, "word/document.xml", DTD + b"<a>&c;</a>"), "DTD"),
    "entities in the types": (with_part(GOOD, "[Content_Types].xml", DTD + b"<a>&c;</a>"), "DTD"),
    "entities in UTF-16": (with_part(GOOD, SETTINGS, WIDE), "DTD"),
    "damaged part": (with_part(GOOD, SETTINGS, b"<w:settings"), "壊れている"),
    "nested too deep": (with_part(GOOD, "word/document.xml", DEEP), "壊れている"),
    "strict": (with_part(GOOD, "word/document.xml", STRICT), "Strict"),
    "signed": (with_part(GOOD, "_xmlsignatures/sig1.xml", b"<a/>"), "署名"),
    "encrypted": (encrypted(), "暗号"),
    "bomb": (bomb(), "限度"),
    "one part twice": (doubled(), "同じ名前"),
    "path out of the archive": (with_part(GOOD, "../a.xml", b"<a/>"), "名前"),
    "in a drawing": (with_part(GOOD, "word/diagrams/data1.xml", DRAWN.encode()), "図"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_template_that_could_act_reach_out_or_break_is_refused(name: str) -> None:
    data, says = REFUSED[name]
    error = stopped(data)
    assert says in error.ja
    assert not re.search("[ぁ-ん]", error.en.replace("雛形", ""))


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        complex_field(" PA", "GE "),
        complex_field(' HYPERLINK \\l "_Toc1" '),
        complex_field(' TOC \\o "1-3" '),
        complex_field(" =1+1 "),
        body_with('<w:p><w:fldSimple w:instr=" NUMPAGES "/></w:p>'),
        body_with("<w:p><w:r><w:delText>{{消した}}</w:delText></w:r></w:p>"),
        body_with("<w:p><w:del w:id='1' w:author='a'><w:r><w:t>{{消した}}</w:t></w:r></w:del></w:p>"),
    ],
    ids=range(8),
)
def test_what_only_counts_repeats_or_is_struck_out_may_stay(data: bytes) -> None:
    assert KNOWN.texts["事件名"] in texts(filled(data))


SAME = """
import sys, hashlib
sys.path[:0] = [{tests!r}, {renderers!r}]
from test_office_template import KNOWN, everywhere, row_template, template
from ipattr.renderers.filings.word import fill
for build in (everywhere, row_template):
    print(hashlib.sha256(fill(open({given!r} + build.__name__, "rb").read(), KNOWN, "a")).hexdigest())
"""


def test_the_bytes_do_not_depend_on_hashes_clock_or_zone(root: Path, tmp_path: Path) -> None:
    for build in (everywhere, row_template):
        (tmp_path / build.__name__).write_bytes(template(build))
    script = SAME.format(
        tests=str(root / "tests"), renderers=str(root / "tests" / "renderers"), given=f"{tmp_path}{os.sep}"
    )
    digests = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", script]
        digests.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(digests) == 1
    assert len(digests.pop().split()) == 2


def test_two_thousand_rows_are_filled_in_seconds() -> None:
    big = Table(LOGINS.columns, tuple((str(n), "2026", f"2001:db8::{n:x}") for n in range(2_000)))
    data = template(lambda file: [row_template(file), file.add_paragraph("{{表:接続一覧}}")])
    started = time.process_time()
    result = fill(data, KNOWN._replace(tables={"接続一覧": big}), "a.docx")
    assert time.process_time() - started < 60
    assert [len(grid.rows) for grid in docx_tables(result)] == [2_002, 2_001]


def test_copies_of_a_row_share_no_identity() -> None:
    row = (
        '<w:tbl><w:tr xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" w14:paraId="1A"><w:tc><w:p '
        'w14:paraId="1B" w14:textId="1C"><w:bookmarkStart w:id="7" w:name="b"/><w:r><w:t>{{接続一覧.番号}}</w:t></w:r>'
        '<w:bookmarkEnd w:id="7"/></w:p></w:tc></w:tr></w:tbl>'
    )
    body = parts(fill(body_with(row), KNOWN, "a.docx"))["word/document.xml"]
    assert body.count(b"bookmarkStart") == body.count(b"bookmarkEnd") == 1
    assert b"paraId=" not in body
    assert body.count(b"</w:tr>") == len(LOGINS.rows)


@needs_libreoffice
def test_libreoffice_opens_what_was_filled_in_and_prints_every_row_whole(tmp_path: Path) -> None:
    def build(file: WordFile) -> None:
        everywhere(file)
        row_template(file)
        file.add_paragraph("{{表:接続一覧}}")

    result = fill(template(build), KNOWN, "a.docx")
    saved = through_libreoffice(result, "docx", tmp_path)
    again = docx_tables(saved)
    assert sum(len(grid.rows) for grid in again) == sum(len(grid.rows) for grid in docx_tables(result))
    assert [tuple(cell.text for cell in row.cells) for row in again[-1].rows][1:] == [*LOGINS.rows]
    with pdfplumber.open(io.BytesIO(through_libreoffice(result, "pdf", tmp_path))) as pdf:
        pages: list[Any] = [page.extract_text() for page in pdf.pages]
    assert all(f"E{mark}" in page for page in pages for mark in re.findall(r"S(\d{4})", page))
    for number in range(1, 61):  # once where the row repeats, once in the table that takes a paragraph's place
        assert sum(page.count(f"S{number:04}") for page in pages) == 2
        assert sum(page.count(f"E{number:04}") for page in pages) == 2
    assert all("発信者情報開示命令申立事件" in page for page in pages)


def test_the_archive_of_the_result_bears_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(fill(GOOD, KNOWN, "a.docx"))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None

"""Word files built in the test: order of text, what tracked changes do, and what is refused before parsing."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document as NewDocument
from docx.oxml import parse_xml

from ipattr.addresses import Specials
from ipattr.errors import InputError
from ipattr.readers import word, x_return
from ipattr.readers.document import Options, decode_document
from ipattr.readers.word import docx_remarks, docx_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]  # python-docx does not export the class
    return stream.getvalue()


def built(*paragraphs: str) -> bytes:
    """Return a Word file whose body holds these raw ``w:p`` elements."""
    document = NewDocument()
    body = document.element.body
    for xml in paragraphs:
        body.insert(len(body) - 1, parse_xml(xml.replace("<w:p>", f"<w:p {W}>", 1)))
    return saved(document)


def package(document_xml: bytes, *, method: int = zipfile.ZIP_DEFLATED, **more: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("word/document.xml", document_xml)
        for name, content in more.items():
            archive.writestr(f"word/{name}.xml", content)
    return stream.getvalue()


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in docx_remarks(data)]


def test_paragraphs_tables_and_line_breaks_come_in_document_order() -> None:
    document = NewDocument()
    document.add_paragraph("first")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    document.add_paragraph("one\ntwo\tthree")
    document.add_paragraph("")
    document.add_paragraph("last")
    assert docx_text(saved(document)) == [
        (1, "first"), (2, "left"), (3, "right"), (4, "one"), (4, "two\tthree"), (5, ""), (6, "last"),
    ]  # fmt: skip


def test_struck_out_text_is_not_read_and_inserted_text_is() -> None:
    data = built(
        "<w:p><w:r><w:t>a</w:t></w:r><w:del w:id='1' w:author='x'><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='x'><w:r><w:t>new</w:t></w:r></w:ins></w:p>",
        "<w:p><w:moveFrom w:id='3' w:author='x'><w:r><w:t>from</w:t></w:r></w:moveFrom>"
        "<w:moveTo w:id='4' w:author='x'><w:r><w:t>to</w:t></w:r></w:moveTo></w:p>",
    )
    assert docx_text(data) == [(1, "anew"), (2, "to")]
    remarks = {(finding.code, finding.about): finding.message.en for finding in docx_remarks(data, name="a.docx")}
    assert "gone" in remarks["IPA040", "a.docx:1"]
    assert "new" in remarks["IPA041", "a.docx:1"]
    assert set(remarks) == {
        ("IPA040", "a.docx:1"), ("IPA041", "a.docx:1"), ("IPA040", "a.docx:2"), ("IPA041", "a.docx:2"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "hidden"), [("", True), (" w:val='1'", True), (" w:val='0'", False), (" w:val='false'", False)]
)
def test_hidden_text_is_read_and_reported(value: str, hidden: bool) -> None:  # noqa: FBT001  # a table column
    data = built(f"<w:p><w:r><w:rPr><w:vanish{value}/></w:rPr><w:t>secret</w:t></w:r></w:p>")
    assert docx_text(data) == [(1, "secret")]
    assert codes(data) == (["IPA042"] if hidden else [])


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    data = built(
        f"<w:p><w:r><w:t>before </w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>next</w:t></w:r></w:p>",
    )
    assert docx_text(data) == [(1, "before after"), (2, "boxed"), (3, "next")]


def test_field_codes_and_furigana_are_not_text() -> None:
    data = built(
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:ruby><w:rt><w:r><w:t>かな</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>漢字</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:noBreakHyphen/><w:t>x</w:t></w:r></w:p>"
    )
    assert docx_text(data) == [(1, "漢字-x")]


def test_headers_and_footers_are_named_but_not_read() -> None:
    document = NewDocument()
    document.sections[0].header.paragraphs[0].text = "“loginIp” : “198.51.100.7”"
    document.add_paragraph("body")
    data = saved(document)
    assert docx_text(data) == [(1, "body")]
    (remark,) = docx_remarks(data)
    assert (remark.code, "198.51.100.7" in remark.message.en) == ("IPA043", True)


def test_an_embedded_document_is_reported() -> None:
    assert codes(package(f"<w:document {W}><w:body><w:altChunk/></w:body></w:document>".encode())) == ["IPA044"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"", "damaged"),
        (package(b"<w:document"), "damaged"),
        (package(b"\xff\xfe\x00"), "damaged"),
        (package(b'<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'), "document type declaration"),
        (
            package('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'.encode("utf-16")),
            "type",
        ),
        (package(b" " * (word.MAX_MEMBER_BYTES + 1)), "limits"),
        (package(b" " * 20_000_000), "limits"),
        (package(b"<x/>", **{f"m{number}": b"" for number in range(word.MAX_MEMBERS)}), "limits"),
    ],
    ids=["ole", "broken", "empty", "cut-xml", "bad-encoding", "dtd", "dtd-utf16", "member", "ratio", "members"],
)
def test_what_is_no_sound_word_file_is_refused(data: bytes, says: str) -> None:
    for read in (docx_text, docx_remarks):
        with pytest.raises(InputError, match=says) as caught:
            read(data, name="a.docx")
        assert caught.value.where == "a.docx"


@pytest.mark.filterwarnings("ignore:Duplicate name")  # the duplicate is the subject
def test_two_main_texts_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("word/document.xml", "<b/>")
    with pytest.raises(InputError, match="two main texts"):
        docx_text(stream.getvalue())


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(package(b"<x/>", method=zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(InputError, match="encrypted"):
        docx_text(bytes(data))


def test_a_package_without_main_text_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/other.xml", "<a/>")
    with pytest.raises(InputError, match="no Word text"):
        docx_text(stream.getvalue())


def test_a_changed_byte_inside_the_text_is_noticed() -> None:
    data = bytearray(package(b"<w:document/>", method=zipfile.ZIP_STORED))
    data[data.index(b"<w:doc") + 4] ^= 1
    with pytest.raises(InputError, match="damaged"):
        docx_text(bytes(data))


def test_deep_nesting_is_read_or_refused_but_never_breaks() -> None:
    depth = 100_000
    xml = f"<w:document {W}>" + "<w:p><w:r>" * depth + "<w:t>x</w:t>" + "</w:r></w:p>" * depth + "</w:document>"
    assert docx_text(package(xml.encode(), method=zipfile.ZIP_STORED))[-1] == (depth, "x")


def test_a_long_repetitive_return_is_no_bomb() -> None:
    record = "<w:p><w:r><w:t>“accountId” : “6012345678901234567”,</w:t></w:r></w:p>"
    xml = f"<w:document {W}><w:body>{record * 50_000}</w:body></w:document>"
    assert len(docx_text(package(xml.encode()))) == 50_000


def test_cut_files_are_refused_or_read_whole() -> None:
    data = built(*["<w:p><w:r><w:t>“loginIp” : “198.51.100.7”</w:t></w:r></w:p>"] * 5)
    whole = docx_text(data)
    for cut in range(0, len(data), 211):
        try:
            assert docx_text(data[:cut]) == whole
        except InputError:
            continue


def test_a_return_in_word_equals_the_same_return_in_text() -> None:
    lines = [
        "1. @Name",
        "“ipAudit” : {",
        "“accountId” : “235505178”,",
        "“createdAt” : “2023-11-21T02:10:15.000Z”,",
        "“loginIp” : “223.216.231.10”",
        "“ipAudit” : {",
        "“accountId” : “235505178”,",
        "“createdAt” : “2023-11-22T02:10:15.000Z”",
    ]
    document = NewDocument()
    for line in lines:
        document.add_paragraph(line)
    in_word = decode_document("return.docx", saved(document))
    in_text = decode_document("return.txt", "\n".join(lines).encode())
    found, expected = (x_return.read(one, Options(), Specials([])) for one in (in_word, in_text))
    assert [event.provenance.locator for event in found.events] == ["return.docx:2"]
    assert [(event.instant, event.address, event.account) for event in found.events] == [
        (event.instant, event.address, event.account) for event in expected.events
    ]
    assert [(reject.row, reject.code) for reject in found.rejects] == [(6, "IPA011")]
    assert [(reject.row, reject.code) for reject in expected.rejects] == [(6, "IPA011")]


def test_a_word_table_with_keys_and_values_in_cells_is_read() -> None:
    document = NewDocument()
    table = document.add_table(rows=4, cols=2)
    cells = [
        "“ipAudit”",
        ": {",
        "“accountId” :",
        "“1”",
        "“createdAt” :",
        "“2023-11-21T02:10:15.000Z”",
        "“loginIp” :",
        "“1.66.3.4”",
    ]
    for number, text in enumerate(cells):
        table.cell(number // 2, number % 2).text = text
    found = x_return.read(decode_document("return.docx", saved(document)), Options(), Specials([]))
    assert [(event.account.id, event.address.text) for event in found.events] == [("1", "1.66.3.4")]


def test_tracked_changes_reach_the_reading_of_a_return() -> None:
    record = "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : “1.66.3.4” }"
    data = built(f"<w:p><w:ins w:id='1' w:author='x'><w:r><w:t>{record}</w:t></w:r></w:ins></w:p>")
    found = x_return.read(decode_document("return.docx", data), Options(), Specials([]))
    assert (len(found.events), "IPA041" in {finding.code for finding in found.findings}) == (1, True)

"""Bytes become text by declaration or proof, and everything else is refused with what it is and where it breaks."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from ipattr.errors import InputError, UsageError
from ipattr.readers.document import (
    MAX_BYTES,
    decode_document,
    lines,
    load_document,
    numbered_lines,
    split_keeping_ends,
    split_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "日時,IPアドレス\n2024-05-01 12:34:56,198.51.100.7\n"


def _zip(*members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member), "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"time,ip\n", "ascii"),
        (TABLE.encode("utf-8"), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8"),
        (TABLE.encode("cp932"), "cp932"),
        (b"\xff\xfe" + TABLE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_a_proven_encoding_gives_the_exact_text(data: bytes, encoding: str) -> None:
    document = decode_document("log.csv", data)
    assert document.encoding == encoding
    assert document.text == ("time,ip\n" if encoding == "ascii" else TABLE)
    assert document.encoding_reason.ja
    assert document.encoding_reason.en


def test_bytes_that_fit_two_encodings_are_not_guessed_but_can_be_declared() -> None:
    data = "ログ".encode()
    assert data.decode("cp932") != "ログ"
    with pytest.raises(InputError) as caught:
        decode_document("log.csv", data)
    assert "utf-8" in caught.value.en
    assert "cp932" in caught.value.en
    assert decode_document("log.csv", data, encoding="UTF-8").text == "ログ"
    assert decode_document("log.csv", data, encoding="Shift_JIS").encoding == "cp932"


def test_bytes_that_fit_no_encoding_name_both_offsets() -> None:
    with pytest.raises(InputError) as caught:
        decode_document("log.csv", b"time\xff\xff,ip\n")
    assert "offset 4" in caught.value.en
    assert caught.value.where == "log.csv"


def test_the_unassigned_bytes_of_cp932_do_not_count_as_a_fit() -> None:
    assert b"\x80".decode("cp932") == "\x80"
    with pytest.raises(InputError):
        decode_document("log.csv", b"time,\x80\n")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"\xff\xfea\x00", "cp932"),
        (b"\xef\xbb\xbfa", "utf-16"),
        (b"a\x00b\x00", "utf-16"),
        (b"\xff\xfea\x00\x00", None),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", None),
        ("日".encode(), "ascii"),
    ],
)
def test_a_declaration_that_the_bytes_contradict_is_refused(data: bytes, encoding: str | None) -> None:
    with pytest.raises(InputError):
        decode_document("log.csv", data, encoding=encoding)


def test_an_unknown_encoding_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="cp932"):
        decode_document("log.csv", b"a", encoding="klingon")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised_only_to_ask_for_its_declaration(codec: str) -> None:
    data = "time,ip\n2024-05-01T00:00:00Z,198.51.100.7\n".encode(codec)
    with pytest.raises(InputError, match=f"--encoding {codec}"):
        decode_document("log.csv", data)
    assert decode_document("log.csv", data, encoding=codec).text.startswith("time,ip")


def test_a_nul_character_is_named_by_line_and_column() -> None:
    with pytest.raises(InputError) as caught:
        decode_document("log.csv", b"time,ip\r\n2024\x00\n")
    assert caught.value.where == "log.csv:2:5"
    with pytest.raises(InputError) as caught:
        decode_document("log.csv", b"a\n\x00b")
    assert caught.value.where == "log.csv:2:1"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\x00\x00\x00\x18ftypheic", "image"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), ".doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0\0", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackageDRMEncryptedDataSpace".encode("utf-16-le"), "IRM"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook"),
        (_zip("xl/workbook.xml"), "damaged"),
        (_zip("mimetype", "content.xml"), "OpenDocument"),
        (_zip("ppt/presentation.xml"), "PowerPoint"),
        (_zip("a.csv", "b.csv"), "ZIP"),
        (_zip("a.csv")[:-10], "damaged"),
    ],
)
def test_a_kind_that_no_form_reads_is_named_with_the_way_on(data: bytes, word: str) -> None:
    with pytest.raises(InputError) as caught:
        decode_document("x.bin", data)
    assert word in caught.value.en
    assert caught.value.where == "x.bin"
    assert caught.value.ja.endswith("。")


def test_missing_folders_unreadable_and_empty_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b" \n")
    for name, word in (("gone.csv", "no such file"), ("empty.csv", "empty"), ("", "folder")):
        with pytest.raises(InputError, match=word) as caught:
            load_document(str(tmp_path / name))
        assert caught.value.where == (name or tmp_path.name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"time,ip\n")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be opened"):
        load_document(str(path))


def test_a_file_over_the_limit_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="64 MiB"):
        load_document(str(path))


def test_standard_input_is_read_once_and_named_by_a_dash() -> None:
    document = load_document("-", stdin=io.BytesIO(b"time,ip\n"))
    assert (document.name, document.text) == ("-", "time,ip\n")
    with pytest.raises(UsageError):
        load_document("-")


def test_only_the_base_name_of_a_path_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "client" / "log.csv"
    path.parent.mkdir()
    path.write_bytes(b"time,ip\n")
    document = load_document(str(path))
    assert document.name == "log.csv"
    assert len(document.sha256) == 64


def test_lines_end_only_at_line_feeds_and_carriage_returns() -> None:
    text = "a\u2028b\x0bc\x85d\r\ne\rf\n\ng"
    assert split_lines(text) == ["a\u2028b\x0bc\x85d", "e", "f", "", "g"]
    assert "".join(split_keeping_ends(text)) == text
    assert len(split_keeping_ends(text)) == 5
    assert split_lines("a\n") == ["a"]
    document = decode_document("x.txt", b"a\r\nb")
    assert lines(document) == ["a", "b"]
    assert numbered_lines(document) == [(1, "a"), (2, "b")]


PAGE = '<!DOCTYPE html>\n<html><head><meta charset="{}"></head><body>開示 記録</body></html>\n'


@pytest.mark.parametrize(("label", "codec"), [("Shift_JIS", "cp932"), ("utf-8", "utf-8"), ("EUC-JP", "euc_jp")])
def test_a_page_declares_its_own_encoding(label: str, codec: str) -> None:
    for text in (PAGE.format(label), f'<?xml version="1.0" encoding="{label}"?>' + PAGE.format(label)):
        document = decode_document("page.html", text.encode(codec))
        assert (document.kind, document.encoding, document.text) == ("html", codec, text)
        assert document.encoding_reason.en == f"The file itself declares {codec}."


def test_a_page_that_contradicts_its_declaration_is_refused_until_the_encoding_is_declared() -> None:
    data = PAGE.format("Shift_JIS").encode()
    with pytest.raises(InputError, match="declares cp932, but its bytes fit UTF-8 too"):
        decode_document("page.html", data)
    with pytest.raises(InputError, match="Declared as euc_jp"):
        decode_document("page.html", PAGE.format("EUC-JP").encode("cp932"))
    assert decode_document("page.html", data, encoding="utf-8").encoding == "utf-8"
    assert decode_document("page.html", b"\xef\xbb\xbf" + data).encoding == "utf-8"
    with pytest.raises(InputError, match="klingon"):
        decode_document("page.html", PAGE.format("klingon").encode())
    assert decode_document("page.html", PAGE.format("klingon").replace("開示 記録", "x").encode()).encoding == "ascii"

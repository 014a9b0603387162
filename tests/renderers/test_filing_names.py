"""Names of files: whatever an input holds, a name that every system takes, whole, short and where it belongs."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from filing_world import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from ipattr.renderers.filings.names import LONGEST, file_name

SUFFIXES = ("", ".pdf", ".docx")
RESERVED = (*("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"), *(f"{a}{n}" for a in ("COM", "LPT") for n in range(10)))
RUDE = st.text(
    st.sampled_from(
        [*'/\\:*?"<>|%.-_ \t\n\x00\x7f', *"\u202e\u200b\u3000\u3164\ufe0f\ud800", *"e\u0301か\u3099漢COMN1¹"]
    )
)
TEXTS = st.one_of(st.text(), RUDE, st.sampled_from(HOSTILE), st.builds("{}{}".format, st.sampled_from(RESERVED), RUDE))


@given(text=TEXTS, suffix=st.sampled_from(SUFFIXES))
def test_every_system_takes_the_name_of_any_text(text: str, suffix: str) -> None:
    name = file_name(text, suffix)
    stem = name.removesuffix(suffix)
    assert stem
    assert len(name) <= LONGEST
    assert name.endswith(suffix)
    assert not set('\\/:*?"<>|%') & set(name)
    assert all(unicodedata.category(one)[0] not in "CZ" for one in name)
    assert unicodedata.is_normalized("NFC", name)
    assert not stem.startswith((".", "-"))
    assert not name.endswith((".", " "))
    assert stem.split(".")[0].upper() not in RESERVED
    assert len(name.encode()) <= 255


@given(text=TEXTS, suffix=st.sampled_from(SUFFIXES))
def test_a_name_is_one_part_of_a_path_and_stays_in_its_folder(text: str, suffix: str) -> None:
    name = file_name(text, suffix)
    assert PurePosixPath(name).parts == (name,)
    windows = PureWindowsPath("C:/folder", name)
    assert windows.parts == ("C:\\", "folder", name)
    assert ".." not in windows.parts


@given(text=TEXTS)
def test_a_name_is_its_own_name(text: str) -> None:
    assert file_name(file_name(text)) == file_name(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01_株式会社NTTドコモ", "01_株式会社NTTドコモ"),
        ("", "_"),
        ("...", "_"),
        ("\u3164\u200b \u3000", "_"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\x", "C_Windows_x"),
        ("con", "_con"),
        ("Aux.txt", "_Aux.txt"),
        ("com¹", "_com¹"),
        ("con" + "_" * 60 + "x", "_con"),
        ("か\u200b\u3099", "が"),
        ("髙﨑①\U00020bb7野家😀", "髙﨑①\U00020bb7野家😀"),
    ],
)
def test_names_by_hand(text: str, expected: str) -> None:
    assert file_name(text) == expected


def test_the_beginning_of_a_long_name_is_kept_and_the_suffix_is_whole() -> None:
    assert file_name("あ" * 10_000, ".docx") == "あ" * 45 + ".docx"
    assert len(file_name("あ" * 10_000)) == 50


def test_different_texts_may_get_one_name_so_that_callers_must_tell_them_apart() -> None:
    assert file_name("a b") == file_name("ab")
    assert file_name("あ" * 51) == file_name("あ" * 52)


def test_a_name_can_be_written_and_read_back(tmp_path: Path) -> None:
    for number, text in enumerate((*HOSTILE, *RESERVED, "", ".", "..", "~", "-rf")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / file_name(text, ".pdf")).write_bytes(b"x")
        assert [one.name for one in folder.iterdir()] == [file_name(text, ".pdf")]

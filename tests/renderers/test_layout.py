"""Text in columns: nothing is lost, nothing is wider than it may be, nothing active gets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from ipattr.renderers.layout import Column, Line, fit_widths, inert, pad, paint, table, width, wrap

WORDS = st.text(alphabet="ab1. :/-,株式会社エヌ（）。、ー", max_size=60)


@given(text=WORDS, cells=st.integers(min_value=2, max_value=40))
def test_wrapping_loses_nothing_but_breaking_spaces(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wcswidth(line) <= cells for line in lines)


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("2026-11-21 02:10:15 UTC", 12, ("2026-11-21", "02:10:15 UTC")),
        ("104.244.42.129 同時", 17, ("104.244.42.129", "同時")),
        ("2400:4050:1234:5678::1", 15, ("2400:4050:1234:", "5678::1")),
        ("株式会社（甲）。", 12, ("株式会社", "（甲）。")),
        ("", 5, ("",)),
    ],
)
def test_lines_break_where_people_break_them(text: str, cells: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, cells) == lines


def test_width_counts_terminal_cells() -> None:
    assert width("ab") == 2
    assert width("株式") == 4
    assert pad("株", 4) == "株  "
    assert pad("7", 3, align="right") == "  7"


@given(st.text(max_size=40))
def test_no_active_character_survives(text: str) -> None:
    shown = inert(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    assert inert(shown) == shown


def test_escape_sequences_and_bidi_marks_are_written_out() -> None:
    assert inert("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\u202ec"
    assert inert("\U000e0041") == "\\U000e0041"


def test_colour_only_when_asked() -> None:
    assert paint("x", "red", color=False) == "x"
    assert paint("x", "red", color=True) == "\x1b[31mx\x1b[0m"
    assert paint("x", "plain", color=True) == "x"


@given(
    natural=st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=8),
    total=st.integers(min_value=20, max_value=200),
)
def test_columns_never_exceed_the_terminal(natural: list[int], total: int) -> None:
    columns = [Column("x", 4)] * len(natural)
    widths = fit_widths(natural, columns, total)
    if widths is None:
        assert sum(min(n, 4) for n in natural) + 2 * (len(natural) - 1) > total
        return
    assert sum(widths) + 2 * (len(widths) - 1) <= total
    assert all(min(n, 4) <= w <= n for n, w in zip(natural, widths, strict=True))


def test_a_table_says_when_it_does_not_fit() -> None:
    columns = [Column("a", 10), Column("b", 10)]
    rows = [[[Line("x" * 30)], [Line("y" * 30)]]]
    assert table(columns, rows, total=12, color=False, ruled=False) is None
    lines = table(columns, rows, total=40, color=False, ruled=True)
    assert lines is not None
    assert max(map(len, lines)) <= 40
    assert "".join(lines).count("x") == 30


@pytest.mark.parametrize("total", range(60, 140, 3))
def test_an_address_an_id_or_a_time_is_never_torn_over_two_lines(total: int) -> None:
    evidence = ["[2001:db8:aaaa:bbbb::1]:49321", "6012345678901234567", "2026-08-21", "11:20:31.000", "49.96.45.67/32"]
    columns = [Column("a"), Column("b"), Column("c")]
    rows = [[[Line(f"接続元 {piece} です"), Line(piece)] for _ in columns] for piece in evidence]
    drawn = table(columns, rows, total=total, color=False, ruled=True)
    if drawn is None:
        assert total < 2 * 2 + 3 * max(map(len, evidence))
        return
    assert all(sum(piece in line for line in drawn) >= 2 for piece in evidence)

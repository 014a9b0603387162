"""The Markdown document, rendered by GitHub's own library: the same cells, and nothing in them is alive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import cmarkgfm
import filing_world as world
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from ipattr.renderers.filings import markdown
from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.filings.tables import export_tables

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.renderers.filings.material import Material

SHOWN = {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "body", "html", "div"}


def rendered(text: str) -> html.HtmlElement:
    """Return what GitHub's renderer makes of a document, with HTML let through so that any would be seen."""
    shown = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return html.fromstring(f"<html><body>{shown}</body></html>")


def squeezed(text: str) -> str:
    """Return a text as a reader of the page sees it: runs of white space are one, those at the ends none."""
    return re.sub(r"\s+", " ", text).strip()


def shown_cell(cell: html.HtmlElement) -> str:
    for brk in cell.iter("br"):
        brk.tail = "\n" + (brk.tail or "")
    return squeezed(cell.text_content())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_cell_of_every_table_is_shown_and_nothing_else(tmp_path: Path, lang: str) -> None:
    for material in (world.example(), world.hostile(tmp_path)):
        page = rendered(markdown.encode(material, lang))
        assert {one.tag for one in page.iter()} <= SHOWN
        tables = export_tables(material, lang)
        assert [shown_cell(one) for one in page.iter("h2")] == [one.title for one in tables]
        shown = iter(list(page.iter("table")))
        for one in tables:
            if not one.rows:
                continue
            seen: list[str] = []
            while len(seen) < len(one.columns):
                grid = next(shown)
                heads = [shown_cell(cell) for cell in grid.iter("th")]
                columns = [[column.title for column in one.columns].index(head) for head in heads]
                assert not seen or columns[0] == 0
                rows = [[shown_cell(cell) for cell in row.iter("td")] for row in grid.find("tbody")]
                assert rows == [[squeezed(row[n]) for n in columns] for row in one.rows], one.id
                seen += heads if not seen else heads[1:]
            assert seen == [column.title for column in one.columns]
        assert next(shown, None) is None


def test_the_stamp_stands_first_and_under_every_table() -> None:
    material = world.example()
    page = rendered(markdown.encode(material, "ja"))
    paragraphs = [shown_cell(one) for one in page.iter("p")]
    lines = [text for text in paragraphs if all(value in text for _, value in stamp(material, "ja"))]
    assert lines[0] == paragraphs[0]
    assert len(lines) == len(export_tables(material, "ja"))


@pytest.mark.parametrize("text", world.HOSTILE)
def test_a_hostile_text_is_shown_as_it_stands(text: str) -> None:
    one_cell(text)


@given(st.text(alphabet="`\\|@:/.w<>&*_~[]()!#$ahtps \n-=+é", max_size=24))
@example("a\\|http://y\\")
@example("`x`@|``|@")
@example("www.example.jp|  |a@b.jp")
@example("&#64;&amp;&lt;b&gt;")
@example(":smile: :100: 2001:100:200::1")
@example("<!-- @x --> mailto:a@b.jp")
@example("==a== --- ~~~ $x$")
def test_any_text_is_shown_as_it_stands(text: str) -> None:
    one_cell(text)


def one_cell(text: str) -> None:
    text = safe_text(text)
    page = rendered(f"| a | b |\n| --- | --- |\n| {markdown.escape(text)} | z |\n")
    assert {one.tag for one in page.iter()} <= SHOWN
    assert [shown_cell(cell) for cell in page.iter("td")] == [squeezed(text), "z"]
    for cell in page.iter("td"):
        # What a later filter of a site turns into a picture or a mention stands in code, where none looks.
        plain = "".join([cell.text or ""] + [child.tail or "" for child in cell])
        assert not re.search(r"://|www\.|@|:smile:|:100:", plain)


def test_a_plain_sentence_keeps_its_look() -> None:
    assert markdown.escape("2026-11-20（金） 残6日、No.1-3 (S5a, 2015)") == "2026-11-20（金） 残6日、No.1-3 (S5a, 2015)"


def test_five_thousand_logins_are_one_document(tmp_path: Path) -> None:
    material: Material = world.many(tmp_path, 5_000)
    text = markdown.encode(material, "ja")
    section = text.split("\n## ")[3]
    assert section.startswith("ログイン\n")
    assert section.count("\n| 5000 | ") == section.count("\n| 1 | ") > 1

"""The stamp of a filing: two heads of one journal are never mistaken for each other, nor two versions."""

from __future__ import annotations

import re

import filing_world as world
import msgspec
import pytest
from test_registrations import inquiry

from ipattr.renderers.filings import calendar, html, markdown
from ipattr.renderers.filings.material import Material, stamp
from ipattr.renderers.filings.tables import export_tables

ASKED = "cd" * 32
AT_INQUIRY = ("照会時の記録の先端 ", "journal head when the registries were asked ")


@pytest.fixture(scope="module")
def material() -> Material:
    """Return a case whose journal has gone on since the registries were asked."""
    made = world.example()
    asked = msgspec.structs.replace(inquiry().inquiry, journal_head=ASKED)
    return made._replace(case=msgspec.structs.replace(made.case, inquiry=asked))


def texts(material: Material, lang: str) -> dict[str, str]:
    """Return what each format says, without its markup."""
    cells = [cell for one in export_tables(material, lang) for row in one.rows for cell in row]
    return {
        "tables": "\n".join(cells),
        "html": re.sub(r"<[^>]+>", "", html.encode(material, lang).decode()),
        "md": markdown.encode(material, lang),
        "ics": calendar.encode(material, lang).decode().replace("\r\n ", ""),
    }


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_head_at_the_inquiry_and_the_head_of_today_have_names_of_their_own(material: Material, lang: str) -> None:
    for name, text in texts(material, lang).items():
        own = [label for label in re.findall(rf"(.*?){ASKED}", text) if not label.endswith(AT_INQUIRY)]
        assert own == [], name
        assert (ASKED in text) is (name != "ics"), name
        assert world.HEAD.hash in text, name
        assert not re.search(rf"(?:{'|'.join(AT_INQUIRY)}){world.HEAD.hash}", text), name


@pytest.mark.parametrize(
    ("lang", "label", "value"),
    [
        ("ja", "作成", r"判定 ipattr 0\.0\.9、この書面の作成 ipattr \S+"),
        ("en", "Made with", r"judged by ipattr 0\.0\.9, printed by ipattr \S+"),
    ],
)
def test_two_programs_are_named_with_what_each_has_done(material: Material, lang: str, label: str, value: str) -> None:
    old = material._replace(case=msgspec.structs.replace(material.case, tool_version="0.0.9"))
    assert re.fullmatch(value, dict(stamp(old, lang))[label])
    assert re.fullmatch(r"ipattr \S+", dict(stamp(material, lang))[label])

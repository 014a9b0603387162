"""Every filing of a hostile case, and every hostile result: nothing is alive, nothing leaks, nothing breaks."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from filing_world import HOSTILE, example, hostile

from ipattr.errors import InputError
from ipattr.model import Text
from ipattr.renderers import json as documents
from ipattr.renderers.filings.files import files
from ipattr.renderers.filings.material import Wish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = ("docx", "xlsx", "html", "md", "ics")
MORE = (
    "\r\nBEGIN:VALARM\r\nTRIGGER:-P1D\r\nATTENDEE:mailto:x@evil.example\r\n",
    "</script><script>alert(4)</script><!--",
    "<svg onload=alert(3)><math><style>*{display:none}</style>",
    "{ DDEAUTO c:\\windows\\calc }",
    "../../../up",
    "CON",
    "\ud800\ufffe\uffff\u3164\u034f",
    "\u2028\u2029\x85\x0b\x0c",
    "Z\u0334\u0335" * 300,
    "\n" * 10_000,
    "%0d%0a&L&P",
)
ACTIVE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u034f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufffe\uffff]"
)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return every file made of a case whose cells and whose addressees are all hostile."""
    material = hostile(tmp_path_factory.mktemp("hostile"))
    case = material.case
    names = (*HOSTILE, *MORE)

    def parties(found: Any) -> Any:  # noqa: ANN401 - an attribution
        first = found.alternatives[0]
        return tuple(
            msgspec.structs.replace(
                first, provider="", brand=one, name=Text(ja=one, en=one), condition=Text(ja=one, en=one)
            )
            for one in names
        )

    attributions = {
        key: msgspec.structs.replace(found, alternatives=parties(found), explanation=Text(ja=MORE[0], en=MORE[1]))
        for key, found in case.attributions.items()
    }
    changed = material._replace(
        case=msgspec.structs.replace(case, attributions=attributions),
        source="=1\r\nBEGIN:VALARM<b>\u202e",
    )
    return {file.path: file.data for file in files(changed, Wish(dated=case.as_of), kinds=KINDS, lang="ja")}


def test_names_of_files_lie_below_and_differ_on_every_system(made: dict[str, bytes]) -> None:
    assert len({path.casefold() for path in made}) == len(made) > len(HOSTILE)
    for path in made:
        for part in path.split("/"):
            assert re.fullmatch(r'[^\\/:*?"<>|\x00-\x20\u202e]+', part), path
            assert part not in {".", ".."}
            assert not part.endswith(".")
            assert len(part) <= 50
            assert len(part.encode()) <= 255


def test_word_holds_no_field_but_page_numbers_and_no_link(made: dict[str, bytes]) -> None:
    from lxml import etree

    seen = 0
    for path, data in made.items():
        if not path.endswith(".docx"):
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                assert not ACTIVE.search(content.decode()), (path, name)
                for element in etree.fromstring(content).iter():
                    assert element.get("TargetMode") is None
                    assert element.tag not in {f"{WORD}instrText", f"{WORD}hyperlink", f"{WORD}vanish", f"{WORD}object"}
                    if element.tag == f"{WORD}fldSimple":
                        assert element.get(f"{WORD}instr", "").strip() in {"PAGE", "NUMPAGES", "SECTIONPAGES"}
        seen += 1
    assert seen > len(HOSTILE)


def test_the_page_has_the_elements_of_a_harmless_case_and_no_address_of_its_own(made: dict[str, bytes]) -> None:
    from lxml import html

    from ipattr.renderers.filings.html import encode

    def tags(page: bytes) -> set[str]:
        return {str(one.tag) for one in html.document_fromstring(page.decode()).iter()}

    page = made["report.html"]
    assert not ACTIVE.search(page.decode())
    assert tags(page) <= tags(encode(example(), "ja"))
    for element in html.document_fromstring(page.decode()).iter():
        assert not [name for name in element.attrib if name.startswith("on") or name in {"src", "srcset", "action"}]
        assert element.get("href", "#").startswith("#")
    assert len(re.findall(b"<script", page)) == 1


def test_the_calendar_has_only_our_own_lines(made: dict[str, bytes]) -> None:
    data = made["deadlines.ics"]
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    assert not any(ACTIVE.search(line) for line in lines)
    assert {re.split("[:;]", line)[0] for line in lines} <= {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME", "X-WR-CALDESC", "UID", "DTSTAMP", "DTSTART"),
        *("DTEND", "SEQUENCE", "TRANSP", "CLASS", "SUMMARY", "DESCRIPTION", "ACTION", "TRIGGER", ""),
    }
    assert all(
        line in {"BEGIN:VCALENDAR", "BEGIN:VEVENT", "BEGIN:VALARM"} for line in lines if line.startswith("BEGIN")
    )


def test_the_workbook_holds_text_alone(made: dict[str, bytes]) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(made["tables.xlsx"]))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    with zipfile.ZipFile(io.BytesIO(made["tables.xlsx"])) as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()]
        assert not any(b'TargetMode="External"' in archive.read(name) for name in archive.namelist())


Edit = tuple[str, "Callable[[dict[str, Any]], object]"]
EDITS: tuple[Edit, ...] = (
    ("attribution", lambda case: case["rows"][0].update(attribution="../../x")),
    ("login", lambda case: case["links"][0].update(login="x" * 10_000)),
    ("post", lambda case: case["links"][0].update(post="\r\nBEGIN:VALARM")),
    ("post", lambda case: case["posts"][0].update(id="<script>")),
    ("gap_seconds", lambda case: case["links"][0].update(gap_seconds=-1e308)),
    ("id", lambda case: case["rows"][1]["login"].update(id=case["rows"][0]["login"]["id"])),
    ("number", lambda case: case["rows"][1].update(number=1)),
    ("number", lambda case: case["rows"][0].update(number=-1)),
    ("summary", lambda case: case["summary"].pop()),
    ("summary", lambda case: case["summary"][0]["rows"].append(10**6)),
    ("counts", lambda case: case["rejects"].pop()),
    ("counts", lambda case: case["counts"].update(rows=10**30)),
    ("counts", lambda case: case["counts"].update(rows=0, ok=-case["counts"]["review"] - case["counts"]["rejected"])),
    ("utc", lambda case: case["rows"][0]["login"]["instant"].update(utc="9999-12-31T23:59:59Z")),
    ("utc", lambda case: case["posts"][0]["instant"].update(utc="0001-01-01T00:00:00Z")),
    ("UTC", lambda case: case["rows"][0]["login"]["instant"].update(utc="2026-08-21T11:45:00+09:00")),
    ("as_of", lambda case: case.update(as_of="0001-01-01")),
    (
        "first_seen",
        lambda case: next(iter(case["candidate_sets"].values()))["candidates"][0].update(first_seen="9999-12"),
    ),
    ("address", lambda case: case["rows"][0]["login"]["address"].update(text="\u202e<b>")),
    ("address", lambda case: case["rows"][0]["login"]["address"].update(version=6)),
    ("rows", lambda case: case.pop("rows")),
)


@pytest.mark.parametrize(("named", "edit"), EDITS, ids=[f"{n}-{named}" for n, (named, _) in enumerate(EDITS)])
def test_a_result_that_was_cut_or_edited_is_one_sentence(named: str, edit: Callable[[dict[str, Any]], object]) -> None:
    whole = documents.encode(example().case, pretty=False)
    assert documents.load(whole, where="c.json") == example().case
    case = json.loads(whole)
    edit(case)
    with pytest.raises(InputError) as caught:
        documents.load(json.dumps(case).encode(), where="c.json")
    sentence = caught.value.sentence("en")
    assert sentence.startswith("c.json")
    assert named in sentence
    assert len(sentence) < 400


def test_a_result_of_many_rows_is_read_back(tmp_path: Path) -> None:
    from filing_world import many

    case = many(tmp_path, 300).case
    assert documents.load(documents.encode(case, pretty=True), where="c.json") == case

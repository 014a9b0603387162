"""Google Takeout's access log: the rules of a table, its own column names, no zone taken for granted."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.errors import InputError, IpattrError
from ipattr.instants import Zone, parse_zone
from ipattr.model import Reading  # noqa: TC001 - hypothesis resolves the annotations of its tests
from ipattr.readers import FORMS, Form, linkedin, read_files, takeout
from ipattr.readers.document import Document, FormReading, Options, decode_document
from ipattr.registry import Registry  # noqa: TC001 - as above

HEADER = "Gaia ID,Activity Timestamp,IP Address,User Agent String\n"
ROW = "123456789012,2022-02-22 15:44:48 UTC,1.0.16.7,Mozilla\n"


def document(text: str) -> Document:
    return decode_document("Activities.csv", text.encode("utf-8"), encoding="utf-8")


def read(text: str, options: Options | None = None) -> FormReading:
    found = takeout.read(document(text), options or Options(), Specials([]))
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def through_all_forms(text: str, registry: Registry) -> Reading:
    own = tuple(
        Form(module.FORM, module.EXPECTS, module.detect, module.read, decisive=module.DECISIVE)
        for module in (takeout, linkedin)
    )
    others = tuple(form for form in FORMS if form.name not in {form.name for form in own})
    options = Options(columns=registry.columns)
    stdin = io.BytesIO(text.encode())
    return read_files(["-"], specials=registry.specials, options=options, stdin=stdin, forms=(*others, *own))[0]


def test_a_row_is_read_with_its_account() -> None:
    found = read(HEADER + ROW)
    (event,) = found.events
    assert event.instant is not None
    assert (event.instant.utc.isoformat(), event.instant.zone_source) == ("2022-02-22T15:44:48+00:00", "written")
    assert (event.status, event.address.text, event.account.id) == ("ok", "1.0.16.7", "123456789012")
    assert event.provenance.locator == "Activities.csv:2"
    assert "IPA063" in {finding.code for finding in found.findings}


def test_a_cell_without_a_zone_is_refused_until_it_is_declared() -> None:
    text = HEADER + ROW.replace(" UTC", "")
    assert [(reject.code, reject.column) for reject in read(text).rejects] == [("IPA161", "Activity Timestamp")]
    zone = parse_zone("UTC")
    assert isinstance(zone, Zone)
    (event,) = read(text, Options(zone=zone)).events
    assert event.instant is not None
    assert event.instant.zone_source == "declared"


def test_a_time_column_under_another_name_is_asked_for_and_can_be_named() -> None:
    text = HEADER.replace("Activity Timestamp", "When") + ROW
    with pytest.raises(InputError, match=r"time=…"):
        read(text)
    assert len(read(text, Options(mapping={"time": "When"})).events) == 1


def test_an_id_that_a_spreadsheet_has_rounded_is_a_reject() -> None:
    assert [reject.code for reject in read(HEADER + ROW.replace("123456789012", "1.23457E+11")).rejects] == ["IPA107"]


def test_the_form_decides_against_a_plain_table(registry: Registry) -> None:
    found = through_all_forms(HEADER + ROW, registry)
    assert found.inputs[0].form == "takeout"
    assert "Gaia ID" in found.inputs[0].form_reason.en
    assert through_all_forms("time,ip\n2022-02-22T15:44:48Z,1.0.16.7\n", registry).inputs[0].form == "table"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (HEADER + ROW, True),
        ("\ufeff"[1:] + HEADER.replace(",", "\t") + ROW.replace(",", "\t"), True),
        ("gaia id,ip address\n", True),
        ("Gaia ID,Activity Timestamp\n", False),
        ("time,ip\n", False),
        ("Gaia ID and IP Address\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001 - a table column
    assert (takeout.detect(document(text), Options()) is not None) == fits


@given(st.lists(st.tuples(st.integers(0, 86399), st.integers(1, 2**62), st.booleans()), max_size=15))
def test_every_row_comes_back_as_it_was_written(rows: list[tuple[int, int, bool]]) -> None:
    text, expected = HEADER, []
    for number, (second, gaia, noise) in enumerate(rows):
        stamp = f"2022-02-22 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} UTC"
        text += f'{gaia},{stamp},1.0.16.{number},"Mozilla, ""x"""\n' + ("\n" if noise else "")
        expected.append((stamp, f"1.0.16.{number}", str(gaia)))
    assert [
        (event.instant.raw if event.instant else "", event.address.text, event.account.id)
        for event in read(text).events
    ] == expected


def test_two_hundred_mutations_lose_no_row() -> None:
    chance = random.Random(20261121)  # noqa: S311 - a seeded test
    original = HEADER + ROW * 6
    told = 0
    for _ in range(200):
        at = chance.randrange(len(original))
        text = (
            original[:at] + chance.choice(["", ",", '"', "\n", "\r", "x", "0"]) + original[at + chance.randrange(4) :]
        )
        try:
            found = read(text)
        except IpattrError:
            continue
        told += 1
        assert found.rows >= 5
    assert told > 100

"""LinkedIn's Logins.csv: the rules of a table, one exact header, and no zone taken for granted."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.errors import InputError, IpattrError
from ipattr.instants import Zone, parse_zone
from ipattr.readers import FORMS, Form, linkedin, read_files, takeout
from ipattr.readers.document import Document, FormReading, Options, decode_document
from ipattr.registry import Registry  # noqa: TC001 - hypothesis resolves the annotations of its tests

HEADER = "Login Date,IP Address,User Agent,Login Type\n"
ROW = '"Sat Sep 05 08:12:14 UTC 2026",1.0.16.7,"Mozilla/5.0 (X11; Linux)",PASSWORD\n'


def document(text: str) -> Document:
    return decode_document("Logins.csv", text.encode("utf-8"), encoding="utf-8")


def read(text: str, options: Options | None = None) -> FormReading:
    found = linkedin.read(document(text), options or Options(), Specials([]))
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def test_a_row_that_writes_its_zone_is_read() -> None:
    found = read(HEADER + ROW)
    (event,) = found.events
    assert event.instant is not None
    assert event.instant.utc.isoformat() == "2026-09-05T08:12:14+00:00"
    assert (event.status, event.address.text, event.kind, event.account.id) == ("ok", "1.0.16.7", "login", None)
    codes = {finding.code for finding in found.findings}
    assert {"IPA063", "IPA117", "IPA118"} <= codes


@pytest.mark.parametrize("written", ["2026-09-05 08:12:14", "2026/09/05 8:12:14"])
def test_a_cell_without_a_zone_is_refused_until_it_is_declared(written: str) -> None:
    text = f"{HEADER}{written},1.0.16.7,Mozilla,PASSWORD\n"
    assert [(reject.code, reject.column) for reject in read(text).rejects] == [("IPA161", "Login Date")]
    zone = parse_zone("JST")
    assert isinstance(zone, Zone)
    (event,) = read(text, Options(zone=zone)).events
    assert event.instant is not None
    assert event.instant.utc.hour == 23


def test_a_date_alone_is_a_reject_and_documentation_addresses_are_reviewed(registry: Registry) -> None:
    assert [reject.code for reject in read(HEADER + "2026-01-01,1.0.16.9,Mozilla,PASSWORD\n").rejects] == ["IPA163"]
    text = HEADER + ROW.replace("1.0.16.7", "203.0.113.9")
    assert linkedin.read(document(text), Options(), registry.specials).events[0].status == "review"


def test_a_remark_above_the_header_is_an_error_with_advice() -> None:
    with pytest.raises(InputError, match="remove the lines above"):
        read("Notes about this file\n" + HEADER + ROW)


def test_the_form_decides_against_a_plain_table(registry: Registry) -> None:
    own = tuple(
        Form(module.FORM, module.EXPECTS, module.detect, module.read, decisive=module.DECISIVE)
        for module in (takeout, linkedin)
    )
    forms = (*(form for form in FORMS if form.name not in {form.name for form in own}), *own)
    stdin = io.BytesIO((HEADER + ROW).encode())
    options = Options(columns=registry.columns)
    found, _ = read_files(["-"], specials=registry.specials, options=options, stdin=stdin, forms=forms)
    assert found.inputs[0].form == "linkedin"
    assert "Login Type" in found.inputs[0].form_reason.en


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (HEADER + ROW, True),
        ("IP Address,Login Date,Login Type,User Agent\n", True),
        ("Login Date,IP Address,User Agent\n", False),
        ("Login Date,IP Address,User Agent,Login Type,Port\n", False),
        ("time,ip\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001 - a table column
    assert (linkedin.detect(document(text), Options()) is not None) == fits


@given(st.lists(st.tuples(st.integers(0, 86399), st.booleans()), max_size=15))
def test_every_row_comes_back_as_it_was_written(rows: list[tuple[int, bool]]) -> None:
    text, expected = HEADER, []
    for number, (second, noise) in enumerate(rows):
        stamp = f"2026-09-05 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} UTC"
        text += f'{stamp},1.0.16.{number},"a, b",PASSWORD\n' + ("\n" if noise else "")
        expected.append((stamp, f"1.0.16.{number}"))
    found = read(text)
    assert [(event.instant.raw if event.instant else "", event.address.text) for event in found.events] == expected


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
    assert told > 80

"""A PDF counts only where two extractors agree; what they disagree on, or nobody can see, is never taken silently."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import msgspec
import pypdfium2
import pytest
from pdfs import LATIN, bar, both, cells, lines, pdf, picture, raw, record, text

from ipattr.errors import InputError, IpattrError
from ipattr.readers import Options
from ipattr.readers.pdf import explain_pdf, extraction, parse, read_pdf
from ipattr.readers.pdf.tables import joined, pdf_grids

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.pdfgen.canvas import Canvas

    from ipattr.readers import FormReading
    from ipattr.registry import Registry

    Painter = Callable[[Canvas], None]
    Reader = Callable[..., FormReading]

T1, T2, T3 = "2024-05-01T03:34:56.000Z", "2024-05-02T03:34:56.000Z", "2024-05-03T03:34:56.000Z"
IP1, IP2, IP3 = "1.0.16.1", "1.0.16.2", "1.0.16.3"
HEADER = ["日時(JST)", "IPアドレス", "ポート", "アカウントID"]
ROWS = [
    ["2024/05/01 03:34:56", IP1, "50001", "1234567890123456789"],
    ["2024/05/02 03:34:56", IP2, "50002", "1234567890123456789"],
    ["2024/05/03 03:34:56", IP3, "50003", "1234567890123456789"],
]


@pytest.fixture
def reading(registry: Registry) -> Reader:
    """Return the function that reads a PDF, checked for lost rows and for being the same a second time."""

    def of(data: bytes, *, mapping: dict[str, str] | None = None) -> FormReading:
        options = Options(columns=registry.columns, mapping=mapping or {})
        parsed = parse(data)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(parsed), type=extraction.PdfText) == parsed
        found = read_pdf(parsed, options, registry.specials, file="a.pdf")
        assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
        assert found == read_pdf(parse(data), options, registry.specials, file="a.pdf")
        return found

    return of


def seen(found: FormReading) -> list[tuple[str, str, int | None, str, str]]:
    """Return what was read, with its place and status."""
    return [
        (
            event.instant.utc.strftime("%m-%d %H:%M") if event.instant else "",
            event.address.text,
            event.port,
            event.provenance.locator,
            event.status,
        )
        for event in found.events
    ]


def codes(found: FormReading) -> set[str]:
    return {finding.code for finding in found.findings}


# --- a return of the platform, printed


def test_a_printed_return_gives_its_records_with_page_and_line(reading: Reader) -> None:
    found = reading(pdf(lines(*record(T1, IP1), *record(T2, IP2)), lines(*record(T3, "2400:4050::1"))))
    assert seen(found) == [
        ("05-01 03:34", IP1, 51234, "a.pdf:p.1 l.1", "ok"),
        ("05-02 03:34", IP2, 51234, "a.pdf:p.1 l.7", "ok"),
        ("05-03 03:34", "2400:4050::1", 51234, "a.pdf:p.2 l.1", "ok"),
    ]
    assert {event.account.id for event in found.events} == {"1234567890123456789"}
    assert all(event.provenance.sha256 for event in found.events)


def test_a_page_break_inside_a_record_and_repeated_page_edges_lose_nothing(reading: Reader) -> None:
    one, two = record(T1, IP1), record(T2, IP2)
    one[3:4] = ["“loginIp” :", f"“{IP1}”"]
    first = lines("X Corp Subscriber report 2024-A", *one[:4], "Page 1 of 2")
    second = lines("X Corp Subscriber report 2024-A", *one[4:], *two, "Page 2 of 2")
    found = reading(pdf(first, second))
    assert seen(found) == [
        ("05-01 03:34", IP1, 51234, "a.pdf:p.1 l.2", "ok"),
        ("05-02 03:34", IP2, 51234, "a.pdf:p.2 l.5", "ok"),
    ]
    assert any("X Corp Subscriber report" in finding.message.en for finding in found.findings)


def test_a_value_broken_by_a_page_is_joined_to_its_quote_and_reviewed(reading: Reader) -> None:
    one = record(T1, IP1)
    one[3:4] = ["“loginIp” : “1.0.16.1", "23”"]
    found = reading(pdf(lines(*one[:4]), lines(*one[4:], *record(T2, IP2))))
    assert [(event.address.text, event.status) for event in found.events] == [("1.0.16.123", "review"), (IP2, "ok")]
    assert {finding.code for finding in found.events[0].findings} == {"IPA097"}


def test_a_value_whose_end_is_lost_is_never_taken(reading: Reader) -> None:
    one = record(T1, IP1)
    one[3:4] = ["“loginIp” : “1.0.16.1", "footer, 3 : 23”"]
    found = reading(pdf(lines(*one, *record(T2, IP2))))
    assert [event.address.text for event in found.events] == [IP2]
    assert [pending.row for pending in found.pending] == [1]
    assert found.pending[0].reason.en.startswith("p.1 l.1: A closing quote is missing")


def test_a_missing_address_is_a_reject_with_its_page(reading: Reader) -> None:
    broken = [line for line in record(T2, IP2) if "loginIp" not in line]
    found = reading(pdf(lines(*record(T1, IP1)), lines(*broken, *record(T3, IP3))))
    assert [event.address.text for event in found.events] == [IP1, IP3]
    assert [(reject.code, reject.reason.en[:8]) for reject in found.rejects] == [("IPA011", "p.2 l.1:")]


DISAGREEING: dict[str, Painter] = {
    "drawn twice": both(*[text(50, 800 - 14 * n, line) for n, line in enumerate(record(T1, IP1)) for _ in (0, 1)]),
    "different text on top": both(lines(*record(T1, IP1)), text(100, 758, IP2)),
    "spaced digits": both(
        *[text(50, 800 - 14 * n, line, gap=7 if "Ip”" in line else 0) for n, line in enumerate(record(T1, IP1))]
    ),
    "ActualText": both(
        lines(*record(T1, IP1)[:3], font=LATIN),
        raw('BT 1 0 0 1 50 750 Tm ("loginIp" : ") Tj /Span <</ActualText (1.0.16.9)>> BDC (1.0.16.1) Tj EMC (") Tj ET'),
    ),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_a_record_that_two_extractors_read_differently_is_pending_with_both(reading: Reader, name: str) -> None:
    found = reading(pdf(DISAGREEING[name], lines(*record(T2, IP2))))
    assert [event.address.text for event in found.events] == [IP2], name
    assert found.rows == 2
    (pending,) = found.pending
    assert "pdfplumber: " in pending.raw
    assert "PDFium: " in pending.raw
    assert pending.reason.en.startswith("p.1 l.")
    assert pending.proposed_ip == ""
    assert "IPA093" in codes(found)


def test_a_record_that_only_one_extractor_finds_is_pending_and_counted(reading: Reader, registry: Registry) -> None:
    parsed = parse(pdf(lines(*record(T1, IP1)), lines(*record(T2, IP2)), lines(*record(T3, IP3))))
    for lost in ("first", "second"):
        pages = list(parsed.pages)
        pages[1] = msgspec.structs.replace(pages[1], **{lost: ()})
        cut = msgspec.structs.replace(parsed, pages=tuple(pages))
        found = read_pdf(cut, Options(), registry.specials, file="a.pdf")
        assert [event.address.text for event in found.events] == [IP1, IP3]
        assert (found.rows, len(found.pending)) == (3, 1)
        assert found.pending[0].reason.en.startswith("p.2 l.1: Only one of two")
        assert IP2 in found.pending[0].raw
    assert reading(pdf(lines(*record(T1, IP1)))).rows == 1


UNSEEN: dict[str, Painter] = {
    "invisible over something else": both(
        lines(*[line.replace(IP1, "9.9.9.9") for line in record(T1, IP1)], left=300),
        *[text(50, 400 - 14 * n, line, mode=3) for n, line in enumerate(record(T2, IP2))],
    ),
    "recognised text over a scan": both(
        picture(), *[text(50, 800 - 14 * n, line, mode=3) for n, line in enumerate(record(T2, IP2))]
    ),
    "under a picture": both(lines(*record(T2, IP2)), picture()),
    "under a bar": both(lines(*record(T2, IP2)), bar(90, 752, 150, 14)),
    "white on white": both(*[text(50, 800 - 14 * n, line, color="white") for n, line in enumerate(record(T2, IP2))]),
    "off the page": both(*[text(-400, 800 - 14 * n, line) for n, line in enumerate(record(T2, IP2))]),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_text_that_nobody_sees_is_never_ok(reading: Reader, name: str) -> None:
    found = reading(pdf(UNSEEN[name], lines(*record(T3, IP3))))
    status = {event.address.text: event.status for event in found.events}
    assert status.get(IP2, "review") == "review"
    assert status[IP3] == "ok"
    assert "IPA094" in codes(found)


def test_white_letters_on_a_dark_header_are_seen(reading: Reader) -> None:
    style = [("BACKGROUND", (0, 0), (-1, 0), "black"), ("TEXTCOLOR", (0, 0), (-1, 0), "white")]
    found = reading(pdf(cells([HEADER, *ROWS], style=style)))
    assert [event[4] for event in seen(found)] == ["ok", "ok", "ok"]
    assert "IPA094" not in codes(found)


# --- tables


@pytest.mark.parametrize("grid", [True, False])
def test_a_table_with_or_without_borders_gives_one_event_per_row(reading: Reader, *, grid: bool) -> None:
    found = reading(pdf(cells([HEADER, *ROWS], grid=grid)))
    assert seen(found) == [
        ("04-30 18:34", IP1, 50001, "a.pdf:p.1 r.2", "ok"),
        ("05-01 18:34", IP2, 50002, "a.pdf:p.1 r.3", "ok"),
        ("05-02 18:34", IP3, 50003, "a.pdf:p.1 r.4", "ok"),
    ]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_or_shifted_page_reads_the_same(reading: Reader, turn: int) -> None:
    document = pypdfium2.PdfDocument(pdf(cells([HEADER, *ROWS])))
    left, bottom, right, top = document[0].get_mediabox()
    document[0].set_mediabox(left - 30, bottom - 50, right + 10, top + 20)
    upright = io.BytesIO()
    document.save(upright)
    assert [event[1] for event in seen(reading(upright.getvalue()))] == [IP1, IP2, IP3]
    document[0].set_rotation(turn)
    turned = io.BytesIO()
    document.save(turned)
    (table,) = parse(turned.getvalue()).pages[0].tables
    found = ["".join((cell.first + cell.second).split()) for row in table.rows for cell in row]
    # Text that lies on its side is put together differently, but it is the text of the same cell.
    assert sorted("".join(found)) == sorted(
        "".join(text * 2 for row in [HEADER, *ROWS] for text in row).replace(" ", "")
    )


def test_a_table_over_two_pages_with_and_without_its_header_repeated(reading: Reader) -> None:
    repeated = reading(pdf(cells([HEADER, *ROWS[:2]]), cells([HEADER, *ROWS[2:]])))
    bare = reading(pdf(cells([HEADER, *ROWS[:2]]), cells([ROWS[2], ROWS[0]])))
    assert [event[3] for event in seen(repeated)] == ["a.pdf:p.1 r.2", "a.pdf:p.1 r.3", "a.pdf:p.2 r.2"]
    assert [event[3] for event in seen(bare)] == ["a.pdf:p.1 r.2", "a.pdf:p.1 r.3", "a.pdf:p.2 r.1", "a.pdf:p.2 r.2"]
    assert not repeated.rejects
    assert not bare.rejects


def test_a_row_cut_by_the_end_of_a_page_refuses_both_halves(reading: Reader) -> None:
    cut = [["2024/05/03 03:34:56", "1.0.16.1", "50003", "1234567890123456789"], ["", "23", "", ""], ROWS[1]]
    found = reading(pdf(cells([HEADER, ROWS[0], cut[0]]), cells(cut[1:])))
    assert [event.address.text for event in found.events] == [IP1, IP2]
    assert [(reject.code, reject.row) for reject in found.rejects] == [("IPA096", 3), ("IPA096", 4)]


def test_a_wrapped_line_in_a_table_without_borders_refuses_its_row(reading: Reader) -> None:
    rows = [HEADER, ROWS[0], [ROWS[1][0], "1.0.16.1\n23", *ROWS[1][2:]], ROWS[2]]
    found = reading(pdf(cells(rows, grid=False)))
    assert "1.0.16.123" not in {event.address.text for event in found.events if event.status == "ok"}
    assert all(event.provenance.locator != "a.pdf:p.1 r.3" for event in found.events)
    assert {reject.code for reject in found.rejects} >= {"IPA096"}


def test_a_wrapped_cell_is_joined_and_reviewed(reading: Reader) -> None:
    rows = [HEADER, ROWS[0], ["2024/05/02\n03:34:56", "2400:4050:1:2:\n3:4:5:6", *ROWS[1][2:]]]
    found = reading(pdf(cells(rows)))
    assert [(event.address.text, event.status) for event in found.events] == [
        (IP1, "ok"), ("2400:4050:1:2:3:4:5:6", "review"),
    ]  # fmt: skip
    assert "IPA097" in {finding.code for finding in found.events[1].findings}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("198.51.\n100.7", "198.51.100.7"),
        ("2001:db8:1:\n2::1", "2001:db8:1:2::1"),
        ("1234567890\n123456789", "1234567890123456789"),
        ("2024/05/01\n03:34:56", "2024/05/01 03:34:56"),
        ("2024-05-01\n03:34:56", "2024-05-01 03:34:56"),
        ("198.51.100.7\n198.51.100.8", "198.51.100.7 198.51.100.8"),
        ("IP\nアドレス", "IP アドレス"),
    ],
)
def test_lines_of_a_cell_are_joined_by_what_they_hold(written: str, read: str) -> None:
    assert joined(written) == read


def test_a_cell_that_two_extractors_read_differently_rejects_its_row(reading: Reader) -> None:
    over = both(cells([HEADER, *ROWS]), text(140, 770, "9"))
    found = reading(pdf(over))
    assert found.rows == 3
    assert {reject.code for reject in found.rejects} == {"IPA093"}
    for reject in found.rejects:
        assert "pdfplumber" in reject.reason.en
        assert "PDFium" in reject.reason.en
        assert "p.1 r." in reject.reason.en


def test_cells_merged_over_rows_repeat_their_value_for_review(reading: Reader) -> None:
    rows = [HEADER, ROWS[0], [*ROWS[1][:3], ""]]
    found = reading(pdf(cells(rows, style=[("SPAN", (3, 1), (3, 2))])))
    assert [(event.account.id, event.status) for event in found.events] == [
        ("1234567890123456789", "ok"), ("1234567890123456789", "review"),
    ]  # fmt: skip


def test_a_table_of_unknown_columns_asks_which_is_which(reading: Reader) -> None:
    data = pdf(cells([["列あ", "列い"], ["2024-05-01T03:34:56Z", IP1]]))
    with pytest.raises(InputError, match="which column is the time"):
        reading(data)
    assert [event[1] for event in seen(reading(data, mapping={"time": "列あ", "ip": "列い"}))] == [IP1]


def test_rows_of_another_table_are_rejected_not_dropped(reading: Reader) -> None:
    other = cells([["甲", "乙", "丙"], ["2024-05-09T00:00:00Z", "1.0.16.9", "x"]], top=500)
    found = reading(pdf(both(cells([HEADER, *ROWS]), other)))
    assert len(found.events) == 3
    assert [(reject.code, "1.0.16.9" in reject.raw) for reject in found.rejects] == [("IPA096", True)]


def test_an_address_outside_the_table_is_reported(reading: Reader) -> None:
    found = reading(pdf(both(cells([HEADER, *ROWS]), lines("追加 2024/05/09 10:00:00 1.0.16.77", top=400))))
    assert any("1.0.16.77" in finding.message.en for finding in found.findings if finding.code == "IPA096")


def test_a_column_printed_on_a_page_of_its_own_is_reported(reading: Reader) -> None:
    found = reading(pdf(cells([row[:3] for row in [HEADER, *ROWS]]), lines(*[row[3] for row in [HEADER, *ROWS]])))
    assert len(found.events) == 3
    assert [finding.about for finding in found.findings if finding.code == "IPA096"] == ["a.pdf:p.2 l.2"]


def test_a_table_read_whole_leaves_nothing_to_report(reading: Reader) -> None:
    assert "IPA096" not in codes(reading(pdf(cells([HEADER, *ROWS]))))
    assert "IPA096" not in codes(reading(pdf(cells([HEADER, *ROWS], grid=False))))


# --- what is not there


def test_a_pdf_without_text_says_so_and_how_to_go_on(reading: Reader) -> None:
    data = pdf(picture(), picture())
    with pytest.raises(InputError, match="None of the 2 pages") as caught:
        reading(data)
    assert ".txt" in caught.value.ja
    assert explain_pdf(parse(data)) is not None


def test_one_page_without_text_among_others_is_one_reject(reading: Reader) -> None:
    found = reading(pdf(lines(*record(T1, IP1)), picture(), lines(*record(T2, IP2))))
    assert [event.address.text for event in found.events] == [IP1, IP2]
    assert [(reject.code, reject.row) for reject in found.rejects] == [("IPA095", 2)]
    assert "Page 2 has no text" in found.rejects[0].reason.en


def test_an_empty_sheet_of_paper_is_no_row(reading: Reader) -> None:
    found = reading(pdf(lines(*record(T1, IP1)), lambda _: None))
    assert found.rows == 1
    assert any("Blank pages: 2" in finding.message.en for finding in found.findings)


def test_text_that_is_neither_records_nor_a_table_is_refused(reading: Reader) -> None:
    data = pdf(lines("拝啓", "記録は別送します。"))
    assert explain_pdf(parse(data)) is None
    with pytest.raises(InputError, match="neither the records"):
        reading(data)


def test_records_and_a_table_in_one_file_are_both_named(reading: Reader) -> None:
    with pytest.raises(InputError, match="both the records of an X return and a table"):
        reading(pdf(lines(*record(T1, IP1)), cells([HEADER, *ROWS])))


def test_a_note_on_the_page_is_said_not_to_be_read(reading: Reader) -> None:
    def paint(canvas: Canvas) -> None:
        lines(*record(T1, IP1))(canvas)
        canvas.textAnnotation("see 1.0.16.9", Rect=[50, 50, 90, 90])

    found = reading(pdf(paint))
    assert any("Notes and form fields on pages 1" in finding.message.en for finding in found.findings)


def _no_pages() -> bytes:
    return b"".join(
        [
            b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
            b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n",
            b"trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n",
        ]
    )


GOOD = pdf(lines(*record(T1, IP1)))
REFUSED = {
    "password": (pdf(lines("x"), password="geheim"), "password"),  # noqa: S106 - the test's own
    "rights": (GOOD.replace(b"/Producer", b"/MicrosoftIRMServices /Producer"), "rights management"),
    "cut": (GOOD[:-200], "cut off"),
    "cut early": (GOOD[:300], "cut off"),
    "garbage": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "cut off"),
    "garbage with an end": (b"%PDF-1.7\n" + bytes(range(256)) * 4 + b"%%EOF", "damaged"),
    "no pages": (_no_pages(), "pages|damaged"),
    "only the mark": (b"%PDF-", "cut off"),
    "too long": (pdf(*[lambda _: None] * 2001), "2001 pages"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named_in_both_languages(name: str) -> None:
    data, says = REFUSED[name]
    with pytest.raises(InputError, match=says) as caught:
        parse(data)
    assert caught.value.ja
    assert caught.value.en


@pytest.mark.parametrize("seed", range(120))
def test_damage_ends_in_one_sentence_or_in_a_reading_that_loses_no_row(seed: int, registry: Registry) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable damage, no secret
    data = bytearray(GOOD if seed % 2 else pdf(cells([HEADER, *ROWS])))
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(9, len(data))] = chance.randrange(256)
    said: tuple[str, ...] = ()
    rows = concluded = 0
    try:
        found = read_pdf(parse(bytes(data)), Options(columns=registry.columns), registry.specials, file="a.pdf")
    except IpattrError as error:
        said = (error.ja, error.en)
    else:
        rows, concluded = found.rows, len(found.events) + len(found.rejects) + len(found.pending)
    assert all(said)
    assert rows == concluded


def test_a_copy_restricted_file_is_read_or_left_for_review_never_lost(reading: Reader) -> None:
    found = reading(pdf(lines(*record(T1, IP1), font=LATIN), owner="geheim"))
    assert found.rows == 1


def test_grids_carry_page_and_row(reading: Reader) -> None:
    data = pdf(cells([HEADER, *ROWS[:1]]), cells([["a", "b"], ["c", "d"]]))
    grids = pdf_grids(parse(data))
    assert [(grid.name, grid.counted_rows, [row.label for row in grid.rows]) for grid in grids] == [
        ("p.1", 2, ["p.1 r.1", "p.1 r.2"]), ("p.2", 2, ["p.2 r.1", "p.2 r.2"]),
    ]  # fmt: skip
    assert reading(data).rows == 1


def test_a_damaged_page_is_no_blank_paper(reading: Reader) -> None:
    first = record("2026-08-01T00:00:00.000Z", "106.72.123.45")
    second = record("2026-08-02T00:00:00.000Z", "121.103.123.45")
    data = pdf(lines(*first, font=LATIN), lines(*second, font=LATIN))
    assert len(reading(data).events) == 2
    at = data.index(b"stream", data.index(b"endstream", data.index(b"BT") if b"BT" in data else 0) + 9)
    damaged = data[:at] + b"strxam" + data[at + 6 :]
    try:
        found = reading(damaged)
    except IpattrError as error:
        assert error.ja  # noqa: PT017 - a refusal is as good as a counted page
    else:
        assert [reject.code for reject in found.rejects] == ["IPA095"]


def test_blank_paper_is_only_a_remark(reading: Reader) -> None:
    data = pdf(lines(*record("2026-08-01T00:00:00.000Z", "106.72.123.45"), font=LATIN), lines())
    found = reading(data)
    assert (len(found.events), found.rejects) == (1, ())

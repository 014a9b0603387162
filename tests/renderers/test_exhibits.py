"""The exhibits: every page numbered, every character of every answer on paper, nothing alive, nothing altered."""

from __future__ import annotations

import gzip
import html
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import chromium
import msgspec
import pdfplumber
import pypdfium2
import pytest
from exhibit_cases.exchanges import JPNIC_TEXT, SENT, exhibit, failed, hopped, rdap_body
from hypothesis import example, given
from hypothesis import strategies as st

from ipattr.errors import AlteredError, UsageError
from ipattr.model import Question
from ipattr.renderers.exhibits import Exhibit, Head, render
from ipattr.renderers.exhibits.pages import CELLS, SLOTS, Row, cut, numbered, paginate
from ipattr.renderers.exhibits.received import CLOSE, OPEN, read_body, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHARED = Path(__file__).resolve().parents[3] / "shared"
HEAD = Head(seq=42, hash="ab" * 32, at=SENT)
HOSTILE = (
    "<script>alert(1)</script> &amp; \"' \x1b[31m\x07 \u202egnp.exe\u202c \u05e9\u05dc zero\u200bwidth \u00a0 \\u202e "
    "〈ESC〉 ㈱髙①…─ é 😀\r\nlone\rCR\ttab\n"
).encode() + b"\xff\xfe bad\x00"
MILLIMETRE = 72 / 25.4


def page_of(exhibits: Sequence[Exhibit], *, lang: str = "ja", first_number: int | None = 3) -> str:
    return render(exhibits, head=HEAD, lang=lang, tool_version="0.4.1", first_number=first_number)


def raw_text(page: str) -> list[str]:
    """Return the numbered lines of the whole page, put together again from their pieces."""
    lines: list[str] = []
    for label, piece in re.findall(r'<span class="n">([^<]*)</span><code class="x">(.*?)</code>', page, re.DOTALL):
        if label == "&gt;":
            lines[-1] += piece
        else:
            lines.append(piece)
    return [html.unescape(re.sub(r"</?b[^>]*>", "", line)) for line in lines]


def unmarked(text: str) -> str:
    return text.replace(OPEN, "〈").replace(CLOSE, "〉")


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, page: str) -> None:
        """Parse ``page``."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take one element."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_a_japanese_whois_answer_stands_line_by_line_as_received() -> None:
    page = page_of([exhibit(JPNIC_TEXT.encode("iso2022_jp"))])
    assert raw_text(page) == JPNIC_TEXT.removesuffix("\r\n").split("\r\n")
    assert "ISO-2022-JP" in page
    assert "CRLF 16 個" in page


def test_each_exhibit_says_what_was_asked_of_whom_when_and_what_came() -> None:
    one = hopped(rdap_body(1))
    page = html.unescape(re.sub(r"</?div[^>]*>", "", page_of([one])))
    exchange = one.answer.exchange
    for hop in exchange.hops:
        for said in (hop.request, hop.server, hop.connected_to, hop.certificate_sha256, f"HTTP {hop.status_code}"):
            assert said in page
    for said in (
        "見本レジストリ(JP)",
        "2026-11-20 23:59:58 UTC",
        "2026-11-21 09:00:02 JST(令和8年11月21日9時0分2秒)",
        exchange.sha256,
        f"evidence/{one.answer.name}.body",
        f"{len(one.body):,} バイト",
        "application/rdap+json",
        "全部を受信 (complete)",
        "登録あり (found)",
        "ab" * 32,
        "第42記録",
        "1-3, 9",
    ):
        assert said in page
    assert "ipattr 0.4.0 が令和8年11月21日9時0分2秒(日本時間)に rdap3.example.net:443 から" in page


def test_the_record_hash_is_that_of_the_header_file_itself(tmp_path: Path) -> None:
    from hashlib import sha256

    from ipattr.sources.evidence import write_evidence
    from ipattr.sources.interface import Answered

    one = exhibit(b"x")
    write_evidence(tmp_path, one.answer.name, Answered(exchange=one.answer.exchange, body=one.body))
    assert sha256((tmp_path / f"{one.answer.name}.json").read_bytes()).hexdigest() in page_of([one])
    assert sha256((tmp_path / f"{one.answer.name}.body").read_bytes()).hexdigest() in page_of([one])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_exchange_that_brought_nothing_is_no_answer(lang: str) -> None:
    page = page_of([failed()], lang=lang)
    assert ("受信したバイトはない" if lang == "ja" else "No byte was received") in page
    assert ("30 秒以内に終わらなかった" if lang == "ja" else "did not end within 30 s") in page
    assert not raw_text(page)


@pytest.mark.parametrize(("lang", "said"), [("ja", "受信した応答(全部ではない)"), ("en", "what arrived of the answer")])
def test_a_part_of_an_answer_is_said_to_be_a_part(lang: str, said: str) -> None:
    part, whole = exhibit(b"part", delivery="truncated"), exhibit(b"whole")
    assert ink(said) in ink(re.sub("<[^>]*>", "", page_of([part], lang=lang)))
    assert ink(said) not in ink(re.sub("<[^>]*>", "", page_of([whole], lang=lang)))


def test_a_long_index_goes_on_over_pages_and_holds_every_exhibit(tmp_path: Path) -> None:
    long = "2001:db8:1111:2222:3333:4444:5555:6666"
    page = page_of([exhibit(b"x", subject=long, number=n) for n in range(1, 41)], lang="en")
    numbers = re.findall(r'class="no">([^<]*)<', page)
    assert len(numbers) > 41
    texts = list(page_texts(printed(page, tmp_path)))
    assert [number in text for number, text in zip(numbers, texts, strict=True)] == [True] * len(texts)
    index = "".join(text for number, text in zip(numbers, texts, strict=True) if number.startswith("Index"))
    assert re.findall(r"甲第(\d+)号証", index) == [str(n) for n in range(3, 43)]


def test_numbers_blanks_and_branches() -> None:
    two = [exhibit(b"a"), exhibit(b"b")]
    options = {
        (7, None): ["甲第7号証 (1/1)", "甲第8号証 (1/1)"],
        (None, None): ["甲第●号証 (1/1)", "甲第●号証 (1/1)"],
        (None, 3): ["甲第3号証の1 (1/1)", "甲第3号証の2 (1/1)"],
        (2, 3): ["甲第3号証の2 (1/1)", "甲第3号証の3 (1/1)"],
    }
    for (first, branch), wanted in options.items():
        page = render(two, head=HEAD, lang="ja", tool_version="1", first_number=first, branch_of=branch)
        assert re.findall(r'class="no">([^<]*)<', page) == ["目録 (1/1)", *wanted]
    other = render(two, head=HEAD, lang="ja", tool_version="1", first_number=1, party="疎甲")
    assert "疎甲第1号証" in other


@pytest.mark.parametrize("party", ["", "疎<甲>", "=甲", "甲乙丙丁戊", "\u202e甲", "1"])
def test_the_letter_of_a_party_is_a_short_word(party: str) -> None:
    with pytest.raises(UsageError):
        render([exhibit(b"a")], head=HEAD, lang="ja", tool_version="1", party=party)


def test_numbers_below_one_are_refused() -> None:
    with pytest.raises(UsageError):
        page_of([exhibit(b"a")], first_number=0)


@pytest.mark.parametrize("body", [b"altered", b"as kepT"])
def test_bytes_that_are_not_the_kept_ones_become_no_exhibit(body: bytes) -> None:
    one = exhibit(b"as kept")
    with pytest.raises(AlteredError, match=one.answer.name):
        page_of([msgspec.structs.replace(one, body=body)])


def test_nothing_received_is_alive_or_hidden() -> None:
    page = page_of([exhibit(HOSTILE, subject="<b>x</b>\u202e")])
    tags = Tags(page)
    assert not tags.tags & {"script", "iframe", "object", "embed", "link", "img", "form", "base", "svg"}
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name in {"src", "style", "srcset"}]
    assert all(value.startswith("#") for name, value in tags.attributes if name == "href")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]", page)
    lines = raw_text(page)
    assert lines[0].startswith("<script>alert(1)</script> &amp; \"' 〈ESC〉[31m〈BEL〉 〈U+202E〉gnp.exe〈U+202C〉 ")
    assert "〈U+200B〉width 〈U+00A0〉 \\u202e 〈ESC〉 ㈱髙①…─ é 😀〈CR〉" in lines[0]
    assert lines[1:] == ["lone〈CR〉CR〈TAB〉tab", "〈0xFF〉〈0xFE〉 bad〈NUL〉"]
    # A mark is framed; the same letters in the answer are not.
    assert page.count('<b class="m">〈ESC〉</b>') == 1


def test_a_policy_admits_this_style_sheet_and_nothing_else() -> None:
    page = page_of([exhibit(b"a")])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_characters_beyond_the_basic_set_of_iso_2022_jp_are_read_and_named() -> None:
    def jis(text: str) -> bytes:
        """Encode by the CP932 table as 7-bit pairs, as servers do."""
        out = b""
        for lead, trail in zip(*[iter(text.encode("cp932"))] * 2, strict=True):
            row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + 0x21 + (trail >= 0x9F)
            out += bytes((row, trail - 0x7E if trail >= 0x9F else trail - (0x20 if trail > 0x7F else 0x1F)))
        return b"\x1b$B" + out + b"\x1b(B"

    one = exhibit(b"f. " + jis("㈱①東京都") + b"\r\n")
    assert raw_text(page_of([one])) == ["f. ㈱①東京都"]
    assert "JIS X 0208 にない文字が2個あり" in page_of([one])


def test_bytes_that_iso_2022_jp_cannot_decode_are_marked_one_by_one() -> None:
    cut_in_a_pair = "東京".encode("iso2022_jp")[:-4]
    assert raw_text(page_of([exhibit(cut_in_a_pair + b"\r\nx")]))[0] == "東〈U+FFFD〉"
    assert "読めない文字が1個ある" in page_of([exhibit(b"\x1b$B\x7e\x7e\x1b(B!")])
    assert raw_text(page_of([exhibit(b"\x1b$B\x7e\x7e\x1b(B!")])) == ["〈U+FFFD〉!"]


def test_a_compressed_answer_is_shown_expanded_and_says_so() -> None:
    one = exhibit(gzip.compress(b'{"a": 1}', mtime=0), protocol="rdap", headers=(("content-encoding", "gzip"),))
    page = page_of([one])
    assert raw_text(page) == ['{"a": 1}']
    assert "圧縮されている" in page
    broken = exhibit(b"not gzip", protocol="rdap", headers=(("content-encoding", "gzip"),))
    assert raw_text(page_of([broken])) == ["not gzip"]
    assert "展開できない" in page_of([broken])


def test_a_gzip_bomb_is_not_expanded_and_says_so() -> None:
    bomb = gzip.compress(b"a" * (64 << 20), mtime=0)
    one = exhibit(bomb, protocol="rdap", headers=(("content-encoding", "gzip"),))
    received = read_body(one.answer.exchange, bomb)
    assert sum(map(len, received.lines)) < 12 * len(bomb)
    assert any("打ち切った" in note.ja for note in received.notes)


def test_an_answer_in_latin_letters_that_is_no_utf_8_is_read_as_the_reader_does() -> None:
    question = Question(source="whois", kind="ip", subject="203.0.113.5")
    one = exhibit("descr: Universität\r\n".encode("latin-1"), question=question)
    assert raw_text(page_of([one])) == ["descr: Universität"]
    assert "ISO 8859-1(UTF-8 ではないため)" in page_of([one])


def test_the_formatted_view_has_the_same_items_in_the_same_order_and_stands_after_the_text() -> None:
    body = b'{"b":1.50,"a":[1e3,{"x":"\\u682a\\u5f0f\\u202e\\"]{"}],"a":"' + b"long " * 60 + b'","empty":{},"none":[]}'
    one = exhibit(body, protocol="rdap")
    received = read_body(one.answer.exchange, body)
    assert [unmarked(line) for line in received.lines] == [body.decode()]
    shaped = "\n".join(received.formatted)
    assert "1.50" in shaped
    assert "株式\\u202e" in shaped
    pairs = json.loads(body, object_pairs_hook=list)
    assert json.loads(shaped, object_pairs_hook=list) == pairs
    page = page_of([one])
    assert page.index("受信した原文") < page.index("整形表示(内容は同じ)")
    assert raw_text(page) == [body.decode(), *received.formatted]


@pytest.mark.parametrize("body", [b"{" * 5_000, b'{"a":' + b" " * 500, b"[" + b'"x",' * 80, b"<html>" + b"x" * 500])
def test_what_is_no_json_has_no_formatted_view(body: bytes) -> None:
    assert not read_body(exhibit(body, protocol="rdap").answer.exchange, body).formatted


@given(body=st.binary(max_size=300), whois=st.booleans())
def test_any_bytes_become_lines_and_no_ascii_letter_is_lost(body: bytes, *, whois: bool) -> None:
    one = exhibit(body, protocol="whois" if whois else "rdap")
    received = read_body(one.answer.exchange, body)
    if b"\x1b" not in body:
        shown = re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", "".join(received.lines))
        letters = [chr(byte) for byte in body if 0x20 <= byte < 0x7F]
        assert [one for one in shown if " " <= one < "\x7f"] == letters
        assert bool(received.lines) == bool(body)


@given(body=st.binary(max_size=400), lang=st.sampled_from(["ja", "en"]))
def test_any_bytes_become_a_page_that_holds_exactly_their_lines(body: bytes, lang: str) -> None:
    one = exhibit(body)
    page = page_of([one], lang=lang)
    page.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]", page)
    received = read_body(one.answer.exchange, body)
    assert raw_text(page) == [unmarked(line) for line in (*received.lines, *received.formatted)]


@example(text="0000¡¡\u0300\u0300\u0300¡\u0300\u0300\u0300\u0300¡\u0300\u0300\u0300\u0300", cells=12)
@given(text=st.text(max_size=400), cells=st.integers(12, 90))
def test_pieces_of_a_line_are_exactly_the_line_and_no_mark_is_torn(text: str, cells: int) -> None:
    shown = visible(text)
    pieces = cut(shown, cells)
    assert "".join(pieces) == shown
    for piece in pieces:
        assert piece.count(OPEN) == piece.count(CLOSE)
        # A combining mark stands over the letter before it and takes no room of its own.
        taking_room = [one for one in piece if one not in OPEN + CLOSE and not unicodedata.combining(one)]
        assert sum(0.6 if one.isascii() else 1.0 for one in taking_room) <= max(0.6 * cells, 8) + 9


@given(st.lists(st.sampled_from(["heading", "prose", "fact", "raw", "gap", "title"]), max_size=400))
def test_pages_hold_all_rows_in_order_within_their_height(kinds: list[str]) -> None:
    rows = [Row(kind, str(at)) for at, kind in enumerate(kinds)]  # type: ignore[arg-type]  # the kinds above
    pages = paginate(rows)
    flat = [row for page in pages for row in page]
    assert [row for row in flat if row.kind != "gap"] == [row for row in rows if row.kind != "gap"]
    assert all(sum(row.slots for row in page) <= SLOTS for page in pages)
    assert all(page[-1].kind != "heading" for page in pages[:-1])


def test_a_page_that_opens_in_the_formatted_view_says_so() -> None:
    page = page_of([exhibit(rdap_body(60), protocol="rdap")])
    sheets = page.split('<section class="page"')[2:]
    shaped = [sheet for sheet in sheets if "整形表示(内容は同じ、続き)" in sheet]
    assert len(shaped) > 1
    assert sheets.index(shaped[0]) > sum("受信した原文(続き)" in sheet for sheet in sheets) > 0


# --- on paper


def printed(page: str, folder: Path) -> Path:
    if chromium.find_chromium() is None:
        pytest.skip("there is no Chromium on this machine")
    source = folder / "exhibits.html"
    source.write_text(page, encoding="utf-8")
    chromium.printed(source, folder / "exhibits.pdf")
    return folder / "exhibits.pdf"


def page_texts(pdf: Path) -> Iterator[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()


def ink(text: str) -> str:
    """Return what leaves ink, in order."""
    return re.sub(r"\s", "", text)


def check_on_paper(exhibits: Sequence[Exhibit], folder: Path) -> list[str]:
    """Print exhibits numbered from 3; see every page numbered and every line whole on it; return the page numbers."""
    page = page_of(exhibits)
    numbers = re.findall(r'class="no">([^<]*)<', page)
    texts = [ink(text) for text in page_texts(printed(page, folder))]
    assert len(texts) == len(numbers)
    for at, one in enumerate(exhibits, start=3):
        own = [text for number, text in zip(numbers, texts, strict=True) if number.startswith(f"甲第{at}号証 ")]
        tops = [f"甲第{at}号証({n}/{len(own)})" for n in range(1, len(own) + 1)]
        assert [top in text for top, text in zip(tops, own, strict=True)] == [True] * len(own)
        foot = ink(f"{one.answer.name}.body SHA-256 {one.answer.exchange.sha256}")
        shown = "".join(
            text.replace(top, "").replace("受信した原文(続き)", "").removesuffix(foot)
            for top, text in zip(tops, own, strict=True)
        )
        rows = numbered(read_body(one.answer.exchange, one.body).lines, "raw")
        assert ink("".join(row.label + row.text for row in rows)) in shown
    return numbers


def test_on_paper_every_page_bears_its_number_and_every_character_is_there(tmp_path: Path) -> None:
    wide = ("W" * 300 + "あ" * 6_000 + "…─①" * 2_000 + "\n" + "é" * 200 + "\nlast").encode()
    bodies = [JPNIC_TEXT.encode("iso2022_jp"), rdap_body(150), wide, b"\n".join([b"line"] * 500)]
    exhibits = [
        exhibit(body, protocol="rdap" if body[:1] == b"{" else "whois", number=n) for n, body in enumerate(bodies, 1)
    ]
    assert len(check_on_paper([*exhibits, hopped(rdap_body(2)), failed()], tmp_path)) > 25


def test_on_paper_a_recorded_history_of_145_kilobytes_is_whole(tmp_path: Path) -> None:
    recorded = SHARED / "recorded" / "20c-rdap" / "ip" / "101.203.88.0_history.json"
    if not recorded.is_file():
        pytest.skip("shared/recorded does not lie beside this checkout")
    one = exhibit(recorded.read_bytes(), protocol="rdap")
    assert len(check_on_paper([one], tmp_path)) > 40


def test_on_paper_the_left_margin_is_three_centimetres_and_the_number_stands_top_right(tmp_path: Path) -> None:
    with pdfplumber.open(printed(page_of([exhibit(HOSTILE), exhibit(b"W" * 500)]), tmp_path)) as pdf:
        assert len(pdf.pages) == 3
        for page in pdf.pages:
            assert (round(page.width / MILLIMETRE), round(page.height / MILLIMETRE)) == (210, 297)
            assert min(char["x0"] for char in page.chars) >= 29.5 * MILLIMETRE
            assert max(char["x1"] for char in page.chars) <= 198 * MILLIMETRE
            assert max(char["bottom"] for char in page.chars) <= 290 * MILLIMETRE
            top = min(page.extract_words(), key=lambda word: (round(word["top"]), -word["x1"]))
            assert "号証" in top["text"] or "目録" in top["text"] or ")" in top["text"]
            assert top["x0"] > 140 * MILLIMETRE
            assert top["top"] < 25 * MILLIMETRE


def test_the_formatted_view_can_be_left_out() -> None:
    one = exhibit(rdap_body(60), protocol="rdap")
    page = render([one], head=HEAD, lang="ja", tool_version="1", formatted=False)
    assert "整形表示" not in page
    assert raw_text(page) == [one.body.decode()]


def test_in_the_widest_fixed_width_font_the_pages_stay_the_same(tmp_path: Path) -> None:
    page = page_of([exhibit(b"W" * 12_000), hopped(rdap_body(20)), failed()])
    # The policy admits no other style sheet, so it goes with the change; DejaVu Sans Mono takes 0.602 em.
    other = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    other = other.replace(
        '"Noto Sans Mono CJK JP","MS Gothic","BIZ UDGothic","Osaka-Mono","Hiragino Sans",', '"DejaVu Sans Mono",'
    )
    assert other.count("DejaVu") == 1
    with pdfplumber.open(printed(other, tmp_path)) as pdf:
        assert any("DejaVu" in char["fontname"] for char in pdf.pages[-1].chars) or pytest.skip(
            "no DejaVu Sans Mono here"
        )
        assert len(pdf.pages) == len(re.findall(r'<section class="page"', page))
        assert all(max(char["bottom"] for char in one.chars) < 290 * MILLIMETRE for one in pdf.pages)


def test_a_line_is_narrow_enough_for_the_widest_fixed_width_font() -> None:
    # 8.5 pt on a text width of 153.6 mm beside the line number; Courier and Menlo take 0.602 em per character.
    assert CELLS * 0.602 * 8.5 / MILLIMETRE < 153.6 - 4


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "最初に照会した rdap1.example.net:443 のもの"), ("en", "asked first")]
)
def test_after_a_redirect_the_operator_named_is_not_passed_off_as_that_of_the_server_that_answered(
    lang: str, said: str
) -> None:
    assert said in page_of([hopped(rdap_body(1))], lang=lang)
    assert said not in page_of([exhibit(rdap_body(1), protocol="rdap")], lang=lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_port_43_states_no_length_so_that_nothing_is_said_to_be_all(lang: str) -> None:
    said = ("照会先が接続を閉じるまでを受信" if lang == "ja" else "received until the server closed", "全部を受信")
    assert said[0] in page_of([exhibit(b"x\r\n")], lang=lang)
    assert said[1] not in page_of([exhibit(b"x\r\n")], lang=lang)
    assert said[0] not in page_of([exhibit(rdap_body(1), protocol="rdap")], lang=lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_equal_hashes_are_not_said_to_prove_what_was_received(lang: str) -> None:
    text = ink(re.sub("<[^>]*>", "", page_of([exhibit(b"x")], lang=lang)))
    assert "取得時から変わっていない" not in text
    assert "havenotchangedsince" not in text
    assert ("この書面に印刷したものと同じである" if lang == "ja" else "arethoseprintedhere") in text

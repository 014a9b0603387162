"""The text for filings: one list per addressee and set of addresses, dated evidence, and what it does not prove."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import docx
import msgspec
import pytest
from destination_world import DOCOMO, KDDI, RECEIVED, X_LOGINS, Asked, found, handmade, observation, seen, shipped
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ipattr.destinations.screening import UNSCREENED
from ipattr.model import CandidateSet, Text
from ipattr.renderers.destinations import render

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Destinations
    from ipattr.registry import Registry

SOFFICE = shutil.which("soffice")
LOGIN = Asked("2026-05-02T03:12:05+00:00")
LATER = Asked("2026-05-05T00:00:00+00:00")


def clause(document: Destinations, *, lang: str = "ja", full_width: bool = False) -> str:
    """Return the clause of a document."""
    return render(document, to="clause", lang=lang, full_width=full_width)


def lists(text: str) -> list[list[str]]:
    """Return the addresses of each list of a clause, in order."""
    found_lists: list[list[str]] = []
    for number, address in re.findall(r"^\((\d+)\) (\S+)$", text, re.MULTILINE):
        if number == "1":
            found_lists.append([])
        found_lists[-1].append(address)
    return found_lists


def test_logins_with_the_same_addresses_share_a_list_and_others_do_not() -> None:
    both = found(seen("192.0.2.1"), seen("192.0.2.2"))
    text = clause(handmade(((LOGIN, both), (LATER, both), (LOGIN, found(seen("192.0.2.1"))))))
    assert lists(text) == [["192.0.2.1", "192.0.2.2"], ["192.0.2.1"]]
    assert "１　No.1-2の接続" in text
    assert "２　No.3の接続" in text


def test_one_list_holds_for_logins_whose_evidence_differs_and_the_evidence_is_told_apart() -> None:
    early = found(seen("192.0.2.1", first_seen="2026-05-01", last_seen="2026-05-02"))
    late = found(seen("192.0.2.1", "before", gap_days=3, first_seen="2026-05-01", last_seen="2026-05-02"))
    text = clause(handmade(((LOGIN, early), (LATER, late))))
    assert lists(text) == [["192.0.2.1"]]
    assert "【観測の根拠：No.1】" in text
    assert "【観測の根拠：No.2】" in text
    assert "最も近い観測は、当該接続の3日前" in text


def test_each_addressee_gets_its_own_list_in_its_own_word() -> None:
    one = found(seen("192.0.2.1"))
    logins = (LOGIN._replace(addressee=DOCOMO, term=RECEIVED), LOGIN._replace(addressee=KDDI))
    text = clause(handmade(tuple((login, one) for login in logins)))
    assert "受信元IPアドレス：以下のいずれかのIPアドレス" in text
    assert "接続先IPアドレス：以下のいずれかのIPアドレス" in text
    assert "No.1の接続（請求先：株式会社NTTドコモ）" in text
    assert "No.2の接続（請求先：KDDI株式会社）" in text


def test_the_time_stands_in_both_zones_with_seconds() -> None:
    text = clause(handmade(((Asked("2024-06-17T06:04:05+00:00"), found(seen("192.0.2.1"))),)))
    assert "接続日時：2024年6月17日 15時04分05秒（日本時間）" in text
    assert "接続日時：2024年6月17日 06時04分05秒（協定世界時）" in text


def test_milliseconds_of_a_login_are_not_cut_off() -> None:
    text = clause(handmade(((Asked("2024-06-17T06:04:05.250+00:00"), found(seen("192.0.2.1"))),)))
    assert "15時04分05.250秒（日本時間）" in text


def test_a_sighting_known_to_the_second_is_told_with_hours_and_minutes() -> None:
    before = found(seen("192.0.2.1", "before", last_seen="2026-05-02T00:00:05Z"))
    assert "最も近い観測は、当該接続の3時間12分前" in clause(handmade(((LOGIN, before),)))
    to_the_minute = found(seen("192.0.2.1", "before", last_seen="2026-05-02T00:00Z"))
    assert "最も近い観測は、当該接続の約3時間12分前" in clause(handmade(((LOGIN, to_the_minute),)))
    between = found(seen("192.0.2.1", "between", gap_seconds=11525))
    assert "近い方の観測までの間隔は3時間12分5秒" in clause(handmade(((LOGIN, between),)))


def test_a_login_written_to_the_minute_has_no_distance_in_seconds() -> None:
    document = handmade(((LOGIN, found(seen("192.0.2.1", "before", last_seen="2026-05-02T00:00:10Z"))),))
    (row,) = document.rows
    assert "当該接続の3時間11分55秒前" in clause(document)
    to_the_minute = msgspec.structs.replace(document, rows=(msgspec.structs.replace(row, precision="min"),))
    assert "当該接続の約3時間11分前" in clause(to_the_minute)


@pytest.mark.parametrize(
    ("facts", "ja", "en"),
    [
        ({}, "観測と観測の間隔は記録がない", "how far the sightings lie apart is not recorded"),
        ({"longest_gap": 47 * 3600}, "。観測と観測の間隔は最長1日23時間", ", sightings at most 1d 23h apart"),
        ({"last_seen": "2026-05-01T00:00:00Z"}, "", ""),
    ],
)
def test_how_close_the_sightings_around_a_login_lie_is_said(facts: dict[str, object], ja: str, en: str) -> None:
    document = handmade(((LOGIN, found(seen("192.0.2.1", **facts))),))
    for lang, words in (("ja", ja), ("en", en)):
        text = clause(document, lang=lang)
        assert words in text
        assert words or ("間隔" not in text and "apart" not in text)


def test_what_several_records_count_is_not_one_number_of_days() -> None:
    shipped_one = seen("192.0.2.1", observations=("x1",), count=452, sources=("S1",), longest_gap=None)
    own = seen("192.0.2.1", observations=("own:1",), count=1460, longest_gap=6 * 3600)
    both = seen("192.0.2.1", observations=("x1", "own:1"), count=1912, longest_gap=6 * 3600, sources=("S1", "own"))
    document = handmade(((LOGIN, found(both)),))
    known = {"x1": observation(shipped_one), "own:1": observation(own)}
    text = clause(msgspec.structs.replace(document, observations=known))
    assert "2件の記録で延べ1,912回" in text
    assert "これを含む一続きの観測のうち最も密なものでは、観測と観測の間隔は最長6時間" in text
    english = clause(msgspec.structs.replace(document, observations=known), lang="en")
    assert "1,912 times in all, in 2 records" in english
    assert "in the closest of the series that span it, sightings lie at most 6h apart" in english
    known["x1"] = observation(shipped_one, count=None)
    assert "少なくとも延べ1,912回" in clause(msgspec.structs.replace(document, observations=known))


def test_an_address_that_could_not_be_checked_says_so() -> None:
    one = seen("192.0.2.1", confidence="low")
    document = handmade(((LOGIN, found(one)),))
    for note, expected in (("f:1; 未選別 / " + UNSCREENED.en, True), ("f:1", False)):
        noted = msgspec.structs.replace(document, observations={one.observations[0]: observation(one, note=note)})
        assert (UNSCREENED.ja in clause(noted)) is expected
        assert ("Unscreened: " in clause(noted, lang="en")) is expected


def test_a_sighting_known_to_the_year_is_no_nearer_than_said() -> None:
    coarse = found(seen("192.0.2.1", "before", gap_days=122, first_seen="2020-04", last_seen="2025"))
    text = clause(handmade(((LOGIN, coarse),)))
    assert "最初の観測は2020年4月、最後の観測は2025年" in text
    assert "当該接続の少なくとも122日前" in text


def test_the_distances_of_many_logins_are_told_from_the_shortest_to_the_longest() -> None:
    days = [found(seen("192.0.2.1", "before", gap_days=day, last_seen="2026-05-01")) for day in (5, 2, 9, 4)]
    text = clause(handmade(tuple((LATER, one) for one in days)))
    assert "最短2日（No.2）、最長9日（No.3）" in text
    few = clause(handmade(tuple((LATER, one) for one in days[:2])))
    assert "No.1 5日、No.2 2日" in few


@pytest.mark.parametrize(
    ("lang", "marked", "said"),
    [
        ("ja", "〔以下の1件は、当該接続より後にのみ観測されたもの〕", "(2)は、当該接続より後にのみ観測されたもの"),
        ("en", "[the following 1: observed only after the connection]", "(2): observed only after the connection"),
    ],
)
def test_what_was_observed_only_after_the_login_stands_last_and_says_so(lang: str, marked: str, said: str) -> None:
    late = seen("192.0.2.9", "after", gap_days=2, first_seen="2026-05-04", last_seen="2026-05-06")
    text = clause(handmade(((LOGIN, found(late, seen("192.0.2.1"))),)), lang=lang)
    lines = text.splitlines()
    assert lines[lines.index(marked) + 1] == "(2) 192.0.2.9"
    assert said in text


def test_another_period_is_told_beside_the_list_and_never_in_it() -> None:
    one = found(seen("192.0.2.1"), seen("192.0.2.7", "before", period="other", gap_days=400, last_seen="2025-03-28"))
    text = clause(handmade(((LOGIN, one),)))
    assert lists(text) == [["192.0.2.1"]]
    assert "【別の時期の観測（一覧に含めない）】\n192.0.2.7 （" in text


def test_shared_addresses_carry_the_caveat() -> None:
    text = clause(handmade(((LOGIN, found(seen("192.0.2.1", shared="Cloudflare, Inc."), seen("192.0.2.2"))),)))
    assert "(1)は、Cloudflare, Inc.のアドレス（エニーキャスト）であり" in text
    assert "接続先による絞り込みの効果は小さい" in text


@pytest.mark.parametrize("status", ["none", "unknown-platform", "no-time"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_login_without_candidates_says_why_and_what_would_settle_it(status: str, lang: str) -> None:
    nothing = CandidateSet(
        status=status,  # type: ignore[arg-type]  # one of the statuses
        platform="example",
        explanation=Text(ja="その理由。", en="The reason."),
    )
    asked = LOGIN if status != "no-time" else Asked("")
    text = clause(handmade(((asked, nothing),)), lang=lang)
    assert not lists(text)
    assert text.count("その理由。" if lang == "ja" else "The reason.") == 1
    assert ("明らかにする方法：" if lang == "ja" else "What would settle it: ") in text


def test_the_steps_the_ledger_and_the_nature_of_the_list_are_stated() -> None:
    text = clause(handmade(((LOGIN, found(seen("192.0.2.1", longest_gap=7200))),)))
    assert "絞り込み１（ホスト、適用、除外1件、残り1件）：ログインのホストに限った。" in text
    assert "絞り込み２（クライアント、適用せず、残り1件）：記載がない。" in text
    assert f"自ら作成した観測台帳「事務所の台帳」（先端 {'ab' * 32}" in text
    assert "当該接続の接続先そのものを示すものではない" in text
    assert "観測と観測の間隔は最長2時間" in text
    assert "tls://192.0.2.53:853 from Tokyo" in text


def test_an_instant_that_is_no_login_is_not_called_a_connection() -> None:
    document = handmade(((LOGIN, found(seen("192.0.2.1"))),))
    (row,) = document.rows
    at_all_times = msgspec.structs.replace(row, login=None, source="", label="")
    text = clause(msgspec.structs.replace(document, rows=(at_all_times,)))
    assert "対象日時：すべての時期" in text
    assert "接続日時" not in text
    typed = msgspec.structs.replace(row, login=None, source="", label="2026-05-02T12:12:05+09:00")
    assert "指定された日時：2026-05-02T12:12:05+09:00" in clause(msgspec.structs.replace(document, rows=(typed,)))


def test_full_width_changes_addresses_and_times_and_nothing_else() -> None:
    login = LOGIN._replace(source="2001:db8::a1")
    text = clause(handmade(((login, found(seen("2001:db8::ff"))),)), full_width=True)
    assert "接続元IPアドレス：２００１：ｄｂ８：：ａ１" in text
    assert "(1) ２００１：ｄｂ８：：ｆｆ" in text
    assert "接続日時：２０２６年５月２日　１２時１２分０５秒（日本時間）" in text
    assert "最初の観測は2026年5月1日 09時00分00秒（日本時間。" in text


def test_the_text_has_no_tabs_box_drawing_or_lines_that_are_broken_by_hand(registry: Registry) -> None:
    text = clause(shipped(registry, X_LOGINS))
    assert not re.search("[\t\u2500-\u257f\x00-\x09\x0b-\x1f]", text)
    sentences = [line for line in text.splitlines() if re.match(r"\(\d+\)[：、か]", line)]
    assert sentences
    assert all(line.endswith("。") for line in sentences)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")
@pytest.mark.parametrize("full_width", [False, True])
def test_every_address_comes_back_from_a_word_file_once_per_list(
    registry: Registry, tmp_path: Path, *, full_width: bool
) -> None:
    document = shipped(registry, X_LOGINS)
    text = clause(document, full_width=full_width)
    expected = [
        sorted(entry.address for entry in document.sets[document.rows[at].set].candidates if entry.period == "current")
        for at in (0, 2, 3, 4, 5, 6)
    ]
    again = through_word(text, tmp_path)
    narrow = again.translate({ord(sign) + 0xFEE0: ord(sign) for sign in "0123456789."})
    assert [sorted(addresses) for addresses in lists(narrow)] == expected
    assert again.splitlines() == text.splitlines()


def through_word(text: str, folder: Path) -> str:
    """Return a text after Word's own format and LibreOffice: A4, a mincho face, one paragraph per line."""
    word = docx.Document()
    page = word.sections[0]
    page.page_width, page.page_height, page.left_margin = Mm(210), Mm(297), Mm(30)
    style = word.styles["Normal"]
    style.font.name, style.font.size = "MS 明朝", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "MS 明朝")
    for line in text.splitlines():
        word.add_paragraph(line)
    source = folder / "clause.docx"
    word.save(str(source))
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "clause.txt").read_text(encoding="utf-8-sig")

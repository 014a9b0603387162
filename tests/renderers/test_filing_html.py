"""The page, used as people use it: in a real browser, with scripts and without, and under attack."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import browser
import filing_world
import msgspec
import pytest
from filing_pages import escaped, numbers, poisoned, shown, written

from ipattr.model import Pending, Repair, Text
from ipattr.renderers.filings.html import encode
from ipattr.renderers.layout import inert
from ipattr.renderers.view import views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

needs_browser = pytest.mark.skipif(bool(browser.missing()), reason=browser.missing() or "-")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser.launched() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    return written(folder / "example.html", filing_world.example())


class Places(HTMLParser):
    """Every id of a page, and every place that a link of it leads to."""

    def __init__(self, text: str) -> None:
        """Read ``text``."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one element."""
        given = dict(attrs)
        self.tags[tag] += 1
        self.attributes |= set(given)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_link_leads_to_a_place_in_the_page(lang: str, tmp_path: Path) -> None:
    for material in (filing_world.example(), filing_world.hostile(tmp_path), poisoned()):
        found = Places(encode(material, lang).decode())
        assert len(found.ids) == len(set(found.ids))
        assert {link[0] for link in found.links} == {"#"}
        assert {link[1:] for link in found.links} <= set(found.ids)


def test_every_row_of_the_case_stands_in_each_table_once() -> None:
    material = filing_world.example()
    case, found = material.case, Places(encode(material, "ja").decode())
    numbers = [str(row.number) for row in case.rows]
    for kind in ("n", "r", "q"):
        assert sorted(place[1:] for place in found.ids if re.fullmatch(rf"{kind}\d+", place)) == sorted(numbers)
    assert [place for place in found.ids if re.fullmatch(r"p\d+", place)] == [
        f"p{n + 1}" for n in range(len(case.posts))
    ]


def test_it_refers_to_nothing_outside_and_acts_by_hash_alone() -> None:
    text = encode(poisoned(), "en").decode()
    found = Places(text)
    assert found.tags["script"] == found.tags["style"] == found.tags["html"] == 1
    assert not {"src", "srcset", "style", "action", "background"} & found.attributes
    assert not [name for name in found.attributes if name.startswith("on")]
    assert not {"img", "iframe", "object", "embed", "link", "base", "form"} & set(found.tags) - {"form"}
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]


def test_the_same_material_gives_the_same_bytes_in_any_process() -> None:
    program = (
        "import filing_world, hashlib; from ipattr.renderers.filings.html import encode;"
        "print(hashlib.sha256(encode(filing_world.example(), 'ja')).hexdigest())"
    )
    path = ":".join(sys.path)
    sums = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=cwd,
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
        ).stdout
        for seed, zone, locale, cwd in (("1", "Asia/Tokyo", "C", "/"), ("2", "America/New_York", "C.UTF-8", "."))
    }
    assert len(sums) == 1


def test_the_evidence_of_a_row_holds_its_explanations() -> None:
    material = filing_world.example()
    text = encode(material, "ja").decode()
    cards = dict(re.findall(r"<li id=([akdc]\d+) class=e>(.*?)</li>\n", text))
    rows = dict(re.findall(r"<tr id=n(\d+) (.*?)\n", text))
    for view in views(material.case):
        row = rows[str(view.row.number)]
        for kind, verdict in (
            ("a", view.attribution),
            ("k", view.search),
            ("d", view.deadline),
            ("c", view.candidates),
        ):
            place = re.search(rf"#({kind}\d+)>", row)
            assert place is not None, (view.row.number, kind)
            for said in (verdict.explanation.ja, verdict.explanation.en):
                assert escaped(said) in re.sub(r"</?a[^>]*>", "", cards[place[1]]), (view.row.number, kind)
        for candidate in view.candidates.candidates:
            assert candidate.address in cards[re.search(r"#(c\d+)>", row)[1]]  # type: ignore[index]


def test_every_remark_and_every_pending_row_is_told() -> None:
    material = filing_world.example()
    waiting = Pending(
        file="ocr.txt",
        row=7,
        column="createdAt",
        raw="2026-O1-01T00:00:00Z",
        repairs=(Repair(field="time", raw="O1", proposed="01", rule="ocr-o", reason=Text(ja="英字", en="letter")),),
        reason=Text(ja="採否待ち", en="to be decided"),
    )
    text = encode(material._replace(case=msgspec.structs.replace(material.case, pending=(waiting,))), "ja").decode()
    for view in views(material.case):
        for finding in view.findings:
            assert escaped(finding.message.ja) in text
            assert escaped(finding.message.en) in text
    assert "2026-O1-01T00:00:00Z" in text
    assert "一覧 20 + 修復の採否待ち 1 + 不採用 2" in text


def test_every_row_read_is_accounted_for() -> None:
    case = filing_world.example().case
    assert f"入力 {case.counts.rows}行 = 一覧 {len(case.rows)} " in encode(filing_world.example(), "ja").decode()


def test_an_empty_case_is_a_page_too() -> None:
    material = filing_world.example()
    case = msgspec.structs.replace(
        material.case, rows=(), summary=(), posts=(), links=(), findings=(), rejects=(), pending=()
    )
    text = encode(material._replace(case=case, ranking=(), exhibits=(), head=None), "ja").decode()
    assert "<tbody>\n</tbody>" in text


@needs_browser
def test_the_table_filters_by_text_and_by_choice(chrome: Browser, page: Path) -> None:
    rows = filing_world.example().case.rows
    with browser.opened(chrome, page) as visit:
        table = visit.page.locator("#logins tbody tr")
        assert table.count() == len(rows)
        visit.page.locator("#find").fill("１２６．３３ ソフトバンク")  # full-width, two words
        assert numbers(visit.page) == [2]
        assert visit.page.locator("#count").inner_text() == f"1 / {len(rows)}"
        visit.page.locator("#find").fill("attributed")
        assert shown(visit.page) == 0, "words of the other language are not found"
        visit.page.locator("#find").fill("")
        choose(visit.page, 3, "切迫")
        due = [row.number for row in rows if filing_world.example().case.deadlines[row.deadline].status == "due"]
        assert 0 < len(due) < len(rows)
        assert numbers(visit.page) == due
        choose(visit.page, 0, "株式会社NTTドコモ")
        assert set(numbers(visit.page)) < set(due)
        visit.page.locator("#filter button").click()
        assert shown(visit.page) == len(rows)
        visit.page.locator("#find").fill("no such row")
        visit.page.locator("#posts ~ table a[href='#n5']").click()
        assert shown(visit.page) == len(rows), "a link to a hidden row takes the filter away"
        assert (visit.errors, visit.requests) == ([], [page.as_uri()])


def choose(page: Page, at: int, label: str) -> None:
    page.locator("#filter select").nth(at).select_option(label=label)


@needs_browser
def test_every_column_sorts_both_ways_and_blanks_stay_last(chrome: Browser, page: Path) -> None:
    material = filing_world.example()
    case = material.case
    with browser.opened(chrome, page) as visit:
        heads = visit.page.locator("#logins thead button")
        for column in range(heads.count()):
            for turn in ("ascending", "descending"):
                heads.nth(column).click()
                head = visit.page.locator("#logins thead th").nth(column)
                assert head.get_attribute("aria-sort") == turn
                assert sorted(numbers(visit.page)) == [row.number for row in case.rows]
        click(visit.page, "対応期限")
        days = [case.deadlines[case.rows[n - 1].deadline].act_by for n in numbers(visit.page)]
        known = [day for day in days if day]
        assert known == sorted(known)
        assert days[len(known) :] == [None] * (len(days) - len(known))
        click(visit.page, "残日数・状態")
        left = [case.deadlines[case.rows[n - 1].deadline].days_left for n in numbers(visit.page)]
        assert [n for n in left if n is not None] == sorted(n for n in left if n is not None)
        click(visit.page, "IPアドレス")
        click(visit.page, "IPアドレス")
        versions = [case.rows[n - 1].login.address.version for n in numbers(visit.page)]
        assert versions == sorted(versions, reverse=True)
        click(visit.page, "着手順")
        places = {one.row: one.place for one in material.ranking}
        assert [places[n] for n in numbers(visit.page)] == sorted(places.values())


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@needs_browser
@pytest.mark.parametrize("scripts", ["on", "off"])
def test_the_language_switches_with_and_without_scripts(chrome: Browser, page: Path, scripts: Any) -> None:  # noqa: ANN401 - a literal
    with browser.opened(chrome, page, scripts=scripts) as visit:
        assert visit.page.locator("h1").inner_text().startswith("ログイン判定表")
        assert not visit.page.locator("#summary [lang=en]").is_visible()
        visit.page.locator("#lang-ja").focus()
        visit.page.keyboard.press("ArrowRight")
        assert visit.page.locator("h1").inner_text().startswith("Login verdicts")
        assert [one for one in visit.page.locator("main [lang=ja]").all()[:200] if one.is_visible()] == []
        visit.page.locator("label[for=lang-ja]").click()
        assert visit.page.locator("h1").inner_text().startswith("ログイン判定表")
        if scripts == "on":
            visit.page.locator("label[for=lang-en]").click()
            assert visit.page.evaluate("document.documentElement.lang") == "en"
            assert visit.page.title().startswith("Login verdicts")
            assert visit.page.locator("#filter select").first.inner_text().startswith("all")


@needs_browser
def test_evidence_opens_beside_its_cell_by_mouse_and_by_keyboard(chrome: Browser, page: Path) -> None:
    with browser.opened(chrome, page) as visit:
        box, link = visit.page.locator("#evidence-box"), visit.page.locator('#n3 a[href^="#d"]').first
        link.click()
        assert box.is_visible()
        assert "2026-11-05" in box.inner_text()
        assert visit.page.locator("#evidence-title").inner_text() == "保存期間・対応期限の根拠"
        size, cell = box.bounding_box(), link.bounding_box()
        assert size is not None
        assert cell is not None
        assert size["x"] >= 0
        assert size["x"] + size["width"] <= 1280
        assert size["y"] + size["height"] <= 900
        assert abs(size["y"] - cell["y"]) < size["height"] + 60
        visit.page.keyboard.press("Escape")
        assert not box.is_visible()
        assert visit.page.evaluate("document.activeElement.closest('tr')?.id") == "n3"
        link.focus()
        visit.page.keyboard.press("Enter")
        assert box.is_visible()
        visit.page.locator("#evidence-close").click()
        assert not box.is_visible()
        assert visit.page.evaluate("document.activeElement.getAttribute('href')") == link.get_attribute("href")


@needs_browser
def test_evidence_of_a_row_shows_the_raw_cells_the_file_and_its_hash(chrome: Browser, page: Path) -> None:
    row = filing_world.example().case.rows[9]
    with browser.opened(chrome, page) as visit:
        visit.page.locator('#n10 a[href="#r10"]').nth(1).click()
        told = visit.page.locator("#evidence-body").inner_text()
        assert row.login.provenance.sha256 in told
        assert row.login.provenance.source in told
        for cell in row.login.raw:
            assert cell.raw in told
        visit.page.locator("#evidence-body a[href='#n10']").click()
        assert not visit.page.locator("#evidence-box").is_visible()
        assert visit.page.url.endswith("#n10")


@needs_browser
def test_evidence_says_its_notes_in_place_and_cites_its_sources(chrome: Browser, page: Path) -> None:
    with browser.opened(chrome, page) as visit:
        visit.page.locator('#n3 a[href^="#c"]').first.click()
        body = visit.page.locator("#evidence-body")
        assert "IPA602" in body.inner_text(), "a note that several sets share"
        visit.page.locator("#evidence-body a[href^='#o']").first.click()
        assert visit.page.locator("#evidence-title").inner_text() == "接続先候補の観測"
        visit.page.locator("#evidence-body a[href^='#s']").first.click()
        assert visit.page.locator("#evidence-title").inner_text() == "出典"


@needs_browser
def test_without_scripts_all_is_there_and_links_jump(chrome: Browser, page: Path) -> None:
    with browser.opened(chrome, page, scripts="off") as visit:
        rows = visit.page.locator("#logins tbody tr")
        assert all(row.is_visible() for row in rows.all())
        assert rows.count() == len(filing_world.example().case.rows)
        assert not visit.page.locator("#filter").is_visible()
        visit.page.locator('#n3 a[href^="#a"]').first.click()
        assert visit.page.url.endswith("#a3")
        card = visit.page.locator("#a3")
        assert card.is_visible()
        box = card.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900, "the card is in sight"
        card.locator("a[href='#n3']").click()
        assert visit.page.url.endswith("#n3")
        assert (visit.errors, visit.requests) == ([], [page.as_uri()])


@needs_browser
@pytest.mark.parametrize("what", ["hostile", "poisoned"])
def test_nothing_from_the_inputs_runs(chrome: Browser, folder: Path, what: str) -> None:
    material = poisoned() if what == "poisoned" else filing_world.hostile(folder)
    file = written(folder / f"attack-{what}.html", material)
    # Even without the policy: escaping alone must hold.
    with browser.opened(chrome, file, policy="bypassed") as visit:
        for link in visit.page.locator("#n1 a").all():
            link.click()
            visit.page.keyboard.press("Escape")
        visit.page.locator("label[for=lang-en]").click()
        visit.page.locator("#find").fill("<script>")
        state = visit.page.evaluate("[window.hit ?? null, document.scripts.length, document.images.length]")
        assert state == [None, 1, 0]
        active = "[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames())"
        active += ".filter(name => name.startsWith('on'))"
        assert visit.page.evaluate(active) == []
        assert (visit.dialogs, visit.errors, visit.requests) == ([], [], [file.as_uri()])
        text = visit.page.evaluate("document.documentElement.textContent")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)


@needs_browser
def test_hostile_cells_are_shown_whole(chrome: Browser, folder: Path) -> None:
    material = filing_world.hostile(folder)
    file = written(folder / "whole.html", material)
    with browser.opened(chrome, file) as visit:
        raw = visit.page.evaluate("[...document.querySelectorAll('tr[id^=r]')].map(row => row.cells[2].textContent)")
        for row, told in zip(material.case.rows, raw, strict=True):
            for cell in row.login.raw:
                assert all(inert(line) in told for line in cell.raw.split("\n"))
        assert visit.page.locator("#rejects ~ table tbody tr").count() == len(material.case.rejects)
        rejects = visit.page.locator("section[aria-labelledby=rejects]").evaluate("one => one.textContent")
        for reject in material.case.rejects:
            assert all(inert(line) in rejects for line in reject.raw.split("\n"))

"""Figures: the same bytes anywhere, nothing clipped or on top of another, nothing alive, nothing left behind."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from plot_world import CASES, NAMES, case, texts

from ipattr.errors import UsageError
from ipattr.plots import KINDS, fonts, plot
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.plots import Plot

KIND = pytest.mark.parametrize("kind", KINDS)
CASE = pytest.mark.parametrize("name", CASES)
LANG = pytest.mark.parametrize("lang", ["ja", "en"])
PAGE = (150, 247)
"""Millimetres: the text of an A4 page with margins of 25 at head and foot."""
TESTS = Path(__file__).resolve().parent
MADE = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from plot_world import case
from ipattr.plots import KINDS, plot
made = {}
for kind in KINDS:
    figure = plot(case("example"), kind, lang="ja")
    made[kind] = [hashlib.sha256(figure.encode(to)).hexdigest() for to in ("png", "svg")]
    made[kind].append(figure.data.to_csv())
unwanted = sorted({"matplotlib.pyplot", "matplotlib_fontja", "tkinter"}.intersection(sys.modules))
print(json.dumps([made, unwanted]))
"""


def made(folder: Path, **settings: str) -> tuple[dict[str, list[str]], list[str]]:
    """Return the hashes of every figure of the example, made in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", MADE, str(TESTS)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent), **settings}
    done = subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment, encoding="utf-8")
    return json.loads(done.stdout)


def test_the_same_case_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("figure.facecolor: red\nfont.size: 30\ntext.usetex: False\n")
    first, unwanted = made(TESTS, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    second, _ = made(tmp_path, PYTHONHASHSEED="77", TZ="America/New_York", LC_ALL="ja_JP.UTF-8", MPLBACKEND="svg")
    assert first == second
    assert first.keys() == KINDS.keys()
    assert unwanted == []


def test_nobodys_settings_change_a_figure_and_no_figure_changes_them() -> None:
    before = dict(mpl.rcParams)
    plain = [hashlib.sha256(plot(case("example"), "providers").encode(to)).hexdigest() for to in ("png", "svg")]
    assert dict(mpl.rcParams) == before
    with mpl.rc_context({"axes.facecolor": "black", "text.color": "red", "lines.linewidth": 9, "svg.fonttype": "none"}):
        chosen = dict(mpl.rcParams)
        figure = plot(case("example"), "providers")
        assert [hashlib.sha256(figure.encode(to)).hexdigest() for to in ("png", "svg")] == plain
        assert dict(mpl.rcParams) == chosen


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'matplotlib', 'ipattr.frames', 'ipattr.history'}"
    code = f"import sys, ipattr.plots; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@KIND
@CASE
@LANG
def test_a_figure_says_what_it_is_and_no_word_is_clipped(kind: str, name: str, lang: str) -> None:
    about = case(name)
    figure = plot(about, kind, lang=lang)
    width, height = (inches * 25.4 for inches in figure.figure.get_size_inches())
    assert round(width, 3) == PAGE[0]
    assert height <= PAGE[1]
    assert strays(figure) == ([], [])  # measuring a character without a glyph warns, and warnings are errors
    assert {text.get_fontproperties().get_file() for text in texts(figure)} == {fonts.choose().path}
    assert figure.title == KINDS[kind].pick(lang)
    said = "".join(text.get_text() for text in texts(figure))
    zone = "日本時間" if lang == "ja" else "JST"
    stamp = (about.data_version, about.as_of.isoformat(), about.tool_version, zone, f"{about.counts.rows}")
    assert [one for one in (figure.title, *stamp) if one.replace(" ", "") not in said.replace(" ", "")] == []
    if name != "hostile":  # what no font has is written out there
        squeezed = said.replace(" ", "")
        assert [line for line in figure.note.split("\n") if line.replace(" ", "") not in squeezed] == []


def test_words_that_lie_on_each_other_are_found() -> None:
    figure = plot(case("one"), "providers")
    assert strays(figure) == ([], [])
    first, second, *_ = texts(figure)
    second.set_position(first.get_position())
    assert strays(figure)[1]
    second.set_x(149)
    assert strays(figure)[0]


def strays(figure: Plot) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the words that reach beyond the page, and those that lie on each other."""
    renderer = FigureCanvasAgg(figure.figure).get_renderer()
    page = figure.figure.bbox
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(figure)]
    beyond = [word for word, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1]
    slack = 0.25 / 25.4 * figure.figure.dpi
    return beyond, [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
    ]


@KIND
@LANG
def test_no_text_of_an_input_is_alive(kind: str, lang: str) -> None:
    figure = plot(case("hostile"), kind, lang=lang)
    for text in texts(figure):
        assert not text.get_parse_math()
        assert not text.get_usetex()
        assert inert(text.get_text()) == text.get_text()
        assert len(text.get_text()) < 400
    picture = figure.encode("svg")
    elements = {element.tag.rpartition("}")[2] for element in ET.fromstring(picture).iter()}  # noqa: S314 - our own picture
    assert elements <= {
        *("svg", "metadata", "RDF", "Work", "title", "type", "format", "g", "path", "defs", "use", "style"),
        *("clipPath", "rect", "pattern"),
    }
    for column in figure.data.columns[figure.data.dtypes.astype(str) == "string"]:
        shown = figure.data[column].dropna()
        assert [one for one in shown if inert(one) != one] == []


def test_hostile_names_are_drawn_letter_by_letter() -> None:
    shown = {text.get_text() for text in texts(plot(case("hostile"), "timeline"))}
    assert f"1 {NAMES[0]}" in shown
    assert not any(symbol in text for text in shown for symbol in ("½", "α"))


@pytest.mark.parametrize("to", ["png", "svg"])
def test_a_picture_carries_no_date_and_no_name_of_a_machine(to: str) -> None:
    picture = plot(case("one"), "hours").encode(to)
    assert picture.startswith(b"\x89PNG" if to == "png" else b"<?xml")
    for trace in (b"dc:date", b"tIME", b"Software", b"dc:creator", str(Path.home()).encode()):
        assert trace not in picture


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="No such figure: pie"):
        plot(case("one"), "pie")
    with pytest.raises(UsageError, match="nobody"):
        plot(case("example"), "hours", account="nobody")
    with pytest.raises(UsageError, match="png or svg"):
        plot(case("one"), "hours").encode("pdf")


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'ipattr\[plots\]'"):
        plot(case("one"), "hours")


@pytest.fixture
def unshipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the package with the font away."""
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    fonts.choose.cache_clear()
    yield
    fonts.choose.cache_clear()


def test_the_font_of_the_package_comes_first() -> None:
    spec = importlib.util.find_spec("matplotlib_fontja")
    assert spec is not None
    assert Path(fonts.choose().path) == Path(next(iter(spec.submodule_search_locations or ())), "fonts", "ipaexg.ttf")


@pytest.mark.usefixtures("unshipped")
def test_an_installed_font_serves_as_well() -> None:
    try:
        face = fonts.choose()
    except UsageError:
        pytest.skip("no Japanese font is installed here")
    assert face.has("請求先別のログイン")
    assert plot(case("example"), "timeline").encode("png").startswith(b"\x89PNG")


@pytest.mark.usefixtures("unshipped")
def test_without_any_japanese_font_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.font_manager import fontManager

    monkeypatch.setattr(fontManager, "ttflist", [one for one in fontManager.ttflist if "DejaVu" in one.name])
    with pytest.raises(UsageError, match=r"ipattr\[plots\].*Nothing is downloaded"):
        plot(case("one"), "hours")

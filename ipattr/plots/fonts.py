"""The Japanese font of the figures: shipped by a package or installed, never downloaded; how wide it sets a text."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ipattr.errors import UsageError
from ipattr.renderers.filings.pdf.faces import GOTHIC
from ipattr.renderers.layout import inert, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.font_manager import FontEntry

_PACKAGE, _FILE = "matplotlib_fontja", Path("fonts", "ipaexg.ttf")
_SAMPLE = "甲第１号証あアー、。A9"
_UPRIGHT, _REGULAR = "normal", 400
_MM_PER_POINT = 25.4 / 72
_LONGEST = 600
"""More characters than this are never set: no place in a figure has room for them."""
_CELLS_PER_EM = 2
_ONE_LETTER = 2
_PROBE = 100
"""Points in which advances are measured; the font's own units are finer than what a figure shows."""


class Face:
    """One font file: which characters it has and how far each advances."""

    def __init__(self, path: str) -> None:
        """Read the font file at ``path``."""
        from matplotlib.font_manager import get_font

        self.path = path
        self._font = get_font(path)
        self._present = frozenset(self._font.get_charmap())
        self._advances: dict[str, float] = {}

    def has(self, text: str) -> bool:
        """Tell whether the font has every character of ``text``."""
        return all(ord(one) in self._present for one in text)

    def written(self, text: str) -> str:
        """Return ``text`` inert, as ``〔U+XXXX〕`` what the font does not have; the end of a very long one is cut."""
        shown = inert(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
        return "".join(one if ord(one) in self._present else f"〔U+{ord(one):04X}〕" for one in shown)

    def width(self, text: str, points: float) -> float:
        """Return how wide ``text`` is, in millimetres, when it is set in ``points``."""
        return sum(self._advance(one) for one in text) * points * _MM_PER_POINT

    def lines(self, text: str, points: float, room: float) -> tuple[str, ...]:
        """Return ``text``, written out, in lines of at most ``room`` millimetres."""
        shown = self.written(text)
        if self.width(shown, points) <= room:
            return (shown,)
        cells = max(int(room / (points * _MM_PER_POINT) * _CELLS_PER_EM), _ONE_LETTER)
        while True:
            # The house breaks lines by terminal cells; Latin letters of this font are wider than half an em.
            broken = wrap(shown, cells)
            if cells <= _ONE_LETTER or max(self.width(one, points) for one in broken) <= room:
                return broken
            cells -= 1

    def cut(self, text: str, points: float, room: float, *, most: int = 1) -> tuple[str, ...]:
        """Return ``text`` in at most ``most`` lines of ``room`` millimetres, ending in ``…`` where some is lost."""
        broken = self.lines(text, points, room)
        if len(broken) <= most:
            return broken
        shown, done = self.written(text), 0
        for line in broken[: most - 1]:
            done = shown.index(line, done) + len(line)
        last = shown[done:].lstrip()
        while last and self.width(last + "…", points) > room:
            last = last[:-1]
        return (*broken[: most - 1], last.rstrip() + "…")

    def _advance(self, character: str) -> float:
        """Return the advance of one character in em."""
        if character not in self._advances:
            self._font.set_size(_PROBE, 72)
            glyph = self._font.load_char(ord(character))
            self._advances[character] = glyph.linearHoriAdvance / 65536 / _PROBE
        return self._advances[character]


@lru_cache(maxsize=1)
def choose() -> Face:
    """Return the font of the package matplotlib-fontja, else an installed one; raise UsageError where there is none."""
    for path in (*_shipped(), *_installed()):
        face = Face(path)
        if face.has(_SAMPLE):
            return face
    raise UsageError(
        ja="日本語のフォントが見当たらない。pip install 'ipattr[plots]' で導入するか、IPAexゴシックや Noto Sans CJK JP "
        "を端末に入れる(ダウンロードはしない)。",
        en="No Japanese font was found: pip install 'ipattr[plots]', or install IPAexGothic or Noto Sans CJK JP. "
        "Nothing is downloaded.",
    )


def _shipped() -> Iterator[str]:
    # Importing the package would change the settings of matplotlib for the whole process.
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _FILE
        if path.is_file():
            yield str(path)


def _installed() -> Iterator[str]:
    from matplotlib.font_manager import fontManager

    for family in GOTHIC:
        # Of a collection, matplotlib before 3.11 reads the first face alone.
        faces = [one for one in fontManager.ttflist if one.name == family and not getattr(one, "index", 0)]
        yield from (one.fname for one in sorted(faces, key=_plainness))


def _plainness(entry: FontEntry) -> tuple[bool, int, str]:
    weight = entry.weight if isinstance(entry.weight, int) else _REGULAR
    return entry.style != _UPRIGHT, abs(weight - _REGULAR), entry.fname

"""Which fonts a PDF is set in, and which characters none of them has.

Typst refuses to write PDF/A with a character that no font has, or in a font that may not be embedded: that refusal is
the only test used here, so that an empty box is never printed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typst import Fonts

SERIF = (
    *("MS Mincho", "ＭＳ 明朝", "Yu Mincho", "YuMincho", "游明朝", "Hiragino Mincho ProN", "Hiragino Mincho Pro"),
    *("Noto Serif CJK JP", "Noto Serif JP", "Source Han Serif JP", "Source Han Serif", "BIZ UDMincho", "BIZ UDPMincho"),
    *("IPAexMincho", "IPAMincho", "TakaoMincho", "TakaoExMincho"),
)
GOTHIC = (
    *("MS Gothic", "Yu Gothic", "YuGothic", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans CJK JP"),
    *("Noto Sans JP", "Source Han Sans JP", "Source Han Sans", "BIZ UDGothic", "Meiryo", "IPAexGothic", "IPAGothic"),
    *("TakaoGothic", "VL Gothic"),
)
MONO = (
    *("MS Gothic", "ＭＳ ゴシック", "BIZ UDGothic", "Osaka", "Noto Sans Mono CJK JP", "IPAGothic", "TakaoGothic"),
    "VL Gothic",
)
"""In these a Latin letter is half as wide as a Japanese one."""
_LATIN_MONO = "DejaVu Sans Mono"  # within typst
_SAMPLE = "甲第１号証あアー、。「」〔〕A9"
_PROBE = """#let d = json(bytes(sys.inputs.data))
#set text(font: d.faces, fallback: d.fallback, lang: "ja")
#for one in d.texts [#text(one) ]
"""


class Shelf(NamedTuple):
    """Where fonts are looked for: folders, and the system's own. The Latin fonts within typst are always there."""

    folders: tuple[str, ...] = ()
    system: bool = True


SYSTEM = Shelf()


class Typeface(NamedTuple):
    """The families of texts, headings and received lines, first choice first, and all fonts behind them."""

    fonts: Fonts
    serif: tuple[str, ...]
    gothic: tuple[str, ...]
    mono: tuple[str, ...]


@lru_cache(maxsize=4)
def choose(shelf: Shelf) -> Typeface:
    """Return the first Japanese serif family, else gothic, that may be embedded; raise UsageError where none is."""
    from typst import Fonts

    fonts = Fonts(include_system_fonts=shelf.system, include_embedded_fonts=True, font_paths=[*shelf.folders])
    serif = _first((*SERIF, *GOTHIC), fonts)
    if not serif:
        raise UsageError(
            ja="PDF に埋め込める日本語のフォントが見当たらない。MS 明朝、游明朝、ヒラギノ明朝、Noto Serif CJK JP などを"
            "導入するか、--to docx を使う。",
            en="No Japanese font that may be embedded was found: install one (MS Mincho, Yu Mincho, Hiragino Mincho, "
            "Noto Serif CJK JP), or use --to docx.",
        )
    gothic, mono = _first(GOTHIC, fonts), _first(MONO, fonts)
    return Typeface(fonts, serif, gothic + serif, (mono or (_LATIN_MONO,)) + serif)


def _first(families: tuple[str, ...], fonts: Fonts) -> tuple[str, ...]:
    there = {family.casefold(): family for family in fonts.families()}
    found = (there[one.casefold()] for one in families if one.casefold() in there)
    return next(((one,) for one in found if _prints([_SAMPLE], fonts, (one,), fallback=False)), ())


def missing(pieces: Iterable[str], typeface: Typeface) -> frozenset[str]:
    """Return those of ``pieces`` that cannot be printed with any font, each tried by itself."""
    found: set[str] = set()
    waiting = [sorted(set(pieces))]
    while waiting:
        some = waiting.pop()
        if not some or _prints(some, typeface.fonts, typeface.serif, fallback=True):
            continue
        if len(some) == 1:
            found.update(some)
            continue
        middle = len(some) // 2
        waiting += [some[:middle], some[middle:]]
    return frozenset(found)


def _prints(pieces: list[str], fonts: Fonts, families: tuple[str, ...], *, fallback: bool) -> bool:
    import json

    import typst

    data = json.dumps({"texts": pieces, "faces": families, "fallback": fallback})
    try:
        typst.compile(
            _PROBE.encode(),
            font_paths=fonts,
            sys_inputs={"data": data},
            format="pdf",
            pdf_standards="a-2u",
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True

"""The faces, styles and settings of our Word files, written out whole: nothing is taken from a template."""

from __future__ import annotations

from ipattr.renderers.filings.word.markup import SPACES, at_least, attribute, size
from ipattr.renderers.filings.word.tables import Look

BODY_POINTS = 12.0
_MINCHO, _GOTHIC, _WESTERN = "ＭＳ 明朝", "ＭＳ ゴシック", "Times New Roman"

LOOK = Look(cell='<w:pStyle w:val="Cell"/>', mono='<w:pStyle w:val="CellMono"/>', head='<w:pStyle w:val="CellHead"/>')

# Where a machine lacks the face, these stand in, first come first served (ECMA-376 part 1, 17.8.3.1); panose, family
# and pitch let a program choose one of the same kind (17.8.3.13, 17.8.3.9, 17.8.3.14).
_FACES: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        _MINCHO,
        "MS Mincho,游明朝,Yu Mincho,ヒラギノ明朝 ProN,Hiragino Mincho ProN,IPAmj明朝,IPAmjMincho,Noto Serif CJK JP",
        "02020609040205080304",
        "80",
        "roman",
        "fixed",
    ),
    (
        _GOTHIC,
        "MS Gothic,BIZ UDゴシック,BIZ UDGothic,Osaka-Mono,IPAゴシック,IPAGothic,Noto Sans Mono CJK JP",
        "020B0609070205080204",
        "80",
        "modern",
        "fixed",
    ),
    (_WESTERN, "Times,Liberation Serif,Tinos", "02020603050405020304", "00", "roman", "variable"),
)
_MONO_FONTS = f'<w:rFonts w:ascii="{_GOTHIC}" w:hAnsi="{_GOTHIC}" w:eastAsia="{_GOTHIC}" w:cs="{_GOTHIC}"/>'
_TITLE_FONTS = f'<w:rFonts w:ascii="{_WESTERN}" w:hAnsi="{_WESTERN}" w:eastAsia="{_GOTHIC}" w:cs="{_WESTERN}"/>'
# Western letters called Japanese, LibreOffice tears words and addresses between any two of them.
_LANGUAGE = '<w:lang w:val="en-US" w:eastAsia="ja-JP" w:bidi="ar-SA"/>'
_KEEP = "<w:keepNext/><w:keepLines/>"


def styles() -> str:
    """Return ``word/styles.xml``: A4 correspondence in Mincho, headings that make an outline, kinsoku on."""
    return (
        f'<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{_WESTERN}" w:hAnsi="{_WESTERN}"'
        f' w:eastAsia="{_MINCHO}" w:cs="{_WESTERN}"/>{size(BODY_POINTS)}'
        f"{_LANGUAGE}</w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:widowControl/><w:kinsoku/><w:overflowPunct/><w:autoSpaceDE w:val="0"/>'
        f'<w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>{at_least(19)}</w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f"{_headings()}{_texts()}</w:styles>"
    )


def _headings() -> str:
    spaced = '<w:spacing w:before="{}" w:after="{}"/>'
    return (
        _style("Heading1", "heading 1", _KEEP + spaced.format(0, 280) + '<w:jc w:val="center"/>', size(16), outline=0)
        + _style("Heading2", "heading 2", _KEEP + spaced.format(200, 80), _TITLE_FONTS + size(12), outline=1)
        + _style("Heading3", "heading 3", _KEEP + spaced.format(140, 40), _TITLE_FONTS + size(11), outline=2)
    )


def _texts() -> str:
    received = (
        '<w:tabs><w:tab w:val="left" w:pos="567"/></w:tabs><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'{at_least(10.5)}<w:ind w:left="567" w:hanging="567"/>'
    )
    edges = '<w:tabs><w:tab w:val="center" w:pos="4536"/><w:tab w:val="right" w:pos="9071"/></w:tabs>'
    return (
        _style("Note", "注記", at_least(13), size(9))
        + _style("Mono", "等幅", at_least(13), _MONO_FONTS + size(9))
        + _style("Received", "受領した文字", received, _MONO_FONTS + size(8))
        + _style("Caption", "caption", '<w:keepNext/><w:spacing w:before="120" w:after="40"/>', size(10.5))
        + _style("Cell", "表の文字", at_least(13), size(9))
        + _style("CellMono", "表の文字（等幅）", at_least(13), _MONO_FONTS + size(9))
        + _style("CellHead", "表の見出し", at_least(13), _TITLE_FONTS + size(9))
        + _style("Header", "header", edges + at_least(15), "")
        + _style("Footer", "footer", edges + at_least(9.5), size(7))
    )


def _style(identity: str, name: str, paragraph: str, run: str, *, outline: int | None = None) -> str:
    level = "" if outline is None else f'<w:outlineLvl w:val="{outline}"/>'
    following = "" if outline is None else '<w:next w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{attribute(name)}"/>'
        f'<w:basedOn w:val="Normal"/>{following}<w:qFormat/><w:pPr>{paragraph}{level}</w:pPr><w:rPr>{run}</w:rPr>'
        "</w:style>"
    )


def settings() -> str:
    """Return ``word/settings.xml``: the layout of Word 2013 and later, Japanese, nothing that changes on opening."""
    modern = (("compatibilityMode", "15"), ("overrideTableStyleFontSizeAndJustification", "1"))
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in modern
    )
    return (
        f'<w:settings {SPACES}><w:zoom w:percent="100"/><w:hideSpellingErrors/><w:hideGrammaticalErrors/>'
        '<w:defaultTabStop w:val="840"/><w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:compat>{compat}</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="ja-JP"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def faces() -> str:
    """Return ``word/fontTable.xml``: each face with those that may stand in for it."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:panose1 w:val="{panose}"/>'
        f'<w:charset w:val="{charset}"/><w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        for name, instead, panose, charset, family, pitch in _FACES
    )
    return f"<w:fonts {SPACES}>{fonts}</w:fonts>"

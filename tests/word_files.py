"""Word files looked at by other eyes: LibreOffice, the order of the schema, and what a package may hold."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The order in which ECMA-376 part 4 (transitional) wants the children of an element; rows of w:trPr may stand freely.
ORDER = {
    "document": "background body",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "trPr": "cantSplit tblHeader",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "settings": "writeProtection view zoom removePersonalInformation hideSpellingErrors hideGrammaticalErrors "
    "attachedTemplate defaultTabStop characterSpacingControl footnotePr endnotePr compat docVars rsids themeFontLang "
    "clrSchemeMapping decimalSymbol listSeparator",
    "font": "altName panose1 charset family notTrueType pitch sig",
    "r": "rPr t br tab",
    "p": "pPr r fldSimple",
}
_FREE = frozenset({"r", "p", "trPr"})  # what follows the properties may stand in any order


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def misplaced(data: bytes) -> Iterator[str]:
    """Yield every element that the schema does not know at its place, or wants elsewhere among its siblings."""
    for name, content in parts(data).items():
        if not name.endswith(".xml"):
            continue
        for element in etree.fromstring(content).iter(f"{W}*"):
            known = ORDER.get(etree.QName(element).localname)
            if known is None:
                continue
            children = [etree.QName(child).localname for child in element]
            places = [known.split().index(child) if child in known.split() else -1 for child in children]
            if etree.QName(element).localname in _FREE:
                places = sorted(places) if places[:1] == [0] or 0 not in places else places
            if -1 in places or places != sorted(places):
                yield f"{name}: {etree.QName(element).localname}: {' '.join(children)}"


def fields(data: bytes) -> set[str]:
    """Return the instruction of every field."""
    found: set[str] = set()
    for name, content in parts(data).items():
        if name.endswith(".xml"):
            root = etree.fromstring(content)
            found |= {str(one.get(f"{W}instr")).strip() for one in root.iter(f"{W}fldSimple")}
            found |= {one.text or "" for one in root.iter(f"{W}instrText")}
    return found


def through_libreoffice(data: bytes, target: str, folder: Path) -> bytes:
    """Return a Word file as LibreOffice writes it: ``pdf``, ``docx``, or ``txt`` in UTF-8."""
    assert SOFFICE is not None
    source, out = folder / "given.docx", folder / "written"
    source.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    kind = "txt:Text (encoded):UTF8" if target == "txt" else target
    command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (out / f"given.{target}").read_bytes()

"""The parts of a Word file as a ZIP archive whose bytes depend on the parts alone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ipattr.renderers.filings.word.markup import SPACES
from ipattr.renderers.filings.word.styles import faces, settings, styles

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "word/document.xml"
_BESIDE = (("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"))
# A Word file bears a time of creation; ours is the same for all, because the date of a filing stands in its text.
_MADE = "2000-01-01T00:00:00Z"


def pack(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the parts as a ZIP archive in the order given, without times, owners or rights."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, content, compresslevel=9)
    return buffer.getvalue()


def repack(data: bytes, body: str) -> bytes:
    """Return a Word file of ours, packed by ``pack``, with ``body`` as the content of its ``w:body``."""
    import zipfile

    document = f"{_DECLARED}<w:document {SPACES}><w:body>{body}</w:body></w:document>".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [info.filename for info in archive.infolist()]
        return pack([(name, document if name == _MAIN else archive.read(name)) for name in names])


def skeleton() -> bytes:
    """Return an empty Word file of ours: styles, settings, faces and core properties, and no word in it."""
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), *_BESIDE)
    )
    beside = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        for number, (name, kind) in enumerate(_BESIDE, start=1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:language>ja-JP</dc:language>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_MADE}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_MADE}</dcterms:modified></cp:coreProperties>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{beside}</Relationships>',
        _MAIN: f"<w:document {SPACES}><w:body/></w:document>",
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/fontTable.xml": faces(),
    }
    return pack((name, (_DECLARED + content).encode()) for name, content in parts.items())

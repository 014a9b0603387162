"""PDFs built for the tests: the same calls give the same bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.lib.colors import Color
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MINCHO = "HeiseiMin-W3"
LATIN = "Helvetica"
TOP = 800
PITCH = 14

pdfmetrics.registerFont(UnicodeCIDFont(MINCHO))


def record(time: str, address: str, *, port: str = "51234", account: str = "1234567890123456789") -> list[str]:
    """Return the lines of one record as the platform prints it."""
    return [
        "ipAudit : {",
        f"“accountId” : “{account}”",
        f"“createdAt” : “{time}”",
        f"“loginIp” : “{address}”",
        f"“loginPortNumber” : {port}",
        "}",
    ]


def pdf(*pages: Callable[[Canvas], None], password: str | None = None, owner: str | None = None) -> bytes:
    """Return a PDF with one page for each painter."""
    stream = io.BytesIO()
    encrypt = None
    if password is not None or owner is not None:
        encrypt = StandardEncryption(password or "", owner or "owner", strength=128)
    canvas = Canvas(stream, invariant=1, encrypt=encrypt, pageCompression=0)
    for paint in pages:
        paint(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def lines(*text: str, font: str = MINCHO, top: float = TOP, left: float = 50) -> Callable[[Canvas], None]:
    """Return a painter of lines, one below the other."""

    def paint(canvas: Canvas) -> None:
        canvas.setFont(font, 10)
        for number, line in enumerate(text):
            canvas.drawString(left, top - number * PITCH, line)

    return paint


def cells(
    rows: Sequence[Sequence[str]],
    *,
    grid: bool = True,
    style: Sequence[tuple[object, ...]] = (),
    top: float = TOP,
    widths: object = None,
) -> Callable[[Canvas], None]:
    """Return a painter of one table, with or without its borders."""

    def paint(canvas: Canvas) -> None:
        rules = [("GRID", (0, 0), (-1, -1), 0.5, "black")] if grid else []
        fonts = [("FONT", (0, 0), (-1, -1), MINCHO, 9)]
        table = Table([list(row) for row in rows], style=[*fonts, *rules, *style], colWidths=widths)
        _, height = table.wrapOn(canvas, 500, 700)
        table.drawOn(canvas, 50, top - height)

    return paint


def both(*painters: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    """Return a painter that paints everything on one page, in order."""

    def paint(canvas: Canvas) -> None:
        for painter in painters:
            painter(canvas)

    return paint


def text(
    left: float, bottom: float, content: str, *, mode: int = 0, color: object = None, gap: float = 0
) -> Callable[[Canvas], None]:
    """Return a painter of one line in a text rendering mode (3: invisible), a colour, with extra letter spacing."""

    def paint(canvas: Canvas) -> None:
        written = canvas.beginText(left, bottom)
        written.setFont(MINCHO, 10)
        written.setTextRenderMode(mode)
        written.setCharSpace(gap)
        if color is not None:
            written.setFillColor(color)
        written.textLine(content)
        canvas.drawText(written)

    return paint


def picture(left: float = 40, bottom: float = 600, width: float = 400, height: float = 220) -> Callable[[Canvas], None]:
    """Return a painter of a grey picture."""

    def paint(canvas: Canvas) -> None:
        from PIL import Image

        canvas.drawImage(ImageReader(Image.new("RGB", (20, 20), (200, 200, 200))), left, bottom, width, height)

    return paint


def bar(left: float, bottom: float, width: float, height: float) -> Callable[[Canvas], None]:
    """Return a painter of a black bar, as redaction leaves it."""

    def paint(canvas: Canvas) -> None:
        canvas.setFillColor(Color(0, 0, 0))
        canvas.rect(left, bottom, width, height, stroke=0, fill=1)

    return paint


def raw(content: str) -> Callable[[Canvas], None]:
    """Return a painter that writes page content as it is."""

    def paint(canvas: Canvas) -> None:
        canvas.setFont(LATIN, 10)
        canvas._code.append(content)  # noqa: SLF001 - the library offers no way to write operators

    return paint

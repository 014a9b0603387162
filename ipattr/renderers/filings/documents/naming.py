"""What the documents of a set are called, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.names import file_name

if TYPE_CHECKING:
    from ipattr.renderers.filings.documents.addressees import Addressee

OVERVIEW = "overview"
TITLES: dict[str, str] = {
    OVERVIEW: "一覧",
    "schedules": "目録",
    "evidence-list": "証拠説明書",
    "exhibits": "書証",
    "calculation": "保存期間計算書",
    "preservation-letter": "ログ保存要請書",
    "information-sheet": "情報提供事項一覧",
    "masked-schedules": "目録（意見照会用写し）",
    "office-notes": "作成注記（提出しない）",
}
_LONGEST_SUFFIX = ".docx"


def name_of(kind: str, addressee: Addressee | None = None) -> tuple[str, str]:
    """Return the stem of the file and the title of a document; the stem is safe with any suffix it may get."""
    number, title = list(TITLES).index(kind), TITLES[kind]
    text = f"{number:02}_{title}" + (f"_{addressee.name}" if addressee is not None else "")
    whole = f"{title}　{addressee.name}" if addressee is not None else title
    return file_name(text, _LONGEST_SUFFIX).removesuffix(_LONGEST_SUFFIX), whole

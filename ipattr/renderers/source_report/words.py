"""The words of a report that shows the original beside the reading, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.source_report.entries import MARKS
from ipattr.renderers.view import total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.model import InputFile
    from ipattr.renderers.source_report.entries import Mark

TITLE = Text(ja="読取照合表", en="Reading check sheet")
INTRO = Text(
    ja="左が原本、右がそこから読み取った内容である。原本の各行は一度だけ、読み取った内容も一件ずつ、すべて載せる。"
    "下線を引いた値が、右で使った値である。",
    en="The original stands on the left, what was read from it on the right. Every row of the original and everything "
    "read stands here exactly once. Underlined values are the ones used on the right.",
)
LEGEND = Text(ja="凡例", en="Legend")
NOTHING = Text(ja="記録なし", en="no record")
NOTHING_MEANS = Text(
    ja="ここから始まる記録を読んでいない行(見出し、余白、記録の外の文字)",
    en="no record was read from this row (headings, blanks, text outside records)",
)
BEGINS = Text(ja="前の記録の続き", en="part of the record above")
LEDGER = Text(ja="台帳", en="Ledger")
FILE = Text(ja="ファイル", en="File")
COUNTS = Text(ja="行の内訳", en="Rows")
SHA = Text(ja="SHA-256", en="SHA-256")
SIZE = Text(ja="大きさ", en="Size")
FORM = Text(ja="形式とその理由", en="Form and why")
ENCODING = Text(ja="文字コードとその理由", en="Encoding and why")
ZONE = Text(ja="宣言した時間帯", en="Declared time zone")
MAPPING = Text(ja="列の対応", en="Columns")
NONE = Text(ja="なし", en="none")
CHECK = Text(ja="照合欄", en="Checked by")
CHECKER = Text(ja="照合者(氏名)", en="Checker (name)")
DATE = Text(ja="照合日", en="Date")
RESULT = Text(ja="照合結果・備考", en="Result, remarks")
SIGNATURE = Text(ja="署名又は押印", en="Signature or seal")
TO_CHECK = Text(ja="確かめる行", en="Rows to check")
NO_ROWS_TO_CHECK = Text(ja="要確認・不採用の行はない。", en="No row is in review or rejected.")
REMARKS = Text(ja="読取全体の所見", en="Remarks on the reading")
SHOW = Text(ja="画面での表示", en="On screen, show")
SHOW_ALL = Text(ja="全行", en="all rows")
SHOW_RECORDS = Text(ja="記録のある行だけ", en="rows with records")
SHOW_MARKED = Text(ja="確かめる行だけ", en="rows to check")
PRINTS_ALL = Text(ja="印刷では常に全行を出す。", en="In print, all rows always appear.")
ROW = Text(ja="行", en="Row")
ORIGINAL = Text(ja="原本", en="Original")
READ = Text(ja="読み取った内容", en="What was read")
LOOSE = Text(
    ja="原本のどの行か特定できない記録(数には含まれる。原本で探して照合する)",
    en="Entries whose row in the original cannot be told (they are counted; find them in the original)",
)
NO_SOURCE = Text(ja="このファイルの原本の行は、ここに示すものがない。", en="No rows of this file are shown here.")
NO_READING = Text(
    ja="読取の台帳にないファイルである。ここからは何も読んでいない。",
    en="This file is not in the ledger: nothing was read from it.",
)
CHANGED = Text(
    ja="原本の SHA-256 が、読み取ったときと異なる。ここに示す原本は、読み取ったファイルではない。",
    en="The SHA-256 of the original differs from the one that was read: this is not the file that was read.",
)
COLLAPSED = Text(ja="行が多いので、見出しを開くと表示する。", en="There are many rows; open a heading to see them.")
CONTENTS = Text(ja="目次", en="Contents")
AS_LEFT = Text(ja="左のとおり", en="as it stands on the left")
EMPTY = Text(ja="空", en="empty")
FOOT = Text(
    ja="この表は原本と読取結果を並べたもので、判断を含まない。",
    en="This sheet sets the original beside the reading; it holds no verdict.",
)


def rows_of(count: int, *, lang: str) -> str:
    """Say how many rows of the original follow."""
    return f"原本 {count:,} 行" if lang == "ja" else f"{count:,} rows of the original"


def located(count: int, apart: int, *, lang: str) -> str:
    """Say how many entries stand beside their row, and how many are listed apart."""
    if lang == "ja":
        return f"読み取った {count + apart:,} 件のうち、原本の行の横に {count:,} 件、別に列挙 {apart:,} 件。"
    return f"Of {count + apart:,} entries, {count:,} stand beside their row and {apart:,} are listed apart."


def mapping_of(entry: InputFile) -> str:
    """Write the columns that were used, and how they were known."""
    pairs = ", ".join(f"{key} = {value}" for key, value in entry.mapping.items())
    return f"{pairs} ({entry.mapping_source})" if pairs else ""


def ledger(entry: InputFile, lang: str) -> tuple[tuple[Text, str], ...]:
    """Return the ledger of one file as (label, value) pairs; the first is the conservation line."""
    none = NONE.pick(lang)
    return (
        (COUNTS, conservation(*total(entry.counts), lang=lang)),
        (SHA, entry.sha256),
        (SIZE, f"{entry.size:,} バイト" if lang == "ja" else f"{entry.size:,} bytes"),
        (FORM, f"{entry.form} – {entry.form_reason.pick(lang)}"),
        (ENCODING, f"{entry.encoding} – {entry.encoding_reason.pick(lang)}"),
        (ZONE, entry.declared_zone or none),
        (MAPPING, mapping_of(entry) or none),
    )


def tally_of(marks: Mapping[Mark, int], lang: str) -> str:
    """Write how many entries bear each mark."""
    shown = [f"{symbol} {text.pick(lang)} {marks[mark]:,}" for mark, (symbol, text) in MARKS.items() if marks.get(mark)]
    return ", ".join(shown) or NOTHING.pick(lang)

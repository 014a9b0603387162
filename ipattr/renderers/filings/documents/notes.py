"""Notes to the rows of a table: the same words get the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Column, Table
from ipattr.renderers.filings.documents.pen import in_lines, shown
from ipattr.renderers.filings.documents.words import other_parties, services
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Instant, LoginEvent
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.view import View

_SHORT = 60
_IN_THE_FUTURE = "IPA403"
_NO_REMARK = ("info", "notice")


class Notes:
    """Notes in the order of their first row."""

    def __init__(self) -> None:
        """Begin without notes."""
        self._rows: dict[str, list[int]] = {}

    def take(self, claim: Claim, name: str) -> None:
        """Take what must be seen before a login is relied on."""
        for text in about(claim, name):
            self._rows.setdefault(text, []).append(claim.number)

    def table(self) -> Table | None:
        """Return the notes with the rows they are about, None where there are none."""
        if not self._rows:
            return None
        return Table(
            (Column("注", 12), Column("No.", 22), Column("内容", 126)),
            tuple(
                (f"注{number}", "\n".join(in_lines(rows, _SHORT)), text)
                for number, (text, rows) in enumerate(self._rows.items(), start=1)
            ),
        )


def about(claim: Claim, name: str) -> Iterator[str]:
    """Yield what must be seen before a login is relied on."""
    if not claim.sole:
        condition = "、又は".join(claim.conditions)
        meant = services(claim.parties) or "契約の別は不明"
        yield (
            f"請求先が一つに定まらない。{name}（{meant}）が請求先となるのは次の場合：{condition}。"
            f"ほかに考えられる者：{other_parties(claim.others)}。"
        )
    yield from _of_time(claim.view.login.instant)
    yield from _of_reading(claim.view.login)
    yield from (finding.message.ja for finding in claim.view.deadline.findings if finding.code == _IN_THE_FUTURE)


def _of_time(instant: Instant | None) -> Iterator[str]:
    if instant is None:
        yield "ログに接続日時の記載がない。開示した者に照会する。"
        return
    if instant.precision in {"min", "day"}:
        yield "ログの接続日時は秒まで記載されていない。秒まで開示した者に照会する。"
    if instant.zone_source == "declared":
        yield (
            f"接続日時の時間帯はログに記載がなく、読込みの際に{shown(instant.zone)}と宣言された。宣言の根拠を確かめる。"
        )


def _of_reading(login: LoginEvent) -> Iterator[str]:
    if login.address.embedded:
        yield "ログの接続元はIPv4アドレスを埋め込んだIPv6アドレスであり、埋め込まれたIPv4アドレスを掲げた。"
    if login.repairs:
        yield "ログの記載の誤記とみられる箇所を補正して読んだ行である（補正は読込みの際に採用された）。原本と照合する。"
    elif login.status == "review":
        yield "読込みで要確認とされた行である。理由は「一覧」の所見を見る。原本と照合する。"


def grave(view: View) -> Iterator[tuple[str, str, str]]:
    """Yield code, level and words of every warning or error on a login."""
    for finding in view.findings:
        if finding.level not in _NO_REMARK:
            yield finding.code, word(LEVEL, finding.level, "ja"), finding.message.ja

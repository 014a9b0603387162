"""ログ保存要請書: a request to keep the records, and to say whether and until when they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Document, Heading, Paragraph, Section
from ipattr.renderers.filings.documents.connections import candidate_lists, connection_table, legend
from ipattr.renderers.filings.documents.draft import operator_name, platform_name
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.pen import BLANK, rows_of
from ipattr.renderers.filings.documents.schedules import DISCLOSED
from ipattr.renderers.filings.documents.words import address_of
from ipattr.renderers.filings.material import stamp_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.draft import Draft

LAW = "特定電気通信による情報の流通によって発生する権利侵害等への対処に関する法律"


def preservation_letter(draft: Draft) -> Document:
    """Return the letter with the connections and the candidate lists as its schedule."""
    stem, title = name_of("preservation-letter", draft.addressee)
    sections = (Section(tuple(_letter(draft))), Section(tuple(_schedule(draft))))
    footer = stamp_line(draft.material, "ja")
    return Document("preservation-letter", draft.addressee.folder, stem, title, sections, footer)


def _letter(draft: Draft) -> Iterator[Block]:
    yield Paragraph(draft.pen.day(draft.wish.dated), align="right")
    yield Paragraph(f"〒{BLANK}　{address_of(draft.addressee)}\n{draft.addressee.name}　御中")
    yield Paragraph(f"住所　{BLANK}\n氏名　{BLANK}\n電話　{BLANK}", align="right")
    yield Heading("ログ保存要請書", 1)
    site, operator = platform_name(draft.material), operator_name(draft.material)
    discloser = f"（運営者　{operator}）" if operator not in {BLANK, site} else ""
    yield Paragraph(
        f"　{BLANK}（当事者・代理関係）は、{site}{discloser}における投稿について、{LAW}に基づく"
        "発信者情報の開示を求めるため、"
        f"{BLANK}（手続の名称・準備中又は係属中の別）を進めております。"
        f"別紙の各接続は、その過程で{BLANK}（開示の経緯・年月日）により明らかになったもので、"
        f"貴社の電気通信役務を用いたもの{_as_likely(draft)}と考えられます。"
    )
    yield Paragraph("　つきましては、次のとおりお願いいたします。")
    yield Heading("１　保存をお願いする情報", 2)
    yield Paragraph(
        "(1)　別紙の各接続に係る通信の記録のうち、その通信に用いられた契約を特定するために必要なもの", indent=1
    )
    yield Paragraph(f"(2)　(1)により特定される契約者の{'、'.join(DISCLOSED)}", indent=1)
    yield Paragraph("　上記の手続が終わるまで、又は当方から不要の旨を連絡するまで、消去せずに保存してください。")
    yield Heading("２　ご回答をお願いする事項", 2)
    for number, text in enumerate(_questions(draft), start=1):
        yield Paragraph(f"({number})　{text}", indent=1)
    yield Paragraph(f"　ご回答は、{BLANK}までに、上記の差出人宛てに書面又は電子メール（{BLANK}）でお願いいたします。")
    yield from _until(draft)
    yield Paragraph("　本書は、貴社の任意のご協力をお願いするものです。", indent=0)
    yield Paragraph("以上", align="right")


def _as_likely(draft: Draft) -> str:
    """Claim no more of a connection that others may have carried than that it may be the addressee's."""
    shared = draft.addressee.shared
    if not shared:
        return ""
    if not draft.addressee.sole:
        return "である可能性がある"
    return f"（{rows_of(shared)}については、その可能性があるもの）"


def _questions(draft: Draft) -> Iterator[str]:
    yield "別紙の各接続に該当する記録の有無"
    yield "該当する記録がある場合、その保存の可否、及び保存していただける期限"
    yield "該当する記録がない、又は特定できない場合、その理由（既に消去された場合はその旨）"
    yield "特定のために別紙の記載のほかに必要な事項がある場合、その内容"
    if draft.addressee.shared:
        yield (
            "別紙の接続のうち、貴社の契約者によるものでないものがある場合、その旨、及び差し支えない範囲で"
            "その回線の提供先の事業者"
        )
    else:
        yield "貴社が設備だけを提供している接続がある場合、その旨、及び差し支えない範囲でその提供先の事業者"


def _until(draft: Draft) -> Iterator[Block]:
    """Say how soon the first record may be gone, by whose figure."""
    alive = [c.standing for c in draft.addressee.claims if c.standing.status in {"due", "open"}]
    days = [one.earliest for one in alive if one.earliest is not None]
    if days:
        yield Paragraph(
            "　なお、公表された資料に基づく当方の試算では、別紙の接続の記録のうち早いものは"
            f"{draft.pen.day(min(days))}に保存期間が満了する可能性があるため、至急ご対応をお願いいたします。実際の保存期間がこれと異なる場合は、ご教示ください。"
        )
    else:
        yield Paragraph(
            "　なお、当方では貴社における記録の保存期間の残りを確認できておりません。消去の時期が近い場合に備え、"
            "至急ご対応をお願いいたします。"
        )


def _schedule(draft: Draft) -> Iterator[Block]:
    yield Heading("別紙", 1)
    yield connection_table(draft)
    yield Paragraph(legend(draft), style="note")
    second = tuple(candidate_lists(draft))
    if second:
        yield Heading(f"{draft.term}の候補", 2)
        yield from second

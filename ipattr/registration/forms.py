"""Words that say what kind of legal person bears a name: taken off before two names are compared."""

from __future__ import annotations

from typing import Literal

from ipattr.model import Record


class Form(Record, frozen=True, kw_only=True):
    """One spelling of a legal form, after NFKC and case folding.

    ``written`` are its words, in order; ``place``: ``affix`` stands at either end with or without a space (Japanese),
    ``word`` is a whole word at either end (the bracketed abbreviations), ``tail`` are whole words at the end (Latin).
    Names whose ``law`` codes are both known and differ are two names: 株式会社DMM.com became 合同会社DMM.com in 2018.
    """

    written: tuple[str, ...]
    place: Literal["affix", "word", "tail"]
    law: str = ""
    reason: str


def _affix(text: str, law: str, reason: str) -> Form:
    return Form(written=(text,), place="affix", law=law, reason=reason)


def _word(text: str, law: str, reason: str) -> Form:
    return Form(written=(text,), place="word", law=law, reason=reason)


def _tail(text: str, reason: str, law: str = "") -> Form:
    return Form(written=tuple(text.split()), place="tail", law=law, reason=reason)


FORMS: tuple[Form, ...] = (
    _affix("株式会社", "kk", "会社法: stock company; stands before or after the name"),
    _affix("有限会社", "yk", "特例有限会社: limited company under the former law"),
    _affix("合同会社", "gk", "会社法: limited liability company"),
    _affix("合資会社", "goshi", "会社法: limited partnership company"),
    _affix("合名会社", "gomei", "会社法: general partnership company"),
    _affix("相互会社", "sogo", "保険業法: mutual company"),
    _affix("国立大学法人", "university", "国立大学法人法: universities register with and without it"),
    _affix("公立大学法人", "university", "地方独立行政法人法: the same for public universities"),
    _affix("学校法人", "school", "私立学校法: private schools"),
    _affix("独立行政法人", "agency", "独立行政法人通則法"),
    _affix("国立研究開発法人", "agency", "独立行政法人通則法"),
    _affix("一般社団法人", "association", "一般社団・財団法人法"),
    _affix("公益社団法人", "association", "公益法人認定法"),
    _affix("一般財団法人", "foundation", "一般社団・財団法人法"),
    _affix("公益財団法人", "foundation", "公益法人認定法"),
    _affix("特定非営利活動法人", "npo", "特定非営利活動促進法"),
    _word("株", "kk", "(株) and ㈱, which NFKC turns into it"),
    _word("有", "yk", "(有) and ㈲"),
    _word("同", "gk", "(同)"),
    _word("資", "goshi", "(資) and ㈾"),
    _word("名", "gomei", "(名) and ㈴"),
    _word("学", "school", "(学) and ㈻"),
    _tail("kk", "K.K. without points, and ㏍", "kk"),
    _tail("k k", "K.K.: kabushiki kaisha in Latin letters", "kk"),
    _tail("kabushiki kaisha", "written out", "kk"),
    _tail("gk", "G.K. without points", "gk"),
    _tail("g k", "G.K.: godo kaisha in Latin letters", "gk"),
    _tail("godo kaisha", "written out", "gk"),
    _tail("llc", "LLC; in Japan the usual English of 合同会社", "gk"),
    _tail("l l c", "L.L.C.", "gk"),
    _tail("inc", "Inc.; companies choose their English form freely, so it says nothing of the Japanese one"),
    _tail("incorporated", "Inc. written out"),
    _tail("corp", "Corp."),
    _tail("corporation", "Corp. written out"),
    _tail("co", "Co., also what is left of Co., Ltd. and Co., Inc."),
    _tail("company", "Co. written out"),
    _tail("ltd", "Ltd."),
    _tail("limited", "Ltd. written out"),
    _tail("pte", "Pte. Ltd. (Singapore)"),
    _tail("plc", "public limited company (United Kingdom)"),
    _tail("gmbh", "Germany, Austria"),
    _tail("ag", "Germany, Switzerland"),
    _tail("s a", "S.A. (France, Panama)"),
    _tail("sas", "France"),
    _tail("srl", "Romania, Italy"),
    _tail("s r l", "S.R.L."),
    _tail("b v", "B.V. (Netherlands)"),
    _tail("bv", "B.V. without points"),
    _tail("ab", "Sweden"),
)

"""What the registries' answers mean, situation by situation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest
from registry_answers import (
    Tables,
    asked,
    both,
    event,
    found,
    held,
    missing,
    moment,
    named,
    past,
    routed,
    unanswered,
)

from ipattr.model import Attribution, Field, Holder, Network, Origin, Party, Registration, RegistryEntity, Text
from ipattr.registration import Inquired, Moment, register

if TYPE_CHECKING:
    from ipattr.model import Answer
    from ipattr.registration import Asked

ADDRESS = "203.0.113.9"
BLOCK = "203.0.113.0/24"
LOGIN = Moment(moment("2026-09-01T03:00:00Z"))
ALPHA = ("アルファ株式会社", "Alpha, Inc.")
TABLES = Tables()


def party(provider: str, ja: str, en: str, kind: str = "access") -> Party:
    return Party(
        provider=provider,
        name=Text(ja=ja, en=en),
        kind=kind,  # type: ignore[arg-type]  # one of the kinds
        condition=both("always"),
        confidence="high",
    )


def offline(
    *parties: Party, status: str = "attributed", holder: Holder | None = None, operator: str = ""
) -> Attribution:
    return Attribution(
        address=ADDRESS,
        status=status,  # type: ignore[arg-type]  # one of the statuses
        network=Network(prefix=BLOCK, origins=(Origin(asn=64500, delegated="JP"),), source="S1", as_of="2026-01"),
        holder=holder or Holder(status="not-looked-up", ask=both("ask JPNIC")),
        operator=both(operator) if operator else None,
        alternatives=parties,
        explanation=both("why"),
        next_step=both("offline step"),
    )


BY_ALPHA = offline(party("alpha", *ALPHA))
BY_GAMMA = offline(party("gamma", "合同会社ガンマ", "Gamma LLC"))
BY_NOBODY = offline(status="not-listed")


class Situation(NamedTuple):
    """Answers and an offline verdict, with what must follow: the first view's words, and the codes."""

    name: str
    answers: tuple[Answer, ...]
    offline: Attribution = BY_ALPHA
    login: Moment | None = LOGIN
    status: str = "registered"
    holder: str = ""
    basis: str = "direct"
    agreement: str = "agrees"
    at_login: str = "not-contradicted"
    codes: tuple[str, ...] = ()
    views: int = 1


OLD = (("registration", "2001-04-01T00:00:00Z"),)
JPNIC_OLD = (("registration", "2001-04-01"), ("last changed", "2020-07-02T00:10:04Z"))


def direct(*names: str, server: str = "apnic", block: str = BLOCK, **facts: object) -> Answer:
    return found(server, ADDRESS, block, *names, **({"events": OLD} | facts))  # type: ignore[arg-type]  # real fields


def lasting(*days: tuple[str, str]) -> dict[str, object]:
    return {"events": days}


SITUATIONS = (
    Situation("the Japanese name", (direct("アルファ株式会社"),), holder="アルファ株式会社"),
    Situation("full-width, bracketed form, half-width kana", (direct("（株）ｱﾙﾌｧ"),), holder="（株）ｱﾙﾌｧ"),
    Situation("English with another legal form", (direct("ALPHA Co., Ltd."),), holder="ALPHA Co., Ltd."),
    Situation("a similar name is another name", (direct("アルファー株式会社"),), holder="アルファー株式会社",
              agreement="holder-not-listed", codes=("IPA871",)),
    Situation("part of a name is no name", (direct("アルファ通信株式会社"),), holder="アルファ通信株式会社",
              agreement="holder-not-listed", codes=("IPA871",)),
    Situation("a former name", (direct("旧アルファ株式会社"),), holder="旧アルファ株式会社", codes=("IPA872",)),
    Situation("a former legal form", (direct("株式会社ガンマ"),), BY_GAMMA, holder="株式会社ガンマ", codes=("IPA872",)),
    Situation("the present legal form", (direct("合同会社ガンマ"),), BY_GAMMA, holder="合同会社ガンマ"),
    Situation("a legal form that nobody bears", (direct("有限会社ガンマ"),), BY_GAMMA, holder="有限会社ガンマ",
              agreement="holder-not-listed", codes=("IPA871",)),
    Situation("a name borne only since after the login", (direct("アルファ株式会社"),),
              login=Moment(moment("2019-01-01T00:00:00Z")), holder="アルファ株式会社", codes=("IPA873",)),
    Situation("another listed party", (direct("Gamma LLC"),), holder="Gamma LLC", agreement="disagrees",
              codes=("IPA870",)),
    Situation("a network without contracts", (direct("Tunnel Ltd"),), holder="Tunnel Ltd", agreement="disagrees",
              codes=("IPA870",)),
    Situation("a platform's own company", (direct("X Corp."),), holder="X Corp.", agreement="disagrees",
              codes=("IPA870",)),
    Situation("tied to the verdict only by a name listed beside", (direct("ベータ株式会社"),), holder="ベータ株式会社",
              codes=("IPA888",)),
    Situation("the operator's name alone", (direct("Some University"),),
              offline(status="not-listed", operator="Some University"), holder="Some University"),
    Situation("an offline holder that differs", (direct("アルファ株式会社"),),
              offline(party("alpha", *ALPHA), holder=Holder(status="listed", name=both("Gamma LLC"))),
              holder="アルファ株式会社", agreement="disagrees", codes=("IPA884",)),
    Situation("nobody to compare with", (direct("アルファ株式会社"),), BY_NOBODY, holder="アルファ株式会社",
              agreement="not-comparable"),
    Situation("no holder named", (direct(),), agreement="no-holder-named"),
    Situation("a referral is no holder", (direct(refers_to="JPNIC"),), agreement="no-holder-named", codes=("IPA881",)),
    Situation("a referral stands last", (direct(refers_to="JPNIC"), direct("アルファ株式会社", server="jpnic")),
              holder="アルファ株式会社", codes=("IPA881",), views=2),
    Situation("a referral stands last even after WHOIS",
              (direct(refers_to="JPNIC", server="mirror"), direct("Alpha, Inc.", server="whois")),
              holder="Alpha, Inc.", codes=("IPA881",), views=2),
    Situation("JPNIC before the mirror before RDAP before WHOIS",
              tuple(direct("アルファ株式会社", server=name) for name in ("whois", "apnic", "mirror", "jpnic")),
              holder="アルファ株式会社", views=4),
    Situation("two answers, one holder in two languages",
              (direct("アルファ株式会社", server="jpnic"), direct("Alpha, Inc.")), holder="アルファ株式会社", views=2),
    Situation("two answers, two holders",
              (direct("アルファ株式会社", server="jpnic"), direct("Gamma LLC")), holder="アルファ株式会社",
              codes=("IPA870", "IPA877"), views=2),
    Situation("two unknown holders in two languages",
              (direct("大学", server="jpnic"), direct("University")), holder="大学", agreement="holder-not-listed",
              codes=("IPA871", "IPA887"), views=2),
    Situation("changed after the login",
              (direct("アルファ株式会社", **lasting(("last changed", "2026-09-01T03:00:01Z"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("registered after the login", (direct("アルファ株式会社", **lasting(("registration", "2026-10-01"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("changed on the very day, no time stated",
              (direct("アルファ株式会社", server="jpnic", **lasting(("最終更新", "2026-09-01"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("changed on the day before in JST, the same day in UTC",
              (direct("アルファ株式会社", server="jpnic", **lasting(("最終更新", "2026-09-01"))),),
              login=Moment(moment("2026-09-01T15:00:00Z")), holder="アルファ株式会社"),
    Situation("transferred after the login", (direct("アルファ株式会社", **lasting(*OLD, ("transfer", "2026-10-01"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("a date that cannot be read", (direct("アルファ株式会社", **lasting(("last changed", "平成"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("a returned block", (direct("アルファ株式会社", **lasting(*OLD, ("deletion", "2025-01-01"))),),
              holder="アルファ株式会社", at_login="not-proven", codes=("IPA874",)),
    Situation("no dates at all", (direct("アルファ株式会社", **lasting()),), holder="アルファ株式会社"),
    Situation("JPNIC's dates before the login", (direct("アルファ株式会社", server="jpnic", **lasting(*JPNIC_OLD)),),
              holder="アルファ株式会社"),
    Situation("an answer older than the login",
              (direct("アルファ株式会社", received=moment("2026-08-31T00:00:00Z")),), holder="アルファ株式会社",
              at_login="not-proven", codes=("IPA874", "IPA876")),
    Situation("an answer of two months ago", (direct("アルファ株式会社", received=moment("2026-09-20T00:00:00Z")),),
              holder="アルファ株式会社", codes=("IPA876",)),
    Situation("no login time", (direct("アルファ株式会社"),), login=None, holder="アルファ株式会社",
              at_login="no-login-time"),
    Situation("the history names another holder at the login",
              (direct("Gamma LLC", **lasting(("last changed", "2026-10-01T00:00:00Z"))),
               past(ADDRESS, ("2010-01-01T00:00:00Z", "2026-10-01T00:00:00Z", BLOCK, "アルファ株式会社"),
                    ("2026-10-01T00:00:00Z", "", BLOCK, "Gamma LLC"))),
              holder="アルファ株式会社", at_login="by-history", codes=("IPA870", "IPA874", "IPA889"), views=2),
    Situation("the history begins at the login", (past(ADDRESS, ("2026-09-01T03:00:00Z", "", BLOCK, "Alpha, Inc.")),),
              holder="Alpha, Inc.", at_login="by-history"),
    Situation("the history ends at the login",
              (direct("Alpha, Inc."),
               past(ADDRESS, ("2010-01-01T00:00:00Z", "2026-09-01T03:00:00Z", BLOCK, "Gamma LLC"))),
              holder="Alpha, Inc.", codes=("IPA885",)),
    Situation("a history by whole days does not settle a login that is known to the day",
              (direct("Alpha, Inc."),
               past(ADDRESS, ("2010-01-01T00:00:00Z", "2026-09-01T12:00:00Z", BLOCK, "Gamma LLC"))),
              login=Moment(moment("2026-09-01T03:00:00Z"), "day"), holder="Alpha, Inc.", codes=("IPA885",)),
    Situation("another address of the block was asked",
              (found("apnic", "203.0.113.77", BLOCK, "Alpha, Inc.", events=OLD),),
              holder="Alpha, Inc.", basis="inferred", codes=("IPA880",)),
    Situation("another address of a block with nothing below",
              (found("jpnic", "203.0.113.77", BLOCK, "アルファ株式会社", events=OLD, leaf=True),),
              holder="アルファ株式会社", basis="exact-block"),
    Situation("the address itself before its neighbours, per server",
              (found("apnic", "203.0.113.77", BLOCK, "Gamma LLC", events=OLD), direct("Alpha, Inc.")),
              holder="Alpha, Inc."),
    Situation("a neighbour's answer names a narrower block than ours",
              (found("apnic", "203.0.113.10", "203.0.113.8/29", "Gamma LLC", events=OLD), direct("Alpha, Inc.")),
              holder="Alpha, Inc.", codes=("IPA886",)),
    Situation("a block with nothing below before a narrower guess, and the contradiction is told",
              (found("jpnic", "203.0.113.77", BLOCK, "アルファ株式会社", events=OLD, leaf=True),
               found("jpnic", "203.0.113.10", "203.0.113.8/29", "ガンマ", events=OLD)),
              holder="アルファ株式会社", basis="exact-block", codes=("IPA886",)),
    Situation("two holders of whom one is only listed under the other",
              (direct("ベータ株式会社", server="jpnic"), direct("Alpha, Inc.")), holder="ベータ株式会社",
              codes=("IPA877", "IPA888"), views=2),
    Situation("another origin", (direct("Alpha, Inc."), routed(ADDRESS, BLOCK, 64511)), holder="Alpha, Inc.",
              codes=("IPA878",)),
    Situation("the same origin", (direct("Alpha, Inc."), routed(ADDRESS, BLOCK, 64500)), holder="Alpha, Inc."),
    Situation("a reverse name", (direct("Alpha, Inc."), named(ADDRESS, "p9.alpha.example")), holder="Alpha, Inc.",
              codes=("IPA879",)),
    Situation("JPNIC has none, APNIC has", (missing("jpnic", ADDRESS), direct("Alpha, Inc.")), holder="Alpha, Inc.",
              codes=("IPA882",)),
)  # fmt: skip


def verdict(inquiry: Asked, against: Attribution = BY_ALPHA, login: Moment | None = LOGIN) -> Registration:
    return register(ADDRESS, login, inquired=Inquired(inquiry, facts=TABLES), offline=against, as_of=date(2026, 11, 21))


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_a_situation_gets_its_verdict(situation: Situation) -> None:
    said = verdict(asked(*situation.answers), situation.offline, situation.login)
    first = said.views[0]
    assert said.status == situation.status
    assert len(said.views) == situation.views
    assert "/".join(name.text for name in first.holders) == situation.holder
    assert (first.basis, first.agreement, first.at_login) == (
        situation.basis,
        situation.agreement,
        situation.at_login,
    )
    assert tuple(sorted({finding.code for finding in said.findings})) == situation.codes
    assert said.mode == "exact"
    for text in (said.explanation, said.next_step, *(finding.message for finding in said.findings)):
        assert text.ja != text.en
        assert "None" not in text.ja + text.en


def test_authority_orders_the_views() -> None:
    said = verdict(asked(*(direct("Alpha, Inc.", server=name) for name in ("whois", "apnic", "mirror", "jpnic"))))
    assert [view.server for view in said.views] == [
        "whois.jpnic.example",
        "mirror.example",
        "rdap.apnic.example",
        "whois.apnic.example",
    ]


def test_a_late_change_is_told_with_both_instants_in_jst() -> None:
    said = verdict(asked(direct("Alpha, Inc.", events=(("last changed", "2026-09-30T15:00:00Z"),))))
    (told,) = [finding.message for finding in said.findings if finding.code == "IPA874"]
    for text in (told.ja, told.en):
        assert "2026-09-01 12:00:00 JST" in text
        assert "2026-10-01 00:00:00 JST" in text
    assert "証明されない" in told.ja
    assert "not proven by this answer" in told.en


def test_a_history_keeps_the_facts_that_bracket_the_login() -> None:
    record = ("2010-01-01T00:00:00Z", "2026-10-01T00:00:00Z", BLOCK, "Alpha, Inc.")
    (view,) = verdict(asked(past(ADDRESS, record))).views
    assert view.history is not None
    assert view.history.since < LOGIN.at < view.history.until  # type: ignore[operator]  # it has an end
    assert "2010-01-01 09:00:00 JST" in view.reasons[-1].ja
    assert "until 2026-10-01 09:00:00 JST" in view.reasons[-1].en


def test_an_inferred_answer_asks_for_the_exact_mode_before_it_is_an_exhibit() -> None:
    said = verdict(asked(found("apnic", BLOCK, BLOCK, "Alpha, Inc.", events=OLD), mode="coalesced"))
    assert (said.status, said.mode, said.views[0].basis) == ("registered", "coalesced", "inferred")
    assert "--mode exact" in said.next_step.ja
    assert "provider-level" in said.explanation.en


@pytest.mark.parametrize(
    ("inquiry", "status", "words"),
    [
        (asked(), "not-asked", "--online"),
        (asked(missing("apnic", ADDRESS)), "not-found", "未割当ではない"),
        (asked(open_=[unanswered(ADDRESS)]), "failed", "時間切れ"),
        (asked(missing("jpnic", ADDRESS), open_=[unanswered(ADDRESS)]), "failed", "時間切れ"),
        (asked(open_=[unanswered(BLOCK)]), "failed", "時間切れ"),
        (asked(open_=[unanswered("203.0.112.0/24")]), "not-asked", "--online"),
        (asked(held_back=[held(ADDRESS)]), "withheld", "special-purpose"),
    ],
)
def test_without_an_answer_the_status_says_why(inquiry: Asked, status: str, words: str) -> None:
    said = verdict(inquiry)
    assert said.status == status
    assert words in said.explanation.ja + said.next_step.ja
    assert "unassigned" not in said.explanation.en or "not mean unassigned" in said.explanation.en


def test_a_failed_server_beside_an_answer_is_told() -> None:
    said = verdict(asked(direct("Alpha, Inc."), open_=[unanswered(ADDRESS)]))
    assert said.status == "registered"
    assert [finding.code for finding in said.findings] == ["IPA883"]


def test_a_special_purpose_address_is_withheld_without_any_question() -> None:
    said = verdict(asked(direct("x"), missing("apnic", "192.0.2.1")), offline(status="special-purpose"))
    assert said.views[0].agreement == "not-comparable"
    assert verdict(asked(missing("apnic", "192.0.2.1")), offline(status="special-purpose")).status == "withheld"


def test_the_bearer_of_a_name_is_told_with_its_dates() -> None:
    (view,) = verdict(asked(direct("旧アルファ㈱"))).views
    (match,) = view.matches
    assert (match.provider, match.time, match.since, match.until) == ("alpha", "former", "2001", "2020-07-01")
    (present,) = verdict(asked(direct("アルファ㈱"))).views[0].matches
    assert (present.time, present.since) == ("present", "2020-07-01")
    (burrow,) = verdict(asked(direct("Burrow Limited"))).views[0].matches
    assert (burrow.provider, burrow.kind, burrow.time) == ("tunnel", "non-access", "former")


def test_every_value_points_back_at_its_answer() -> None:
    one = direct("Alpha, Inc.")
    (view,) = verdict(asked(one)).views
    assert (view.evidence, view.sha256, view.received) == (one.name, one.exchange.sha256, one.exchange.received)
    assert view.pointers == {"handle": "/handle", "name": "/name", "country": "/country", "registered": "/registration"}
    assert view.registered == "2001-04-01T00:00:00Z"


def test_a_date_at_the_end_of_the_calendar_is_only_a_late_date() -> None:
    never = "9999-12-31T23:59:59Z"
    said = verdict(asked(direct("Alpha, Inc.", events=(("last changed", never),))))
    assert (said.views[0].changed, said.views[0].at_login) == (never, "not-proven")
    open_end = past(ADDRESS, ("2010-01-01T00:00:00Z", never, BLOCK, "Alpha, Inc."))
    assert verdict(asked(open_end)).views[0].at_login == "by-history"


def test_of_overlapping_records_the_narrowest_block_that_holds_the_address_counts() -> None:
    around = ("2026-08-01T00:00:00Z", "", "203.0.112.0/20", "Gamma LLC")
    beside = ("2026-08-02T00:00:00Z", "", "203.0.113.16/29", "Gamma LLC")
    ours = ("2010-01-01T00:00:00Z", "", "203.0.113.8/29", "Alpha, Inc.")
    for records in ((around, beside, ours), (ours, beside, around)):
        (view,) = verdict(asked(past(ADDRESS, *records))).views
        assert (view.first, view.holders[0].text) == ("203.0.113.8", "Alpha, Inc.")
    said = verdict(asked(past(ADDRESS, beside)))
    assert (said.views, said.status, [finding.code for finding in said.findings]) == ((), "not-found", ["IPA885"])
    assert "rdap.apnic.example" in said.explanation.ja


def test_the_legal_form_as_written_decides_which_of_two_names_was_meant() -> None:
    for written, time in (("株式会社Delta", "former"), ("合同会社Delta", "present"), ("Delta", "present")):
        (match,) = verdict(asked(direct(written))).views[0].matches
        assert (match.provider, match.time) == ("delta", time)


def with_parts(one: Answer, **parts: object) -> Answer:
    """Return an answer whose network has other parts."""
    network = one.reply.network
    assert network is not None
    changed = msgspec.structs.replace(network, **parts)
    return msgspec.structs.replace(one, reply=msgspec.structs.replace(one.reply, network=changed))


@pytest.mark.parametrize(
    ("server", "day", "at", "proof"),
    [
        # 2026-09-01T16:00Z is 2 September in JST: a day that JPNIC writes as the first is over.
        ("jpnic", "2026-09-01", "2026-09-01T16:00:00Z", "not-contradicted"),
        # Whose first of September another registry writes is not said: in UTC it lasts eight hours more.
        ("whois", "2026-09-01", "2026-09-01T16:00:00Z", "not-proven"),
        ("whois", "2026-08-30", "2026-09-01T16:00:00Z", "not-contradicted"),
        ("whois", "2028-02-29", "2028-02-29T15:00:00Z", "not-proven"),
    ],
)
def test_a_day_is_one_of_jst_at_jpnic_alone(server: str, day: str, at: str, proof: str) -> None:
    one = found(
        server, ADDRESS, BLOCK, "Alpha, Inc.", events=(("last changed", day),), received=moment("2028-04-01T00:00:00Z")
    )
    said = verdict(asked(one), login=Moment(moment(at)))
    assert said.views[0].at_login == proof
    if proof == "not-proven":
        assert "どちらが先か分からない" in said.explanation.ja


def test_an_answer_received_within_the_span_of_the_login_is_not_after_it() -> None:
    one = direct("Alpha, Inc.", received=moment("2026-11-20T03:00:00Z"))
    said = verdict(asked(one), login=Moment(moment("2026-11-19T15:00:00Z"), "day"))
    assert said.views[0].at_login == "not-proven"
    assert "not after the login" in said.explanation.en


def test_a_change_of_the_entry_that_names_the_holder_counts_and_that_of_a_contact_does_not() -> None:
    def entity(at: str, name: str, place: str) -> RegistryEntity:
        return RegistryEntity(
            at=at, names=(Field(value=name, at=place),), events=(event("last changed", "2026-10-01T00:00:00Z"),)
        )

    plain = direct("Alpha, Inc.")
    contact = with_parts(plain, entities=(entity("/entities/1", "Hostmaster", "/entities/1/vcardArray/1/1/3"),))
    assert verdict(asked(contact)).views[0].at_login == "not-contradicted"
    renamed = with_parts(plain, entities=(entity("/entities/0", "Alpha, Inc.", "/entities/0"),))
    said = verdict(asked(renamed))
    assert (said.views[0].at_login, codes_of(said)) == ("not-proven", ["IPA874"])
    assert "名義人の情報の最終更新が2026-10-01 09:00:00 JST" in said.explanation.ja


def codes_of(said: Registration) -> list[str]:
    return sorted({finding.code for finding in said.findings})


def test_an_end_customer_of_jpnic_leads_to_the_isp_above_it() -> None:
    entry = Field(value="アルファ株式会社 (Alpha, Inc.) [割り振り]                 203.0.112.0/20", at="line:22")
    one = with_parts(direct("例示商店", server="jpnic", events=JPNIC_OLD), less_specific=(entry,))
    said = verdict(asked(one))
    assert said.views[0].agreement == "holder-not-listed"
    assert [holder.text for holder in said.views[0].holders] == ["例示商店"]
    assert codes_of(said) == ["IPA871", "IPA875"]
    (told,) = [finding.message for finding in said.findings if finding.code == "IPA875"]
    assert "203.0.112.0/20 を「アルファ株式会社 (Alpha, Inc.)」とする（収録データの判定にある者：alpha）" in told.ja
    assert "end customer" in told.en
    assert "line:22" in told.en
    assert "名義人に照会する前に、上位情報の「アルファ株式会社 (Alpha, Inc.)」に" in said.next_step.ja
    assert "登録名義人に、このアドレスの利用者" not in said.next_step.ja


def test_an_isp_under_its_own_allocation_is_nobodys_customer() -> None:
    for value in ("アルファ㈱ (Alpha, Inc.) [割り振り] 203.0.112.0/20", "Alpha, Inc. [Allocation] 203.0.112.0/20"):
        one = direct("アルファ株式会社", "Alpha, Inc.", server="jpnic", events=JPNIC_OLD)
        said = verdict(asked(with_parts(one, less_specific=(Field(value=value, at="line:22"),))))
        assert codes_of(said) == []


def test_an_entry_above_that_cannot_be_split_is_told_as_it_stands() -> None:
    one = with_parts(direct("例示商店", server="jpnic"), less_specific=(Field(value="不明な行", at="line:9"),))
    (told,) = [f.message for f in verdict(asked(one)).findings if f.code == "IPA875"]
    assert "上位情報（line:9）は「不明な行」とする（収録データにない）" in told.ja


def test_a_holder_that_agrees_does_not_settle_the_addressee() -> None:
    said = verdict(asked(direct("Alpha, Inc.")))
    assert said.views[0].agreement == "agrees"
    assert "請求先は決まらない" in said.next_step.ja
    assert "does not settle the addressee" in said.next_step.en


def test_a_referral_is_told_as_what_the_answer_points_to() -> None:
    said = verdict(asked(direct(refers_to="JPNIC")))
    assert "JPNIC を指すだけで、名義人を記載しない" in said.explanation.ja
    assert "JPNIC は名義人ではない" in said.findings[0].message.ja


def test_remarks_on_origin_and_host_name_lead_to_their_answers() -> None:
    route, pointer = routed(ADDRESS, BLOCK, 64511), named(ADDRESS, "p9.alpha.example")
    said = verdict(asked(direct("Alpha, Inc."), route, pointer))
    about = {finding.code: finding.about for finding in said.findings}
    assert about == {"IPA878": route.name, "IPA879": pointer.name}


def test_a_remark_on_one_of_several_answers_names_it() -> None:
    late = (("last changed", "2026-10-01T00:00:00Z"),)
    answers = direct("例示商店", server="jpnic", events=JPNIC_OLD), direct("Gamma LLC", events=late)
    told = {finding.code: finding.message for finding in verdict(asked(*answers)).findings}
    assert told["IPA871"].ja.startswith("JPNIC WHOIS whois.jpnic.example：")
    assert told["IPA874"].en.startswith("RDAP rdap.apnic.example: ")
    assert told["IPA870"].ja.startswith("RDAP rdap.apnic.example：")


def test_two_services_of_one_host_are_two_answers() -> None:
    jpnic, whois = direct("アルファ株式会社", server="jpnic"), direct("Alpha, Inc.", server="whois")
    (hop,) = jpnic.exchange.hops
    there = msgspec.structs.replace(
        whois, exchange=msgspec.structs.replace(whois.exchange, hops=(msgspec.structs.replace(hop, server=hop.server),))
    )
    assert [view.source for view in verdict(asked(jpnic, there)).views] == ["jpnic", "whois"]


def test_a_placeholder_of_the_history_is_no_registration_at_the_login() -> None:
    everything = ("2008-09-04T07:54:16Z", "", "0.0.0.0/0", "")
    since = ("2026-10-01T00:00:00Z", "", BLOCK, "Gamma LLC")
    today = direct("Gamma LLC", events=(("registration", "2026-10-01T00:00:00Z"),))
    said = verdict(asked(today, past(ADDRESS, everything, since)))
    assert [(view.first, view.at_login) for view in said.views] == [("203.0.113.0", "not-proven")]
    assert codes_of(said) == ["IPA870", "IPA874", "IPA885"]
    alone = verdict(asked(past(ADDRESS, everything)))
    assert (alone.status, alone.views) == ("not-found", ())


def test_a_narrow_record_without_a_holder_is_not_filled_from_a_wider_one() -> None:
    wide = ("2008-01-01T00:00:00Z", "", "203.0.112.0/20", "Gamma LLC")
    narrow = ("2009-01-01T00:00:00Z", "", BLOCK, "")
    said = verdict(asked(direct("Alpha, Inc."), past(ADDRESS, wide, narrow)))
    assert [view.holders[0].text for view in said.views] == ["Alpha, Inc."]
    assert codes_of(said) == ["IPA885"]


def test_who_was_asked_in_vain_is_not_to_be_asked_the_same_way_again() -> None:
    said = verdict(asked(missing("jpnic", ADDRESS), direct(refers_to="JPNIC")))
    assert "--source jpnic" not in said.next_step.ja + said.next_step.en
    assert "書面等で確かめる" in said.next_step.ja
    assert "--source jpnic" in verdict(asked(direct(refers_to="JPNIC"))).next_step.ja


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_login_at_either_end_of_the_calendar_gets_a_verdict(at: str) -> None:
    record = ("2010-01-01T00:00:00Z", "", BLOCK, "Alpha, Inc.")
    for server in ("jpnic", "whois"):
        one = found(server, ADDRESS, BLOCK, "Alpha, Inc.", events=(("last changed", "2020-07-02"),))
        said = verdict(asked(one, past(ADDRESS, record)), login=Moment(moment(at), "day"))
        assert said.views[0].at_login == "not-proven"


def test_that_a_name_waits_for_its_holder_is_told_of_jpnic_alone() -> None:
    for server, told in (("jpnic", True), ("apnic", False)):
        said = verdict(asked(direct("旧アルファ株式会社", server=server, events=JPNIC_OLD)))
        (message,) = [finding.message for finding in said.findings if finding.code == "IPA872"]
        assert ("申請" in message.ja, "applies" in message.en) == (told, told)

"""Laws of registration: order does not matter, what is irrelevant changes nothing, no basis is ever upgraded."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from registry_answers import Tables, asked, both, found, missing, moment, past, routed

from ipattr.addresses import to_number
from ipattr.coverage import basis_of
from ipattr.model import Answer, Attribution, Holder, Party, Registration, Text
from ipattr.registration import Inquired, Moment, name_key, register
from ipattr.registration.forms import FORMS

TABLES = Tables()
ADDRESS = "203.0.113.9"
LOGIN = Moment(moment("2026-09-01T03:00:00Z"))
PARTY = Party(
    provider="alpha",
    name=Text(ja="アルファ株式会社", en="Alpha, Inc."),
    kind="access",
    condition=both("always"),
    confidence="high",
)
OFFLINE = Attribution(
    address=ADDRESS,
    status="attributed",
    holder=Holder(status="not-looked-up"),
    alternatives=(PARTY,),
    explanation=both("why"),
    next_step=both("step"),
)
BLOCKS = ("203.0.113.0/24", "203.0.113.8/29", "203.0.112.0/20", "203.0.113.9/32")
SUBJECTS = (ADDRESS, "203.0.113.77", "203.0.113.10", "203.0.113.0/24")
NAMES = ("アルファ株式会社", "Alpha, Inc.", "Gamma LLC", "大学")
DAYS = ("2001-04-01", "2026-09-01", "2026-09-01T03:00:00Z", "2026-10-01T00:00:00Z")


def inside(subject: str, block: str) -> bool:
    """Tell whether a block holds what was asked, as every answer that is read does."""
    bits = int(block.rpartition("/")[2])
    first = to_number(block.partition("/")[0])[1] >> 32 - bits
    host, _, length = subject.partition("/")
    return int(length or 32) >= bits and to_number(host)[1] >> 32 - bits == first


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Draw one answer that bears, or may bear, on the address."""
    subject = draw(st.sampled_from(SUBJECTS))
    kind = draw(st.sampled_from(("found", "found", "found", "missing", "past", "routed")))
    server = draw(st.sampled_from(("apnic", "mirror", "jpnic", "whois")))
    if kind == "missing":
        return missing(server, subject)
    block = draw(st.sampled_from([block for block in BLOCKS if inside(subject, block)]))
    if kind == "routed":
        return routed(subject, block, draw(st.sampled_from((64500, 64511))))
    name = draw(st.sampled_from(NAMES))
    if kind == "past":
        return past(subject, ("2010-01-01T00:00:00Z", draw(st.sampled_from(("", "2026-10-01T00:00:00Z"))), block, name))
    days = draw(st.lists(st.sampled_from(DAYS), max_size=2))
    return found(
        server,
        subject,
        block,
        *draw(st.sampled_from(((), (name,)))),
        refers_to=draw(st.sampled_from(("", "JPNIC"))),
        events=[("last changed", day) for day in days],
        leaf=draw(st.booleans()),
        received=moment(draw(st.sampled_from(("2026-11-20T03:00:00Z", "2026-11-19T03:00:00Z")))),
    )


def verdict(some: list[Answer]) -> Registration:
    """Return what the answers say."""
    inquiry = asked(*some)
    return register(ADDRESS, LOGIN, inquired=Inquired(inquiry, facts=TABLES), offline=OFFLINE, as_of=date(2026, 11, 21))


def distinct(some: list[Answer]) -> list[Answer]:
    """Return each answer once: a folder holds every name once."""
    return list({one.name: one for one in some}.values())


@given(st.lists(answers(), max_size=6).map(distinct), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(some: list[Answer], chance: object) -> None:
    shuffled = list(some)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    assert verdict(shuffled) == verdict(some)


@given(st.lists(answers(), max_size=5).map(distinct), st.sampled_from(NAMES))
def test_an_answer_about_other_addresses_changes_nothing(some: list[Answer], name: str) -> None:
    other = found("apnic", "198.51.100.1", "198.51.100.0/24", name)
    gone = missing("jpnic", "198.51.100.1")
    assert verdict([*some, other, gone]) == verdict(some)


@given(st.lists(answers(), max_size=6).map(distinct))
def test_no_basis_is_ever_upgraded(some: list[Answer]) -> None:
    by_name = {one.name: one for one in some}
    for view in verdict(some).views:
        assert view.basis == basis_of(by_name[view.evidence], ADDRESS)
        assert view.basis != "direct" or view.subject == ADDRESS


@given(st.lists(answers(), max_size=6).map(distinct))
def test_a_referral_never_leads_while_an_answer_names_somebody(some: list[Answer]) -> None:
    views = verdict(some).views
    if any(view.holders for view in views):
        assert views[0].holders or not views[0].refers_to


@given(st.lists(answers(), max_size=6).map(distinct))
def test_a_date_that_may_be_after_the_login_is_never_passed_over(some: list[Answer]) -> None:
    for view in verdict(some).views:
        if view.at_login == "not-contradicted":
            assert view.changed in {"", "2001-04-01"}
        if view.at_login == "by-history":
            assert view.history is not None
            assert view.history.since <= LOGIN.at


@given(st.text(alphabet="アルファalphaＡ・- .,株", min_size=1, max_size=8))
def test_spelling_alone_never_parts_a_name(text: str) -> None:
    key = name_key(text)
    assert name_key(key.core).core == key.core or not key.core
    assert name_key(text.upper()).core == key.core
    assert name_key(f" {text}　").core == key.core


@given(st.sampled_from(FORMS))
def test_every_legal_form_comes_off_at_its_place(form: object) -> None:
    written = " ".join(form.written)  # type: ignore[attr-defined]  # a Form
    place = form.place  # type: ignore[attr-defined]  # a Form
    law = form.law  # type: ignore[attr-defined]  # a Form
    spellings = {
        "affix": (f"{written}名前", f"名前{written}", f"{written} 名前"),
        "word": (f"({written})名前", f"名前（{written}）"),
        "tail": (f"Name {written}", f"NAME, {written.upper()}."),
    }[place]
    for spelling in spellings:
        assert name_key(spelling) == (("name" if place == "tail" else "名前"), law), spelling


def test_what_is_only_a_form_keeps_its_words() -> None:
    assert name_key("株式会社").core == "株式会社"
    assert name_key("Inc.").core == "inc"
    assert name_key(" ・ ").core == ""

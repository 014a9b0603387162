"""One answer for people: whose block, by which field, when, from which server; nothing of it acts on a terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args, get_type_hints

import msgspec
import pytest
from exhibit_cases.exchanges import exhibit

from ipattr.errors import UsageError
from ipattr.model import (
    Answer,
    Field,
    Finding,
    HistoryRecord,
    HolderName,
    RegisteredAutnum,
    RegisteredNetwork,
    RegistryEntity,
    RegistryEvent,
    Reply,
    RouteOrigin,
    Text,
    Unanswered,
)
from ipattr.model.answers import Delivery, QuestionKind, ReplyStatus, SourceName
from ipattr.renderers.answers import DELIVERY, KIND, SOURCE, STATUS, render
from ipattr.renderers.layout import width

FEBRUARY = datetime(2011, 2, 3, 15, 5, 6, tzinfo=UTC)
NETWORK = RegisteredNetwork(
    first="203.0.113.0",
    last="203.0.113.191",
    version=4,
    cidrs=("203.0.113.0/25", "203.0.113.128/26"),
    layout="jpnic-assignment",
    registry="JPNIC",
    handle=Field(value="NET-1", at="/handle"),
    name=Field(value="EXAMPLE-NET\x1b[31m", at="line:6"),
    country=Field(value="JP", at="/country"),
    holders=(HolderName(text="株式会社みほん通信", lang="ja", rule="f", at="line:7"),),
    refers_to="JPNIC",
    entities=(
        RegistryEntity(
            at="/entities/0",
            handle=Field(value="AB1", at="/entities/0/handle"),
            roles=(Field(value="abuse", at="r"), Field(value="technical", at="r")),
            names=(Field(value="Abuse Desk", at="n"),),
            addresses=(Field(value="1 Road\nTown", at="a"),),
        ),
    ),
    events=(
        RegistryEvent(action="registration", text=Field(value="x", at="/events/0"), instant=FEBRUARY),
        RegistryEvent(action="割当年月日", text=Field(value="2011/02/03", at="line:10"), day=date(2011, 2, 3)),
        RegistryEvent(action="last changed", text=Field(value="someday", at="/events/1")),
    ),
    less_specific=(Field(value="203.0.112.0/20 うえの上位", at="line:15"),),
    more_specific=(),
)


def answer(status: str = "found", **facts: object) -> Answer:
    """Return an answer with a reply of ``facts``."""
    reply = Reply(status=status, **facts)  # type: ignore[arg-type]  # the tests name real fields
    return msgspec.structs.replace(exhibit(b"body").answer, reply=reply)


def test_a_network_is_told_with_rule_and_pointer_of_every_value() -> None:
    text = render(answer(network=NETWORK), to="table", lang="ja", columns=160)
    for said in (
        "203.0.113.0 - 203.0.113.191",
        "203.0.113.0/25",
        "203.0.113.128/26",
        "株式会社みほん通信 [f, line:7]",
        "登録の管理について JPNIC を指している",
        "registration: 2011-02-04 00:05:06(日本時間) = 2011-02-03 15:05:06 UTC [/events/0]",
        "割当年月日: 2011-02-03(日付のみ) [line:10]",
        "last changed: someday(読めない) [/events/1]",
        "abuse, technical: Abuse Desk (AB1) [/entities/0]",
        "1 Road, Town",
        "203.0.112.0/20 うえの上位 [line:15]",
        "なし、との回答",
        "whois.example.jp:43 (192.0.2.53:43)",
        "2026-11-21 09:00:02(日本時間) = 2026-11-21 00:00:02 UTC",
    ):
        assert said in text, said
    assert answer().exchange.sha256 in text
    assert answer().name in text


def test_an_answer_that_does_not_speak_of_children_is_not_one_that_says_there_are_none() -> None:
    silent = msgspec.structs.replace(NETWORK, more_specific=None, holders=())
    text = render(answer(network=silent), to="table", lang="en", columns=100)
    assert "the answer does not say" in text
    assert "none, says the answer" not in text
    assert "names no holder" in text


def test_nothing_of_an_answer_acts_on_a_terminal() -> None:
    field = Field(value="a\x1b]0;x\x07\u202eb\x9b", at="/x\x1b")
    finding = Finding(code="IPA800", level="notice", message=Text(ja="\x1b変", en="\x1bodd"))
    one = answer("malformed", notices=(field,), names=(field,), reason=Text(ja="\x07", en="\x07"), findings=(finding,))
    for lang in ("ja", "en"):
        text = render(one, to="table", lang=lang, columns=60)
        assert not set(text) & set("\x1b\x07\u202e\x9b\r")
        assert "\\u202e" in text
        assert "IPA800" in text


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_lines_fit_the_terminal(columns: int) -> None:
    one = answer(network=NETWORK, notices=(Field(value="terms " * 60, at="/notices/0"),))
    lines = render(one, to="table", lang="ja", columns=columns).splitlines()
    assert max(width(line) for line in lines) <= columns


def test_not_found_is_not_said_to_be_unassigned() -> None:
    reason = Text(ja="該当なし。", en="No match.")
    text = render(answer("not-found", reason=reason), to="table", lang="ja", columns=80)
    assert "未割当とは限らない" in text
    assert "該当なし。" in text


def test_autnum_history_origins_and_names_are_told() -> None:
    autnum = RegisteredAutnum(
        first=64500, last=64510, holders=(HolderName(text="Mihon", lang="en", rule="registrant", at="/e"),)
    )
    record = HistoryRecord(since=FEBRUARY, until=None, at="/records/0", network=NETWORK)
    one = answer(
        autnum=autnum,
        history=(record,),
        origins=(RouteOrigin(prefix="203.0.113.0/24", asn=64500, name="MIHON", at="line:2"),),
        names=(Field(value="host.example.jp", at="answer/0"),),
        other=(Field(value="z", at="/z"),),
        retry_after=30.0,
    )
    text = render(one, to="table", lang="en", columns=160)
    for said in (
        "AS64500 - AS64510",
        "Mihon [registrant, /e]",
        "2011-02-04 00:05:06 – now JST: 203.0.113.0 - 203.0.113.191",
        "AS64500 203.0.113.0/24 MIHON [line:2]",
        "host.example.jp [answer/0]",
        "1 more values",
        "not before 30 s",
    ):
        assert said in text, said


def test_json_is_the_answer_itself() -> None:
    one = answer(network=NETWORK)
    assert msgspec.json.decode(render(one, to="json", lang="ja", columns=80), type=Answer) == one


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match="csv"):
        render(answer(), to="csv", lang="ja", columns=80)


def test_every_status_delivery_source_and_kind_has_a_word() -> None:
    unsent = {"stopped", "interrupted"}
    assert set(STATUS) == set(get_args(ReplyStatus)) | unsent
    statuses = get_args(get_type_hints(Unanswered)["status"])
    assert unsent <= {value for one in statuses for value in get_args(one) or (one,)}
    assert set(DELIVERY) == set(get_args(Delivery))
    assert set(SOURCE) == set(get_args(SourceName))
    assert set(KIND) == set(get_args(QuestionKind))

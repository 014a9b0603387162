"""`ipattr rdap` and `ipattr whois`: one question, answered as received, asked once, refused where it must not leave."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from registry_world import JPNIC, Sent
from servers import Canned, RdapServer

if TYPE_CHECKING:
    from pathlib import Path

    from registry_world import Done, World

AUTNUM = {
    "rdapConformance": ["rdap_level_0"],
    "objectClassName": "autnum",
    "handle": "AS4713",
    "startAutnum": 4713,
    "endAutnum": 4713,
    "name": "OCN",
}


def ask(world: World, *words: str, stdin: bytes = b"", lang: str = "en") -> Done:
    return world.call(*words, "--data", str(world.data), stdin=stdin, lang=lang)


def test_an_address_is_asked_and_shown_for_people_and_for_programs(world: World) -> None:
    table = ask(world, "rdap", "126.33.123.45", "--format", "table")
    assert table.code == 0, table.said
    assert "SoftBank Corp." in table.out.decode()
    assert "[1] GET https://127.0.0.1:" in table.said  # what leaves is said first
    document = ask(world, "rdap", "126.33.123.45", "--format", "json").document
    (answer,) = document
    assert answer["reply"]["network"]["first"] == "126.0.0.0"
    assert len(world.seen) == 2


def test_raw_is_every_byte_as_received(world: World) -> None:
    body = b'{"objectClassName":"ip network",\x1b[2J\xff\xfe \xe3\x81\r\n'
    with RdapServer([], authority=world.authority, script={"ip/126.33.123.45": [Canned(body=body)]}) as odd:
        run = world.call("rdap", "126.33.123.45", "--raw", "--data", str(_leading_to(world, odd)))
    assert run.out == body
    assert run.code == 5  # the bytes are no RDAP
    assert "Internal error" not in run.said
    process = world.run("whois", "133.1.2.3", "--source", "jpnic", "--raw", "--data", str(world.data), cwd=world.folder)
    text = JPNIC.format(block="133.1.2.0/26", parent="133.1.0.0/16").replace("\n", "\r\n")
    assert process.stdout == text.encode("iso2022_jp")


def _leading_to(world: World, server: RdapServer) -> Path:
    from loopback_data import data_on_loopback

    ports = {name: other.port for name, other in world.servers.items()} | {"rdap-apnic": server.port}
    return data_on_loopback(world.folder / f"data-{server.port}", ports)


@pytest.mark.parametrize("source", ["whois", "jpnic", "origin", "ptr"])
def test_each_source_of_whois_answers(world: World, source: str) -> None:
    run = ask(world, "whois", "133.1.2.3", "--source", source, "--format", "json")
    assert run.code == 0, run.said
    assert [answer["exchange"]["question"]["source"] for answer in run.document] == [source]
    assert len(world.seen) == 1


@pytest.mark.parametrize("subject", ["133.1.2.3", "133.1.2.0/26"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_jpnic_says_in_a_paragraph_that_its_use_is_restricted(world: World, subject: str, lang: str) -> None:
    from ipattr.registry import open_registry

    terms = open_registry(world.data, cache=world.cache / "ipattr").servers["whois-jpnic"].terms.pick(lang)
    run = ask(world, "whois", subject, "--source", "jpnic", "--format", "json", lang=lang)
    assert run.code == 0, run.said
    assert re.sub(r"\s+", "", terms) in re.sub(r"\s+|\* ", "", run.said)
    world.forget()
    dry = ask(world, "whois", subject, "--source", "jpnic", "--format", "table", "--dry-run", lang=lang)
    assert re.sub(r"\s+", "", terms) in re.sub(r"\s+|\* ", "", dry.out.decode())
    assert (dry.code, world.seen) == (0, [])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("rdap", "10.0.0.1"), 6),
        (("rdap", "10.0.0.1", "--dry-run"), 6),
        (("rdap", "10.0.0.0/8"), 6),
        (("rdap", "10.0.0.1", "--history"), 6),
        (("rdap", "2001:db8::1"), 6),
        (("rdap", "100.64.3.4", "126.33.123.45"), 6),
        (("rdap", "fe80::1"), 6),
        (("whois", "192.168.0.1", "--source", "ptr"), 6),
        (("whois", "5.157.157.45", "--source", "jpnic"), 6),
        (("whois", "5.157.157.0/24", "--source", "jpnic"), 6),
        (("rdap", "AS0"), 2),
        (("rdap", "AS4294967296"), 2),
        (("rdap", "AS99999999999"), 2),
        (("rdap", "1.2.3.4/33"), 2),
        (("rdap", "1.2.3.4/24"), 2),
        (("rdap", "1.2.3.0/-1"), 2),
        (("rdap", "1.2.3.0/２４"), 2),
        (("rdap", "example.com"), 2),
        (("rdap", ""), 2),
        (("rdap", "1.2.3.4\r\nevil"), 2),
        (("rdap", "-"), 2),
        (("whois", "AS64500"), 2),
        (("whois", "AS64500", "--source", "jpnic"), 2),
        (("whois", "126.33.123.0/24", "--source", "ptr"), 2),
        (("whois", "126.33.123.0/24", "--source", "origin"), 2),
        (("rdap", "126.33.123.45", "--case", "/nowhere"), 7),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_must_not_or_cannot_be_asked_is_one_sentence(
    world: World, words: tuple[str, ...], code: int, lang: str
) -> None:
    run = ask(world, *words, lang=lang)
    assert (run.code, run.out, world.seen) == (code, b"", []), run.said
    assert run.said.count("\n") == 1
    assert bool(re.search("[ぁ-ん一-龠]", run.said)) is (lang == "ja"), run.said


def test_an_embedded_address_is_asked_about_as_what_it_embeds(world: World) -> None:
    run = ask(world, "rdap", "::ffff:49.96.45.67", "--format", "json")
    assert run.code == 0, run.said
    assert [sent.words.rpartition("/")[2] for sent in world.seen] == ["49.96.45.67"]


def test_subjects_come_from_standard_input(world: World) -> None:
    run = ask(world, "rdap", "-", "--format", "json", stdin="\ufeff126.33.123.45\r\n5.157.157.45\n".encode())
    assert run.code == 0, run.said
    assert {answer["exchange"]["question"]["subject"] for answer in run.document} == {"126.33.123.45", "5.157.157.45"}
    bad = ask(world, "rdap", "-", stdin=b"126.33.123.45\n\xff\xfe")
    assert (bad.code, bad.said.count("\n")) == (3, 1)


def test_the_same_question_twice_is_asked_once(world: World) -> None:
    run = ask(world, "rdap", "126.33.123.45", "126.33.123.45", "5.157.128.0/19", "5.157.128.0/19", "--format", "json")
    assert run.code == 0, run.said
    assert len(world.seen) == len(run.document) == 2


def test_autnums_prefixes_and_routes(world: World) -> None:
    script = {"autnum/4713": [Canned(body=json.dumps(AUTNUM).encode())]}
    with RdapServer([{"first": "126.0.0.0", "last": "126.255.255.255"}], authority=world.authority, script=script) as s:
        data = str(_leading_to(world, s))
        for words, path in (
            (("AS4713",), "autnum/4713"),
            (("4713",), "autnum/4713"),
            (("126.0.0.0/8",), "ip/126.0.0.0/8"),
        ):
            s.seen.clear()
            run = world.call("rdap", *words, "--data", data, "--format", "json")
            assert run.code == 0, run.said
            assert [seen for _, seen in s.seen] == [path]
    dry = ask(world, "whois", "AS64500", "--source", "origin", "--dry-run", "--format", "json")
    assert dry.code == 0, dry.said
    assert [query["request"]["payload"] for query in dry.document["queries"]] == [" -i origin AS64500"]


@pytest.mark.parametrize("words", [("126.33.123.45",), ("126.0.0.0/8",), ("1.66.100.45", "--history")])
def test_in_a_case_answers_are_kept_and_not_asked_for_again(
    world: World, tmp_path: Path, words: tuple[str, ...]
) -> None:
    case = str(tmp_path / "case")
    world.call("case", "init", case)
    first = ask(world, "rdap", *words, "--case", case, "--format", "json")
    asked = len(world.seen)
    assert asked
    assert len(first.document) == 1, first.said
    world.forget()
    second = ask(world, "rdap", *words, "--case", case, "--format", "json")
    assert (second.document, world.seen) == (first.document, [])
    again = ask(world, "rdap", *words, "--case", case, "--refresh", "--format", "json")
    assert len(world.seen) == asked
    assert len(again.document) == 1  # the fresh answer alone
    assert again.document[0]["name"] != first.document[0]["name"]
    world.forget()
    assert ask(world, "rdap", *words, "--case", case, "--max-age", "0", "--format", "json").document
    assert len(world.seen) == asked
    assert world.call("verify", case, "--data", str(world.data)).code == 0


def test_a_single_answer_stands_in_the_next_result_of_the_case(world: World, tmp_path: Path) -> None:
    case = str(tmp_path / "case")
    world.call("case", "init", case)
    ask(world, "rdap", "126.33.123.45", "--case", case)
    world.forget()
    run = world.call("lookup", "126.33.123.45", "--case", case, "--data", str(world.data), "--format", "json")
    (registration,) = run.document["registrations"].values()
    assert registration["status"] == "registered"
    assert world.seen == []


def test_a_dead_server_is_said_and_ends_with_five(world: World, tmp_path: Path) -> None:
    data = str(world.dead(tmp_path / "data"))
    for words in (("rdap", "126.33.123.45"), ("whois", "126.33.123.45"), ("rdap", "AS4713")):
        run = world.call(*words, "--data", data, "--format", "json")
        assert run.code == 5, run.said
        assert "Internal error" not in run.said
        assert "1 unanswered" in run.said
        (answer,) = run.document
        assert answer["reply"]["status"] == "unreachable"
    assert world.call("rdap", "126.33.123.45", "--data", data, "--raw").out == b""


def test_what_is_asked_first_and_then_of_the_mirror(world: World) -> None:
    run = ask(world, "rdap", "153.240.123.45", "--format", "json")
    assert run.code == 0, run.said
    assert [sent.server for sent in world.seen] == ["rdap-apnic", "rdap-jpnic"]
    assert len(run.document) == 2
    assert isinstance(world.seen[0], Sent)


def test_the_result_of_a_question_goes_to_a_file(world: World, tmp_path: Path) -> None:
    for name, start in (("a.json", b"["), ("a.txt", b"RDAP")):
        run = ask(world, "rdap", "126.33.123.45", "-o", str(tmp_path / name))
        assert (run.code, run.out) == (0, b""), run.said
        assert (tmp_path / name).read_bytes().startswith(start)
    world.forget()
    run = ask(world, "rdap", "126.33.123.45", "-o", str(tmp_path / "a.csv"))
    assert (run.code, world.seen) == (2, []), run.said
    assert not (tmp_path / "a.csv").exists()
    assert ask(world, "rdap", "126.33.123.45", "--raw", "-o", str(tmp_path / "a.bin")).code == 0
    assert json.loads((tmp_path / "a.bin").read_bytes())["name"] == "BBTEC"


def test_what_another_source_said_before_is_not_the_answer_of_this_one(world: World, tmp_path: Path) -> None:
    case = str(tmp_path / "case")
    assert world.call("case", "init", case).code == 0
    for source, words in {"rdap": ("rdap",), "jpnic": ("whois", "--source", "jpnic")}.items():
        run = ask(world, *words, "133.1.2.3", "--case", case, "--format", "json")
        assert {answer["exchange"]["question"]["source"] for answer in run.document} == {source}

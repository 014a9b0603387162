"""The linter of ``data/``: sound data give no finding, and each rule sees the one fault that is its own."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import mini_data
import msgspec
import pytest

from ipattr.attribution import attribute
from ipattr.checks import RULES, check_data
from ipattr.registry import load_sources, open_registry

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Attribution, Finding

TODAY = date(2026, 11, 21)
ALPHA, BETA = "providers/alpha.toml", "providers/beta.toml"
PATTERN = r"{ regex = '^.+\.alpha\.example$' }"
SWAPPED = ("0/24,64500,JP\n198.51.100.0/25,64500", "0/25,64500,JP\n198.51.100.0/24,64500")
PLATFORM = "platforms/x.toml"
HOST, SECOND = '  { name = "x.example", role = "web"', '  { name = "www.x.example", role = "web", candidate = true'
UNNAMED = ('"*.login.x.example", role = "unknown"', '"(some host)", role = "web"')
UNEXPLAINED = ('observation_note = { ja = "散発", en = "scattered" }\n', "")
NEXT = '  { name = "*.login'
PREFIXES, ASES, SEEN = "networks/prefixes.csv", "networks/ases.csv", "observations/x.csv"


def lint(root: Path, changes: dict[str, str] | None = None) -> tuple[Finding, ...]:
    return check_data(load_sources(mini_data.write(root, changes)), as_of=TODAY)


def test_sound_data_give_no_finding(tmp_path: Path) -> None:
    assert lint(tmp_path) == ()


@pytest.mark.parametrize(
    ("code", "about", "name", "old", "new"),
    [
        ("IPD001", f"{ALPHA}: $.keys[0].source", ALPHA, '"one" }, source = "S1"', '"one" }, source = "S9"'),
        ("IPD001", "observations/x.csv: x2", SEEN, ",here,S1,low", ",here,S9,low"),
        ("IPD001", "networks/ases.csv: AS64502", ASES, "hosting,,3,S1,abc", "hosting,,3,S9,abc"),
        ("IPD002", "citations.toml: S2", "citations.toml", "[[", '[[citation]]\ncode="S2"\ntitle=""\nkind="page"\n[['),
        ("IPD003", f"{ALPHA}: $.addressees[0].provider", ALPHA, 'provider = "beta"', 'provider = "delta"'),
        ("IPD003", f"{ALPHA}: $.examples[0].addressee", ALPHA, '"attributed"', '"attributed", addressee = "delta"'),
        ("IPD102", f"{ALPHA}: $.asns", ALPHA, "64501, role", "64500, role"),
        ("IPD103", f"{BETA}: $.asns", ASES, "BETA,Beta KK", "GAMMA,Gamma KK"),
        ("IPD104", f"{ALPHA}: $.examples", ALPHA, '[{ address = "198.51.100.9", status = "attributed" }]', "[]"),
        ("IPD201", f"{ALPHA}: $.retention[0]", ALPHA, "value = 93", "value = 0"),
        ("IPD202", f"{ALPHA}: $.retention[0]", ALPHA, 'as_of = "2015"', 'as_of = ""'),
        ("IPD203", f"{ALPHA}: $.keys[0].source", ALPHA, '"one" }, source = "S1"', '"one" }, source = ""'),
        ("IPD204", f"{ALPHA}: $.entity.names[0]", ALPHA, '"2001"', '"H13"'),
        ("IPD204", f"{ALPHA}: $.entity.names[0]", ALPHA, '"2010-04-01"', '"2010-02-30"'),
        ("IPD205", f"{ALPHA}: $.entity.names[0]", ALPHA, '"2001"', '"2010-05"'),
        ("IPD206", f"{ALPHA}: $.entity.en", ALPHA, '"Alpha Inc."', '"Alpha Inc. "'),
        ("IPD206", f"{ALPHA}: $.entity.en", ALPHA, '"Alpha Inc."', '"Ａlpha Inc."'),
        ("IPD207", f"{ALPHA}: $.ptr[0].regex", ALPHA, "'^.+", "'^("),
        ("IPD208", f"{ALPHA}: $.ptr[0].regex", ALPHA, "'^.+", "'.+"),
        ("IPD208", f"{ALPHA}: $.ptr[0].regex", ALPHA, "example$'", "example'"),
        ("IPD209", f"{ALPHA}: $.ptr[1].regex", ALPHA, PATTERN, f"{PATTERN}, {PATTERN}"),
        ("IPD210", f"{ALPHA}: $.retention[0]", ALPHA, '"2015", confidence = "low"', '"2015", confidence = "none"'),
        ("IPD210", f"{ALPHA}: $.confidence_ptr", ALPHA, 'confidence_ptr = "low"', 'confidence_ptr = "none"'),
        ("IPD302", f"{PREFIXES}:3", PREFIXES, *SWAPPED),
        ("IPD304", "networks/ases.csv: AS64501", ASES, ",2,S1", ",3,S1"),
        ("IPD305", "special/ipv4.csv: 10.0.0.0/8", "special/ipv4.csv", "private\n", "private\n10.0.0.0/8,a,b,,,,c,d\n"),
        ("IPD306", "observations/x.csv: x2", SEEN, ",2024,2025,", ",2025,2024,"),
        ("IPD306", "observations/x.csv: x2", SEEN, ",2024,2025,", ",,,"),
        ("IPD307", "observations/x.csv: x2", SEEN, "AAAA,2001:db8::1", "A,2001:db8::1"),
        ("IPD307", "observations/x.csv: x1", SEEN, "192.0.2.1", "192.0.02.1"),
        ("IPD308", f"{ALPHA}: $.prefixes[0]", ALPHA, '0/24", relation = "service"', '0/23", relation = "holder"'),
        ("IPD309", "calendar.toml: $.covers_until", "calendar.toml", "2027-12-31", "2027-12-30"),
        ("IPD310", "calendar.toml: 2031-01-01", "calendar.toml", "day = 2026", "day = 2031"),
        ("IPD311", "columns.toml: ip", "columns.toml", '"IPアドレス"', '"ＴＩＭＥ"'),
        ("IPD001", f"{ALPHA}: $.destination_term.source", ALPHA, '"受信先", source = "S1"', '"受信先", source = "S9"'),
        *(
            ("IPD407", f"{PLATFORM}: $.hosts[1].name", PLATFORM, "*.login.x.example", wrong)
            for wrong in (
                *("Login.x.example", "login.x.example.", "login..example", "localhost", "-a.example", "a_b.example"),
                *(
                    "login x.example",
                    "login.*.example",
                    "*",
                    "*x.example",
                    "()",
                    "(a",
                    "192.0.2.1",
                    "192.0.2.0/24",
                    "",
                    "ｌ.example",
                ),
                f"{'a' * 64}.example",
            )
        ),
        ("IPD408", f"{PLATFORM}: $.hosts: x.example", PLATFORM, NEXT, f"{HOST}, candidate = true }},\n{NEXT}"),
        ("IPD410", f"{PLATFORM}: $.hosts[1]", PLATFORM, NEXT, f"{SECOND}, reference = true }},\n{NEXT}"),
        ("IPD411", f"{PLATFORM}: $.hosts[1]", PLATFORM, '"unknown"', '"login"'),
        ("IPD411", f"{PLATFORM}: $.hosts[1]", PLATFORM, *UNNAMED),
        ("IPD412", "observations/x.csv: x2", SEEN, "x2,x,x.example", "x2,x,a.login.x.example"),
        ("IPD413", "observations/x.csv: x1", SEEN, ",3,here", ",0,here"),
        ("IPD415", "observations/x.csv: x2", SEEN, "low,,kept,", "low,,rejected, "),
        ("IPD416", "observations/x.csv: x2", SEEN, "S1,low", "S1,none"),
        ("IPD417", f"{ALPHA}: $.destination_term", ALPHA, '"受信先"', '" "'),
        ("IPD417", f"{ALPHA}: $.destination_term", ALPHA, '"受信先", source = "S1"', '"受信先", source = ""'),
        ("IPD418", f"{PLATFORM}: $.observation_note", PLATFORM, 'observation_source = "S1"\n', ""),
        ("IPD418", f"{PLATFORM}: $.observation_note", PLATFORM, *UNEXPLAINED),
        *(
            ("IPD419", f"{PLATFORM}: $.hosts[0]", PLATFORM, '"web"', f'"{role}"')
            for role in ("media", "mail", "support", "widget")
        ),
    ],
)
def test_each_rule_sees_its_fault_and_no_other(  # noqa: PLR0917 - one column per argument
    tmp_path: Path, code: str, about: str, name: str, old: str, new: str
) -> None:
    found = lint(tmp_path, mini_data.replaced(name, old, new))
    assert [(finding.code, finding.about) for finding in found] == [(code, about)]
    (finding,) = found
    assert finding.message.ja
    assert finding.message.en


def test_two_entities_that_own_one_as(tmp_path: Path) -> None:
    found = lint(tmp_path, mini_data.replaced(BETA, '"mixed"', '"own"'))
    assert [(one.code, one.about) for one in found] == [("IPD101", f"{ALPHA}: $.asns"), ("IPD103", f"{BETA}: $.asns")]


def test_a_repeated_prefix_row(tmp_path: Path) -> None:
    row = "2001:db8:1::/48,64501,JP\n"
    found = lint(tmp_path, mini_data.replaced(PREFIXES, row, row * 2))
    assert [(one.code, one.about) for one in found] == [
        ("IPD301", f"{PREFIXES}:9"),
        ("IPD304", "networks/ases.csv: AS64501"),
    ]


def test_an_origin_without_registrant(tmp_path: Path) -> None:
    found = lint(tmp_path, mini_data.replaced(ASES, "64502,TUNNEL", "64503,TUNNEL"))
    assert [(one.code, one.about) for one in found] == [
        ("IPD303", f"{PREFIXES}: AS64502"),
        ("IPD304", "networks/ases.csv: AS64503"),
    ]


def test_a_reference_host_that_no_login_goes_to(tmp_path: Path) -> None:
    found = lint(tmp_path, mini_data.replaced(PLATFORM, "candidate = true, reference", "candidate = false, reference"))
    assert [(one.code, one.about) for one in found] == [("IPD409", f"{PLATFORM}: $.hosts[0]")]


def test_a_pattern_divides_no_time(tmp_path: Path) -> None:
    changes = mini_data.replaced(PLATFORM, "candidate = true, reference = true", "candidate = true")
    changes[PLATFORM] = changes[PLATFORM].replace('"unknown", candidate', '"unknown", reference = true, candidate')
    assert [(one.code, one.about) for one in lint(tmp_path, changes)] == [("IPD411", f"{PLATFORM}: $.hosts[1]")]


@pytest.mark.parametrize("change", [("candidate = true, reference = true", "candidate = false"), None])
def test_observations_without_candidates_need_no_explanation(tmp_path: Path, change: tuple[str, str] | None) -> None:
    changes = mini_data.replaced(PLATFORM, *UNEXPLAINED)
    if change is not None:
        changes[PLATFORM] = changes[PLATFORM].replace(*change)
    else:
        changes[SEEN] = mini_data.FILES[SEEN].replace(",kept,", ",rejected,poisoned")
    assert lint(tmp_path, changes) == ()


def test_a_published_row_knows_no_gap(tmp_path: Path) -> None:
    """No CSV column can say it; what is built otherwise is refused all the same."""
    sources = load_sources(mini_data.write(tmp_path))
    rows = (msgspec.structs.replace(sources.observations[0], longest_gap=0), *sources.observations[1:])
    found = check_data(msgspec.structs.replace(sources, observations=rows), as_of=TODAY)
    assert [(one.code, one.about) for one in found] == [("IPD414", "observations/x.csv: x1")]


@pytest.mark.parametrize("name", ["a.example", "1.2-3.example", "xn--eckwd4c7c.example", "*.example", "(not named)"])
def test_names_that_a_profile_may_hold(tmp_path: Path, name: str) -> None:
    assert lint(tmp_path, mini_data.replaced(PLATFORM, "*.login.x.example", name)) == ()


def test_a_missing_example_file(tmp_path: Path) -> None:
    root = mini_data.write(tmp_path)
    (root / "examples" / "log.csv").unlink()
    assert [one.code for one in check_data(load_sources(root), as_of=TODAY)] == ["IPD004"]


def test_one_entity_may_own_an_as_under_two_brands(tmp_path: Path) -> None:
    changes = mini_data.replaced(BETA, '"mixed"', '"own"')
    changes[BETA] = changes[BETA].replace("ベータ株式会社", "アルファ　株式会社")
    assert "IPD101" not in {one.code for one in lint(tmp_path, changes)}


def test_a_law_need_not_be_cited_by_a_fact(tmp_path: Path) -> None:
    law = '[[citation]]\ncode = "L1"\ntitle = "Act"\nkind = "statute"\n\n[[citation]]'
    assert lint(tmp_path, mini_data.replaced("citations.toml", "[[citation]]", law)) == ()


def test_a_rejected_observation_may_lack_its_time(tmp_path: Path) -> None:
    changes = mini_data.replaced(SEEN, ",2024,2025,,here,S1,low,,kept,", ",,,,here,S1,low,,rejected,no answer")
    assert lint(tmp_path, changes) == ()


def test_the_calendar_is_judged_on_its_own_date_without_another(tmp_path: Path) -> None:
    sources = load_sources(mini_data.write(tmp_path))
    assert check_data(sources) == ()
    assert [one.code for one in check_data(sources, as_of=date(2027, 1, 1))] == ["IPD309"]


@pytest.mark.parametrize(
    ("address", "faults"), [("198.51.100.200", 0), ("203.0.113.1", 1), ("198.51.100.70", 1), ("198.051.100.200", 1)]
)
def test_examples_are_run(tmp_path: Path, address: str, faults: int) -> None:
    """The rule against the real attribution: only 198.51.100.200 lies in space that is alpha's alone."""
    alpha = mini_data.FILES[ALPHA].replace("198.51.100.9", address)
    changes = {
        ALPHA: "\n".join(line for line in alpha.splitlines() if not line.startswith("addressees")),
        BETA: mini_data.FILES[BETA].replace(', { number = 64500, role = "mixed" }', ""),
    }
    root = mini_data.write(tmp_path / "data", changes)
    registry = open_registry(root, cache=tmp_path / "cache")

    def run(address: str, hostname: str | None) -> Attribution:
        return attribute(address, facts=registry, hostname=hostname)

    found = [one for one in check_data(load_sources(root), attribute=run, as_of=TODAY) if one.code == "IPD105"]
    assert [one.about for one in found if one.about.startswith(ALPHA)] == [f"{ALPHA}: $.examples[0]"] * faults


def test_every_rule_says_what_it_reports() -> None:
    assert len(set(RULES)) == len(RULES)
    for rule in RULES:
        assert re.match(r"(Report|Remark) ", rule.__doc__ or ""), rule.__name__


def test_the_shipped_data_give_no_finding() -> None:
    registry = open_registry()

    def run(address: str, hostname: str | None) -> Attribution:
        return attribute(address, facts=registry, hostname=hostname)

    found = check_data(load_sources(), attribute=run)
    told = [f"{one.code} {one.about}: {one.message.en}" for one in found]
    assert not told, "\n".join(told)

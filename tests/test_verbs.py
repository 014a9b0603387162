"""One verb, two places: every command is a function of the package with the same name and the same arguments."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import date
from pathlib import Path

import click
import pytest

import ipattr
from ipattr import verbs
from ipattr.cli import commands
from ipattr.errors import UsageError

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
AS_OF = date(2026, 11, 21)
# command line → package; and the options that have no counterpart, because they are about the output or the clock
TABLE = {
    ("lookup",): "lookup",
    ("read",): "read",
    ("grep",): "grep",
    ("forms",): "forms",
    ("explain",): "explain",
    ("report",): "report",
    ("plan",): "plan",
    ("history",): "login_history",
    ("plot",): "plot",
    ("bulk",): "enrich_file",
    ("rdap",): "rdap",
    ("whois",): "whois",
    ("verify",): "verify",
    ("destinations", "show"): "destinations_show",
    ("destinations", "diff"): "destinations_diff",
    ("destinations", "capture"): "destinations_capture",
    ("destinations", "import"): "destinations_import",
    ("case", "init"): "case_init",
    ("case", "consent"): "case_consent",
    ("case", "log"): "case_log",
    ("case", "seal"): "case_seal",
    ("case", "stamp"): "case_stamp",
    ("schema",): "schema",
    ("data", "check"): "data_check",
    ("data", "status"): "data_status",
    ("data", "readme"): "data_readme",
    ("data", "refresh"): "data_refresh",
}
OUTPUT = {"to", "lang", "output", "pretty", "report", "raw", "full_width", "overwrite"}
# Whether what was planned may leave is asked by ``going``, which the package's callers make themselves.
AGREEMENT = {"yes", "dry_run"}
# `report --exhibits` and `report --to` are functions of their own.
ALSO = {("report",): ("exhibits", "filings")}


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """Return every command that does something, by its words."""
    if isinstance(command, click.Group):
        found: dict[tuple[str, ...], click.Command] = {}
        for name, child in command.commands.items():
            found |= leaves(child, (*path, name))
        return found
    return {path: command}


def test_the_table_of_commands_and_functions_is_complete() -> None:
    assert set(leaves(commands)) == set(TABLE)
    assert set(ipattr.__all__) == {*TABLE.values(), *(name for names in ALSO.values() for name in names), "__version__"}


@pytest.mark.parametrize(("words", "name"), sorted(TABLE.items()))
def test_every_option_is_an_argument_of_the_function(words: tuple[str, ...], name: str) -> None:
    function = getattr(ipattr, name)
    assert function is getattr(verbs, name)
    assert function.__doc__
    arguments = set(inspect.signature(function).parameters)
    options = {parameter.name for parameter in leaves(commands)[words].params} - OUTPUT
    if "going" in arguments:
        options -= AGREEMENT
    for also in ALSO.get(words, ()):
        arguments |= set(inspect.signature(getattr(ipattr, also)).parameters)
        options -= {also}
    assert options <= arguments, options - arguments


def test_as_of_is_required_because_only_the_command_line_reads_the_clock() -> None:
    for function in (ipattr.lookup, ipattr.data_status, ipattr.plan):
        assert inspect.signature(function).parameters["as_of"].default is inspect.Parameter.empty


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys, ipattr; print(sorted(m for m in sys.modules if m.startswith(('ipattr', 'click', 'msgspec'))))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['ipattr', 'ipattr.version']"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="surprise"):
        _ = ipattr.surprise  # type: ignore[attr-defined]  # the point of the test


def test_lookup_report_and_explain_agree(tmp_path: Path) -> None:
    case = ipattr.lookup([EXAMPLES / "x-return.docx"], posts=[EXAMPLES / "posts.csv"], as_of=AS_OF)
    assert case.counts.conserved
    file = tmp_path / "case.json"
    file.write_text(ipattr.report(case, to="json"), encoding="utf-8")
    for to in ("table", "json", "jsonl", "csv"):
        assert ipattr.report(file, to=to) == ipattr.report(case, to=to)
    assert ipattr.explain(file, 1) == ipattr.explain(case, 1)


def test_read_and_lookup_read_alike() -> None:
    reading = ipattr.read([EXAMPLES / "x-log-utc.csv"])
    case = ipattr.lookup([EXAMPLES / "x-log-utc.csv"], as_of=AS_OF)
    assert case.counts == reading.counts
    assert tuple(row.login for row in case.rows) == reading.events
    assert ipattr.read([EXAMPLES / "posts.csv"], kind="posts").counts.rows == 3


def test_a_bare_address_gets_a_provider_but_no_expiry_and_no_candidates() -> None:
    case = ipattr.lookup(["1.66.100.45", "[2400:4050::1]:443"], as_of=AS_OF)
    first, second = case.rows
    assert case.attributions[first.attribution].status == "attributed"
    assert case.deadlines[first.deadline].status == "not-applicable"
    assert case.candidate_sets[first.candidates].status == "no-time"
    assert second.login.port == 443
    assert all("IPA090" in {finding.code for finding in row.login.findings} for row in case.rows)


def test_files_and_addresses_share_one_reading() -> None:
    case = ipattr.lookup(["1.66.100.45", str(EXAMPLES / "x-log-utc.csv")], as_of=AS_OF)
    assert [row.login.id for row in case.rows] == [str(n) for n in range(1, len(case.rows) + 1)]
    assert case.counts.conserved
    assert [entry.name for entry in case.inputs] == ["x-log-utc.csv", "arguments"]


@pytest.mark.parametrize(
    ("inputs", "options", "reason"),
    [
        (["no-such-file.csv"], {}, "no file named"),
        (["010.0.0.1"], {}, "no file named"),
        (["1.66.100.0/24"], {}, "no file named"),
        ([], {}, "no input"),
        (["-", "-"], {}, "only once"),
        (["1.66.100.45"], {"platform": "nowhere"}, "not listed"),
        ([str(EXAMPLES / "x-log-jst.csv")], {"tz": "nowhere"}, "nowhere"),
        ([str(EXAMPLES / "x-log-jst.csv")], {"mapping": "time"}, "--map"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(inputs: list[str], options: dict[str, str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        ipattr.lookup(inputs, as_of=AS_OF, **options)  # type: ignore[arg-type]  # names of real options


def test_a_mapping_is_remembered_for_the_platform(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("When,Where\n2026-08-01T00:00:00Z,1.66.100.45\n", encoding="utf-8")
    memory = tmp_path / "settings" / "mappings.json"
    given = ipattr.read([log], mapping="time=When,ip=Where", memory=memory)
    assert given.inputs[0].mapping_source == "given"
    again = ipattr.read([log], memory=memory)
    assert again.inputs[0].mapping_source == "remembered"
    assert again.events == given.events
    assert "1.66.100.45" not in memory.read_text(encoding="utf-8")


def test_a_mapping_that_cannot_be_kept_is_a_remark(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("When,Where\n2026-08-01T00:00:00Z,1.66.100.45\n", encoding="utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    reading = ipattr.read([log], mapping="time=When,ip=Where", memory=tmp_path / "mappings.json")
    assert reading.counts.ok == 1
    (tmp_path / "mappings.json").unlink()
    (tmp_path / "mappings.json.new").mkdir()
    reading = ipattr.read([log], mapping="time=When,ip=Where", memory=tmp_path / "mappings.json")
    assert reading.counts.ok == 1
    assert "IPA091" in {finding.code for finding in reading.findings}


def test_csv_is_read_back_to_the_same_rows(tmp_path: Path) -> None:
    case = ipattr.lookup([EXAMPLES / "x-return.docx"], posts=[EXAMPLES / "posts.csv"], as_of=AS_OF)
    file = tmp_path / "out.csv"
    file.write_bytes(ipattr.report(case, to="csv").encode())
    again = ipattr.read([file])
    assert again.counts == case.counts
    for before, after in zip((row.login for row in case.rows), again.events, strict=True):
        assert before.instant == after.instant
        for name in ("address", "port", "destination", "account", "kind", "hostname", "status"):
            assert getattr(before, name) == getattr(after, name), name
    assert [reject.raw for reject in again.rejects] == [reject.raw for reject in case.rejects]


def test_the_zone_of_the_logs_does_not_reach_the_posts(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("URL,日時\nhttps://example.com/1,2026/10/01 10:00:00\n", encoding="utf-8")
    log = [EXAMPLES / "x-log-jst.csv"]
    case = ipattr.lookup(log, posts=[posts], tz="JST", as_of=AS_OF)
    assert case.post_counts is not None
    assert case.post_counts.rejected == 1
    assert "IPA092" in {finding.code for finding in case.findings}
    declared = ipattr.lookup(log, posts=[posts], tz="JST", posts_tz="UTC", as_of=AS_OF)
    assert declared.posts[0].instant.utc.hour == 10
    assert declared.post_inputs[0].declared_zone == "UTC"
    assert "IPA092" not in {finding.code for finding in declared.findings}

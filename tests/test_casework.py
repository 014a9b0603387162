"""A case folder in use: whatever was looked up can be worked out again, and whatever was changed is named."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from registry_world import AS_OF, PUBLIC, write_log
from servers import TcpServer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from registry_world import Done, World

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
ROW = "2026-08-01T00:00:00Z,126.33.123.45\n"
Files = dict[str, str]


class Bench:
    """One case folder, and commands that use it."""

    def __init__(self, world: World, folder: Path) -> None:
        """Make the folder."""
        self.world = world
        self.folder = folder
        self.case = folder / "case"
        folder.mkdir(exist_ok=True)
        assert world.call("case", "init", str(self.case), "--title", "事件").code == 0

    def file(self, name: str, text: str | bytes = "time,ip\n" + ROW) -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def lookup(self, *words: str, stdin: bytes = b"", lang: str = "en") -> Done:
        """Look up in the folder."""
        options = ("--case", str(self.case), "--data", str(self.world.data), "--as-of", AS_OF, "--format", "json")
        return self.world.call("lookup", *words, *options, stdin=stdin, lang=lang)

    def ask(self, *words: str) -> Done:
        """Look up in the folder, asking the registries."""
        return self.lookup(*words, "--online", "--yes")

    def verify(self, *words: str, lang: str = "en") -> Done:
        """Verify the folder."""
        options = ("--data", str(self.world.data), "--format", "json")
        return self.world.call("verify", str(self.case), *options, *words, lang=lang)

    def intact(self, results: int) -> None:
        """Assert that all results come out again byte for byte."""
        run = self.verify()
        assert run.code == 0, run.out.decode()
        document = run.document
        assert document["intact"]
        assert document.get("changes", []) == []
        assert document["results"] == document["recomputed"] == results


@pytest.fixture
def bench(world: World, tmp_path: Path) -> Bench:
    return Bench(world, tmp_path)


# Whatever is named, the result is that of a look-up without a folder, and can be made again


def same_as_alone(bench: Bench, *words: str, stdin: bytes = b"") -> None:
    kept = bench.lookup(*words, stdin=stdin)
    alone = bench.world.call(
        "lookup", *words, "--data", str(bench.world.data), "--as-of", AS_OF, "--format", "json", stdin=stdin
    )
    assert kept.code == alone.code, (kept.said, alone.said)
    first, second = kept.document, alone.document
    for name in ("counts", "rows", "inputs", "rejects", "attributions", "deadlines", "posts", "links"):
        # What the registries say stands in a row beside its verdicts, and is not asked without a folder.
        left, right = ([{**row, "registration": ""} if isinstance(row, dict) else row for row in document.get(name, [])]
                       if isinstance(document.get(name, []), list) else document.get(name)
                       for document in (first, second))  # fmt: skip
        assert left == right, name


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"log.csv": ""}, ("log.csv",)),
        ({"log.csv": ""}, ("log.csv", "log.csv")),
        ({"a.csv": "", "b.csv": ""}, ("a.csv", "b.csv")),
        ({"x/log.csv": "", "y/log.csv": ""}, ("x/log.csv", "y/log.csv")),
        ({"x/log.csv": "", "y/log.csv": "2026-08-02T00:00:00Z,1.66.100.45\n"}, ("x/log.csv", "y/log.csv")),
        ({"log.csv": ""}, ("126.33.123.45", "log.csv", "2400:4050::1")),
        ({}, ("126.33.123.45",)),
        ({"a.csv": ""}, ("a.csv", "-")),
        ({"新.csv": "", "旧.csv": "2026-08-02T00:00:00Z,1.66.100.45\n"}, ("新.csv", "--supersedes", "旧.csv")),
        ({unicodedata.normalize("NFD", "ログが.csv"): ""}, (unicodedata.normalize("NFD", "ログが.csv"),)),
        ({"令和8年 開示 (写し).csv": ""}, ("令和8年 開示 (写し).csv",)),
        ({"名" * 58 + ".csv": ""}, ("名" * 58 + ".csv",)),
        ({"-log.csv": ""}, ("./-log.csv",)),
    ],
    ids=lambda value: str(len(value)),
)
def test_whatever_is_named_the_result_is_that_of_no_folder_and_is_made_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, files: Files, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(bench.folder)
    for name, extra in files.items():
        bench.file(name, "time,ip\n" + ROW + extra)
    stdin = ("time,ip\n" + ROW + "2026-08-09T00:00:00Z,49.96.1.1\n").encode() if "-" in words else b""
    same_as_alone(bench, *words, stdin=stdin)
    assert bench.ask(*words) if "-" not in words else bench.lookup(*words, "--online", "--yes", stdin=stdin)
    bench.intact(2)


@pytest.mark.parametrize(
    "name", ["log:1.csv", 'a"b?.csv', "a%20b.csv", " .csv", "con\u202etrol.csv", "a\\b.csv", "名" * 83 + ".csv"]
)
def test_a_name_that_cannot_stand_everywhere_loses_nothing(bench: Bench, name: str) -> None:
    path = bench.file(name)
    run = bench.lookup(path)
    assert run.code == 0, run.said
    assert run.document["counts"]["rows"] == 1
    bench.intact(1)
    (line,) = [entry for entry in bench.world.call("case", "log", str(bench.case), "--format", "json").document
               if entry["kind"] == "input"]  # fmt: skip
    assert json.loads(line["payload"])["name"] == name


def test_documents_posts_and_archives_are_kept_and_made_again(bench: Bench) -> None:
    log, posts = str(EXAMPLES / "x-return.docx"), str(EXAMPLES / "posts.csv")
    same_as_alone(bench, log, "--posts", posts)
    archive = shutil.make_archive(str(bench.folder / "開示"), "zip", EXAMPLES)
    same_as_alone(bench, archive, "--tz", "JST")
    bench.intact(2)
    (kept,) = (bench.case / "inputs").glob("*/x-return.docx")
    assert kept.read_bytes() == Path(log).read_bytes()


def test_standard_input_is_kept_as_it_came(bench: Bench) -> None:
    data = (EXAMPLES / "x-return.txt").read_bytes()
    same_as_alone(bench, "-", stdin=data)
    bench.intact(1)
    assert [file.read_bytes() for file in (bench.case / "inputs").glob("*/stdin")] == [data]


# Columns that somebody named

UNKNOWN = "When,Where\n2026-08-01T00:00:00Z,126.33.123.45\n"


def test_a_declared_mapping_is_remembered_and_later_used_from_memory(bench: Bench) -> None:
    memory = bench.world.folder / "config" / "ipattr" / "mappings.json"
    memory.unlink(missing_ok=True)
    log = bench.file("log.csv", UNKNOWN)
    assert bench.lookup(log).code == 3
    given = bench.lookup(log, "--map", "time=When,ip=Where")
    assert given.code == 0, given.said
    assert memory.is_file()
    again = bench.lookup(log)
    assert again.code == 0, again.said
    assert again.document["inputs"][0]["mapping_source"] == "remembered"
    memory.unlink()
    bench.intact(2)  # the folder needs nobody's memory


def test_a_mapping_that_cannot_be_remembered_changes_no_result(bench: Bench) -> None:
    folder = bench.world.folder / "config" / "ipattr"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mappings.json.new").mkdir(parents=True)
    try:
        run = bench.lookup(bench.file("log.csv", UNKNOWN), "--map", "time=When,ip=Where")
    finally:
        shutil.rmtree(folder)
    assert run.code == 0, run.said
    bench.intact(1)


def test_answers_kept_beside_the_input_are_used_and_kept(bench: Bench) -> None:
    from ipattr.readers.asking import keep_answers

    log = bench.file("log.csv", UNKNOWN)
    keep_answers(log, ("When", "Where"), {"time": "When", "ip": "Where"})
    run = bench.lookup(log)
    assert run.code == 0, run.said
    Path(log + ".ipattr-map.json").unlink()
    bench.intact(1)


def test_a_person_who_is_asked_for_columns_answers_beside_the_original(bench: Bench) -> None:
    from datetime import UTC, date, datetime

    import ipattr
    from ipattr.casework.inquiry import Going

    log = bench.file("log.csv", UNKNOWN)
    going = Going(clock=lambda: datetime.now(UTC), tool_version="0", agree=lambda _plan, _consent: False)
    with bench.world.surroundings():
        case = ipattr.lookup(
            [log],
            as_of=date(2026, 11, 21),
            data=bench.world.data,
            case=bench.case,
            going=going,
            ask=lambda _question: {"time": "When", "ip": "Where"},
        )
    assert case.counts.ok == 1
    assert Path(log + ".ipattr-map.json").is_file()
    assert not list(bench.case.rglob("*.ipattr-map.json"))
    bench.intact(1)


# Inputs that cannot be read


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_error_names_the_file_as_it_was_given(bench: Bench, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.chdir(bench.folder)
    bench.file("sub/torn.csv", b'time,ip\n"2026')
    (bench.folder / "folder").mkdir()
    for name in ("sub/torn.csv", "folder"):
        run = bench.lookup(name, lang=lang)
        assert run.code == 3, run.said
        assert run.said.count("\n") == 1
        assert Path(name).name in run.said
        assert "inputs/" not in run.said
    missing = bench.lookup("no.csv", lang=lang)
    assert (missing.code, missing.said.count("\n")) == (2, 1)
    assert "no.csv" in missing.said
    later = bench.verify()
    assert later.document["intact"], later.document


def test_an_output_inside_the_folder_is_refused(bench: Bench) -> None:
    log = bench.file("log.csv")
    inside = bench.case / "out.json"
    assert bench.lookup(log, "-o", str(inside)).code == 2
    assert bench.lookup(log).code == 0
    for words in (("report",), ("case", "log"), ("verify",)):
        run = bench.world.call(*words, str(bench.case), "-o", str(inside))
        assert run.code == 2, run.said
    assert not inside.exists()
    bench.intact(1)


# Kept answers


def test_a_later_look_up_uses_the_kept_answers_and_says_how_they_were_asked(bench: Bench) -> None:
    log = str(write_log(bench.folder / "log.csv"))
    online = bench.ask(log, "--mode", "coalesced")
    bench.world.forget()
    offline = bench.lookup(log)
    assert bench.world.seen == []
    assert offline.document["registrations"] == online.document["registrations"]
    assert {entry["mode"] for entry in offline.document["registrations"].values()} == {"coalesced"}
    bench.intact(2)


def test_more_addresses_are_asked_for_and_only_those(bench: Bench) -> None:
    bench.ask(str(write_log(bench.folder / "a.csv", {"126.33.123.45": PUBLIC["126.33.123.45"]})))
    bench.world.forget()
    run = bench.ask(str(write_log(bench.folder / "b.csv")))
    assert run.code == 0, run.said
    asked = [sent.words.rpartition("/")[2] for sent in bench.world.seen]
    assert "126.33.123.45" not in asked
    assert set(asked) == set(PUBLIC) - {"126.33.123.45"}
    bench.intact(2)


def test_both_modes_one_after_the_other_stay_verifiable(bench: Bench) -> None:
    log = str(write_log(bench.folder / "log.csv"))
    for words in (("--mode", "coalesced"), ("--mode", "exact"), ("--mode", "coalesced", "--probe", "address")):
        assert bench.ask(log, *words).code == 0
    exact = json.loads((sorted((bench.case / "results").iterdir())[1]).read_bytes())
    bases = {view["basis"] for entry in exact["registrations"].values() for view in entry["views"][:1]}
    assert bases == {"direct"}
    bench.ask(log, "--refresh", "--source", "rdap", "--source", "jpnic", "--source", "whois", "--source", "origin")
    bench.intact(4)


def test_each_row_bears_the_mode_in_which_its_answer_was_asked_for(bench: Bench) -> None:
    def modes(run: Done) -> dict[str, set[tuple[str, str]]]:
        entries = [entry for entry in run.document["registrations"].values() if entry["views"]]
        return {
            basis: {(entry["mode"], entry["address"]) for entry in entries if entry["views"][0]["basis"] == basis}
            for basis in ("direct", "inferred")
        }

    first = str(write_log(bench.folder / "log.csv"))
    more = str(write_log(bench.folder / "more.csv", {"126.33.123.99": PUBLIC["126.33.123.45"]}))
    triaged = modes(bench.ask(first, "--mode", "coalesced"))
    assert not triaged["direct"]
    assert triaged["inferred"] == {("coalesced", address) for address in PUBLIC}
    asked = {"direct": {("exact", address) for address in PUBLIC}, "inferred": set()}
    assert modes(bench.ask(first, "--mode", "exact")) == asked
    asked["inferred"] = {("coalesced", "126.33.123.99")}
    assert modes(bench.ask(first, more, "--mode", "coalesced")) == asked
    assert modes(bench.lookup(first, more)) == asked
    bench.intact(4)


# What was changed is named


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("change", [_flip, Path.unlink], ids=["flipped", "deleted"])
@pytest.mark.parametrize(
    "what", ["inputs/*/log.csv", "inputs/*/stdin", "evidence/*.body", "evidence/*.json", "results/*"]
)
def test_what_was_changed_is_named_and_ends_with_eight(bench: Bench, what: str, change: Callable[[Path], None]) -> None:
    bench.ask(bench.file("log.csv"))
    bench.lookup("-", stdin=("time,ip\n" + ROW + ROW).encode())
    victim = min(bench.case.glob(what))
    change(victim)
    for lang in ("ja", "en"):
        run = bench.verify(lang=lang)
        assert run.code == 8, run.said
        assert str(victim.relative_to(bench.case)) in {entry["where"] for entry in run.document["changes"]}
        table = bench.world.call("verify", str(bench.case), "--data", str(bench.world.data), lang=lang)
        assert "Internal error" not in table.said
    table = bench.world.call("verify", str(bench.case), "--data", str(bench.world.data), "--format", "table")
    assert victim.name in table.out.decode().replace("\n", "")
    if what.startswith("evidence"):
        assert bench.lookup(bench.file("log.csv")).code == 8
        assert bench.world.call("rdap", "1.66.100.45", "--case", str(bench.case)).code == 8


def test_another_version_of_the_data_is_a_notice(bench: Bench) -> None:
    bench.ask(bench.file("log.csv"))
    for lang in ("ja", "en"):
        run = bench.world.call("verify", str(bench.case), "--format", "json", lang=lang)
        assert run.code == 1, run.said
        document = run.document
        assert document["intact"]
        assert document["recomputed"] == 0
        (change,) = document["changes"]
        assert change["level"] == "notice"
        assert change["where"].startswith("results/")


def test_a_head_that_an_earlier_report_printed_must_stand_in_the_chain(bench: Bench) -> None:
    log = bench.file("log.csv")
    head = bench.lookup(log).document["inquiry"]["journal_head"]
    copy = bench.folder / "copy"
    shutil.copytree(bench.case, copy)
    later = bench.lookup(log, bench.file("new.csv")).document["inquiry"]["journal_head"]
    assert bench.verify("--head", head).code == 0
    assert bench.verify("--head", later).code == 0
    options = ("--data", str(bench.world.data), "--head", later)
    assert bench.world.call("verify", str(copy), *options).code == 8  # the end is missing
    assert bench.verify("--head", "abc").code == 2


# What can be shown later


def test_a_folder_is_reported_in_every_format_and_explained(bench: Bench) -> None:
    log = str(write_log(bench.folder / "log.csv"))
    bench.ask(log)
    saved = bench.folder / "case.json"
    result = max((bench.case / "results").iterdir())
    saved.write_bytes(result.read_bytes())
    for to in ("table", "json", "jsonl", "csv"):
        for lang in ("ja", "en"):
            shown = bench.world.call("report", str(bench.case), "--format", to, lang=lang)
            assert shown.code == 0, shown.said
            assert shown.out == bench.world.call("report", str(saved), "--format", to, lang=lang).out
            if to != "json":
                assert all(address.encode() in shown.out for address in PUBLIC)
    explained = bench.world.call("explain", str(bench.case), "3", lang="ja")
    assert explained.code == 0, explained.said
    assert "126.33.123.45" in explained.out.decode()
    assert "SoftBank Corp." in explained.out.decode()
    assert bench.world.call("explain", str(bench.case), "99").code == 2
    for words in (("report",), ("explain",)):
        empty = bench.folder / f"empty-{words[0]}"
        bench.world.call("case", "init", str(empty))
        run = bench.world.call(*words, str(empty), *(("1",) if words == ("explain",) else ()))
        assert (run.code, run.said.count("\n")) == (2, 1), run.said


def test_exhibits_carry_every_answer_with_its_number_and_hash(bench: Bench) -> None:
    bench.ask(str(write_log(bench.folder / "log.csv")))
    target = bench.folder / "x.html"
    run = bench.world.call(
        "report", str(bench.case), "--exhibits", "--number", "5", "-o", str(target), "--data", str(bench.world.data),
        lang="ja",
    )  # fmt: skip
    assert run.code == 0, run.said
    page = target.read_text(encoding="utf-8")
    shown = json.loads(max((bench.case / "results").iterdir()).read_bytes())
    behind = {view["evidence"] for entry in shown["registrations"].values() for view in entry["views"]}
    assert behind
    # That a registry has nothing is what a row rests on too.
    addresses = {entry["address"] for entry in shown["registrations"].values()}
    for path in (bench.case / "evidence").glob("*.json"):
        exchange = json.loads(path.read_bytes())
        if exchange["question"]["subject"] in addresses and exchange["status_code"] in {200, 404}:
            behind.add(path.stem)
    for number, name in enumerate(sorted(behind), start=5):
        assert f"甲第{number}号証" in page
        assert f"{name}.body" in page
        exchange = json.loads((bench.case / "evidence" / f"{name}.json").read_bytes())
        assert exchange["sha256"] in re.sub(r"<[^>]+>|\s", "", page)
    assert f"甲第{5 + len(behind)}号証" not in page
    for words in (("--number", "5"), ("--branch-of", "3"), ("--party", "乙")):
        alone = bench.world.call("report", str(bench.case), *words)
        assert alone.code == 2, alone.said
    branches = bench.world.call("report", str(bench.case), "--exhibits", "--branch-of", "3", "--party", "乙")
    assert "乙第3号証の1" in branches.out.decode()


@pytest.mark.parametrize("name", ["書証.pdf", "r.csv", "書証"])
def test_a_page_for_printing_is_not_written_under_the_name_of_something_else(bench: Bench, name: str) -> None:
    target = bench.folder / name
    target.write_bytes(b"kept")
    run = bench.world.call("report", str(bench.case), "--exhibits", "-o", str(target), lang="ja")
    assert run.code == 2
    assert ".html" in run.said
    assert target.read_bytes() == b"kept"


def test_without_an_answer_there_is_no_exhibit(bench: Bench) -> None:
    bench.lookup(bench.file("log.csv"))
    run = bench.world.call("report", str(bench.case), "--exhibits")
    assert (run.code, run.out, run.said.count("\n")) == (2, b"", 1)


def test_a_sealed_copy_verifies_and_the_case_goes_on(bench: Bench) -> None:
    log = bench.file("log.csv")
    bench.ask(log)
    bag = bench.folder / "bag"
    assert bench.world.call("case", "seal", str(bench.case), str(bag)).code == 0
    assert (bag / "bagit.txt").is_file()
    data = str(bench.world.data)
    assert bench.world.call("verify", str(bag / "data"), "--data", data).code == 0
    assert bench.world.call("case", "seal", str(bench.case), str(bag)).code in {2, 7}  # never over another
    assert bench.lookup(log).code == 0
    bench.intact(2)


# Since when it has been so

CONFIG = """
[tsa]
default_tsa = t
[t]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Tsa:
    """A time-stamping authority (openssl) in a folder, and the handler that speaks for it over HTTPS (RFC 3161)."""

    def __init__(self, openssl: str, folder: Path) -> None:
        """Make root and signer."""
        self.openssl = openssl
        self.folder = folder
        (folder / "tsa.cnf").write_text(CONFIG)
        (folder / "serial").write_text("0A\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
        self.call("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Test Root",
                  "-extensions", "root", "-days", "30")  # fmt: skip
        self.call("req", "-new", *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Test TSA")
        self.call("x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                  "-extfile", "tsa.cnf", "-extensions", "signer", "-days", "30", "-out", "signer.pem")  # fmt: skip

    def call(self, *words: str) -> None:
        """Run openssl here."""
        done = subprocess.run([self.openssl, *words], cwd=self.folder, capture_output=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr

    def reply(self, request: bytes) -> bytes:
        """Return the response to a request."""
        (self.folder / "q").write_bytes(request)
        self.call("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-signer", "signer.pem",
                  "-inkey", "signer.key", "-chain", "root.pem", "-out", "r")  # fmt: skip
        return (self.folder / "r").read_bytes()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None
        assert re.search(rb"(?i)content-type: application/timestamp-query", head)
        body = self.reply(await reader.readexactly(int(length[1])))
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(lines.encode() + body)
        await writer.drain()


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    pytest.importorskip("rfc3161_client", reason="the timestamp extra is not installed")
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    return Tsa(openssl, tmp_path_factory.mktemp("tsa"))


def test_a_stamp_is_fetched_journalled_kept_and_checked(bench: Bench, tsa: Tsa) -> None:
    bench.lookup(bench.file("log.csv"))
    stamp = ("case", "stamp", str(bench.case))
    roots = ("--roots", str(tsa.folder / "root.pem"))
    with TcpServer(tsa.serve, tls=bench.world.authority.context) as server:
        url = f"https://{server.place}/tsr"
        run = bench.world.call(*stamp, "--tsa", url, *roots)
        assert run.code == 0, run.said
        assert b"Test TSA" in run.out
        assert server.connections == 1
        stranger = bench.file("other.pem", (bench.world.authority.path).read_bytes())
        wrong = bench.world.call(*stamp, "--tsa", url, "--roots", stranger)
        assert wrong.code in {5, 8}, wrong.said
        assert wrong.said.count("\n") == 1
    assert len(list((bench.case / "stamps").glob("*.tsr"))) == 1
    egress = bench.world.call("case", "log", str(bench.case), "--egress", "--format", "json").document
    assert [json.loads(entry["payload"])["request"] for entry in egress] == [url, url]
    bench.intact(1)
    dead = bench.world.call(*stamp, "--tsa", "https://127.0.0.1:9/")
    assert (dead.code, dead.said.count("\n")) == (5, 1), dead.said
    for bad in ("http://127.0.0.1/", "https://", "ftp://x", "not a url"):
        assert bench.world.call(*stamp, "--tsa", bad).code == 2
    bench.intact(1)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_stamp_obtained_elsewhere_is_taken_in(
    bench: Bench, tsa: Tsa, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    bench.lookup(bench.file("log.csv"))
    stamp = ("case", "stamp", str(bench.case))
    early = bench.world.call(*stamp, "--response", bench.file("early.tsr", b""))
    assert (early.code, early.said.count("\n")) == (3, 1), early.said
    run = bench.world.call(*stamp, lang=lang)
    assert run.code == 0, run.said
    request = bench.folder / "case.tsq"
    assert str(request) in run.out.decode()
    asked = request.read_bytes()
    good = bench.file("good.tsr", tsa.reply(asked))
    bench.lookup(bench.file("later.csv"))  # the case goes on while the response is awaited
    roots = ("--roots", str(tsa.folder / "root.pem"))
    for name, body in (("garbage.tsr", b"<html>"), ("empty.tsr", b""), ("cut.tsr", Path(good).read_bytes()[:-9])):
        bad = bench.world.call(*stamp, "--response", bench.file(name, body), *roots, lang=lang)
        assert bad.code in {5, 8}, bad.said
        assert bad.said.count("\n") == 1
    both = bench.world.call(*stamp, "--response", good, "--tsa", "https://127.0.0.1:9/")
    assert both.code == 2
    taken = bench.world.call(*stamp, "--response", good, *roots, lang=lang)
    assert taken.code == 0, taken.said
    assert "Test TSA" in taken.out.decode()
    bench.intact(2)
    monkeypatch.chdir(bench.case)
    assert bench.world.call("case", "stamp", ".").code == 0  # a folder may be named without its name
    other = Bench(bench.world, bench.folder / "other")
    (other.folder / "case.tsq").write_bytes(asked)
    foreign = bench.world.call("case", "stamp", str(other.case), "--response", good, lang=lang)
    assert (foreign.code, foreign.said.count("\n")) == (5, 1), foreign.said

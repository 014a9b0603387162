"""The notebooks are clean, plain and offline, run from a fresh kernel, and show what the files say."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import re
import runpy
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from notebook_runs import FOLDER, PROBE, ROOT, execute, shipped
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbformat import NotebookNode
    from notebook_runs import Run

EXAMPLES = ROOT / "data" / "examples"
MAKE = runpy.run_path(str(ROOT / "tests" / "make_example.py"))
# How many figures each notebook draws.
FIGURES = {
    "01-reading": 0,
    "02-carriers": 2,
    "03-destinations": 1,
    "04-deadlines": 1,
    "05-history": 3,
    "06-two-accounts": 2,
    "07-filing": 1,
}
NAMES = tuple(FIGURES)
LINES_OF_A_CELL = 16
MODULES = {"datetime", "hashlib", "pathlib", "pandas", "ipattr"}
LIMITS = "## この手順で分からないこと"
ADDRESS = r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w.])|\b[0-9a-f]+:[0-9a-f:]*:[0-9a-f:]*"
DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
JST = timezone(timedelta(hours=9))
HEI, TEI = "6134567890123456789", "6145678901234567890"


def code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def words(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


# What stands in the files


def test_the_folder_holds_these_notebooks_and_lists_them() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.ipynb"))) == NAMES
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"\]\(([0-9a-z-]+)\.ipynb\)", readme)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_clean(name: str) -> None:
    notebook = shipped(name)
    nbformat.validate(notebook)
    assert (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert {cell.cell_type for cell in notebook.cells} == {"markdown", "code"}
    assert [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count is not None] == []
    assert [cell.id for cell in notebook.cells if cell.metadata or "attachments" in cell] == []
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", one) or one == PROBE] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_code_is_short_and_plain_and_told_in_words(name: str) -> None:
    notebook = shipped(name)
    hard = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.While, ast.With, ast.Global)
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        assert cell.cell_type == "markdown" or before.cell_type == "markdown", cell.id
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= LINES_OF_A_CELL, cell.id
        for node in ast.walk(ast.parse(cell.source)):  # a magic or a shell command is no Python
            assert not isinstance(node, hard), (cell.id, ast.unparse(node))
            # A notebook that reads the clock says something else tomorrow.
            assert not (isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}), cell.id
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= MODULES, cell.id
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in MODULES, cell.id


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_names_no_place_no_secret_and_nobody(name: str) -> None:
    text = words(shipped(name))
    assert re.findall(r"https?:|file:|(?<![\w/.*])/(?:[a-z]+/)+|[A-Z]:\\|~/|%[A-Z]+%|\$\w+", text) == []
    assert re.findall(r"(?i)password|passwd|token|secret|api.?key", text) == []
    examples = b"".join(path.read_bytes() for path in EXAMPLES.glob("*.csv")).decode()
    for found in re.findall(
        r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w.])|\b[0-9a-f]+:[0-9a-f:]*:[0-9a-f:]*", text
    ):
        address = ip_address(found)
        assert found in examples or any(address in block for block in DOCUMENTATION), found
    assert [found for found in re.findall(r"[0-9]{15,}", text) if found not in examples] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_what_it_is_and_ends_with_what_it_does_not_show(name: str) -> None:
    first, *_, last = shipped(name).cells
    number = int(name[:2])
    assert first.source.startswith(f"# {number:02} ")
    assert "架空" in first.source
    assert "何も送信しません" in first.source
    assert last.cell_type == "markdown"
    heading, *items = [line for line in last.source.splitlines() if line]
    assert heading == LIMITS
    assert len(items) >= 4
    assert all(item.startswith("- ") and item.endswith(("。", "）")) for item in items)


# What comes out: compared with the files themselves, read without ipattr


class Line(NamedTuple):
    """One readable line of a log: account, time, address, port."""

    account: str
    at: datetime
    address: str
    port: str


def lines(name: str) -> list[Line]:
    """Return the lines of a shipped log that can be read, in the order of the file."""
    found = []
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        for account, at, address, port in list(csv.reader(file))[1:]:
            with suppress(ValueError):
                found.append(Line(account, datetime.fromisoformat(at), str(ip_address(address)), port))
    return found


def counted(account: str) -> list[Line]:
    """Return the lines of one account of the history that are counted: a hop inside X is left for review."""
    return [one for one in lines("x-history.csv") if one.account == account and not one.address.startswith("10.")]


def check_reading(run: Run) -> None:
    readable = lines("x-log-utc.csv")
    assert run.probed["addresses"] == [one.address for one in readable]
    assert run.probed["counts"] == [22, 19, 1, 2]
    assert "rows=22, ok=0, review=0, rejected=22" in run.cells["undeclared"].text
    assert "rows=22, ok=19, review=1, rejected=2" in run.cells["declared"].text
    assert run.cells["agreement"].text == "True"
    assert hashlib.sha256((EXAMPLES / "x-return.docx").read_bytes()).hexdigest() in run.cells["inputs"].text
    assert "10.223.45.67" in run.cells["review"].text
    assert "2026-02-30T01:02:03.000Z" in run.cells["rejects"].text


def check_carriers(run: Run) -> None:
    addresses = [one.address for one in lines("x-log-utc.csv")]
    assert sum(run.probed["groups"]) == len(addresses)
    assert run.probed["addresses"] == list(dict.fromkeys(addresses))
    assert set(run.probed["ambiguous"]) | set(run.probed["elsewhere"]) < set(addresses)
    assert {"10.223.45.67", "5.157.157.45", "91.123.45.67"} <= set(run.probed["elsewhere"])
    assert "x-return.docx:94" in run.cells["explain"].text


def check_destinations(run: Run) -> None:
    with (ROOT / "data" / "observations" / "x.csv").open(encoding="utf-8", newline="") as file:
        observed = {row["address"] for row in csv.DictReader(file) if row["status"] == "kept"}
    five = {address: (relation, period) for address, relation, period in run.probed["five"]}
    assert five
    assert set(five) <= observed
    clause = run.cells["clause"].text
    wanted = clause.split("受信元IPアドレス：")[1].split("【観測の根拠】")[0]
    assert re.findall(r"\([0-9]+\) ([0-9.]+)", wanted) == [one for one, (_, era) in five.items() if era == "current"]
    ported = [number for number, one in enumerate(lines("x-log-utc.csv"), 1) if one.port]
    assert ported == [10, 20]
    assert not set(ported) & set(run.probed["needed"])
    assert {1, 4, 5, 6} <= set(run.probed["needed"])  # docomo without a port, KDDI


def check_deadlines(run: Run) -> None:
    rows = dict(zip(run.probed["rows"], zip(*run.probed["dates"], strict=True), strict=True))
    assert list(rows) == list(range(1, 21))
    for row, one in enumerate(lines("x-log-utc.csv"), 1):
        connected, expiry, act_by = rows[row]
        assert connected == str(one.at.astimezone(JST).date())
        if expiry:
            assert act_by <= expiry
            assert date.fromisoformat(act_by).weekday() < 5
    assert rows[5][1] == str(date(2026, 8, 21) + timedelta(days=93))
    assert rows[6][1] == "2026-11-27"  # three months from 27 August
    assert sorted(run.probed["answer"]) == list(rows)
    assert sum(run.probed["later"]) == len(rows)


def check_history(run: Run) -> None:
    rows = len((EXAMPLES / "x-history.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"{rows}行" in shipped("05-history").cells[0].source
    mine = counted(HEI)
    hours = [[0] * 24 for _ in range(7)]
    for one in mine:
        local = one.at.astimezone(JST)
        hours[local.weekday()][local.hour] += 1
    assert run.probed["hours"] == hours
    assert run.probed["rows"] == len(mine)
    pauses = [after.at - before.at for before, after in pairwise(sorted(mine, key=lambda one: one.at))]
    assert run.probed["sessions"] == 1 + sum(pause > timedelta(minutes=30) for pause in pauses)
    cable = [one for one in mine if one.address.startswith("101.111.20.")]
    assert run.probed["cable"] == len(cable)
    moments = {one.address: one for one in cable}
    assert len(moments) == 2  # the lease changed once, within one /24
    assert run.cells["statements"].text.count("●") == run.cells["statements"].text.count("限界:") > 5
    post = next(datetime.fromisoformat(at) for account, _, at, _ in MAKE["HISTORY_POSTS"] if account == HEI)
    window = timedelta(days=14)
    (habit,) = run.probed["habits"]
    assert habit == [
        sum(post - window <= one.at < post for one in mine),
        sum(post < one.at <= post + window for one in mine),
    ]
    nearest = min(mine, key=lambda one: abs(one.at - post))
    assert [(nearest.at - post).total_seconds()] == [gap for number, gap in run.probed["nearest"] if number == "1"]


def check_two_accounts(run: Run) -> None:
    hei, tei = ({one.address for one in counted(account)} for account in (HEI, TEI))
    assert set(run.probed["shared"]) == hei & tei == {"1.66.98.23", "1.66.101.140"}
    carrier = [ip_network(block) for block in ("1.66.0.0/16", "49.96.0.0/16")]
    shown = [sum(any(ip_address(one) in net for net in carrier) for one in mine) for mine in (hei, tei)]
    assert run.probed["rate"] == [*shown, 2]
    for pool, expected, _ in run.probed["weights"]:
        assert expected == pytest.approx(shown[0] * shown[1] / pool)
    # The two are unrelated by design: a pool that chance fits must be among those that are not ruled out.
    assert [pool for pool, expected, refuted in run.probed["weights"] if expected >= 2 and not refuted]
    assert [pool for pool, expected, refuted in run.probed["weights"] if expected < 0.01 and not refuted] == []
    minutes = timedelta(minutes=15)
    met = [
        [one.address, (other.at - one.at).total_seconds()]
        for one in counted(HEI)
        for other in counted(TEI)
        if one.address == other.address and abs(other.at - one.at) <= minutes
    ]
    assert run.probed["meetings"] == met == [["1.66.98.23", 822.0]]
    assert run.cells["statements"].text.count("●") == run.cells["statements"].text.count("限界:") > 3


def check_filing(run: Run) -> None:
    assert run.left[-1] == "結果.json"
    written = [name.removeprefix("提出/") for name in run.left if name.startswith("提出/")]
    assert len(written) + 1 == len(run.left)
    assert sorted([*run.probed["files"], "SHA256SUMS"]) == sorted(written)
    assert {name.rsplit(".", 1)[1] for name in run.probed["files"]} == {"docx", "xlsx", "html", "ics"}
    assert run.cells["keep"].text == "True"
    assert run.cells["check"].text == str(len(lines("x-log-utc.csv")))
    assert run.probed["nearest"] == [5, 10, 20]


class Expected(NamedTuple):
    """What is asked of a notebook once it has run, and how the answer is judged."""

    probe: str
    check: Callable[[Run], None]


EXPECTED = {
    "01-reading": Expected(
        "{'counts': [counts.rows, counts.ok, counts.review, counts.rejected], 'addresses': logins['ip'].tolist()}",
        check_reading,
    ),
    "02-carriers": Expected(
        "{'groups': [len(group.rows) for group in case.summary], 'addresses': attributions['address'].tolist(),"
        " 'ambiguous': ambiguous['address'].tolist(), 'elsewhere': elsewhere['address'].tolist()}",
        check_carriers,
    ),
    "03-destinations": Expected(
        "{'needed': needed['row'].tolist(),"
        " 'five': candidates[candidates['row'] == 5][['address', 'relation', 'period']].values.tolist()}",
        check_destinations,
    ),
    "04-deadlines": Expected(
        "{'rows': [int(row) for row in verdicts['row']], 'later': later.tolist(), 'dates':"
        " [verdicts[name].dt.strftime('%Y-%m-%d').fillna('').tolist() for name in"
        " ('connected_on_jst', 'earliest_expiry', 'act_by')], 'answer': [*answer.kept, *answer.uncertain,"
        " *answer.gone, *answer.unknown, *answer.not_applicable]}",
        check_deadlines,
    ),
    "05-history": Expected(
        "{'hours': found.hours.counts, 'rows': found.totals.rows, 'sessions': found.totals.sessions,"
        " 'cable': sum(len(one.rows) for one in found.recurrences if one.block == '101.111.20.0/24'),"
        " 'habits': [[len(one.before.rows), len(one.after.rows)] for one in found.habits],"
        " 'nearest': nearest[['post', 'gap_seconds']].values.tolist()}",
        check_history,
    ),
    "06-two-accounts": Expected(
        "{'shared': [one.about for one in compared.overlaps if one.level == 'address'],"
        " 'rate': [rate.first.addresses, rate.second.addresses, rate.observed],"
        " 'weights': [[one.pool, one.expected, one.refuted] for one in rate.weights],"
        " 'meetings': [[one.address, one.seconds] for one in near.meetings]}",
        check_two_accounts,
    ),
    "07-filing": Expected(
        "{'files': [file.path for file in made.files], 'nearest': links[links['nearest']]['row'].tolist()}",
        check_filing,
    ),
}


@pytest.fixture(autouse=True)
def jupyter_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the kernels and settings of whoever runs the tests out."""
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    for kind in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        monkeypatch.setenv(f"JUPYTER_{kind}", str(tmp_path / kind.lower()))
    for name in ("PYTHONSTARTUP", "PYTHONWARNINGS", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_what_the_files_say(name: str, tmp_path: Path) -> None:
    run = execute(shipped(name), tmp_path, probe=EXPECTED[name].probe)
    assert {cell: shown.warned for cell, shown in run.cells.items() if shown.warned} == {}
    assert {
        cell for cell, shown in run.cells.items() if str(tmp_path) in shown.text or str(ROOT) in shown.text
    } == set()
    EXPECTED[name].check(run)
    if name != "07-filing":
        assert run.left == ()
    figures = [figure for shown in run.cells.values() for figure in shown.figures]
    assert len(figures) == FIGURES[name]
    for figure in figures:
        look_at(figure)


def look_at(figure: bytes) -> None:
    """Judge a figure as far as a machine can: large enough, inked, and nothing cut off at its edges."""
    picture = Image.open(io.BytesIO(figure)).convert("L")
    wide, high = picture.size
    assert wide >= 1000, picture.size
    assert high >= 400, picture.size
    tones = picture.histogram()
    assert sum(map(bool, tones)) > 16
    assert tones[-1] > wide * high // 4
    edges = ((0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high))
    assert [edge for edge in edges if picture.crop(edge).getextrema() != (255, 255)] == []


def test_a_notebook_says_the_same_in_another_place_and_tongue(tmp_path: Path) -> None:
    places = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
    others = {"TZ": "America/New_York", "LC_ALL": "ja_JP.UTF-8", "PYTHONHASHSEED": "2"}
    here, there = (
        execute(shipped("05-history"), tmp_path / str(number), **variables)
        for number, variables in enumerate((places, others))
    )
    assert here.cells == there.cells


@pytest.mark.parametrize("code", ["socket.socket()", "socket.getaddrinfo('localhost', 80)"])
def test_the_guard_of_the_kernel_can_fail(code: str, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"import socket\n{code}", id="asking")])
    with pytest.raises(DeadKernelError):
        execute(notebook, tmp_path)

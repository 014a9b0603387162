"""``ipattr bulk`` as a person types it: what it writes and says, and what it refuses in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
LOG = EXAMPLES / "x-log-utc.csv"
AS_OF = ("--as-of", "2026-11-21")


def ipattr(*words: str, cwd: Path, lang: str = "C.UTF-8", stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": lang, "XDG_CONFIG_HOME": str(cwd / "config")}
    command = [sys.executable, "-m", "ipattr", *words]
    return subprocess.run(command, capture_output=True, check=False, cwd=cwd, env=environment, input=stdin)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one output of the example in it."""
    made = tmp_path_factory.mktemp("bulk")
    done = ipattr("bulk", str(LOG), "-o", "out.parquet", *AS_OF, cwd=made)
    assert done.returncode == 1, done.stderr  # a rejected row, as for lookup
    assert done.stdout == b""
    return made


def test_it_writes_the_table_the_rejects_and_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "out.parquet.json").read_text(encoding="utf-8"))
    assert manifest["counts"] == {"rows": 22, "ok": 19, "review": 1, "rejected": 2}
    table = pq.read_table(folder / "out.parquet")
    assert table.num_rows == 20
    assert table["row"].to_pylist() == list(range(1, 21))
    assert (folder / "out.rejects.csv").read_text(encoding="utf-8-sig").count("\n") >= 3
    for name in ("out.parquet", "out.rejects.csv", "out.parquet.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0, "disclosed addresses are for nobody else"


@pytest.mark.parametrize(("lang", "said"), [("ja_JP.UTF-8", "読込 22行"), ("en_US.UTF-8", "read 22 rows")])
def test_it_says_how_many_rows_and_which_files_and_no_address(tmp_path: Path, lang: str, said: str) -> None:
    done = ipattr("bulk", str(LOG), "-o", "out.csv", *AS_OF, cwd=tmp_path, lang=lang)
    told = done.stderr.decode()
    assert said in told
    assert "out.csv" in told
    assert "out.rejects.csv" in told
    assert "1.72." not in told


def test_standard_input_is_read(tmp_path: Path, folder: Path) -> None:
    done = ipattr("bulk", "-", "-o", "out.parquet", *AS_OF, cwd=tmp_path, stdin=LOG.read_bytes())
    assert done.returncode == 1, done.stderr
    assert pq.read_table(tmp_path / "out.parquet").equals(pq.read_table(folder / "out.parquet"))


def test_the_columns_of_the_csv_of_lookup(tmp_path: Path) -> None:
    assert ipattr("bulk", str(LOG), "-o", "out.csv", "--columns", "all", *AS_OF, cwd=tmp_path).returncode == 1
    looked = ipattr("lookup", str(LOG), "--format", "csv", *AS_OF, cwd=tmp_path).stdout.splitlines()
    assert (tmp_path / "out.csv").read_bytes().splitlines() == looked[:21]
    assert ipattr("bulk", str(LOG), "-o", "few.csv", "--columns", "row, act_by", *AS_OF, cwd=tmp_path).returncode == 1
    assert (tmp_path / "few.csv").read_bytes().splitlines()[0].decode("utf-8-sig") == '"row","act_by"'


@pytest.mark.parametrize("lang", ["ja_JP.UTF-8", "en_US.UTF-8"])
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((str(LOG), "-o", "out.parquet"), 2, "out.parquet"),
        ((str(LOG), "-o", "new.xlsx"), 2, "new.xlsx"),
        ((str(LOG), "-o", "new.csv", "--columns", "row,nonsense"), 2, "nonsense"),
        ((str(LOG), "-o", "new.csv", "--tz", "nowhere"), 2, "nowhere"),
        ((str(LOG), "-o", "new.csv", "--platform", "nowhere"), 2, "nowhere"),
        ((str(LOG), "-o", "kept/new.csv"), 2, "kept"),
        (("missing.csv", "-o", "new.csv"), 3, "missing.csv"),
        ((str(EXAMPLES / "x-return.docx"), "-o", "new.csv"), 3, "x-return.docx"),
        (("own.csv", "-o", "own.csv", "--overwrite"), 2, "own.csv"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    *, folder: Path, words: tuple[str, ...], code: int, said: str, lang: str
) -> None:
    if not (folder / "kept").exists():
        assert ipattr("case", "init", "kept", cwd=folder).returncode == 0
        (folder / "own.csv").write_bytes(LOG.read_bytes())
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = ipattr("bulk", *words, *AS_OF, cwd=folder, lang=lang)
    told = done.stderr.decode()
    assert done.returncode == code, told
    assert said in told
    assert len(told.strip().splitlines()) == 1
    assert "Traceback" not in told
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before

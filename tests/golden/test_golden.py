"""What the command prints for the shipped example, kept as text; IPATTR_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ipattr
from ipattr.renderers.reading import render as render_reading

if TYPE_CHECKING:
    from ipattr.model import Case

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "data" / "examples"


def settle(text: str, case: Case) -> str:
    """Take out what changes with every state of the data and the tool."""
    text = text.replace(case.data_version, "DATA").replace(f"ipattr {case.tool_version}", "ipattr VERSION")
    return re.sub(r"[0-9a-f]{64}", "SHA256", text)


def compare(name: str, text: str) -> None:
    """Compare with the kept text, or write it anew when asked."""
    file = HERE / name
    if os.environ.get("IPATTR_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8", newline="")
    with file.open(encoding="utf-8", newline="") as stream:
        assert text == stream.read()


@pytest.fixture(scope="module")
def case() -> Case:
    """Return the example as of a fixed day."""
    return ipattr.lookup([EXAMPLES / "x-return.docx"], posts=[EXAMPLES / "posts.csv"], as_of=date(2026, 11, 21))


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [80, 120, 200])
def test_table(case: Case, columns: int, lang: str) -> None:
    compare(f"example-{columns}-{lang}.txt", settle(ipattr.report(case, lang=lang, columns=columns), case))


def test_csv(case: Case) -> None:
    text = settle(ipattr.report(case, to="csv"), case).replace(f'"{case.tool_version}"', '"VERSION"')
    compare("example.csv", text)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explain(case: Case, lang: str) -> None:
    text = ipattr.explain(case, 3, lang=lang)
    compare(f"explain-{lang}.txt", settle(text, case).replace(f": {case.tool_version}", ": VERSION"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_read(case: Case, lang: str) -> None:
    reading = ipattr.read([EXAMPLES / "x-log-jst.csv"], tz="JST")
    text = render_reading(reading, to="table", lang=lang, color=False, columns=120, pretty=False)
    compare(f"read-{lang}.txt", settle(text, case))

"""Notebooks as the tests see them: the shipped cells, and what comes out of a fresh kernel that has no network."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
GUARD = ROOT / "tests" / "offline_kernel"
PROBE = "probe"


class Shown(NamedTuple):
    """What one cell showed: printed and displayed text, figures as PNG, and what went to standard error."""

    text: str
    figures: tuple[bytes, ...]
    warned: str


class Run(NamedTuple):
    """What came out of a notebook: each code cell by id, the value of the probe, and the files it left behind."""

    cells: Mapping[str, Shown]
    probed: Any
    left: tuple[str, ...]


def shipped(name: str) -> NotebookNode:
    """Return a notebook as it stands in the checkout."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def execute(notebook: NotebookNode, folder: Path, *, probe: str = "None", **variables: str) -> Run:
    """Run a notebook from a fresh kernel in ``folder`` and return what it showed; raise where a cell fails.

    ``probe`` is an expression of the names of the notebook, evaluated behind its last cell. The kernel is spoken to
    through files, and ends itself on opening any other socket.
    """
    work = folder / "work"
    work.mkdir(parents=True)
    code = f"import json\nprint(json.dumps({probe}, default=str))"
    notebook.cells.append(nbformat.v4.new_code_cell(code, id=PROBE))
    with tempfile.TemporaryDirectory(prefix="nb") as short:  # the path of a Unix socket must be short
        environment = {
            **os.environ,
            "PYTHONPATH": str(GUARD),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            **variables,
        }
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=240,
            startup_timeout=120,
            resources={"metadata": {"path": str(work)}},
            config=Config(KernelManager={"transport": "ipc", "ip": str(Path(short) / "k")}),
        )
        client.execute(env=environment, cwd=str(work))
    cells = {cell.id: _shown(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"}
    left = tuple(sorted(str(path.relative_to(work)) for path in work.rglob("*") if path.is_file()))
    return Run(cells, json.loads(cells[PROBE].text), left)


def _shown(outputs: list[NotebookNode]) -> Shown:
    text, figures, warned = [], [], []
    for output in outputs:
        if output.output_type == "stream":
            (warned if output.name == "stderr" else text).append(output.text)
        else:
            text.append(output.data.get("text/plain", ""))
            if "image/png" in output.data:
                figures.append(base64.b64decode(output.data["image/png"]))
    return Shown("".join(text), tuple(figures), "".join(warned))

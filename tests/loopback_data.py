"""A copy of ``data/`` whose registry servers all stand on loopback."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parent.parent / "data"
NOWHERE = 9


def data_on_loopback(
    folder: Path, ports: Mapping[str, int], *, per_second: float = 1000.0, burst: int = 50, concurrent: int = 10
) -> Path:
    """Copy ``data/`` to ``folder`` with every server at 127.0.0.1: ``ports`` by server id, others on a dead port."""
    shutil.copytree(DATA, folder)
    registries = folder / "registries"
    bases: dict[str, str] = {}
    blocks = []
    for block in (registries / "servers.toml").read_text(encoding="utf-8").split("[[server]]\n"):
        found = re.search(r'^id = "(.+)"$', block, re.MULTILINE)
        if found is None:
            blocks.append(block)
            continue
        port = ports.get(found[1], NOWHERE)
        # A path of its own keeps servers on one dead port apart.
        base = f"https://127.0.0.1:{port}/" + ("" if found[1] in ports else f"{found[1]}/")
        url = re.search(r'^url = "(.+)"$', block, re.MULTILINE)
        if url is not None:
            bases[url[1]] = base
        edits = {
            r'^host = ".*"$': 'host = "127.0.0.1"',
            r"^port = .*$": f"port = {port}",
            r'^url = ".*"$': f'url = "{base}"',
            r'^history = ".*"$': f'history = "{base}history/"',
            r"^redirects_to = .*$": "redirects_to = []",
            r"^per_second = .*$": f"per_second = {per_second}",
            r"^burst = .*$": f"burst = {burst}",
            r"^concurrent = .*$": f"concurrent = {concurrent}",
        }
        for pattern, text in edits.items():
            block = re.sub(pattern, text, block, flags=re.MULTILINE)  # noqa: PLW2901 - one edit after another
        blocks.append(block)
    (registries / "servers.toml").write_text("[[server]]\n".join(blocks), encoding="utf-8")
    for name in ("ipv4.json", "ipv6.json", "asn.json"):
        text = (registries / name).read_text(encoding="utf-8")
        for old, new in bases.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        (registries / name).write_text(text, encoding="utf-8")
    _reseal(registries)
    return folder


def _reseal(registries: Path) -> None:
    """Write the hashes of the changed tables into their manifest."""
    manifest = registries / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    for file in ("ipv4.json", "ipv6.json", "asn.json", "servers.toml"):
        digest = hashlib.sha256((registries / file).read_bytes()).hexdigest()
        text = re.sub(rf'(file = "{re.escape(file)}".*?sha256 = ")[0-9a-f]+', rf"\g<1>{digest}", text, flags=re.DOTALL)
    manifest.write_text(text, encoding="utf-8")

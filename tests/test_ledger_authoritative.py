"""``destinations capture --authoritative`` against a public name server, in a network that has no way out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_offline import _environment, _unshare

SCRIPT = Path(__file__).resolve().parent / "own_network.py"


def test_the_authoritative_servers_are_found_and_asked_and_a_private_one_is_not(tmp_path: Path) -> None:
    for program, package in (("ip", "iproute2"), ("nsd", "nsd"), ("unbound", "unbound")):
        if shutil.which(program) is None and shutil.which(program, path="/usr/sbin:/sbin") is None:
            pytest.skip(f"{program} is not installed (.ci/debian {package})")
    command = [_unshare(), "-rn", sys.executable, str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=_environment(tmp_path / "cache"))
    outcome = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr  # the private server is withheld, and that is said
    assert outcome["planned"] + outcome["further"] == sum(outcome["statuses"].values())
    assert outcome["resolvers"]["auth://104.244.42.53:53"] == {"answered": 1, "nodata": 1}
    assert outcome["resolvers"]["auth://10.0.0.53:53"] == {"withheld": 2}
    assert {one["judgement"] for one in outcome["judged"]} == {"agrees"}

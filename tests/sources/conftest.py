"""What the tests of the sources share: a certificate authority of their own."""

from __future__ import annotations

import pytest
from servers import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a certificate authority for loopback, made once per test process."""
    return Authority(tmp_path_factory.mktemp("authority"))

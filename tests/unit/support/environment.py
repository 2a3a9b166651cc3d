# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of this collection must not inherit from the shell that runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

_FOREIGN = ("NETRC", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "HOME")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take out proxies, certificate bundles and settings of the collection, and give an empty home."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in _FOREIGN or name.lower().endswith("_proxy") or name.startswith("PX_BACKUP_"):
                patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield

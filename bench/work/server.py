# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server of a work, which the environment names as it does for a task."""

from __future__ import annotations

import os

import requests

URL = os.environ["PX_BACKUP_API_URL"]
TOKEN = os.environ["PX_BACKUP_TOKEN"]
# The authority of its certificate, where it speaks TLS.
CA_CERT = os.environ.get("PX_BACKUP_CA_CERT") or None
TIMEOUT = 120.0


def session() -> requests.Session:
    """Return a session of bare requests."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    session.verify = CA_CERT or True
    return session

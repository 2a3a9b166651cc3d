# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of checks."""

from __future__ import annotations

from .list_checks import LIST_CHECKS
from .reference_checks import OTHER_CHECKS
from .request_checks import REQUEST_CHECKS
from .response_checks import RESPONSE_CHECKS
from .server_checks import SERVER_CHECKS
from .write_checks import WRITE_CHECKS

CHECKS = (*SERVER_CHECKS, *RESPONSE_CHECKS, *REQUEST_CHECKS, *LIST_CHECKS, *OTHER_CHECKS, *WRITE_CHECKS)

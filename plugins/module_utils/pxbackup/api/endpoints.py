# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All calls to the API in one object, as every handler gets it."""

from __future__ import annotations

from .backups import BackupCalls
from .metrics import MetricsCalls
from .references import ReferenceCalls
from .restores import RestoreCalls


class Api(BackupCalls, RestoreCalls, ReferenceCalls, MetricsCalls):
    """Every call of this project, for one organisation; a new group of calls is one more base class.

    The bases share a connection, the limits of a call, the release of the server, and one gate for writes
    (:class:`..api.base.Calls`).
    """

# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two ways in which a task can run: in the controller's own process, or as a module.

``PX_BACKUP_TEST_PATH`` names the one to take; without it tests take the fast one, and some of them both.
"""

from __future__ import annotations

import os

FAST, MODULE_PATH = "fast", "module"

# With a separate Python for the managed host only the module path remains.
CHOSEN = MODULE_PATH if "PX_BACKUP_TEST_HOST_PYTHON" in os.environ else os.environ.get("PX_BACKUP_TEST_PATH", "")
DEFAULT = CHOSEN or FAST
BOTH = [CHOSEN] if CHOSEN else [FAST, MODULE_PATH]

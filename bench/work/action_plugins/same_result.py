# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An action that does nothing but return a result from a file: what results of that size cost Ansible itself."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


@cache
def _text(file: str) -> str:
    return Path(file).read_text()


class ActionModule(ActionBase):  # type: ignore[misc]
    """Returns the content of ``file``."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return it."""
        return dict(json.loads(_text(self._task.args["file"])))

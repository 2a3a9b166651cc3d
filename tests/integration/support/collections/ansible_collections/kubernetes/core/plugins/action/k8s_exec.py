# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: every command in a pod prints ``t``, as a true condition of psql does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Runs no command."""

    _supports_check_mode = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what a command printed."""
        super().run(tmp, task_vars)
        names = ("kubeconfig", "namespace", "pod", "command")
        _validation, given = self.validate_argument_spec({name: {"type": "str", "required": True} for name in names})
        Path(given["kubeconfig"]).read_text(encoding="utf-8")
        return {"changed": True, "stdout": "t\n", "stderr": "", "rc": 0}

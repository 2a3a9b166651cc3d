# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: it reads the "kubeconfig" of the stand-in for ``k8s``.

Without a name it lists the namespaces of a cluster that has one, ``shop``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Lists namespaces."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return as a cluster with access does."""
        super().run(tmp, task_vars)
        names = ("kubeconfig", "api_version", "kind", "name")
        _validation, given = self.validate_argument_spec({name: {"type": "str"} for name in names})
        if given["kubeconfig"]:
            json.loads(Path(given["kubeconfig"]).read_text(encoding="utf-8"))
        found = [] if given["name"] else [{"kind": "Namespace", "metadata": {"name": "shop"}}]
        return {"changed": False, "resources": found, "api_found": True}

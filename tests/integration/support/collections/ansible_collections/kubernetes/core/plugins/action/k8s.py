# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: it deletes a namespace of the simulator's cluster.

The "kubeconfig" is JSON: ``control_url``, ``cluster``, and ``refuse``, namespaces whose deletion fails.

An action needs no process for each task, as the module would.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Deletes a namespace."""

    _supports_check_mode = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Delete it, or say why not."""
        super().run(tmp, task_vars)
        names = ("kubeconfig", "api_version", "kind", "name", "state")
        spec = {name: {"type": "str", "required": True} for name in names}
        more = {"wait": {"type": "bool"}, "wait_timeout": {"type": "int"}}
        _validation, given = self.validate_argument_spec({**spec, **more})
        config = json.loads(Path(given["kubeconfig"]).read_text(encoding="utf-8"))
        if (given["api_version"], given["kind"], given["state"]) != ("v1", "Namespace", "absent"):
            return {"failed": True, "msg": "the stand-in only deletes namespaces"}
        if given["name"] in config["refuse"] or "*" in config["refuse"]:
            return {"failed": True, "msg": "namespaces is forbidden"}
        body = json.dumps({"kind": "namespace", "cluster": config["cluster"], "name": given["name"]}).encode()
        request = urllib.request.Request(f"{config['control_url']}/objects", body, method="DELETE")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as response:
            deleted = json.load(response).get("deleted")
        return {"changed": bool(deleted), "result": {}, "method": "delete"}

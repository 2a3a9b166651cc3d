#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: it deletes a namespace of the simulator's cluster.

The "kubeconfig" is JSON: ``control_url``, ``cluster``, and ``refuse``, namespaces whose deletion fails.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Delete a namespace."""
    names = ("kubeconfig", "api_version", "kind", "name", "state")
    spec = {**{name: {"type": "str", "required": True} for name in names}}
    module = AnsibleModule({**spec, "wait": {"type": "bool"}, "wait_timeout": {"type": "int"}})
    given = module.params
    config = json.loads(Path(given["kubeconfig"]).read_text(encoding="utf-8"))
    if (given["api_version"], given["kind"], given["state"]) != ("v1", "Namespace", "absent"):
        module.fail_json(msg="the stand-in only deletes namespaces")
    if given["name"] in config["refuse"] or "*" in config["refuse"]:
        module.fail_json(msg="namespaces is forbidden")
    body = json.dumps({"kind": "namespace", "cluster": config["cluster"], "name": given["name"]}).encode()
    request = urllib.request.Request(f"{config['control_url']}/objects", body, method="DELETE")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as response:
        deleted = json.load(response).get("deleted")
    module.exit_json(changed=bool(deleted), result={}, method="delete")


if __name__ == "__main__":
    main()

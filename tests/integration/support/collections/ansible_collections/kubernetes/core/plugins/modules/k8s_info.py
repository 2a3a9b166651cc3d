#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: it reads the "kubeconfig" of the stand-in for ``k8s``.

Without a name it lists the namespaces of a cluster that has one, ``shop``.
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Return as a cluster with access does."""
    names = ("kubeconfig", "api_version", "kind", "name")
    module = AnsibleModule({name: {"type": "str"} for name in names}, supports_check_mode=True)
    if module.params["kubeconfig"]:
        json.loads(Path(module.params["kubeconfig"]).read_text(encoding="utf-8"))
    found = [] if module.params["name"] else [{"kind": "Namespace", "metadata": {"name": "shop"}}]
    module.exit_json(changed=False, resources=found, api_found=True)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: it reads the "kubeconfig" of the stand-in for ``k8s``."""

from __future__ import annotations

import json
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Return as a cluster with access does."""
    names = ("kubeconfig", "api_version", "kind", "name")
    module = AnsibleModule({name: {"type": "str", "required": True} for name in names}, supports_check_mode=True)
    json.loads(Path(module.params["kubeconfig"]).read_text(encoding="utf-8"))
    module.exit_json(changed=False, resources=[], api_found=True)


if __name__ == "__main__":
    main()

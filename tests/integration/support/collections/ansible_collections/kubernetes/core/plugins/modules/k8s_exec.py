#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the module of that name: every command in a pod prints ``t``, as a true condition of psql does."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Return what a command printed."""
    names = ("kubeconfig", "namespace", "pod", "command")
    module = AnsibleModule({name: {"type": "str", "required": True} for name in names})
    Path(module.params["kubeconfig"]).read_text(encoding="utf-8")
    module.exit_json(changed=True, stdout="t\n", stderr="", rc=0)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token
short_description: Log in to PX-Backup and return a token
version_added: 1.0.0
description:
  - Logs in with a name and a password and returns a token for later tasks, so that a play logs in once and only one
    task needs the password.
  - The token is in the result, because later tasks need it. Set C(no_log) on the task, as in the example.
extends_documentation_fragment:
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: Logs in in check mode too, for later tasks.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  auth_url:
    required: true
  username:
    required: true
  password:
    required: true
seealso:
  - module: pxops.px_backup.backup
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Log in once for the play
  pxops.px_backup.token:
    auth_url: https://px-central.example.com/auth
    username: backup-automation
    password: "{{ px_backup_password }}"
  register: login
  no_log: true

- name: List all backups with the token
  pxops.px_backup.backup:
    operation: INSPECT_ALL
    api_url: https://px-backup.example.com:10001
    token: "{{ login.token }}"
    org_id: default
"""

RETURN = r"""
token:
  description: The token, a secret.
  returned: success
  type: str
expires_in:
  description: Lifetime in seconds, or V(null) when the login service does not report it.
  returned: success
  type: int
  sample: 36000
expires_at:
  description: Time of expiry (RFC 3339, UTC), or V(null) when the login service does not report it.
  returned: success
  type: str
  sample: "2026-11-23T20:00:00Z"
user_id:
  description: Id of the user, the same as in the owner of a backup. Empty when the token does not contain it.
  returned: success
  type: str
error:
  description: The error in a structured form, with the same fields as RV(pxops.px_backup.backup#module:error).
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.payload import compile_once


def main() -> None:
    """Run the module."""
    compile_once()
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import TOKEN, run_module

    run_module(TOKEN)


if __name__ == "__main__":
    main()

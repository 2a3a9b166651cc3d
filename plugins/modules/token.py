#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token
short_description: Log in to PX-Backup and get a token
version_added: 1.0.0
description:
  - Logs in with a name and a password and returns a token for the tasks that follow, so that a play logs in once and
    the password goes to one task only.
  - The token is in the result, because later tasks need it. Set C(no_log) on the task, as the example shows.
extends_documentation_fragment:
  - pxops.px_backup.login
  - pxops.px_backup.wire
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: The login changes nothing and is done in check mode too, for the tasks that follow.
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
  description: For how many seconds it lasts. V(null) when the login service does not say.
  returned: success
  type: int
  sample: 36000
expires_at:
  description: Until when it lasts (RFC 3339, UTC). V(null) when the login service does not say.
  returned: success
  type: str
  sample: "2026-11-23T20:00:00Z"
user_id:
  description: Id of the user, as owners of backups are given; empty when the token does not say.
  returned: success
  type: str
error:
  description: What went wrong, with the same fields as the module M(pxops.px_backup.backup) gives.
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.runner import TOKEN, run_module


def main() -> None:
    """Run the module."""
    run_module(TOKEN)


if __name__ == "__main__":
    main()

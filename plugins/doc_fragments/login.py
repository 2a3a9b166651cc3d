# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login with a name and a password, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the options of a login."""

    DOCUMENTATION = r"""
options:
  auth_url:
    description:
      - Address of the login service (E(PX_BACKUP_AUTH_URL)), such as V(https://px-central.example.com/auth). Newer
        installations have no V(/auth). Requires O(username) and O(password).
    type: str
  username:
    description:
      - Login name (E(PX_BACKUP_USERNAME)).
    type: str
  password:
    description:
      - Password, at least 8 characters (E(PX_BACKUP_PASSWORD)).
    type: str
  client_id:
    description:
      - Client id of PX-Backup (E(PX_BACKUP_CLIENT_ID)).
    type: str
    default: pxcentral
  realm:
    description:
      - Realm of the login service (E(PX_BACKUP_REALM)).
    type: str
    default: master
"""

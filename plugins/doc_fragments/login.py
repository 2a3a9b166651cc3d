# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to log in with a name and a password, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the options of a login."""

    DOCUMENTATION = r"""
options:
  auth_url:
    description:
      - Address of the login service, for a login with O(username) and O(password), such as
        V(https://px-central.example.com/auth). The token endpoint is looked for below it, at
        C(/realms/REALM/protocol/openid-connect/token). Newer installations serve it without V(/auth).
      - Without this option the environment variable E(PX_BACKUP_AUTH_URL) is used.
    type: str
  username:
    description:
      - Login name.
      - Without this option the environment variable E(PX_BACKUP_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username), of 8 characters or more. Never part of any output.
      - Without this option the environment variable E(PX_BACKUP_PASSWORD) is used.
    type: str
  client_id:
    description:
      - Client that the login service knows PX-Backup by.
      - Without this option the environment variable E(PX_BACKUP_CLIENT_ID) is used.
    type: str
    default: pxcentral
  realm:
    description:
      - Realm of the login service.
      - Without this option the environment variable E(PX_BACKUP_REALM) is used.
    type: str
    default: master
"""

# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Address, token and organisation of the PX-Backup API, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the options that only modules of the API have."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the PX-Backup REST API (E(PX_BACKUP_API_URL)), such as V(https://px-backup.example.com:10001). The
        default scheme is V(https://); V(http://) sends the token in clear text and warns.
    type: str
    required: true
  token:
    description:
      - Bearer token, at least 8 characters (E(PX_BACKUP_TOKEN)). Exactly one of O(token), O(token_file) and O(auth_url)
        is required.
    type: str
  token_file:
    description:
      - Path on the managed host of a file with the token, readable only by its owner (E(PX_BACKUP_TOKEN_FILE)).
    type: path
  server_release:
    description:
      - Release of the server, such as V(2.10.1). Omitted, the server is asked when an option depends on it.
    type: str
  org_id:
    description:
      - Id of the organisation (E(PX_BACKUP_ORG_ID)), usually V(default).
    type: str
    required: true
"""

# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the PX-Backup API is and with which token, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of what only modules that talk to the API need."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the PX-Backup REST API, such as V(https://px-backup.example.com:10001).
      - Without a scheme V(https://) is assumed. V(http://) works but warns, because the token then travels in clear
        text.
      - A user or a password in the address is refused.
      - Without this option the environment variable E(PX_BACKUP_API_URL) is used.
    type: str
    required: true
  token:
    description:
      - The bearer token that the login of PX-Backup gave, without the word V(Bearer).
      - Never part of any output. A token of fewer than 8 characters is refused.
      - Without this option the environment variable E(PX_BACKUP_TOKEN) is used.
      - Exactly one of O(token), O(token_file) and O(auth_url) must be given.
    type: str
  token_file:
    description:
      - Path on the managed host of a file that holds the token, readable by its owner only.
      - Without this option the environment variable E(PX_BACKUP_TOKEN_FILE) is used.
    type: path
  server_release:
    description:
      - The release of the server such as V(2.10.1), for a server that does not tell it. Left out, the server is asked
        when something depends on it.
    type: str
  org_id:
    description:
      - Id of the organisation, in most installations V(default).
      - Without this option the environment variable E(PX_BACKUP_ORG_ID) is used.
    type: str
    required: true
"""

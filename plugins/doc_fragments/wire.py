# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS, timeouts and retries, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the options of every connection, to the API and to the login service."""

    DOCUMENTATION = r"""
options:
  validate_certs:
    description:
      - Whether the certificate of the server is checked. V(false) warns, because then anybody on the way can read the
        token.
      - Without this option the environment variable E(PX_BACKUP_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_cert:
    description:
      - Path on the managed host of a PEM file, or of a directory prepared by C(openssl rehash), with the certificate
        authorities to trust instead of those of the system.
      - Without this option the environment variable E(PX_BACKUP_CA_CERT) is used.
    type: path
  client_cert:
    description:
      - Path on the managed host of a PEM file with the client certificate, for a server that asks for one (mutual TLS).
      - It may hold the key too; then O(client_key) is not needed.
      - Without this option the environment variable E(PX_BACKUP_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - Path on the managed host of a PEM file with the unencrypted key of O(client_cert).
      - Without this option the environment variable E(PX_BACKUP_CLIENT_KEY) is used.
    type: path
  ssl_config:
    description:
      - Another way to give the four TLS options, for playbooks that have them in one dictionary.
      - A value here counts instead of the default of the plain option; where both are given and differ, the task fails.
    type: dict
    suboptions:
      validate_certs:
        description: As O(validate_certs).
        type: bool
      ca_cert:
        description: As O(ca_cert).
        type: path
      client_cert:
        description: As O(client_cert).
        type: path
      client_key:
        description: As O(client_key).
        type: path
  connect_timeout:
    description:
      - Maximum time to establish a connection, in seconds.
    type: float
    default: 10.0
  timeout:
    description:
      - Maximum time in which the server sends nothing, in seconds. After that the request has timed out.
    type: float
    default: 60.0
  request_timeout:
    description:
      - Maximum time of one request in seconds, from connecting to the last byte of the response.
      - The default follows from O(timeout). It is five times as long, and at least as long as O(connect_timeout) and
        O(timeout) together.
      - Each retry is a request of its own, and a wait ends at its own timeout.
    type: float
  retries:
    description:
      - How often a request that only reads is sent again after a broken connection, a timeout or a passing fault of a
        gateway (HTTP 408, 429, 502, 503, 504).
      - A request that changes something is sent again only when it certainly was not carried out.
    type: int
    default: 3
  retry_max_delay:
    description:
      - The longest pause in seconds between two attempts. Pauses begin at half a second and double, with some chance in
        them; what the server asks for in C(Retry-After) counts up to this limit.
    type: float
    default: 10.0
requirements:
  - requests, on the managed host
notes:
  - Proxies of the environment (E(https_proxy), E(http_proxy), E(no_proxy)) are honoured. A C(.netrc) file is not read.
  - Redirects are never followed, because a client that follows them turns a deletion into a look-up and reports
    success.
"""

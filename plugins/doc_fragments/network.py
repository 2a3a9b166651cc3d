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
      - Whether to validate the certificate of the server (E(PX_BACKUP_VALIDATE_CERTS)). V(false) exposes the token to
        anyone on the network and warns.
    type: bool
    default: true
  ca_cert:
    description:
      - Path on the managed host (E(PX_BACKUP_CA_CERT)) of a PEM file with certificate authorities, or of a directory of
        C(openssl rehash). They replace those of the system.
    type: path
  client_cert:
    description:
      - Path on the managed host (E(PX_BACKUP_CLIENT_CERT)) of a PEM file with the client certificate; it may hold the
        key too.
    type: path
  client_key:
    description:
      - Path on the managed host (E(PX_BACKUP_CLIENT_KEY)) of a PEM file with the unencrypted key of O(client_cert).
    type: path
  ssl_config:
    description:
      - The four TLS options in one dictionary. A value that differs from the option of the same name is an error.
    type: dict
    suboptions:
      validate_certs:
        description: Same as O(validate_certs).
        type: bool
      ca_cert:
        description: Same as O(ca_cert).
        type: path
      client_cert:
        description: Same as O(client_cert).
        type: path
      client_key:
        description: Same as O(client_key).
        type: path
  connect_timeout:
    description:
      - Timeout for a connection, in seconds.
    type: float
    default: 10.0
  timeout:
    description:
      - Timeout for each read, in seconds.
    type: float
    default: 60.0
  request_timeout:
    description:
      - Maximum total time of one request, in seconds. Omitted means five times O(timeout), at least the sum of
        O(connect_timeout) and O(timeout).
    type: float
  retries:
    description:
      - Maximum number of retries of a request that only reads, after a connection error, a timeout, or HTTP 408, 429,
        502, 503, 504. A write is retried only when it was certainly not processed.
    type: int
    default: 3
  retry_max_delay:
    description:
      - Maximum delay between retries, in seconds. The first delay is half a second and doubles each time;
        C(Retry-After) is honoured up to this limit.
    type: float
    default: 10.0
requirements:
  - requests, on the managed host
notes:
  - The proxies of E(https_proxy), E(http_proxy) and E(no_proxy) are used. A C(.netrc) file is not read. Redirects are
    never followed.
"""

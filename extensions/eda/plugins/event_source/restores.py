# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source: what happens to the restores of a PX-Backup server."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

DOCUMENTATION = r"""
short_description: Events of PX-Backup restores
version_added: 1.0.0
author:
  - PXOps contributors (@pxops)
description:
  - Polls PX-Backup and emits one event for each change of a restore.
  - Each event is below C(px_backup) with C(type), C(key), C(time), C(restore),
    C(cluster), C(location), C(namespaces), C(failed) and C(server). The page
    U(https://github.com/pxops/px_backup/blob/main/docs/events.md) lists all fields.
  - Everything else is as with the event source C(pxops.px_backup.backups). Each poll
    reads the whole list of restores, because the server cannot sort it.
  - Names, labels and reasons in events are written by other users. A rule that passes
    them to a shell must quote them.
requirements:
  - requests, in the decision environment
options:
  api_url:
    description:
      - Address of the PX-Backup REST API, such as
        V(https://px-backup.example.com:10001).
      - Without this option the environment variable E(PX_BACKUP_API_URL) is used.
    type: str
    required: true
  org_id:
    description:
      - Id of the organization, in most installations V(default).
      - Without this option the environment variable E(PX_BACKUP_ORG_ID) is used.
    type: str
    required: true
  token:
    description:
      - The bearer token. The source ends when it expires; O(auth_url) and O(token_file)
        allow for renewal.
      - Without this option the environment variable E(PX_BACKUP_TOKEN) is used.
      - Exactly one of O(token), O(token_file) and O(auth_url) is required.
    type: str
  token_file:
    description:
      - Path of a file that holds the token. It is read again when the server refuses
        the token.
      - Without this option the environment variable E(PX_BACKUP_TOKEN_FILE) is used.
    type: path
  auth_url:
    description:
      - Address of the login service, such as V(https://px-central.example.com/auth).
        The source logs in and renews its token.
      - Without this option the environment variable E(PX_BACKUP_AUTH_URL) is used.
    type: str
  username:
    description:
      - Login name.
      - Without this option the environment variable E(PX_BACKUP_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
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
  server_release:
    description:
      - The release of the server such as V(2.11.0), for a server that does not tell it.
    type: str
  validate_certs:
    description:
      - Whether the certificate of the server is validated.
      - Without this option the environment variable E(PX_BACKUP_VALIDATE_CERTS) is
        used.
    type: bool
    default: true
  ca_cert:
    description:
      - Path of a PEM file or a prepared directory with the certificate authorities to
        trust instead of those of the system.
      - Without this option the environment variable E(PX_BACKUP_CA_CERT) is used.
    type: path
  client_cert:
    description:
      - Path of a PEM file with the client certificate.
      - Without this option the environment variable E(PX_BACKUP_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - Path of a PEM file with the unencrypted key of O(client_cert).
      - Without this option the environment variable E(PX_BACKUP_CLIENT_KEY) is used.
    type: path
  connect_timeout:
    description:
      - Timeout for establishing a connection, in seconds.
    type: float
    default: 10.0
  timeout:
    description:
      - Maximum time without any data from the server, in seconds.
    type: float
    default: 60.0
  request_timeout:
    description:
      - Maximum total time of a request, in seconds. Without this option it follows
        from O(timeout).
    type: float
  retries:
    description:
      - How often a request is retried within a poll. A failed poll is repeated anyway.
    type: int
    default: 1
  retry_max_delay:
    description:
      - Maximum pause before a retry, in seconds.
    type: float
    default: 10.0
  interval:
    description:
      - Time from the end of a poll to the next one, in seconds, at least V(5). It
        varies by 10 percent.
      - After a failed poll the next one comes after 5 seconds; that pause doubles up to
        O(interval), or up to a minute where O(interval) is shorter.
    type: float
    default: 60.0
  concurrency:
    description:
      - How many pages of the list are requested at the same time, 1 to 50. A server
        that refuses requests because there are too many gets fewer.
    type: int
    default: 4
  heartbeat:
    description:
      - Emit an event of type V(heartbeat) every so many seconds, so that a rule can
        notice silence. V(0) means none.
    type: float
    default: 0.0
  events:
    description:
      - The types of events to emit. Without this option all are emitted.
    type: list
    elements: str
    choices:
      - started
      - succeeded
      - partial
      - failed
      - deleting
      - deleted
      - server_unreachable
      - server_recovered
      - heartbeat
  start:
    description:
      - What the first complete poll emits. V(now) emits nothing, V(all) one event for
        each restore. An age such as V(2h), or an RFC 3339 time, emits one event for
        each restore that was created or updated since then.
      - Ignored when O(state_file) exists.
    type: str
    default: now
  state_file:
    description:
      - Path of a file that keeps what the source has seen, so that a restart misses
        nothing. Its folder must exist and be writable. Two sources must not share it.
      - The first event after a gap has C(missed_since).
    type: path
  clusters:
    description:
      - Only restores to these clusters, by name. Names may hold V(*), V(?) and
        V([...]), here and in the other filters.
    type: list
    elements: str
  namespaces:
    description:
      - Only restores that write to at least one of these namespaces.
    type: list
    elements: str
  names:
    description:
      - Only restores with these names.
    type: list
    elements: str
  labels:
    description:
      - Only restores with all of these labels.
    type: dict
  owners:
    description:
      - Only restores of these owners, by user id.
    type: list
    elements: str
  backups:
    description:
      - Only restores of these backups, by name.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Tell of restores that did not end well
  hosts: localhost
  sources:
    - name: restores
      pxops.px_backup.restores:
        api_url: https://px-backup.example.com:10001
        org_id: default
        token: "{{ px_backup_token }}"
        events: [failed, partial]
        clusters: [prod-*]
  rules:
    - name: A restore to production failed
      condition: event.px_backup.type == "failed"
      action:
        run_playbook:
          name: open_ticket.yml
"""

Event = dict[str, object]

LIBRARY = "ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events"


def load_library(name: str) -> ModuleType:
    """Import a module of the library of the installed collection.

    An event source runs as a single file, without a package and without the
    collection loader of Ansible.

    Parameters
    ----------
    name : str
        The module, such as source.

    Returns
    -------
    ModuleType
        The module.

    Raises
    ------
    RuntimeError
        The file does not run from an installed collection.

    """
    parents = Path(__file__).absolute().parents
    root = str(parents[min(7, len(parents) - 1)])
    if root not in sys.path:
        sys.path.append(root)
    try:
        return importlib.import_module(f"{LIBRARY}.{name}")
    except ModuleNotFoundError as error:
        message = (
            f"the library of the collection pxops.px_backup was not found ({error}); "
            "install the collection and use the source as pxops.px_backup.restores"
        )
        raise RuntimeError(message) from None


def identify(text: str) -> str:
    """Return a UUID that is always the same for the same text.

    Parameters
    ----------
    text : str
        What the UUID stands for.

    Returns
    -------
    str
        The UUID.

    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"pxops.px_backup {text}"))


async def main(queue: asyncio.Queue[Event], args: dict[str, object]) -> None:
    """Put an event for each change of a restore, until the rulebook ends.

    Parameters
    ----------
    queue : asyncio.Queue
        Takes the events.
    args : dict[str, object]
        The options of the source.

    """
    source = load_library("source")
    log = logging.getLogger(__name__).warning
    await load_library("loop").run_source(
        queue,
        lambda: source.Source(
            "restores",
            args,
            dict(os.environ),
            identify,
            lambda text: log("%s", text),
        ),
    )


if __name__ == "__main__":
    # Without a rulebook the events are printed; options come from the environment.
    asyncio.run(main(load_library("loop").PrintingQueue(sys.stdout), {}))

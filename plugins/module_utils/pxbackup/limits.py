# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits of this library, in one place; docs/limits.md describes them for users."""

from __future__ import annotations

# --- responses

# The largest body of a response in bytes, after decompression: a page of 200 backups of 320 KiB each.
RESPONSE_BYTES = 64 * 1024 * 1024

# The largest body of an error response, after decompression.
ERROR_BYTES = 1024 * 1024

# Bytes that a response may need in addition to its body: headers, chunk sizes, trailers.
FRAME_BYTES = 1024 * 1024

# How deep objects and lists may be nested in a field that this library does not know.
NESTING = 64

# Range of an integer of the API: signed or unsigned, 64 bits.
SMALLEST_INT, LARGEST_INT = -(2**63), 2**64 - 1

# --- lists

# The longest list, in objects.
LIST_OBJECTS = 2_000_000

# Pages of a list whose length the server does not say.
LIST_PAGES = 200

# A list may grow while it is read, but not beyond twice its first total and this many objects.
LIST_GROWTH = 10_000

# --- requests

# A list request whose query is longer than this is sent as a POST where the server has that form: proxies and
# gateways refuse long addresses.
QUERY_CHARACTERS = 4000

# How many pages of a list are read at the same time, where the task does not say it.
LIST_CONCURRENCY = 4

# Connections that one task keeps open, and so how many requests it sends at the same time.
CONNECTIONS = 50

# --- what a task sets

# The longest time that an option can set, in seconds: 31 days. The system's timers end long after it.
SECONDS = 31 * 86400.0

# How often a request can be retried.
RETRIES = 100

# The total time of a request follows from `timeout`, multiplied by this, where the task does not set it.
TOTAL_PER_TIMEOUT = 5

# The last request of a wait has at least this many seconds.
LEAST_SECONDS = 1.0

# --- files

# The largest file that holds a token or a password, in bytes.
SECRET_FILE_BYTES = 64 * 1024

# The largest PEM file, in bytes.
PEM_FILE_BYTES = 16 * 1024 * 1024

# A shorter token or password could be part of an ordinary word, and hiding it would garble every text.
SECRET_CHARACTERS = 8

# --- sentences

# The longest sentence that is shown to a user, in characters; the data is in the result.
SENTENCE_CHARACTERS = 2000

# The longest value that a sentence quotes, in characters.
QUOTED_CHARACTERS = 200

# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches for secrets, in every form in which one may leak, in what a run leaves behind and while it runs."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

# Seconds between two scans of the processes; a module runs for longer.
_PAUSE = 0.1


def forms(secret: str) -> set[bytes]:
    """Return a secret as it is, URL-encoded, and the part of its base64 that is the same whatever stands around it."""
    plain = secret.encode()
    found = {plain, quote(secret, safe="").encode(), quote(secret).encode(), quote_plus(secret).encode()}
    for before in range(3):
        usable = len(plain) - (len(plain) + before) % 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # The first characters hold bits of what stands before the secret.
            found.add(encode(b"\0" * before + plain[:usable])[-(-before * 8 // 6) :])
    return found


class Watch:
    """Names where a secret is found.

    Args:
        secrets: by the name under which a finding is told, so that a failed test does not show them.

    Attributes:
        seen: the findings.
        scanned: the processes that were scanned.
    """

    def __init__(self, secrets: dict[str, str]) -> None:
        self._forms = [(name, form) for name, secret in secrets.items() for form in sorted(forms(secret))]
        self.seen: set[str] = set()
        self.scanned: set[str] = set()

    def scan(self, where: str, content: bytes) -> None:
        """Search some bytes."""
        for name, form in self._forms:
            if form in content:
                self.seen.add(f"{name} in {where}: {self._context(form, content)}")

    def scan_below(self, folder: Path) -> int:
        """Search the name and the content of every file below a folder; return the number of files."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        for path in files:
            self.scan(f"the name of {path.name}", str(path).encode())
            self.scan(str(path.relative_to(folder)), path.read_bytes())
        return len(files)

    @contextmanager
    def over_processes(self, marked: bytes) -> Iterator[None]:
        """Search the arguments of all processes repeatedly, for the length of a block.

        Args:
            marked: what the environment of this test's processes contains; others are not scanned.
        """
        ended = threading.Event()

        def sample() -> None:
            while not ended.is_set():
                for path in Path("/proc").glob("[0-9]*/cmdline"):
                    self._scan_process(path, marked)
                time.sleep(_PAUSE)

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _scan_process(self, path: Path, marked: bytes) -> None:
        try:
            arguments, environment = path.read_bytes(), path.with_name("environ").read_bytes()
        except OSError:
            return  # It has ended, or is another user's.
        if marked in environment:
            self.scanned.add(path.parent.name)
            self.scan("the arguments of a process", arguments)

    def _context(self, form: bytes, content: bytes) -> str:
        """Return what stands around a finding, without any secret."""
        at = content.index(form)
        around = content[max(0, at - 80) : at] + b"<HERE>" + content[at + len(form) :][:40]
        for _name, other in self._forms:
            around = around.replace(other, b"<SECRET>")
        return repr(around)

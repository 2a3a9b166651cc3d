# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of a list that are read before they are needed, several at the same time.

A page is read ahead where the list most likely has one: after the first page the server's total and the length of a
page say where the others begin. Whoever walks the list takes the pages in their order and checks each as if it had
been read just then, so a page that was read too early is noticed like a list that has changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from threading import Condition, Event, Thread
from typing import Callable, NamedTuple

from ..api.base import Page
from ..errors import PXBackupError, means_overload

# Returns at most so many objects (the second number) from a position on (the first number, 0 is the first).
FetchPage = Callable[[int, int], Page]

# The name of the threads that read pages.
THREAD_NAME = "pxops page reader"

# One page in so many may be read in vain before pages are read one by one.
_TAKEN_PER_WASTED = 10


class Fetched(NamedTuple):
    """A page and the position of its first object."""

    start: int
    page: Page


class _Job:
    """A page that is to be read, is being read, or was read."""

    __slots__ = ("alone", "begun", "done", "error", "page", "rejected", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.begun = self.alone = self.done = self.rejected = False
        self.page: Page | None = None
        self.error: BaseException | None = None


class PagesAhead:
    """Reads the pages of one list.

    Args:
        fetch: fetches one page; it is called in several threads.
        page_size: objects per request.
        concurrency: how many pages are read at the same time, and how many are kept that were not yet taken.
        refusals: returns how many requests of this client the server refused so far because it has too many.
        stop: is set when the list is not read any further; ``fetch`` then gives up.
    """

    def __init__(
        self, fetch: FetchPage, page_size: int, concurrency: int, refusals: Callable[[], int], stop: Event
    ) -> None:
        self._fetch = fetch
        self._page_size = page_size
        self._concurrency = self._limit = concurrency
        self._refusals = refusals
        self._refused = refusals()
        self._stop = stop
        self._jobs: dict[int, _Job] = {}
        self._queue: deque[_Job] = deque()
        self._changed = Condition()
        self._threads: list[Thread] = []
        self._running = 0
        self._step = 0
        self._taken = self._wasted = 0
        self._last: _Job | None = None

    def plan(self, starts: range) -> None:
        """Begin to read the pages that begin at these positions, as many of them as may be kept."""
        if self._concurrency == 1 or not starts or not self._has_thread():
            return
        with self._changed:
            if starts.step != self._step:
                # The pages have another length than was expected: those that were read ahead leave gaps.
                self._drop(self._jobs)
                self._step = starts.step
            if self._covering(starts[0]) is None:
                self._add(starts[0])
            most = self._concurrency if self._wasted * _TAKEN_PER_WASTED <= self._taken else 1
            following = range(max(self._jobs) + starts.step, starts.stop, starts.step)
            for start in following[: max(0, most - len(self._jobs))]:
                self._add(start)

    def take(self, index: int) -> Fetched:
        """Return the page that holds the object at this position and the one after it.

        Raises:
            PXBackupError: what ``fetch`` raises.
        """
        if not self._threads:
            return Fetched(index, self._fetch(index, self._page_size))
        with self._changed:
            self._drop([start for start in self._jobs if start + self._step <= index])
            while True:
                job = self._covering(index) or self._add(index, at_once=True)
                self._wait_for(job)
                if job.start == index or self._reach(job) > index:
                    break
                self._drop([job.start])
            del self._jobs[job.start]
            self._taken += 1
            self._last = job
            if job.page is None:
                raise job.error or AssertionError("a page was read without a result")
            return Fetched(job.start, job.page)

    def keep_last(self) -> None:
        """Keep the page that was taken last for another time, because one before it must be read first."""
        job, self._last = self._last, None
        if job is not None and job.page is not None and not job.rejected:
            job.rejected = True
            self._taken -= 1
            self._jobs[job.start] = job

    def forget(self) -> None:
        """Forget every page that was not taken, because the list is read from its front again."""
        with self._changed:
            self._drop(self._jobs)

    def close(self) -> None:
        """Stop reading. What is being read is not waited for."""
        self._stop.set()
        with self._changed:
            self._jobs.clear()
            self._queue.clear()
            self._changed.notify_all()

    def _covering(self, index: int) -> _Job | None:
        """Return the page that continues the list after this position, where one is read or being read."""
        fitting = [start for start, job in self._jobs.items() if start == index or start < index < self._reach(job)]
        return self._jobs[max(fitting)] if fitting else None

    def _reach(self, job: _Job) -> int:
        """Return the position of the last object of a page, the expected one until it is there."""
        return job.start + (self._step if job.page is None else len(job.page.items) - 1)

    def _add(self, start: int, at_once: bool = False) -> _Job:
        job = self._jobs[start] = _Job(start)
        if at_once:
            self._queue.appendleft(job)
        else:
            self._queue.append(job)
        self._has_thread()
        self._changed.notify_all()
        return job

    def _has_thread(self) -> bool:
        """Whether there is a thread that reads pages; another one is started where it has something to do."""
        if len(self._threads) < min(self._concurrency, max(1, self._running + len(self._queue))):
            thread = Thread(target=self._work, name=THREAD_NAME, daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # The system allows no more threads; without any, pages are read one after the other.
                return bool(self._threads)
            self._threads.append(thread)
        return True

    def _drop(self, starts: Sequence[int] | dict[int, _Job]) -> None:
        for start in list(starts):
            job = self._jobs.pop(start)
            if job.begun:
                self._wasted += 1
            else:
                self._queue.remove(job)

    def _wait_for(self, job: _Job) -> None:
        """Wait until a page is there; one that was refused among others is read again alone."""
        self._changed.wait_for(lambda: job.done)
        if not job.alone and isinstance(job.error, PXBackupError) and means_overload(job.error):
            self._limit = 1
            job.begun = job.done = False
            job.error = None
            self._queue.appendleft(job)
            self._changed.notify_all()
            self._changed.wait_for(lambda: job.done)

    def _work(self) -> None:
        """Read one page after the other, in a thread."""
        while True:
            with self._changed:
                while not (self._stop.is_set() or self._may_begin()):
                    self._changed.wait()
                if self._stop.is_set():
                    return
                job = self._queue.popleft()
                job.begun, job.alone = True, self._limit == 1
                self._running += 1
            try:
                job.page = self._fetch(job.start, self._page_size)
            except BaseException as error:  # noqa: BLE001 - whoever takes the page raises it
                job.error = error
            with self._changed:
                job.done = True
                self._running -= 1
                self._changed.notify_all()

    def _may_begin(self) -> bool:
        """Whether another page may be read now: a server that refuses gets half as many requests at a time."""
        refused = self._refusals()
        if refused > self._refused:
            self._refused, self._limit = refused, max(1, self._limit // 2)
        return bool(self._queue) and self._running < self._limit

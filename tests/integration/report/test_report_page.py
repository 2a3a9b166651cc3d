# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML report: its facts, and that nothing in it runs or refers to anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from support.reports import VERDICT, read


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " "
        self._hidden = tag == "style"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _attrs in self.tags)


def test_page_refers_to_nothing_and_runs_nothing(written: Path, attacked: Path) -> None:
    for work in (written, attacked):
        page = Page(read(work, "html"))
        assert page.tags[0] == ("html", {"lang": "en"})
        assert page.count("script") + page.count("img") + page.count("link") + page.count("iframe") == 0
        attributes = [(tag, name, value) for tag, attrs in page.tags for name, value in attrs.items()]
        assert not [name for _tag, name, _value in attributes if name.startswith("on")]
        references = [value for _tag, name, value in attributes if name in ("href", "src", "xlink:href", "action")]
        assert all(str(value).startswith("#") for value in references)
        assert "url(" not in read(work, "html") and "@import" not in read(work, "html")


def test_page_escapes_what_others_write(attacked: Path) -> None:
    page = Page(read(attacked, "html"))
    assert page.text.count("</script><img src=x onerror=alert(1)>") > 5
    assert "{{ 7 * 7 }}" in page.text


def test_page_has_the_facts(written: Path) -> None:
    page = Page(read(written, "html"))
    words = " ".join(page.text.split())
    for sentence in (
        f"Backup protection: {VERDICT}",
        "15 Nov 2026, 12:00 UTC · px.example.com · PX-Backup 2.11.0",
        "Last good backup is 3 d 18 h old, the target is 24 h.",
        "Last attempt 15 Nov 2026, 09:00: Failed – no space left",
        "No good backup, the first one is running.",
        "the last good backup has 95.4 MiB, the ones before it had 953.7 MiB (median)",
        "dr · Offline · 1 namespace from the given list · compliance 0.0 %",
        "Critical cluster 'dr' is Offline: no route to host",
        "from a partial backup",
        "1 of 8 namespaces have a passed restore drill.",
    ):
        assert sentence in words, sentence
    rows = [attrs for tag, attrs in page.tags if tag == "th" and attrs.get("scope") == "row"]
    assert len(rows) == 9
    headings = [int(tag[1]) for tag, _attrs in page.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(headings, headings[1:], strict=False))
    labels = [attrs["aria-label"] for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert "31 days: 20 good, 0 partial, 0 failed, 11 without a backup" in labels


def test_page_without_a_list_of_namespaces_is_not_green(variants: Path) -> None:
    text = read(variants / "seen", "html")
    assert 'class="card hero warn"' in text
    words = " ".join(Page(text).text.split())
    assert "Compliance unknown no list of namespaces" in words
    assert "PX-Backup has no list of the namespaces of a cluster." in words

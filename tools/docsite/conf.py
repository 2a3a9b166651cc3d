# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the documentation site (`make docs`). The pages are collected by tools/site_pages.py."""

project = "pxops.px_backup"
author = "PXOps contributors"
copyright = "2026, PXOps contributors"  # noqa: A001
html_title = "pxops.px_backup"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
# Links to other collections and to Python lead nowhere without their inventories, which a build never downloads.
suppress_warnings = ["ref.ref"]
# Links to headings, as GitHub forms them.
myst_heading_anchors = 4

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {"source_repository": "", "top_of_page_buttons": []}
html_show_sourcelink = False
html_copy_source = False
html_use_index = False
highlight_language = "text"
pygments_style = "tango"

# `make links` only: seconds and tries for each external link. Addresses of examples exist nowhere.
linkcheck_timeout = 15
linkcheck_retries = 2
linkcheck_ignore = [r"https?://[\w.-]*example\.(com|org)", r"https?://(localhost|127\.0\.0\.1)"]
# GitHub builds these in the browser.
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]

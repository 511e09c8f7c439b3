"""How Sphinx builds the documentation: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "src")]

import unfunnel  # noqa: E402

project = "unfunnel"
author = "The unfunnel developers"
project_copyright = "the unfunnel developers, Apache-2.0"
release = version = unfunnel.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "extensions.executed",
    "extensions.mathtext",
    "extensions.pictures",
]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
templates_path = ["templates"]

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# Every reference must lead somewhere. Those to other projects are not followed, because that would need their sites.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(arviz|arviz_plots|numpy|pandas|pymc|scipy|xarray|bambi|nutpie)\..*"),
]

html_theme = "pydata_sphinx_theme"
html_title = "unfunnel"
html_static_path = ["static"]
html_css_files = ["style.css"]
html_math_renderer = "mathtext"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "unfunnel"},
    "show_prev_next": True,
    "header_links_before_dropdown": 6,
    "navigation_depth": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_end": ["theme-switcher"],
}
# Only the reference is a tree; the other pages are all in the bar at the top.
html_sidebars = {"*": [], "reference/**": ["sidebar-nav-bs"]}

# Copyright (c) COMNet contributors. All rights reserved.
"""Shows pages of the clone's root, which GitHub looks for there."""

from pathlib import Path

from sphinx.application import Sphinx

PAGES = {'contributing': 'CONTRIBUTING.md', 'changelog': 'CHANGELOG.md'}


def replace(app: Sphinx, docname: str, source: list[str]) -> None:
    """Take the page of the root in place of one that refers to it."""
    if docname in PAGES:
        path = Path(app.srcdir).parent / PAGES[docname]
        app.env.note_dependency(str(path))
        text = path.read_text(encoding='utf-8').replace('](docs/', '](')
        for name, file in PAGES.items():
            text = text.replace(f']({file}', f']({name}.md')
        source[0] = text


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.connect('source-read', replace)
    return dict(parallel_read_safe=True)

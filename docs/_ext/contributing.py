# Copyright (c) COMNet contributors. All rights reserved.
"""Shows CONTRIBUTING.md of the clone as a page, where there is one."""

from pathlib import Path

from sphinx.application import Sphinx

INCLUDE = '''```{include} ../CONTRIBUTING.md
:relative-docs: docs/
```
'''


def include(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace the page's text."""
    if (docname == 'contributing'
            and (Path(app.srcdir).parent / 'CONTRIBUTING.md').is_file()):
        source[0] = INCLUDE


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.connect('source-read', include)
    return dict(parallel_read_safe=True)

# Copyright (c) COMNet contributors. All rights reserved.
"""Pages from templates: whatever is put into them is text, not markup."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..version import __version__

TEMPLATES = Path(__file__).parent / 'templates'


def render_page(template: str, **content: Any) -> str:
    """Fill in a template of this package.

    Args:
        template: Its file.
        content: What its names stand for.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(template).render(
        **content, version=__version__)

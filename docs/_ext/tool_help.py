# Copyright (c) COMNet contributors. All rights reserved.
"""``{tool-help} NAME`` shows what ``comnet NAME --help`` prints."""

from argparse import RawDescriptionHelpFormatter
from functools import partial

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from comnet.cli import find_tools, parser_of


class ToolHelp(SphinxDirective):
    """The text as a literal block."""
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the tool."""
        name = self.arguments[0]
        path = find_tools().get(name)
        if path is None:
            raise self.error(f'comnet has no command {name}')
        self.env.note_dependency(str(path))
        parser = parser_of(path, f'comnet {name}')
        parser.formatter_class = partial(  # whatever terminal builds the site
            RawDescriptionHelpFormatter, width=77)
        text = parser.format_help()
        return [nodes.literal_block(text, text, language='text')]


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.add_directive('tool-help', ToolHelp)
    return dict(parallel_read_safe=True)

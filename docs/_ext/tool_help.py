# Copyright (c) COMNet contributors. All rights reserved.
"""``{tool-help} NAME`` shows what ``comnet NAME --help`` prints."""

import os
from unittest import mock

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from tool_parser import parser_of

from comnet.cli import find_tools


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
        # the same lines whatever terminal and machine build the site
        with (mock.patch.dict(os.environ, COLUMNS='79'),
              mock.patch('comnet.utils.parallel.default_workers',
                         return_value='one a core')):
            text = parser_of(path, f'comnet {name}').format_help()
        return [nodes.literal_block(text, text, language='text')]


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.add_directive('tool-help', ToolHelp)
    return dict(parallel_read_safe=True)

# Copyright (c) COMNet contributors. All rights reserved.
"""Finds what docstrings name: by last name, or by the file it stands in.

``CAMHook`` and ``comnet.hooks.cam_hook.CAMHook`` are documented as
``comnet.hooks.CAMHook``. A name that nothing, or more than one thing, has is
reported as any other broken reference.
"""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref,
            contnode: nodes.TextElement) -> nodes.reference | None:
    """Return a link to the one object that is called so."""
    if node.get('refdomain') != 'py':
        return None
    parts = node['reftarget'].split('.')
    outer = [part for part in parts[:-1] if part[:1].isupper()]  # a class
    ending = '.'.join(['', *outer, parts[-1]])
    found = {name: entry for name, entry in
             env.get_domain('py').objects.items()
             if name.endswith(ending) and not entry.aliased}
    if len(found) > 1:  # a method of that name does not hide a function
        found = {name: entry for name, entry in found.items()
                 if entry.objtype in ('class', 'function', 'data',
                                      'exception')}
    if len(found) != 1:
        return None
    entry, = found.values()
    return make_refnode(app.builder, node['refdoc'], entry.docname,
                        entry.node_id, contnode)


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.connect('missing-reference', resolve)
    return dict(parallel_read_safe=True)

# Copyright (c) COMNet contributors. All rights reserved.
"""The site: ``make docs`` builds it and takes every warning for an error."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS / '_ext'), str(DOCS.parent / 'projects')]

from comnet import __version__  # noqa: E402

project = 'COMNet'
author = 'COMNet contributors'
copyright = 'COMNet contributors, Apache 2.0'
release = version = __version__

extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx_copybutton',
    'docstring_names',
    'mathml',
    'root_pages',
    'tool_help',
]
exclude_patterns = ['_build', 'results']  # the latter: tables of ablations
html_theme = 'furo'
html_title = f'COMNet {release}'
html_copy_source = html_show_sourcelink = False
html_use_index = html_domain_indices = False  # there is a search
html_static_path = ['_static']
html_css_files = ['site.css']

# the headings' anchors and the formulas are those that GitHub shows, too
myst_heading_anchors = 3
myst_enable_extensions = ['dollarmath']
copybutton_exclude = '.linenos, .gp, .go'

autodoc_default_options = {
    'members': True, 'special-members': '__call__', 'show-inheritance': True}
autodoc_member_order = 'bysource'
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented_params'
autodoc_typehints_format = 'short'
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

nitpicky = True
# what is documented elsewhere; everything of this project has to resolve
nitpick_ignore_regex = [
    (r'py:.*', r'(mmcv|mmengine|mmpretrain|mmseg|numpy|np|torch|PIL|nn|'
     r'abc|argparse|collections|contextlib|jaxtyping|markupsafe|'
     r'multiprocessing|pathlib|types|typing)'
     r'\b.*'),
    (r'py:.*', r'(Any|Callable|Iterable|Iterator|Mapping|Path|Sequence|'
     r'Config|ConfigDict|Hook|Runner|Tensor|DataSample|SegDataSample|'
     r'PixelData|(.*\.)?T)'),
    (r'py:class', r"'.*'|ndarray"),  # the axes of an array
    (r'py:.*', r'(bool|bytes|dict|float|int|list|object|str|tuple|type|None|'
     r'Exception|ValueError|TypeError)'),
]

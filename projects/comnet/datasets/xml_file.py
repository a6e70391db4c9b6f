# Copyright (c) COMNet contributors. All rights reserved.
"""XML in any encoding that Python knows."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from ..utils import InputError
from ..utils.text_file import read_bytes

DECLARATION = re.compile(
    rb'\s*<\?xml[^>]*encoding\s*=\s*["\']([\w.-]+)["\'][^>]*\?>')
WIDER = {'gb2312': 'gb18030', 'gbk': 'gb18030'}  # what programs write as such


def read_xml(path: str | Path) -> ET.Element:
    """Return the root of an XML file.

    The parser knows few encodings of several bytes a character; Python knows
    those of all editors.

    Raises:
        InputError: The file cannot be read, or is no XML.
    """
    data = read_bytes(path)
    declared = DECLARATION.match(data)
    try:
        try:
            return ET.fromstring(data)
        except (ValueError, LookupError):
            if declared is None:
                raise
            codec = declared[1].decode().lower()
            return ET.fromstring(
                data[declared.end():].decode(WIDER.get(codec, codec)))
    except (ET.ParseError, ValueError, LookupError) as error:
        raise InputError(f'{path}: not valid XML ({error}); mend the file, '
                         'or save it as UTF-8') from error

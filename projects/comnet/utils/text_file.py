# Copyright (c) COMNet contributors. All rights reserved.
"""Files that people write: text in whatever encoding their program saves."""

import re
from pathlib import Path

from .errors import InputError

UNICODE = 'Unicode'
LATIN = 'Latin-1'
MARKS = {  # that begin a file
    b'\xff\xfe\0\0': 'utf-32', b'\0\0\xfe\xff': 'utf-32',
    b'\xff\xfe': 'utf-16', b'\xfe\xff': 'utf-16'}


def require_regular(path: str | Path) -> None:
    """Raise an InputError for what is there and would block or never end.

    That is a pipe, a socket or a device; a link to a file is a file.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f'{path}: no regular file, but a pipe, socket or '
                         'device; name a file')


def read_bytes(path: str | Path) -> bytes:
    """Read a regular file or raise an InputError that names it."""
    require_regular(path)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror}); name '
                         'another file') from error


def read_text(path: str | Path) -> str:
    r"""Read Unicode text with ``\n`` at the ends of its lines.

    Raises:
        InputError: The file cannot be read or holds something else.
    """
    text, encoding = decode(path, read_bytes(path))
    if encoding != UNICODE:
        raise InputError(f'{path}: not UTF-8 text; save it as UTF-8')
    return text


def decode(path: str | Path, data: bytes) -> tuple[str, str]:
    r"""Return text with ``\n`` at the ends of its lines, and its encoding.

    It is :data:`UNICODE` (UTF-8, or UTF-16 and 32 that begin with their mark)
    or :data:`LATIN`, where each byte beyond ASCII stands alone and is a
    letter. Text of other languages has several in a row.

    Raises:
        InputError: The file, ``path``, has no text or text in a legacy
            encoding that only its author knows.
    """
    codec = next((codec for mark, codec in MARKS.items()
                  if data.startswith(mark)), 'utf-8-sig')
    encoding = UNICODE
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if codec != 'utf-8-sig' or not _is_latin(data):
            raise InputError(f'{path}: not UTF-8 text; save it as UTF-8'
                             ) from error
        text, encoding = data.decode('latin-1'), LATIN
    if '\0' in text:
        raise InputError(f'{path}: has NUL bytes, which are no text; save it '
                         'as UTF-8 text')
    return text.replace('\r\n', '\n').replace('\r', '\n'), encoding


def _is_latin(data: bytes) -> bool:
    """Tell whether letters of Latin-1 stand alone among those of ASCII."""
    return re.search(rb'[\x80-\xbf\xd7\xf7]|[\x80-\xff]{2}', data) is None

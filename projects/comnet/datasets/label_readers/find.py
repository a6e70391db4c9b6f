# Copyright (c) COMNet contributors. All rights reserved.
"""Which reader a source takes, by what it holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...utils import InputError
from ...utils.text_file import LATIN, decode, read_bytes
from .coco import read_coco
from .cvat import read_cvat
from .fiftyone import read_fiftyone_labels, read_fiftyone_samples
from .folders import read_folder
from .json_entries import read_entries
from .json_text import parse_json
from .label_studio import read_label_studio
from .openmmlab import read_openmmlab
from .reading import Reading
from .table import read_table
from .vectors import read_vectors

NPY = b'\x93NUMPY'
FOREIGN = {  # how files begin that people take for lists
    b'PK\x03\x04': 'a spreadsheet or an archive; save the table as CSV',
    b'\xd0\xcf\x11\xe0': 'a spreadsheet of Excel; save the table as CSV',
    b'PAR1': 'a table of Parquet; save it as CSV',
    b'\x80': 'pickled by Python, which could run anything; save it as CSV',
    b'%PDF': 'a PDF; save the table as CSV'}
# readers of JSON by the keys of its object
FORMATS = {
    frozenset(('images', 'annotations')): read_coco,
    frozenset(('classes', 'labels')): read_fiftyone_labels,
    frozenset(('samples', )): read_fiftyone_samples,
    frozenset(('metainfo', 'data_list')): read_openmmlab}


def read(path: Path, ids: Sequence[str],
         classes: Sequence[str] | None) -> Reading:
    """Read labels of any kind.

    Raises:
        InputError: There is no such source, or it is not of a known kind.
    """
    if path.is_dir():
        return read_folder(path, ids, classes)
    if not path.exists():
        raise InputError(f'{path}: no such labels; set labels to a folder of '
                         'annotations, a .csv, a .json, …')
    data = read_bytes(path)
    if data.startswith(NPY):
        return read_vectors(path, ids, classes)
    for mark, what in FOREIGN.items():
        if data.startswith(mark):
            raise InputError(f'{path}: {what}')
    if _begins(data) == '<':
        return read_cvat(path)
    text, encoding = decode(path, data)
    begin = text.lstrip()[:1]
    reading = (_read_json(path, text, ids, classes)
               if begin and begin in '{[' else
               read_cvat(path) if begin == '<' else
               read_table(path, text, ids, classes))
    if encoding == LATIN:
        reading.notes.append(f'{path}: not UTF-8, read as {LATIN}; save it as '
                             'UTF-8 if names come out wrong')
    return reading


def _begins(data: bytes) -> str:
    """Return the first character of a text in an encoding like ASCII."""
    return data.removeprefix(b'\xef\xbb\xbf').lstrip()[:1].decode('latin-1')


def _read_json(path: Path, text: str, ids: Sequence[str],
               classes: Sequence[str] | None) -> Reading:
    """Choose the reader by the keys of the object, or of the first one."""
    content = parse_json(path, text)
    if isinstance(content, dict):
        for keys, reader in FORMATS.items():
            if keys <= content.keys() and _holds(content, keys):
                return reader(path, content)
    elif content and isinstance(content[0], dict) and isinstance(
            content[0].get('data'), dict):
        return read_label_studio(path, content)
    return read_entries(path, content, ids, classes)


def _holds(content: Mapping[str, Any], keys: frozenset[str]) -> bool:
    """Tell objects of a format from images that are called like its keys."""
    if keys == {'classes', 'labels'}:
        return isinstance(content['labels'], dict)
    return any(isinstance(content[key], dict)
               or isinstance(content[key], list) and any(
                   isinstance(each, dict) for each in content[key])
               for key in keys)

# Copyright (c) COMNet contributors. All rights reserved.
"""Writing of a folder in VOC layout, step by step, so that it can go on."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from mmengine.logging import print_log

from ..datasets.image_labels import ANNOTATIONS
from ..datasets.picture_files import IMAGE_DIR, MASK_DIR
from ..utils import InputError
from ..utils.atomic_file import remove_partial_files, write_bytes
from ..utils.folder_lock import writing
from ..utils.parallel import default_workers, run_jobs
from ..utils.progress import track
from .source import Source

LISTS = 'ImageSets/Segmentation'
IMAGES, MASKS, LABELS = IMAGE_DIR, MASK_DIR, ANNOTATIONS
SAFE_ID = re.compile(r'\w[\w.-]*', re.ASCII)  # no folder, no hidden file


@contextmanager
def layout(target: str | Path, *folders: str) -> Iterator[Path]:
    """Make folders of a data set and that of the lists, to be filled.

    What a killed run left half-written is removed.

    Yields:
        The folder of the data set.

    Raises:
        InputError: A file cannot be read or written, in the block as well, or
            another run writes the folder.
    """
    target = Path(target)
    try:
        with writing(target):
            for folder in (*folders, LISTS):
                (target / folder).mkdir(parents=True, exist_ok=True)
                remove_partial_files(target / folder)
            remove_partial_files(target)
            yield target
    except OSError as error:
        raise InputError(
            f'{error.filename or target}: cannot be read or written '
            f'({error.strerror or error}); make room or name another folder; '
            'what is finished is kept') from error


def check_ids(ids: Iterable[str], where: str) -> list[str]:
    """Return ids, if they can be names of files and none stands twice.

    Raises:
        InputError: An id is none; ``where`` is what holds them.
    """
    ids = list(ids)
    for image_id in ids:
        if not SAFE_ID.fullmatch(image_id):
            raise InputError(f'{where}: {image_id!r} is not an image id; it '
                             'is not the official file, get that one')
    if len(set(ids)) < len(ids):
        raise InputError(f'{where}: an image stands twice; it is not the '
                         'official file, get that one')
    return ids


def place(source: Source, files: Mapping[str, Path], what: str) -> None:
    """Write those files of a release that are not there yet, as they are.

    ``what`` they are is for the log.
    """
    todo = {name: path for name, path in files.items() if not path.exists()}
    print_log(f'{len(todo)} of {len(files)} {what} to write')
    for _ in track(source.place(todo), len(todo)):
        pass


def convert(source: Source, files: Mapping[str, Path], function: Callable,
            workers: int | None) -> None:
    """Convert those files of a release that are not there yet.

    ``function`` takes the content of each, the path to write and the file's
    name for messages.
    """
    todo = {name for name, path in files.items() if not path.exists()}
    jobs = ((data, files[name], f'{source.path}: {name}')
            for name, data in source.read(todo))
    in_parallel(function, jobs, len(todo), workers)


def in_parallel(function: Callable, jobs: Iterable[tuple], num_jobs: int,
                workers: int | None) -> None:
    """Call a function that writes a file with each tuple, in processes."""
    if num_jobs:
        for _ in track(run_jobs(function, jobs,
                                workers or default_workers()), num_jobs):
            pass


def write_lists(target: Path, lists: Mapping[str, Sequence[str]]) -> None:
    """Write the ids of each split, last of all: then all files are there."""
    for split, ids in lists.items():
        write_lines(target / LISTS / f'{split}.txt', ids)
    print_log(f'{target}: ' + ', '.join(
        f'{split} {len(ids)}' for split, ids in lists.items()))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a text file, whole or not at all."""
    write_bytes(path, ''.join(f'{line}\n' for line in lines).encode())


def write_labels(path: Path, labels: Mapping[str, Sequence[str]],
                 header: Sequence[str] = ()) -> None:
    """Write image-level labels as a CSV: an id, then its classes.

    What shows none of them has one empty cell.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    if header:
        writer.writerow(header)
    writer.writerows(
        [image_id, *(names or [''])] for image_id, names in labels.items())
    write_bytes(path, text.getvalue().encode())


def write_annotation(path: Path, filename: str, names: Iterable[str]) -> None:
    """Write image-level labels as VOC's XML, without boxes."""
    root = ElementTree.Element('annotation')
    ElementTree.SubElement(root, 'filename').text = filename
    for name in names:
        node = ElementTree.SubElement(root, 'object')
        ElementTree.SubElement(node, 'name').text = name
    ElementTree.indent(root)
    write_bytes(path, ElementTree.tostring(root))

# Copyright (c) COMNet contributors. All rights reserved.
"""Image-level labels, wherever they stand.

A source is told by what it holds, not by an option or its name:

======================  =======================================================
``labels``              what it is
======================  =======================================================
text                    a table, separated by comma, semicolon, tab or bar:
                        ``image, class, class, …`` a line, a column of classes,
                        or a column of 1 and 0 a class (one-hot)
JSON, JSON lines        ``{image: [classes]}``, an object or line an image,
                        COCO, Label Studio, FiftyOne, OpenMMLab
XML                     CVAT for images
``.npy``                ``cls_labels.npy`` of other projects, a pickled dict
                        of a vector an image; no code of it is run
folder with ``.xml``    an annotation of VOC an image, ``ID.xml``
folder of folders of    one folder a class, perhaps in folders of splits
pictures
folder with ``.png``    true masks, ``ID.png``: for ablations alone
======================  =======================================================

An image is named by its id or file name, relative to ``JPEGImages``. Where no
name is one, they are paths of another machine, and their last parts count.
An image that is named without a class shows none of them, a negative; one
that is not named at all has no label.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..utils import InputError, first_few
from ..utils.collection import no_collection
from .label_names import fault, tidy
from .label_readers.find import read
from .label_readers.reading import Reading
from .picture_names import match_names

ANNOTATIONS = 'Annotations'
LABELS_FILE = 'labels.csv'  # in place of annotations
SHOWN = 3


@dataclass
class LabelSource:
    """The classes of images, and all that could not be read.

    Attributes:
        path: The file or folder.
        kind: How it was read, such as 'one-hot'.
        classes: Names of the classes, by image id; none of an image that
            shows none of them.
        places: File, and line where it has lines, by image id.
        problems: A line each: which file or line, what is wrong, what to do.
        notes: A line each about what was passed over or taken to mean.
        failed: Ids of the images whose labels could not be read.
        others: What it calls images that are none of the pictures.
    """
    path: Path
    kind: str
    classes: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)

    def place(self, image_id: str) -> str:
        """Return where the labels of an image stand, or should stand."""
        return self.places.get(image_id, str(self.path))


def read_labels(data_root: str | Path,
                ids: Sequence[str],
                classes: Sequence[str],
                labels: str | Path = ANNOTATIONS) -> list[list[int]]:
    """Read the labels of images.

    Args:
        data_root: Folder in VOC layout.
        ids: Image ids.
        classes: Names of the classes, in the order of their indices.
        labels: The source, relative to ``data_root`` or absolute.

    Returns:
        For each id the sorted indices of its classes, from 0; none of a
        negative.

    Raises:
        InputError: The source is missing or no good, an image has no label,
            or there are classes that are not in ``classes``.
    """
    path = Path(data_root) / labels
    source = read_source(path, ids, classes)
    for problem in (*source.problems, *unlabelled(source, ids),
                    *unknown_classes(source, ids, classes)):
        raise InputError(problem)
    index = {name: number for number, name in enumerate(classes)}
    return [sorted({index[name] for name in source.classes[image_id]})
            for image_id in ids]


@no_collection()
def read_source(path: Path, ids: Sequence[str],
                classes: Sequence[str] | None = None) -> LabelSource:
    """Read what a file or folder says, problems included.

    A file may name other images than ``ids``, too.

    Raises:
        InputError: There is no such source, or it is not of a known kind.
    """
    reading = read(path, ids, classes)
    found, problems = match_names(
        (entry.name for entry in reading.entries), ids, path)
    source = LabelSource(
        path, reading.kind, places=dict(reading.places),
        problems=reading.problems + problems, notes=list(reading.notes),
        failed=set(reading.failed))
    _add_entries(source, reading, found)
    return source


def _add_entries(source: LabelSource, reading: Reading,
                 found: dict[str, str]) -> None:
    """Add what is said of the pictures, with tidy names."""
    repeated: Counter[str] = Counter()
    written: set[str] = set()
    for entry in reading.entries:
        image_id = found.get(entry.name)
        if image_id is None:
            source.others.append(entry.name)
            continue
        if image_id not in source.classes:
            source.places[image_id] = entry.place
        known = source.classes.setdefault(image_id, [])
        for name in map(tidy, dict.fromkeys(entry.classes)):
            if problem := fault(name):
                source.problems.append(f'{entry.place}: class {name!r} '
                                       f'{problem}')
            elif name in known:
                repeated[image_id] += 1
            elif name:
                known.append(name)
        written.update(entry.classes)
    source.others = list(dict.fromkeys(source.others))
    _note_spellings(source, written)
    if repeated:
        source.notes.append(
            f'{source.path}: {len(repeated)} pictures have a class twice '
            f'({first_few(list(repeated), SHOWN)}), which counts once')


def _note_spellings(source: LabelSource, written: Iterable[str]) -> None:
    """Note names of which blanks or accents are written in several ways."""
    raw: dict[str, set[str]] = {}
    for each in written:
        raw.setdefault(tidy(each), set()).add(each.lstrip(' '))
    for name, spellings in sorted(raw.items()):
        if len(spellings) > 1:
            source.notes.append(
                f'{source.path}: {" and ".join(map(repr, sorted(spellings)))} '
                f'are one class, {name!r}')


def unlabelled(source: LabelSource, ids: Iterable[str]) -> list[str]:
    """Return a line for each image of which nothing is said."""
    return [f'{source.place(image_id)}: no label of image {image_id!r}; name '
            'it there, without a class if it shows none of them, or take its '
            'id out of the split'
            for image_id in dict.fromkeys(ids)
            if image_id not in source.classes
            and image_id not in source.failed]


def negatives(source: LabelSource, ids: Iterable[str]) -> list[str]:
    """Return the images that show none of the classes, as it is said."""
    return [image_id for image_id in dict.fromkeys(ids)
            if source.classes.get(image_id) == []
            and image_id not in source.failed]


def unknown_classes(source: LabelSource, ids: Iterable[str],
                    classes: Sequence[str]) -> list[str]:
    """Return one line with all classes that are not known, if any."""
    first: dict[str, str] = {}
    known = set(classes)
    for image_id in ids:
        for name in source.classes.get(image_id, ()):
            if name not in known:
                first.setdefault(name, source.place(image_id))
    if not first:
        return []
    names = ', '.join(map(repr, sorted(first)))
    what = (f'class {names} is' if len(first) == 1 else f'classes {names} are')
    return [f'{next(iter(first.values()))}: {what} not in the list of '
            'classes; mend the names or add them to classes.txt']

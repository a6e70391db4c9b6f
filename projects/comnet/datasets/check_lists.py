# Copyright (c) COMNet contributors. All rights reserved.
"""A check of lists, labels and of which files are there: no pixels."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ..utils import InputError, first_few
from .data_report import ERROR, WARNING, DataReport
from .image_labels import (
    negatives,
    read_source,
    unknown_classes,
    unlabelled,
)
from .label_names import twins
from .picture_files import (
    IMAGE_DIR,
    MASK_DIR,
    files_of,
    is_hidden,
    is_picture,
    list_files,
    picture_problem,
    pictures_of,
)
from .voc_folder import read_classes, read_split

SHOWN = 5  # ids of a line about many
T = TypeVar('T')


@dataclass
class Listed:
    """What the lists name.

    Attributes:
        root: Folder in VOC layout.
        classes: Names of the classes.
        ids: Image ids by list, 'train' and 'val', each once.
        pictures: The one picture of each id that has one.
        masks: The true mask of each id that has one.
        labels: Names of the classes of an image, where they are known; none
            of a negative.
    """
    root: Path
    classes: tuple[str, ...] = ()
    ids: dict[str, list[str]] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)
    masks: dict[str, Path] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)


def check_lists(root: Path, lists: Mapping[str, str], labels: str,
                report: DataReport) -> Listed:
    """Check everything but pixels of 'train' and perhaps 'val'.

    ``report`` takes the findings; what there is is returned.
    """
    listed = Listed(root)
    listed.classes = _try(report, lambda: read_classes(root)) or ()
    for name, image_list in lists.items():
        ids = _try(report, lambda: read_split(root, image_list))  # noqa: B023
        listed.ids[name] = list(dict.fromkeys(ids or ()))
        report.images[name] = len(listed.ids[name])
        twice = [image_id for image_id, count in Counter(ids).items()
                 if count > 1]
        if twice:
            report.add(WARNING, [
                f'{root / image_list}: {_some(twice)} listed more than once; '
                'keep one line each'])
    _check_overlap(listed, lists, report)
    _check_pictures(listed, report)
    _check_labels(listed, labels, report)
    if listed.classes and listed.labels:
        _count_classes(listed, report)
    _find_masks(listed, report)
    return listed


def _try(report: DataReport, read: Callable[[], T]) -> T | None:
    """Return what is read, or report why it cannot be."""
    try:
        return read()
    except InputError as error:
        report.add(ERROR, [str(error)])
        return None


def _some(ids: Sequence[str]) -> str:
    """Name the first ids of many."""
    more = f' and {len(ids) - SHOWN} more' if len(ids) > SHOWN else ''
    return f'{len(ids)} of the ids ({", ".join(ids[:SHOWN])}{more})'


def _check_overlap(listed: Listed, lists: Mapping[str, str],
                   report: DataReport) -> None:
    val = set(listed.ids.get('val', ()))
    both = [image_id for image_id in listed.ids['train'] if image_id in val]
    if both:
        report.add(WARNING, [
            f'{listed.root / lists["val"]}: {_some(both)} stand in '
            f'{lists["train"]}, too; what is trained on says nothing when it '
            'is tested, take them out of one list'])


def _check_pictures(listed: Listed, report: DataReport) -> None:
    """Look for the picture of each id."""
    folder = listed.root / IMAGE_DIR
    ids = list(dict.fromkeys(sum(listed.ids.values(), [])))
    if not folder.is_dir():
        report.add(ERROR, [f'{folder}: no such folder of images; put the '
                           'pictures there'])
        return
    found = pictures_of(folder, ids)
    problems = (picture_problem(folder, image_id, paths)
                for image_id, paths in found.items())
    report.add(ERROR, [problem for problem in problems if problem])
    listed.pictures = {image_id: paths[0] for image_id, paths in found.items()
                       if len(paths) == 1}
    names = [name for name in list_files(folder, ids) if is_picture(name)]
    report.unlisted = len(names) - sum(map(len, found.values()))


def _check_labels(listed: Listed, labels: str, report: DataReport) -> None:
    """Read the labels; those of train are needed, those of val are not."""
    path = listed.root / labels
    for name, ids in listed.ids.items():
        severity = ERROR if name == 'train' else WARNING
        try:
            source = read_source(path, ids, listed.classes)
        except InputError as error:
            if name == 'train':
                report.add(ERROR, [str(error)])
            continue
        if name == 'train':
            report.labels = f'{path}: read as {source.kind}'
            report.add(WARNING, source.notes)
            report.add(ERROR, source.problems)
            report.add(ERROR, unlabelled(source, ids))
        if listed.classes:
            report.add(severity, unknown_classes(source, ids, listed.classes))
        none = negatives(source, ids)
        report.negatives[name] = len(none)
        if name == 'train' and none:
            _tell_negatives(path, none, ids, report)
        for image_id in ids:
            if image_id in source.classes and image_id not in source.failed:
                listed.labels[image_id] = source.classes[image_id]


def _tell_negatives(path: Path, none: Sequence[str], ids: Sequence[str],
                    report: DataReport) -> None:
    """Tell of the training images that are said to show no class."""
    if len(none) == len(ids):
        report.add(ERROR, [f'{path}: no training image shows a class; add '
                           'images that do'])
    else:
        report.add(WARNING, [
            f'{path}: {_some(none)} show none of the classes and are learnt '
            'as such; label those that nobody has labelled yet, or take them '
            'out of the list'])


def _count_classes(listed: Listed, report: DataReport) -> None:
    """Count the images of each class, and the pairs that share it."""
    counts = {name: Counter(label for image_id in ids
                            for label in listed.labels.get(image_id, ()))
              for name, ids in listed.ids.items()}
    report.classes = {label: {name: counts[name][label] for name in counts}
                      for label in listed.classes}
    for label in listed.classes:
        number = counts['train'][label]
        report.pairs[label] = number * (number - 1) // 2
        if number < 2:
            report.add(WARNING, [
                f'{listed.root}: class {label!r} has {number or "no"} training'
                f' image{"s" if not number else ", which is its own partner"};'
                ' add images, or leave the class out'])
        elif number == len(listed.ids['train']):
            report.add(WARNING, [
                f'{listed.root}: every training image has the class {label!r},'
                ' which cannot be learnt without images that lack it; add '
                'such'])
    for names in twins(listed.classes):
        report.add(WARNING, [
            f'{listed.root}: classes {" and ".join(map(repr, names))} may be '
            'one; if they are, mend the names'])


def _find_masks(listed: Listed, report: DataReport) -> None:
    """Look for the true masks, which no id needs to have."""
    ids = list(dict.fromkeys(sum(listed.ids.values(), [])))
    pictures = {name.rpartition('.')[0] for name in list_files(
        listed.root / IMAGE_DIR, ids) if is_picture(name)} | {*ids}
    unused = sorted(
        name for name in list_files(listed.root / MASK_DIR, ids)
        if is_picture(name) and not is_hidden(name) and not (
            name.endswith('.png') and name[:-4] in pictures))
    if unused:
        report.add(WARNING, [
            f'{listed.root / MASK_DIR}: {len(unused)} files are not named '
            f'after a picture, ID.png, and are not read: '
            f'{first_few(unused, SHOWN)}; rename them'])
    for name, ids in listed.ids.items():
        masks = files_of(listed.root / MASK_DIR, ids, '.png')
        report.masks[name] = len(masks)
        listed.masks.update(masks)

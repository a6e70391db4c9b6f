# Copyright (c) COMNet contributors. All rights reserved.
"""Labels as they go into a data set: one spelling a class, and no doubt."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmengine.logging import print_log

from ..datasets.image_labels import LabelSource, unknown_classes
from ..datasets.label_names import merged, twins
from ..utils import InputError, check_choice, first_few
from ..utils.constants import NEGATIVES
from ..utils.record import file_identity


def settle_names(source: LabelSource, classes: Sequence[str] | None,
                 merge: bool) -> None:
    """Merge names that differ by case or blanks alone, and tell which.

    Args:
        source: The labels, which are changed.
        classes: Names of the classes, where they are given.
        merge: Whether to; they are refused otherwise.

    Raises:
        InputError: There are such names, not all of them in ``classes``.
    """
    counts = Counter(name for names in source.classes.values()
                     for name in names)
    if not merge:
        given = {*(classes or ())}
        for group in twins({*counts, *given}):
            if not {*group} <= given:
                raise InputError(
                    f'{source.path}: {" and ".join(map(repr, group))} may be '
                    'one class; mend the names, merge them by --merge-names, '
                    'or list both in a file of --classes')
        return
    becomes = merged(counts, classes or ())
    for name, other in becomes.items():
        print_log(f'warning: {source.path}: {name!r} ({counts[name]} pictures)'
                  f' is taken for {other!r} ({counts[other]})')
    for image_id, names in source.classes.items():
        source.classes[image_id] = list(dict.fromkeys(
            becomes.get(name, name) for name in names))




def labelled(pictures: Mapping[str, Path], source: LabelSource,
             classes: Sequence[str] | None,
             negatives: str | None = None,
             alone: bool = False) -> list[str]:
    """Return the ids of the pictures to keep; tell of the others.

    Args:
        pictures: All of them.
        source: The labels, which get an entry for each picture to keep.
        classes: Names of the classes, where they are given.
        negatives: Which pictures without a class are kept: 'listed', those
            that the labels name; 'all', those that they do not name, too.
        alone: Whether these may be all that there is.

    Raises:
        InputError: Something could not be read, a class is not in
            ``classes``, or no picture has a label.
    """
    check_choice(negatives, (None, *NEGATIVES), 'prepare: negatives')
    ids = [image_id for image_id in pictures if source.classes.get(image_id)]
    unknown = unknown_classes(source, ids, classes) if classes else []
    for problem in (*source.problems, *unknown):
        raise InputError(problem)
    none = [image_id for image_id in pictures
            if source.classes.get(image_id) == []]
    missing = [image_id for image_id in pictures
               if image_id not in source.classes]
    kept = ([*none, *missing] if negatives == 'all' else
            none if negatives == 'listed' else [])
    if not ids and not (alone and kept):
        called = ('and show none of the classes' if none else 'they are called'
                  f' {missing[0]}, the labels name '
                  f'{source.others[0] if source.others else "none"}; name '
                  'them alike')
        raise InputError(f'{source.path}: no label of any of {len(pictures)} '
                         f'pictures; {called}')
    if negatives == 'all':
        missing = []
    source.classes.update((image_id, []) for image_id in kept)
    for names, what in (
            (kept, 'pictures show none of the classes and are kept as '
             'negatives'),
            ([] if kept else none, 'pictures show none of the classes and are '
             'left out (--negatives listed keeps them)'),
            (missing, 'pictures without a label are left out'),
            (source.others, 'labels are of no picture')):
        if names:
            print_log(f'{"" if names is kept else "warning: "}{len(names)} '
                      f'{what}: {first_few(names, 5)}')
    wanted = {*ids, *kept}
    return [image_id for image_id in pictures if image_id in wanted]


def copies(pictures: Mapping[str, Path]) -> list[str]:
    """Return a pair of ids for each file that is the same as one before."""
    sizes = Counter(path.stat().st_size for path in pictures.values())
    first: dict[str, str] = {}
    pairs = []
    for image_id, path in pictures.items():
        if sizes[path.stat().st_size] > 1:
            before = first.setdefault(file_identity(path), image_id)
            if before != image_id:
                pairs.append(f'{before} = {image_id}')
    return pairs

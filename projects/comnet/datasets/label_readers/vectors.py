# Copyright (c) COMNet contributors. All rights reserved.
"""``cls_labels.npy`` of IRN and others."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...utils import InputError
from ...utils.errors import one_line
from ..pickled_dict import PICKLE_ERRORS, read_pickled_dict
from ..picture_files import id_of_name
from .reading import Reading


def read_vectors(path: Path, ids: Sequence[str],
                 classes: Sequence[str] | None) -> Reading:
    """Read a pickled dict of a vector an image, without running any of it.

    Its keys are ids, file names, or ids as numbers: 2007000032 is 2007_000032.

    Raises:
        InputError: It is no such file, or the classes have no names.
    """
    if classes is None:
        raise InputError(f'{path}: holds no names of classes; give the names '
                         'in a file')
    try:
        vectors = {
            id_of_name(key) if isinstance(key, str) else key:
            np.asarray(value, dtype=np.float32)
            for key, value in read_pickled_dict(path).items()}
    except PICKLE_ERRORS as error:
        raise InputError(f'{path}: not a pickled dict of vectors '
                         f'({one_line(error)}); give another file') from error
    reading = Reading(path, 'a vector an image')
    sizes: Counter = Counter()
    for image_id in dict.fromkeys(ids):
        digits = image_id.replace('_', '')
        number = int(digits) if digits.isdecimal() else None
        marks = vectors.get(image_id, vectors.get(number))
        if marks is None:
            continue
        if marks.shape != (len(classes), ):
            sizes[marks.shape] += 1
            reading.failed.add(image_id)
        else:
            reading.add(image_id, [classes[index] for index in
                                   np.flatnonzero(marks > 0).tolist()],
                        str(path))
    reading.problems += [
        f'{path}: {count} vectors of shape {shape}, but there are '
        f'{len(classes)} classes; give the classes of the file in classes.txt'
        for shape, count in sizes.items()]
    return reading

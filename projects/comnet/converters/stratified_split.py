# Copyright (c) COMNet contributors. All rights reserved.
"""A split into train and val in which each class has its share."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..utils import InputError, first_few

KEPT = 2  # training images of a class, before any goes to val: a pair
SHOWN = 5


def stratified_split(rows: Mapping[str, Sequence[str]], val_share: float,
                     seed: int,
                     fixed: Mapping[str, Sequence[str]] | None = None
                     ) -> dict[str, list[str]]:
    """Draw the validation images, so that each class has its share of them.

    One after the other the image goes to val that most lessens the sum of
    (wanted - there)^2 / images over all groups, until val has its share of
    the images. The groups are those of a class, and those of as many classes:
    without the latter val would get the images of many, and few negatives. Of
    equally good images chance takes one. An image goes there only while two
    training images of each of its classes are left.

    Args:
        rows: Names of the classes of each image; none of a negative.
        val_share: Share of the images, between 0 and 1.
        seed: Of what is drawn.
        fixed: Ids of 'train' and 'val' that stay there.

    Returns:
        The ids of 'train' and 'val', sorted.

    Raises:
        InputError: No image can be spared.
    """
    rng = np.random.default_rng(seed)
    ids = sorted(rows)
    kinds: dict[frozenset[str], list[str]] = defaultdict(list)
    for index in rng.permutation(len(ids)):
        kinds[frozenset(rows[ids[index]])].append(ids[index])
    shown, total, kept = _table(kinds)
    val = [*fixed['val']] if fixed else []
    stays = {*sum(map(list, fixed.values()), [])} if fixed else set()
    waiting = [[each for each in members if each not in stays]
               for members in kinds.values()]
    left = np.array([len(members) for members in waiting])
    chosen = {*val}
    there = np.array([sum(each in chosen for each in members)
                      for members in kinds.values()]) @ shown
    for _ in range(max(1, round(val_share * len(ids))) - len(val)):
        # what an image more of each kind changes, (kinds,)
        change = shown @ ((1 - 2 * (val_share * total - there)) / total)
        spared = (shown <= (total - there - kept).clip(0)).all(axis=1)
        free = spared & (left > 0)
        if not free.any():
            break
        best = int(np.where(free, change, np.inf).argmin())
        val.append(waiting[best].pop())
        left[best] -= 1
        there += shown[best]
    if not val:
        raise InputError(f'prepare: no image can be spared for validation; '
                         f'give a class with more than {KEPT} images')
    chosen = {*val}
    return dict(train=[image_id for image_id in ids if image_id not in chosen],
                val=sorted(val))


def _table(kinds: Mapping[frozenset[str], Sequence[str]]
           ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which groups each kind of image is of, and what is of a group.

    Returns:
        Whether a kind is of a group, shape (kinds, groups), the images of
        each group and those to keep, shape (groups,), all int64.
    """
    names = sorted(set().union(*kinds))
    numbers = sorted({*map(len, kinds)})
    shown = np.array([[*(name in kind for name in names),
                       *(number == len(kind) for number in numbers)]
                      for kind in kinds], dtype=np.int64)
    sizes = np.array([len(members) for members in kinds.values()])
    return shown, sizes @ shown, np.array(
        [KEPT] * len(names) + [0] * len(numbers))


def without_val(rows: Mapping[str, Sequence[str]],
                val: Sequence[str]) -> Iterator[str]:
    """Yield one line with the classes that no image of val shows, if any."""
    counts = Counter(name for names in rows.values() for name in {*names})
    there = {name for image_id in val for name in rows[image_id]}
    missing = [f'{name} ({counts[name]})' for name in sorted(counts)
               if name not in there]
    if missing:
        yield ('classes without a validation image: '
               f'{first_few(missing, SHOWN)}; two are kept to train on, add '
               'pictures, or raise val_share')

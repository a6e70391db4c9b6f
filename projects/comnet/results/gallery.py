# Copyright (c) COMNet contributors. All rights reserved.
"""The pictures of a report: which tell most, and what was made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..converters.suspicion import suspect
from ..datasets.voc_folder import load_mask
from ..steps.run_file import RunFile
from ..visualization import Row
from .pictures import Made, PictureReader, find_made
from .run_folder import Records
from .verdict import Looks

RANKED = 2000  # images of a split at most: more take minutes
SPLITS = dict(train='Training images', val='Validation images')


@dataclass(frozen=True)
class Gallery:
    """Images of a split.

    Attributes:
        title: Of the split.
        note: How they were chosen.
        groups: Images by the title of their group.
        looks: What the masks of images without a true one look like.
    """
    title: str
    note: str
    groups: Mapping[str, Sequence[Row]]
    looks: Looks | None = None


def make_galleries(work_dir: str | Path, run: RunFile, records: Records,
                   reader: PictureReader, number: int) -> list[Gallery]:
    """Choose pictures of both splits and read what was made of them.

    ``number`` is that of pictures, half of each split where both have as many.
    """
    made = {split: list(find_made(work_dir, run, records, split))
            for split in SPLITS}
    images = {split: _images(reader, each) for split, each in made.items()}
    num_train = min(len(images['train']),
                    number - min(number // 2, len(images['val'])))
    shares = dict(train=num_train, val=number - num_train)
    return [_gallery(title, reader, images[split], made[split], shares[split])
            for split, title in SPLITS.items()
            if images[split] and shares[split]]


def _images(reader: PictureReader, made: Sequence[Made]) -> dict[str, Path]:
    """Return the pictures that something was made of, by id, sorted."""
    found: set[str] = set().union(*(each.ids() for each in made))
    return reader.images(sorted(found))


def _gallery(title: str, reader: PictureReader, images: Mapping[str, Path],
             made: Sequence[Made], number: int) -> Gallery:
    """Choose images by the last kind of masks that there is."""
    folders = [(each, found) for each in made if (found := each.ids())]
    newest = folders[-1][0]
    last = [(each, found) for each, found in folders
            if each.step == newest.step]
    truths = reader.truths(list(images))
    shared = set(truths).intersection(*(found for _, found in last))
    scores = _scores(reader, [each for each, _ in last], {
        name: truths[name] for name in spread(sorted(shared), RANKED)})
    chosen, note = {}, ''
    measured = len(scores[last[0][0].method])
    if measured:
        chosen = choose(rankings(scores), number)
        note = (f'Chosen by the {newest.title}s of {measured} images with a '
                'true mask. IoU is the mean over the labels in a picture.')
    taken = {name for names in chosen.values() for name in names}
    untrue = [name for name in images if name not in taken]
    looks = None if measured else _looks(reader, last[-1][0], untrue)
    doubts = {each.image_id: '; '.join(each.reasons)
              for each in (looks.found if looks else ()) if each.reasons}
    if doubts:
        chosen['Most doubtful'] = list(doubts)[:number // 2]
        untrue = [name for name in untrue
                  if name not in chosen['Most doubtful']]
    rest = spread(untrue, number - sum(map(len, chosen.values())))
    if rest:
        chosen['More, evenly spread' if chosen else 'Evenly spread'] = rest
    return Gallery(title, note, {
        group: [reader.row(name, images[name], truths.get(name), made,
                           _gain(scores, name) or doubts.get(name, ''))
                for name in names]
        for group, names in chosen.items()}, looks)


def _looks(reader: PictureReader, made: Made,
           ids: Sequence[str]) -> Looks | None:
    """Look at the masks of images without a true one, doubtful ones first.

    Of CAMs, which are no masks yet, nothing is told.
    """
    if made.is_cams:
        return None
    names = [name for name in spread(ids, RANKED) if made.path(name).is_file()]
    tags = reader.tags(names)
    found = sorted((suspect(
        name, reader.mask(made, name), reader.classes, tags.get(name), None)
        for name in names), key=lambda each: each.rank)
    return Looks(made.title, made.method, made.split, found)


def _gain(scores: Mapping[str, Mapping[str, float]], image_id: str) -> str:
    """Say what the last method gains over the first, where that is known."""
    values = [of_method[image_id] for of_method in scores.values()
              if image_id in of_method]
    if len(values) < 2:
        return ''
    gain = round(values[-1] - values[0], 1) + 0.0  # no -0.0
    return f'gain {gain:+.1f}'


def _scores(reader: PictureReader, made: Sequence[Made],
            truths: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Return the IoU of each image by method and id, where all have one."""
    scores: dict[str, dict[str, float]] = {each.method: {} for each in made}
    for name, path in truths.items():
        truth = load_mask(path)
        found = {each.method: iou for each in made
                 if (iou := reader.iou(each, name, truth)) is not None
                 and not np.isnan(iou)}
        if len(found) == len(made):
            for method, iou in found.items():
                scores[method][name] = iou
    return scores


def spread(ids: Sequence[str], number: int) -> list[str]:
    """Return some ids, evenly spread."""
    if number <= 0:
        return []
    step = max(1.0, len(ids) / number)
    return [ids[int(index * step)] for index in range(min(number, len(ids)))]


def rankings(scores: Mapping[str, Mapping[str, float]]
             ) -> dict[str, list[str]]:
    """Order images by what a report shows of them.

    Args:
        scores: The IoU of each image, by method and id; the same images for
            all methods. The last method is compared with the first one.

    Returns:
        Ids by the title of the order: of the gain of the last method over
        the first, where there are two, and of its IoU.
    """
    first, last = list(scores)[0], list(scores)[-1]
    orders: dict[str, list[str]] = {}
    if first != last:
        gain = {name: value - scores[first][name]
                for name, value in scores[last].items()}
        orders |= _orders(gain, f'gain of {last} over {first}')
    return orders | _orders(scores[last], f'IoU of {last}')


def _orders(values: Mapping[str, float], what: str) -> dict[str, list[str]]:
    rising = sorted(values, key=lambda name: (values[name], name))
    middle = values[rising[len(rising) // 2]]
    return {
        f'Highest {what}': rising[::-1],
        f'Median {what}': sorted(
            rising, key=lambda name: abs(values[name] - middle)),
        f'Lowest {what}': rising}


def choose(orders: Mapping[str, Sequence[str]],
           number: int) -> dict[str, list[str]]:
    """Take images from the top of each order in turn, none twice.

    ``number`` in all. Orders, and what is chosen, are ids by title; titles
    without any are left out.
    """
    chosen: dict[str, list[str]] = {title: [] for title in orders}
    queues = {title: iter(order) for title, order in orders.items()}
    taken: set[str] = set()
    while len(taken) < number and queues:
        for title, queue in list(queues.items()):
            name = next((name for name in queue if name not in taken), None)
            if name is None:
                del queues[title]
            elif len(taken) < number:
                taken.add(name)
                chosen[title].append(name)
    return {title: names for title, names in chosen.items() if names}

# Copyright (c) COMNet contributors. All rights reserved.
"""New pictures for a data set that prepare has made."""

from pathlib import Path

from mmengine.logging import print_log

from ..datasets.image_labels import LABELS_FILE, read_source
from ..datasets.picture_files import IMAGE_DIR, all_pictures, find_pictures
from ..datasets.voc_folder import read_classes, read_split
from ..utils import InputError
from ..utils.folder_lock import writing
from ..utils.record import Record, digest, making
from .layout import LISTS, write_labels, write_lines
from .prepare import check_room, place_pictures, target_of
from .settled_labels import labelled, settle_names
from .stratified_split import stratified_split, without_val

SPLITS = ('train', 'val')


def add_pictures(images: str | Path,
                 labels: str | Path,
                 out_dir: str | Path,
                 val_share: float = 0.2,
                 seed: int = 0,
                 link: str = 'copy',
                 merge_names: bool = False,
                 negatives: str | None = None) -> list[str]:
    """Add pictures to a data set that :func:`.prepare` has made.

    What is there keeps its id, its labels and its list; of the new pictures
    as many go to val as bring it to its share of all. The classes are those
    of the data set. Pictures that are there already are passed over.

    Args:
        images: Folder of pictures; those that are there may be in it, too.
        labels: Labels of the new ones.
        out_dir: The data set.
        val_share: Share of all images that val is to have.
        seed: Of the choice of these.
        link: 'copy' the pictures, or link to them: 'hard' or 'symbolic'.
        merge_names: As in :func:`.prepare`, as ``negatives``.
        negatives: Which pictures without a class are kept.

    Returns:
        The ids of the new ones.

    Raises:
        InputError: Something given is missing or wrong, a class is new, or a
            new picture has the id of another one.
    """
    root = Path(out_dir)
    record = Record.read(root) if root.is_dir() else None
    if record is None or 'prepare' not in record.settings:
        raise InputError(f'{root}: no data set that prepare has made; make it '
                         'without --add')
    classes = read_classes(root)
    lists = {name: read_split(root, f'{LISTS}/{name}.txt') for name in SPLITS}
    there = [image_id for ids in lists.values() for image_id in ids]
    known = read_source(root / LABELS_FILE, there, classes).classes
    pictures = _new_pictures(images, root, there)
    if not pictures:
        print_log(f'{root}: all pictures of {images} are there')
        return []
    source = read_source(Path(labels), list(pictures), classes)
    source.others = []  # those that are there may be named
    settle_names(source, classes, merge_names)
    ids = labelled(pictures, source, classes, negatives, alone=True)
    rows = {**known, **{each: source.classes[each] for each in ids}}
    split = stratified_split(rows, val_share, seed, lists)
    for note in (*source.notes, *without_val(rows, split['val'])):
        print_log(f'warning: {note}')
    todo = [(pictures[each], target_of(root, each, pictures)) for each in ids]
    todo = [pair for pair in todo if not pair[1].exists()]
    if link == 'copy':
        check_room(root, [path for path, _ in todo])
    with writing(root), making(root, record):
        place_pictures(todo, link)
        write_labels(root / LABELS_FILE, rows, ('image', 'class'))
        for name, members in split.items():
            write_lines(root / LISTS / f'{name}.txt', members)
        placed = find_pictures(root / IMAGE_DIR, sorted(rows))
        record.inputs = dict(labels=digest([classes, rows]), images=digest(
            [[each, path.name, path.stat().st_size]
             for each, path in placed.items()]))
    print_log(f'{root}: {len(ids)} pictures more, {len(split["train"])} '
              f'training and {len(split["val"])} validation images')
    return ids


def _new_pictures(images: str | Path, root: Path,
                  there: list[str]) -> dict[str, Path]:
    """Return the pictures that are not in the data set.

    Raises:
        InputError: One has the id of another picture there.
    """
    pictures = all_pictures(images)
    placed = find_pictures(root / IMAGE_DIR, there)
    for image_id in pictures.keys() & placed.keys():
        path = pictures.pop(image_id)
        if path.stat().st_size != placed[image_id].stat().st_size:
            raise InputError(f'{path}: {image_id!r} is another picture in '
                             f'{root}; rename it')
    return pictures

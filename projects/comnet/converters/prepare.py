# Copyright (c) COMNet contributors. All rights reserved.
"""From a folder of pictures and their labels to a data set in VOC layout."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mmengine.config import Config
from mmengine.logging import print_log

from ..datasets.image_labels import LABELS_FILE, read_source
from ..datasets.label_names import odd_names
from ..datasets.picture_files import IMAGE_DIR, all_pictures
from ..datasets.voc_folder import check_classes
from ..utils import InputError, check_choice, first_few
from ..utils.atomic_file import write_bytes
from ..utils.constants import LINKS, PREPARED_FROM
from ..utils.folder_lock import writing
from ..utils.package_files import package_folder
from ..utils.parallel import default_workers
from ..utils.progress import track
from ..utils.record import Record, claim, digest, making
from ..utils.text_file import read_text
from .layout import LISTS, write_labels, write_lines
from .settled_labels import copies, labelled, settle_names
from .source import copy_file
from .stratified_split import stratified_split, without_val

PIPELINE = 'pipeline.py'
LIST = LISTS + '/{}.txt'
CONFIG = '''\
# From these pictures and labels to a segmentor:
#   comnet pipeline {path} --work-dir work_dirs/{name}
_base_ = '{{{{$COMNET_CONFIGS:}}}}/{config}'
data_root = "{{{{ fileDirname }}}}"
train_list = '{train}'
val_list = '{val}'
labels = '{labels}'
# the method that is run, of {methods}: --methods names others to compare with
default_methods = ['{best}']
'''


def prepare(images: str | Path,
            labels: str | Path,
            out_dir: str | Path,
            val_share: float = 0.2,
            seed: int = 0,
            link: str = 'copy',
            classes_file: str | Path | None = None,
            config: str = PREPARED_FROM,
            remake: bool = False,
            merge_names: bool = False,
            negatives: str | None = None) -> None:
    """Make a data set of pictures and labels, and a pipeline's config for it.

    ::

        out_dir
        ├── JPEGImages              the pictures, in their folders
        ├── labels.csv              image, class, class, …
        ├── classes.txt
        ├── ImageSets/Segmentation  train.txt, val.txt
        ├── pipeline.py             config for comnet pipeline
        └── record.json             what it was made of

    Pictures without a label are left out, unless ``negatives`` keeps them:
    they stand in labels.csv without a class. The classes are those of the
    labels, in alphabetical order, so that the order of the lines plays no
    part. Each class has about its share in val, where two training images of
    it are left (:mod:`comnet.converters.stratified_split`). Nothing is
    written before all that was given is read and found to be right. What was
    cut off goes on, and what is done is not done again.

    Args:
        images: Folder of pictures, and of folders of them.
        labels: Their labels, see :mod:`comnet.datasets.image_labels`.
        out_dir: Folder to make.
        val_share: Share of the images for validation, between 0 and 1.
        seed: Of the choice of these.
        link: 'copy' the pictures, or link to them: 'hard' or 'symbolic'.
        classes_file: Class names, one a line, in an order of choice; needed
            where the labels hold no names.
        config: Pipeline's config that the new one is based on.
        remake: Whether to set ``out_dir`` aside if it was made otherwise.
        merge_names: Whether names that differ by case or blanks alone are one
            class, that of ``classes_file`` or the more frequent one; they are
            refused otherwise.
        negatives: Which pictures that show none of the classes are kept:
            'listed', those that the labels name without a class; 'all', those
            that they do not name, too; by default none.

    Raises:
        InputError: Something given is missing or wrong.
    """
    _check_options(val_share, seed, link)
    methods = _methods(config)
    out_dir = Path(out_dir)
    pictures = all_pictures(images)
    if Path(images).resolve() in out_dir.resolve().parents:
        raise InputError(f'{out_dir}: lies in the folder of the pictures, '
                         'whose copies would be pictures, too; name another')
    classes = (None if classes_file is None else check_classes(
        classes_file, read_text(classes_file).split('\n')))
    source = read_source(Path(labels), list(pictures), classes)
    settle_names(source, classes, merge_names)
    ids = labelled(pictures, source, classes, negatives)
    rows = {image_id: source.classes[image_id] for image_id in ids}
    counts = Counter(name for names in rows.values() for name in names)
    classes = classes or check_classes(labels, sorted(counts))
    split = stratified_split(rows, val_share, seed)
    print_log(f'{labels}: read as {source.kind}: {len(counts)} classes '
              f'({first_few(sorted(counts), 10)}), {len(ids)} pictures')
    for note in (*source.notes, *(f'{labels}: {line}' for line in odd_names(
            counts, len(ids))), *without_val(rows, split['val'])):
        print_log(f'warning: {note}')
    if twice := copies({image_id: pictures[image_id] for image_id in ids}):
        print_log(f'warning: {images}: {len(twice)} pictures are copies of '
                  f'others ({first_few(twice, 3)}) and count twice; keep one')
    record = Record(
        dict(prepare=dict(val_share=val_share, seed=seed, link=link,
                          config=config, split='stratified')),
        dict(labels=digest([classes, rows]),
             images=digest([[image_id, pictures[image_id].name,
                             pictures[image_id].stat().st_size]
                            for image_id in ids])))
    fresh = not out_dir.exists()
    with writing(out_dir):
        record = claim(out_dir, record, remake, (images, labels))
        todo = [(pictures[image_id], target_of(out_dir, image_id, pictures))
                for image_id in ids]
        todo = [pair for pair in todo if not pair[1].exists()]
        print_log(f'{len(todo)} of {len(ids)} pictures to {link}')
        if record.finished and not todo:
            _tell_next(out_dir, split, classes)
            return
        try:
            if link == 'copy':
                check_room(out_dir, [path for path, _ in todo])
            with making(out_dir, record):
                place_pictures(todo, link)
                write_labels(out_dir / LABELS_FILE, rows, ('image', 'class'))
                write_lines(out_dir / 'classes.txt', classes)
                for name, members in split.items():
                    write_lines(out_dir / LIST.format(name), members)
                write_bytes(out_dir / PIPELINE, CONFIG.format(
                    path=out_dir / PIPELINE, name=out_dir.name, config=config,
                    train=LIST.format('train'), val=LIST.format('val'),
                    labels=LABELS_FILE, methods=', '.join(methods),
                    best=methods[-1]).encode())
        except InputError:
            if fresh and not any(target.exists() for _, target in todo):
                shutil.rmtree(out_dir)  # not even one picture can be placed
            raise
    _tell_next(out_dir, split, classes)


def _tell_next(out_dir: Path, split: Mapping[str, Sequence[str]],
               classes: Sequence[str]) -> None:
    """Tell what there is now, and what to do with it."""
    print_log(f'{out_dir}: {len(split["train"])} training and '
              f'{len(split["val"])} validation images of {len(classes)} '
              f'classes; next: comnet pipeline {out_dir / PIPELINE} '
              f'--work-dir work_dirs/{out_dir.name}')


def _check_options(val_share: float, seed: int, link: str) -> None:
    if not 0 < val_share < 1:
        raise InputError(f'prepare: val_share is {val_share}; give a share '
                         'between 0 and 1, such as 0.2')
    if seed < 0:
        raise InputError(f'prepare: seed is {seed}; give 0 or more')
    check_choice(link, LINKS, 'prepare: link')


def _methods(config: str) -> list[str]:
    """Return the methods of a pipeline of the package, the best one last.

    Raises:
        InputError: There is no such pipeline.
    """
    path = package_folder('configs') / config
    methods = Config.fromfile(path, import_custom_modules=False).get(
        'methods') if path.is_file() else None
    if not methods:
        raise InputError(f'prepare: {config}: no such config of a pipeline in '
                         f'the package; give one such as {PREPARED_FROM}, or '
                         'pipeline_r50_voc.py for a GPU')
    return [*methods]


def target_of(out_dir: Path, image_id: str,
              pictures: Mapping[str, Path]) -> Path:
    """Return where a picture of an id is placed."""
    return out_dir / IMAGE_DIR / (image_id + pictures[image_id].suffix)


def check_room(out_dir: Path, pictures: Sequence[Path]) -> None:
    """Raise an InputError unless the disk has room for all pictures."""
    needed = sum(path.stat().st_size for path in pictures)
    free = shutil.disk_usage(out_dir).free
    if needed > free:
        raise InputError(f'{out_dir}: the pictures take {needed >> 20} MiB, '
                         f'{free >> 20} are free; make room, or --link hard')


def place_pictures(pairs: Sequence[tuple[Path, Path]], link: str) -> None:
    """Copy or link pictures, several at a time."""
    places: dict[str, Callable[[Path, Path], None]] = dict(
        copy=copy_file, hard=os.link, symbolic=os.symlink)

    def place(pair: tuple[Path, Path]) -> None:
        places[link](pair[0].resolve(), pair[1])

    for parent in {target.parent for _, target in pairs}:
        parent.mkdir(parents=True, exist_ok=True)
    try:
        with ThreadPoolExecutor(4 * default_workers()) as pool:
            for _ in track(pool.map(place, pairs), len(pairs)):
                pass
    except OSError as error:
        raise InputError(f'{error.filename or parent}: '
                         f'{error.strerror or error}; mend that, or '
                         'take another --link') from error

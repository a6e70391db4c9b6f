# Copyright (c) COMNet contributors. All rights reserved.
"""MS COCO 2014 to VOC layout, with labels and masks of its 80 classes.

Class i, from 1, is the i-th of COCO's categories by their ids, 0 is the
background. Images without an object are left out, as is usual in this field:
82,081 images stay of train and 40,137 of val.
"""

from dataclasses import dataclass
from pathlib import Path

from ..datasets.image_labels import LABELS_FILE
from ..utils import InputError
from .coco_objects import (
    CocoImage,
    read_coco,
    require_pycocotools,
    write_coco_mask,
)
from .layout import (
    IMAGES,
    MASKS,
    check_ids,
    in_parallel,
    layout,
    place,
    write_labels,
    write_lines,
    write_lists,
)
from .source import Source, open_source

SPLITS = ('train', 'val')


@dataclass(frozen=True)
class _Split:
    """A split's pictures and what is on them, by image id."""
    source: Source
    images: dict[str, CocoImage]


def convert_coco14(source: str | Path,
                   target: str | Path,
                   workers: int | None = None) -> dict[str, int]:
    """Bring COCO's annotations and images into VOC layout.

    Files that are there are kept, so that a run that was cut off goes on.
    Images of extracted folders are hard-linked where the file system can. The
    labels and lists are written last.

    Args:
        source: Folder with ``train2014.zip``, ``val2014.zip`` and
            ``annotations_trainval2014.zip``, or each of them extracted:
            ``train2014``, ``val2014``, ``annotations``.
        target: Folder to fill, such as ``data/coco14``.
        workers: Processes, by default one a core.

    Returns:
        Number of images by list.

    Raises:
        InputError: pycocotools is not installed, something of the source is
            missing, cut off or incomplete, or a file cannot be written.
    """
    require_pycocotools()
    classes, splits = _read(Path(source))
    with layout(target, IMAGES, MASKS) as root:
        for name, split in splits.items():
            place(split.source, {
                image.file_name: root / IMAGES / f'{image_id}.jpg'
                for image_id, image in split.images.items()},
                f'images of {name}')
            _convert_masks(split.images, root / MASKS, workers)
        write_lines(root / 'classes.txt', classes)
        write_labels(root / LABELS_FILE, {
            image_id: [classes[label - 1] for label in image.labels]
            for split in splits.values()
            for image_id, image in split.images.items()})
        write_lists(root, {name: list(split.images)
                           for name, split in splits.items()})
    return {name: len(split.images) for name, split in splits.items()}


def _read(source: Path) -> tuple[list[str], dict[str, _Split]]:
    """Read classes and splits, and check that all images are there."""
    annotations = _open(source, 'annotations', 'annotations_trainval2014.zip',
                        'instances_train2014.json')
    classes: dict[str, list[str]] = {}
    splits = {}
    for name in SPLITS:
        file = f'instances_{name}2014.json'
        where = f'{annotations.path}: {file}'
        classes[name], images = read_coco(annotations.read_file(file), where)
        pictures = _open(source, f'{name}2014', f'{name}2014.zip', '*.jpg')
        pictures.require(image.file_name for image in images)
        ids = check_ids((Path(image.file_name).stem for image in images),
                        where)
        splits[name] = _Split(pictures, dict(zip(ids, images, strict=True)))
    if classes['train'] != classes['val']:
        raise InputError(f'{annotations.path}: other categories in train than '
                         'in val; they are not the official files, get those')
    return classes['train'], splits


def _open(source: Path, folder: str, archive: str, marker: str) -> Source:
    """Open an extracted folder or else its archive."""
    for path in (source / folder, source / archive):
        if path.exists():
            return open_source(path, marker)
    raise InputError(f'{source}: there is neither {archive} nor a folder '
                     f'{folder}; docs/data_sets.md says where to get it')


def _convert_masks(images: dict[str, CocoImage], out_dir: Path,
                   workers: int | None) -> None:
    """Draw the masks that are not there yet."""
    paths = {image_id: out_dir / f'{image_id}.png' for image_id in images}
    todo = [image_id for image_id, path in paths.items() if not path.exists()]
    jobs = ((paths[image_id], images[image_id].size, images[image_id].shapes)
            for image_id in todo)
    in_parallel(write_coco_mask, jobs, len(todo), workers)

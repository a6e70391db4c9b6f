# Copyright (c) COMNet contributors. All rights reserved.
"""A generated data set in VOC layout, made in seconds."""

import json
import os
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from mmengine.logging import print_log

from ..datasets.voc_folder import save_mask
from ..utils import InputError
from ..utils.text_file import require_regular
from .demo_looks import CLASSES
from .demo_scenes import Scene, draw_scene

MIN_SIZE = (64, 48)  # (W, H): smaller objects vanish in the ignored border
OPTIONS_FILE = 'demo_data.json'  # its presence marks a finished folder


def _element(tag: str, content: object) -> ElementTree.Element:
    """An XML element of a text, or of elements by their tags."""
    element = ElementTree.Element(tag)
    if isinstance(content, list):
        element.extend(_element(*each) for each in content)
    else:
        element.text = str(content)
    return element


def _annotation(filename: str, scene: Scene) -> bytes:
    """The scene's image-level labels and boxes as VOC XML."""
    height, width = scene.mask.shape
    root = _element('annotation', [
        ('folder', 'demo'),  # whatever out_dir is: same bytes
        ('filename', filename),
        ('size', [('width', width), ('height', height), ('depth', 3)]),
        ('segmented', 1),
        *(('object', [('name', item.name), ('difficult', 0), ('bndbox', list(
            zip(('xmin', 'ymin', 'xmax', 'ymax'), item.box, strict=True)))])
          for item in scene.objects)])
    ElementTree.indent(root)
    return ElementTree.tostring(root)


def _write_scene(root: Path, name: str, scene: Scene) -> None:
    bgr = scene.image[..., ::-1]
    _, jpeg = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])
    (root / 'JPEGImages' / f'{name}.jpg').write_bytes(jpeg.tobytes())
    save_mask(root / 'SegmentationClass' / f'{name}.png', scene.mask)
    (root / 'Annotations' / f'{name}.xml').write_bytes(
        _annotation(f'{name}.jpg', scene))


def _is_finished(out_dir: Path, options: dict) -> bool:
    """Whether the folder was made with these options already.

    Raises:
        InputError: The folder holds something else.
    """
    if not out_dir.exists() or out_dir.is_dir() and not any(out_dir.iterdir()):
        return False
    require_regular(out_dir / OPTIONS_FILE)
    try:
        made_with = json.loads((out_dir / OPTIONS_FILE).read_text())
    except (OSError, ValueError, RecursionError):
        raise InputError(f'{out_dir}: exists and is not a demo data set; '
                         'choose another folder') from None
    if made_with != options:
        raise InputError(f'{out_dir}: was made with other options '
                         f'({made_with}); remove it or choose another folder')
    return True


def make_demo_data(out_dir: str | Path, num_train: int, num_val: int,
                   size: tuple[int, int], seed: int) -> None:
    """Write the demo data set; the same options give the same bytes.

    Scenes are written beside ``out_dir`` and moved there when all are done,
    so a run that was cut off leaves no folder of that name (one that was
    killed leaves a hidden neighbour, which may be removed).

    Args:
        out_dir: Folder to make, e.g. ``data/demo``.
        num_train: Number of training images.
        num_val: Number of validation images.
        size: Width and height of the images, in pixels.
        seed: Seed of all randomness.

    Raises:
        InputError: An option is out of range, ``out_dir`` cannot be made,
            or it holds anything but a demo data set of the same options.
    """
    if min(num_train, num_val) < 1 or seed < 0:
        raise InputError(f'demo data: num_train is {num_train}, num_val '
                         f'{num_val}, seed {seed}; give at least 1, 1 and 0')
    if size[0] < MIN_SIZE[0] or size[1] < MIN_SIZE[1]:
        raise InputError(f'demo data: size {size[0]} x {size[1]} is too '
                         f'small; use at least {MIN_SIZE[0]} x {MIN_SIZE[1]}')
    out_dir = Path(out_dir).resolve()
    options = dict(num_train=num_train, num_val=num_val, size=list(size),
                   seed=seed)
    if _is_finished(out_dir, options):
        print_log(f'{out_dir}: made with the same options already')
        return
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f'{out_dir.parent}: cannot be made '
                         f'({error.strerror}); choose another folder'
                         ) from error
    with tempfile.TemporaryDirectory(
            prefix=f'.{out_dir.name}.', dir=out_dir.parent) as temporary:
        root = Path(temporary) / out_dir.name
        _write_data_set(root, options)
        os.replace(root, out_dir)
    print_log(f'{out_dir}: {num_train} training and {num_val} validation '
              f'images of {len(CLASSES)} classes')


def _write_data_set(root: Path, options: dict) -> None:
    """Write everything below ``root``, the options last."""
    lists = root / 'ImageSets' / 'Segmentation'
    for folder in (root / 'JPEGImages', root / 'Annotations',
                   root / 'SegmentationClass', lists):
        folder.mkdir(parents=True)
    names: dict[str, list[str]] = {}
    for split_id, split in enumerate(('train', 'val')):
        names[split] = []
        for index in range(options[f'num_{split}']):
            # one stream an image: a scene depends on no other
            rng = np.random.default_rng((options['seed'], split_id, index))
            scene = draw_scene(rng, tuple(options['size']),
                               first=CLASSES[index % len(CLASSES)])
            name = f'{split}_{index:05d}'
            _write_scene(root, name, scene)
            names[split].append(name)
    names['trainval'] = names['train'] + names['val']
    for split, members in names.items():
        (lists / f'{split}.txt').write_text('\n'.join(members) + '\n')
    (root / 'classes.txt').write_text('\n'.join(CLASSES) + '\n')
    (root / OPTIONS_FILE).write_text(json.dumps(options) + '\n')

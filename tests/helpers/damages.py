# Copyright (c) COMNet contributors. All rights reserved.
"""Everything that can be wrong with a data set, done to a copy of one."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from comnet.datasets.voc_folder import load_mask, save_mask

LISTS = 'ImageSets/Segmentation'


class Data:
    """A copy of a data set, to be damaged image by image."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.train, self.val = map(self.ids, ('train', 'val'))

    def ids(self, split: str) -> list[str]:
        return (self.root / f'{LISTS}/{split}.txt').read_text().split()

    def image(self, image_id: str) -> Path:
        return self.root / f'JPEGImages/{image_id}.jpg'

    def xml(self, image_id: str) -> Path:
        return self.root / f'Annotations/{image_id}.xml'

    def mask(self, image_id: str) -> Path:
        return self.root / f'SegmentationClass/{image_id}.png'

    def list(self, split: str, *more: str) -> None:
        path = self.root / f'{LISTS}/{split}.txt'
        path.write_text('\n'.join([*self.ids(split), *more]))

    def change_mask(self, image_id: str, change: Callable) -> None:
        save_mask(self.mask(image_id), change(load_mask(self.mask(image_id))))


def cut_off(data: Data, image_id: str) -> None:
    content = data.image(image_id).read_bytes()
    data.image(image_id).write_bytes(content[:len(content) // 2])


def shrink(data: Data, image_id: str) -> None:
    Image.new('RGB', (20, 15)).save(data.image(image_id))
    save_mask(data.mask(image_id), np.zeros((15, 20)))
    data.mask(image_id).unlink()


def other_name(data: Data, image_id: str) -> None:
    data.xml(image_id).write_text(
        '<annotation><object><name>unicorn</name></object></annotation>')
    data.mask(image_id).unlink()


def binary(mask: np.ndarray) -> np.ndarray:
    return np.where(mask > 0, 255, 0)


def only_first_label(mask: np.ndarray) -> np.ndarray:
    labels = np.unique(mask[(mask > 0) & (mask < 255)])
    return np.where(mask == labels[0], labels[0] % 4 + 1, 0)


def repeat(data: Data, image_id: str) -> None:
    for path in (data.image, data.mask, data.xml):
        shutil.copyfile(path(image_id), path(data.val[0]))


def colour(data: Data, image_id: str) -> None:
    Image.open(data.mask(image_id)).convert('RGB').save(data.mask(image_id))


def no_class(data: Data, image_id: str) -> None:
    data.xml(image_id).write_text('<annotation/>')
    data.change_mask(image_id, np.zeros_like)


# what is done to the nth training image, and what is found, {} its id
DAMAGES: list[tuple[Callable[[Data, str], object], str, str]] = [
    (cut_off, 'error', r'{}.jpg: not a readable image'),
    (lambda data, one: data.image(one).unlink(), 'error',
     r'{}.jpg: no such image'),
    (lambda data, one: Image.new('RGB', (64, 64)).save(
        data.image(one).with_suffix('.png')), 'error',
     r'{}.jpg: has the same id as {}.png'),
    (lambda data, one: data.xml(one).unlink(), 'error',
     r"{}.xml: no label of image '{}'"),
    (lambda data, one: data.xml(one).write_text('<annotation>'), 'error',
     r'{}.xml: not valid XML'),
    (no_class, 'warning', r'1 of the ids \({}\) show none of the classes'),
    (other_name, 'error', r"{}.xml: class 'unicorn' is not in the list"),
    (colour, 'error', r'{}.png: mode RGB is not of a mask'),
    (lambda data, one: data.change_mask(one, lambda mask: mask[:-5]),
     'error', r'{}.png: .* pixels, its image has'),
    (lambda data, one: data.change_mask(
        one, lambda mask: np.full_like(mask, 99)), 'error',
     r'{}.png: label 99'),
    (lambda data, one: data.mask(one).write_bytes(b'no mask'), 'error',
     r'{}.png: not a readable mask'),
    (lambda data, one: data.change_mask(one, binary), 'warning',
     r'{}.png: no class, only 0 and 255'),
    (lambda data, one: data.change_mask(one, only_first_label), 'warning',
     r'{}.png: the (mask|labels) alone ha'),
    (shrink, 'warning', r'{}.jpg: only 20 x 15 pixels'),
    (lambda data, one: data.list('train', one), 'warning',
     r'train.txt: 1 of the ids \({}\) listed more than once'),
    (lambda data, one: data.list('val', one), 'warning',
     r'val.txt: 1 of the ids \({}\) stand in .*train.txt'),
    (repeat, 'warning',
     r'(?:{0}|{1}).jpg: the same picture as .*train and val'),
    (lambda data, one: (data.root / 'classes.txt').open('a').write('yeti\n'),
     'warning', r"class 'yeti' has no training images"),
]


def damage(data: Data, ids: list[str]) -> list[tuple[str, str]]:
    """Do all to one image each; return severity and pattern of each."""
    expected = []
    for (harm, severity, pattern), image_id in zip(DAMAGES, ids, strict=False):
        harm(data, image_id)
        for place in ('{0}', '{}'):
            pattern = pattern.replace(place, re.escape(image_id))
        expected.append((severity, pattern.replace(
            '{1}', re.escape(data.val[0]))))
    return expected

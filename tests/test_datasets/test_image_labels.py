# Copyright (c) COMNet contributors. All rights reserved.
"""The same labels from every source, and one line for what is wrong."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mmpretrain.registry import DATASETS

from comnet.datasets.image_labels import read_labels
from comnet.datasets.voc_folder import read_split, save_mask
from comnet.utils import InputError

CLASSES = ('cat', 'cow', 'traffic light')
SHOWN = {'a': ['cow'], 'b/001': ['cat', 'traffic light'],
         '2007_000032': ['cat']}
EXPECTED = [[1], [0, 2], [0]]


def annotations(root: Path) -> str:
    for image_id, names in SHOWN.items():
        path = root / f'Annotations/{image_id}.xml'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('<annotation>' + ''.join(
            f'<object><name>{name}</name></object>' for name in names)
            + '</annotation>')
    return 'Annotations'


def csv_file(separator: str = ',', header: str = '', suffix: str = '',
             name: str = 'tags.csv') -> Callable[[Path], str]:
    def write(root: Path) -> str:
        lines = [header] * bool(header) + [
            separator.join([image_id + suffix, *names])
            for image_id, names in SHOWN.items()]
        (root / name).write_text('\n'.join(lines) + '\n')
        return name
    return write


def csv_of_several_lines(root: Path) -> str:
    (root / 'tags.csv').write_text(
        'b/001,cat\na,cow\n\n2007_000032,cat\n"b/001", "traffic light",\n')
    return 'tags.csv'


def json_file(content: object) -> Callable[[Path], str]:
    def write(root: Path) -> str:
        (root / 'tags.json').write_text(json.dumps(content))
        return 'tags.json'
    return write


def class_folders(root: Path) -> str:
    for image_id, names in SHOWN.items():
        for name in names:
            path = root / f'sorted/{name}/{image_id}.jpg'
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return 'sorted'


def npy_file(number: bool) -> Callable[[Path], str]:
    def write(root: Path) -> str:
        vectors = {image_id: np.float32([name in names for name in CLASSES])
                   for image_id, names in SHOWN.items()}
        if number:
            vectors[np.int32(2007000032)] = vectors.pop('2007_000032')
        np.save(root / 'cls_labels.npy', vectors)
        return 'cls_labels.npy'
    return write


SOURCES = {
    'annotations': annotations,
    'comma': csv_file(),
    'semicolon': csv_file(';'),
    'tab': csv_file('\t', name='tags.tsv'),
    'header': csv_file(header='image,class,class'),
    'suffix': csv_file(suffix='.jpg'),
    'lines': csv_of_several_lines,
    'dict': json_file(SHOWN),
    'one class as text': json_file({**SHOWN, 'a': 'cow'}),
    'list': json_file([dict(image=f'{image_id}.png', classes=names)
                       for image_id, names in SHOWN.items()]),
    'other keys': json_file([dict(file_name=image_id, labels=names)
                             for image_id, names in SHOWN.items()]),
    'class folders': class_folders,
    'npy': npy_file(False),
    'npy of numbers': npy_file(True),
}


@pytest.mark.parametrize('write', [
    pytest.param(write, id=name) for name, write in SOURCES.items()])
def test_same_labels_from_everywhere(
        tmp_path: Path, write: Callable[[Path], str]) -> None:
    labels = write(tmp_path)
    assert read_labels(tmp_path, list(SHOWN), CLASSES, labels) == EXPECTED
    assert read_labels('', list(SHOWN)[::-1], CLASSES,  # absolute
                       tmp_path / labels) == EXPECTED[::-1]


def test_pictures_that_lie_in_class_folders(tmp_path: Path) -> None:
    for name in ('cat/1.png', 'cow/1.png', 'cow/2.png'):
        (tmp_path / 'JPEGImages' / name).parent.mkdir(
            parents=True, exist_ok=True)
        (tmp_path / 'JPEGImages' / name).touch()
    assert read_labels(tmp_path, ['cat/1', 'cow/1', 'cow/2'], CLASSES,
                       'JPEGImages') == [[0], [1], [1]]


def test_annotations_in_folders_of_the_classes_names(tmp_path: Path) -> None:
    for name in ('cat', 'cow'):
        path = tmp_path / f'Annotations/{name}/1.xml'
        path.parent.mkdir(parents=True)
        path.write_text('<annotation><object><name>traffic light</name>'
                        '</object></annotation>')
    assert read_labels(tmp_path, ['cat/1', 'cow/1'], CLASSES) == [[2], [2]]


def test_true_masks_are_told_loudly(tmp_path: Path) -> None:
    for image_id, labels in zip(SHOWN, EXPECTED, strict=True):
        mask = np.zeros((4, 6), np.uint8)
        mask[0, :len(labels)] = np.array(labels) + 1
        mask[3] = 255
        save_mask(tmp_path / f'SegmentationClass/{image_id}.png', mask)
    with pytest.warns(UserWarning, match='TRUE MASKS'):
        assert read_labels(tmp_path, list(SHOWN), CLASSES,
                           'SegmentationClass') == EXPECTED


@pytest.mark.parametrize('name, text, problem', [
    ('tags.csv', 'a,cow\nb/001,"cat\n', 'tags.csv:2: not a line of CSV'),
    ('tags.csv', 'a,cow\n,cat\n', 'tags.csv:2: no image'),
    ('tags.csv', 'a,cow\n', "tags.csv: no label of image 'b/001'"),
    ('tags.csv', 'a,cow\nb/001,kat\n2007_000032,dog,cat\n',
     "tags.csv:2: classes 'dog', 'kat' are not in the list"),
    ('tags.csv', 'a,cow\nb/001,kat\n', "tags.csv:2: class 'kat' is not in"),
    ('tags.json', '{"a": ["cow"],\n"b/001" ["cat"]}', 'tags.json:2: not val'),
    ('tags.json', '{"a": ["cow"], "b/001": 3}',
     "tags.json: 'b/001': a class is a number"),
    ('tags.json', '{"a": ["cow"], "b/001": {}}', "tags.json: 'b/001': not"),
    ('tags.json', '[{"image": "a"}]', 'tags.json: entry 1: not an image'),
    ('tags.json', '3', 'tags.json: no line has an image and a class'),
    ('tags.txt', '', 'tags.txt: empty'),
    ('tags.xlsx', 'PK\3\4', 'tags.xlsx: a spreadsheet or an archive'),
    ('cls.npy', 'none', 'cls.npy: no line has an image and a class'),
])
def test_one_line_says_where(tmp_path: Path, name: str, text: str,
                             problem: str) -> None:
    (tmp_path / name).write_text(text)
    ids = ['a', 'b/001'] + ['2007_000032'] * text.count('2007')
    with pytest.raises(InputError) as caught:
        read_labels(tmp_path, ids, CLASSES, name)
    message = str(caught.value)
    assert message.startswith(f'{tmp_path}/{problem}')
    assert '; ' in message and '\n' not in message


@pytest.mark.parametrize('name', ['nowhere', 'empty'])
def test_no_labels(tmp_path: Path, name: str) -> None:
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match=f'{name}: no .*labels'):
        read_labels(tmp_path, ['a'], CLASSES, name)


def test_vectors_of_other_classes(tmp_path: Path) -> None:
    np.save(tmp_path / 'cls.npy', dict(a=np.ones(20)))
    with pytest.raises(InputError, match=r'shape \(20,\), but there are 3'):
        read_labels(tmp_path, ['a'], CLASSES, 'cls.npy')


class Command:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return os.system, (f'touch {self.trace}', )


def test_no_code_of_an_npy_is_run(tmp_path: Path) -> None:
    trace, path = tmp_path / 'trace', tmp_path / 'cls.npy'
    np.save(path, dict(a=Command(trace)))
    with pytest.raises(InputError, match='cls.npy: not a pickled dict'):
        read_labels(tmp_path, ['a'], CLASSES, path)
    assert not trace.exists()
    with open(path, 'rb') as file:  # the attack is one
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        pickle.load(file)
    assert trace.exists()


def test_labels_of_other_projects(kit: Path) -> None:
    """Those of the annotations, as far as there are any."""
    root = kit / 'data/VOC12'
    ids = [image_id for name in ('train', 'val') for image_id in read_split(
        root, f'ImageSets/Segmentation/{name}.txt')]
    classes = DATASETS.get('VOC').METAINFO['classes']
    ours = read_labels(root, ids, classes)
    theirs = read_labels(kit / 'data/voc12_lists', ids, classes,
                         'cls_labels.npy')
    assert len(ids) > 1300
    assert theirs == ours


@pytest.mark.parametrize('type_name', [
    'VOCLabelDataset', 'PairedVOCDataset'])
def test_data_sets_take_any_source(
        demo_root: Path, tmp_path: Path, type_name: str) -> None:
    plain = DATASETS.build(dict(type=type_name, data_root=str(demo_root)))
    lines = [','.join([info['img_id'], *(plain.CLASSES[label]
                                         for label in info['gt_label'])])
             for info in map(plain.get_data_info, range(len(plain)))]
    (tmp_path / 'tags.csv').write_text('\n'.join(lines))
    other = DATASETS.build(dict(type=type_name, data_root=str(demo_root),
                                labels=str(tmp_path / 'tags.csv')))
    assert [other.get_cat_ids(idx) for idx in range(12)] == [
        plain.get_cat_ids(idx) for idx in range(12)]


@pytest.mark.parametrize('name, text', [
    ('tags.csv', 'image,class\na,cow\nb,\n'), ('tags.csv', 'a,cow\nb\n'),
    ('tags.csv', 'image,cat,cow\na,0,1\nb,0,0\n'),
    ('tags.json', '{"a": ["cow"], "b": []}'),
    ('tags.json', '[{"image": "a", "classes": ["cow"]},'
     ' {"image": "b", "classes": []}]'),
    ('coco.json', '{"images": [{"id": 1, "file_name": "a.jpg"},'
     ' {"id": 2, "file_name": "b.jpg"}], "categories": [{"id": 1, "name":'
     ' "cow"}], "annotations": [{"image_id": 1, "category_id": 1}]}'),
    ('cvat.xml', '<annotations><image name="a.jpg"><tag label="cow"/></image>'
     '<image name="b.jpg"/></annotations>'),
    ('VOC/a.xml', '<annotation><object><name>cow</name></object>'
     '</annotation>'),
])
def test_named_without_a_class_is_a_negative(
        tmp_path: Path, name: str, text: str) -> None:
    """And what is not named has no label, which is a mistake."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    labels = name.split('/')[0]
    if labels == 'VOC':
        (tmp_path / 'VOC/b.xml').write_text('<annotation/>')
    assert read_labels(tmp_path, ['a', 'b'], CLASSES, labels) == [[1], []]
    with pytest.raises(InputError, match="no label of image 'c'; name it"):
        read_labels(tmp_path, ['a', 'c'], CLASSES, labels)

# Copyright (c) COMNet contributors. All rights reserved.
"""Readers of files and settings, with what nobody would think of.

Whatever they are given, they read it or raise an InputError of one line.
"""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import TRAIN_IDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.directions_file import DirectionsFile
from comnet.datasets.foreign_cams import read_foreign_cam
from comnet.datasets.image_labels import read_source
from comnet.datasets.voc_folder import (
    load_image,
    load_mask,
    read_annotation,
    read_classes,
    read_split,
)
from comnet.engine.checkpoint import last_checkpoint, read_checkpoint
from comnet.models.refiners import build_refiner
from comnet.pipeline import read_methods
from comnet.results import RunFile
from comnet.steps import AffinityLabels, CAMMasks, PixelClassifier
from comnet.utils import InputError
from comnet.utils.folder_lock import Holder
from comnet.utils.record import Record

IDS = TRAIN_IDS[:4]
often = partial(
    settings, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture])

# ---- files with some bytes other

Mutation = tuple[str, float, bytes]
MUTATIONS = st.lists(st.tuples(
    st.sampled_from(['replace', 'insert', 'cut', 'end', 'repeat']),
    st.floats(0, 1), st.one_of(
        st.binary(min_size=1, max_size=4),
        st.sampled_from([b'\0', b'"', b'{', b'[', b'<', b'\n', b'\xff\xfe',
                         b'-1', b'1e999', b'NaN', b'\x80', b'..', b',']))),
    min_size=1, max_size=4)


def mutated(data: bytes, mutations: list[Mutation]) -> bytes:
    for kind, share, new in mutations:
        at = int(share * len(data))
        if kind == 'end':
            data = data[:at]
        elif kind == 'repeat':
            data = data[:at] + data[at:at + 20] * 3 + data[at:]
        else:
            rest = at + (0 if kind == 'insert' else len(new))
            data = data[:at] + (b'' if kind == 'cut' else new) + data[rest:]
    return data


def of_numpy(save: Callable, *arguments: object, **arrays: object) -> bytes:
    file = io.BytesIO()
    save(file, *arguments, **arrays)
    return file.getvalue()


def of_torch() -> bytes:
    file = io.BytesIO()
    torch.save(dict(state_dict=dict(a=torch.ones(2))), file)
    return file.getvalue()


def labels(path: Path) -> object:
    return read_source(path, IDS, ['cat', 'dog'])


COCO = dict(
    images=[dict(id=k, file_name=f'{one}.jpg') for k, one in enumerate(IDS)],
    categories=[dict(id=7, name='cat')],
    annotations=[dict(image_id=k, category_id=7) for k in range(4)])
STUDIO = [dict(data=dict(image=f'{one}.jpg'), annotations=[dict(
    result=[dict(type='choices', value=dict(choices=['cat']))])])
    for one in IDS]
XML = ('<?xml version="1.0" encoding="utf-8"?><annotation><object><name>cat'
       '</name></object></annotation>')
CVAT = '<annotations>' + ''.join(
    f'<image id="1" name="{one}.jpg"><tag label="cat"/></image>'
    for one in IDS) + '</annotations>'
STEP = dict(kind='CAMs', files='cam', makes='*.npz', measure=dict(
    title='CAM', split='train', metric='mIoU', count='num_images'))
# file name, a good content, what reads it
READERS: dict[str, tuple[str, bytes | str | object, Callable]] = {
    'CSV': ('a.csv', ''.join(f'{one}.jpg,cat\n' for one in IDS), labels),
    'one-hot CSV': ('a.csv', 'image,cat,dog\n' + ''.join(
        f'{one},1,0\n' for one in IDS), labels),
    'JSON': ('a.json', dict.fromkeys(IDS, ['cat']), labels),
    'JSON lines': ('a.json', ''.join(
        json.dumps(dict(image=one, label='cat')) + '\n' for one in IDS),
        labels),
    'COCO': ('a.json', COCO, labels),
    'Label Studio': ('a.json', STUDIO, labels),
    'CVAT': ('a.xml', CVAT, labels),
    'cls_labels.npy': ('a.npy', of_numpy(
        np.save, {one: np.ones(2, np.float32) for one in IDS}), labels),
    'annotation': ('a.xml', XML, read_annotation),
    'list': ('a.txt', 'a\nb/c\n', lambda path: read_split(
        path.parent, path.name)),
    'classes': ('classes.txt', 'cat\ndog\n', lambda path: read_classes(
        path.parent)),
    'CAM file': ('a.npz', of_numpy(
        np.savez_compressed, keys=np.array([0]), size=np.array([8, 8]),
        cam=np.ones((1, 2, 2), np.float16)), CAMFile.load),
    'directions': ('directions.npz', of_numpy(
        np.savez, a=np.ones((2, 3)), b=np.ones(2),
        classes=np.array(['a', 'b'])), DirectionsFile.load),
    'CAMs of others': ('a.npy', of_numpy(np.save, dict(
        keys=np.array([0]), high_res=np.ones((1, 4, 4)))),
        lambda path: read_foreign_cam(path.parent, 'a', ['cat'])),
    'checkpoint': ('a.pth', of_torch(), read_checkpoint),
    'note of a checkpoint': ('last_checkpoint', 'w/epoch_1.pth',
                             lambda path: last_checkpoint(path.parent)),
    'record': ('record.json', dict(
        settings=dict(a=1), inputs=dict(b='c'), finished=True, seconds=1.5,
        results={}), lambda path: Record.read(path.parent)),
    'run': ('run.json', dict(data_root='a', methods=dict(cam=dict(cam=STEP))),
            lambda path: RunFile.read(path.parent)),
    'lock': ('a.lock', vars(Holder.me()), Holder.read),
}


@pytest.mark.parametrize('kind', READERS)
def test_file_of_which_bytes_are_others(kind: str, tmp_path: Path) -> None:
    name, content, read = READERS[kind]
    data = (content if isinstance(content, bytes) else content.encode()
            if isinstance(content, str) else json.dumps(content).encode())
    (tmp_path / name).write_bytes(data)
    if kind != 'note of a checkpoint':
        assert read(tmp_path / name) is not None

    @often(max_examples=60)
    @given(MUTATIONS)
    def look(mutations: list[Mutation]) -> None:
        (tmp_path / name).write_bytes(mutated(data, mutations))
        read_or_say(read, tmp_path / name)

    look()


@pytest.mark.parametrize('suffix', ['jpg', 'png'])
def test_picture_of_which_bytes_are_others(
        suffix: str, demo_root: Path, tmp_path: Path) -> None:
    folder = 'JPEGImages' if suffix == 'jpg' else 'SegmentationClass'
    data = (demo_root / folder / f'{IDS[0]}.{suffix}').read_bytes()
    path = tmp_path / f'a.{suffix}'

    @often(max_examples=60)
    @given(MUTATIONS)
    def look(mutations: list[Mutation]) -> None:
        path.write_bytes(mutated(data, mutations))
        for read in (load_image, load_mask):
            read_or_say(read, path)

    look()


def read_or_say(read: Callable, *arguments: object) -> None:
    """Read; an InputError has to be one line, and nothing else is raised."""
    with suppress(InputError):
        try:
            read(*arguments)
        except InputError as error:
            assert '\n' not in str(error).strip()
            raise


# ---- JSON of any structure

WORDS = st.one_of(st.sampled_from([
    'images', 'annotations', 'categories', 'id', 'image_id', 'file_name',
    'name', 'category_id', 'data', 'image', 'result', 'value', 'choices',
    'classes', 'labels', 'samples', 'metainfo', 'data_list', 'img_path',
    'gt_label', *IDS, 'cat', 'settings', 'inputs', 'finished', 'methods',
    'data_root', 'cam', 'kind', 'files', 'measure', 'type']), st.text(
        max_size=5))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda each: st.one_of(st.lists(each, max_size=4), st.dictionaries(
        WORDS, each, max_size=4)), max_leaves=12)


@pytest.mark.parametrize('kind', ['JSON', 'record', 'run', 'lock'])
def test_json_of_any_structure(kind: str, tmp_path: Path) -> None:
    name, content, read = READERS[kind]

    @often(max_examples=200)
    @given(VALUES, st.dictionaries(WORDS, VALUES, max_size=3))
    def look(value: object, more: dict) -> None:
        if isinstance(content, dict) and isinstance(value, dict):
            value = {**content, **value, **more}
        (tmp_path / name).write_text(json.dumps(value))
        read_or_say(read, tmp_path / name)

    look()


@often(max_examples=200)
@given(st.lists(st.lists(st.one_of(
    st.sampled_from(['image', 'class', 'split', '1', '0', '', 'cat', *IDS]),
    st.text(max_size=6)), max_size=4), max_size=6), st.sampled_from(',;\t|'))
def test_table_of_any_cells(
        tmp_path: Path, rows: list[list[str]], mark: str) -> None:
    text = '\n'.join(mark.join(row) for row in rows)
    (tmp_path / 'a.csv').write_bytes(text.encode(errors='surrogatepass'))
    read_or_say(labels, tmp_path / 'a.csv')


# ---- settings of steps

SETTINGS = st.one_of(
    VALUES, st.sampled_from([-1, 0, 1, 0.5, 2.5, 1e9, '', 'PAR', 'DenseCRF']))


@often(max_examples=150)
@given(st.dictionaries(st.sampled_from([
    'fg_threshold', 'bg_threshold', 'refine', 'out_dir', 'num_rounds',
    'scale', 'seed', 'cam_dir']), SETTINGS, max_size=4))
def test_step_of_any_settings(values: dict) -> None:
    for step, known in (
            (AffinityLabels, ('data_root', 'image_list', 'cam_dir')),
            (CAMMasks, ('data_root', 'image_list', 'cam_dir')),
            (PixelClassifier, ('config', 'checkpoint', 'cam_dir'))):
        names = step.__dataclass_fields__
        given_ = {**dict.fromkeys((*known, 'out_dir'), 'a'), **{
            name: value for name, value in values.items() if name in names}}
        read_or_say(lambda step, given_: step(**given_), step, given_)


@often(max_examples=150)
@given(st.one_of(SETTINGS, st.fixed_dictionaries(
    dict(type=st.sampled_from(['PAR', 'DenseCRF', 'DeepLabCRF', 'x', 5])),
    optional=dict(power=SETTINGS, num_steps=SETTINGS, gt_prob=SETTINGS,
                  dilations=SETTINGS, bilateral_sxy=SETTINGS))))
def test_refiner_of_any_settings(value: object) -> None:
    read_or_say(build_refiner, value)


@often(max_examples=40)
@given(st.dictionaries(st.sampled_from([
    'data_root', 'pretrained', 'methods', 'irnet', 'segmentor', 'pseudo',
    'pseudo.beta', 'pseudo.type', 'irnet.start', 'affinity', 'cam.options',
    'methods.comnet', 'methods.comnet.classifier', 'methods.a',
    'methods.comnet.cam.type', 'nothing', 'a.b', 'labels']), SETTINGS,
    max_size=3))
def test_pipeline_of_any_settings(
        tiny_configs: Path, options: dict) -> None:
    read_or_say(read_methods, tiny_configs / 'pipeline.py', options)

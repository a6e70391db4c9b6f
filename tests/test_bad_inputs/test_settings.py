# Copyright (c) COMNet contributors. All rights reserved.
"""Numbers, names and types of settings that mean nothing."""

import math
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

import pytest
from helpers.bad_inputs import Bad, bad, check_row, copy_workshop

from comnet.models.refiners import PAR, DeepLabCRF, DenseCRF
from comnet.registry import STEPS
from comnet.steps.fields import place_of
from comnet.utils.schema import KEY, Limits

PIPELINE = 'pipeline.py W/configs/pipeline.py --work-dir W/out --cfg-options '
TRAIN = 'train.py W/configs/{}.py --work-dir W/out --cfg-options '
CAMS = 'cams.py W/configs/classifier.py W/classifier.pth W/out --cfg-options '
WALK = ('pseudo_masks.py W/configs/irnet.py W/irnet.pth W/cams W/out '
        '--cfg-options ')
OWN = {  # steps that stand in the pipeline under these names
    'AffinityLabels': 'affinity', 'CAMMasks': 'pseudo',
    'WalkedMasks': 'pseudo', 'Evaluation': 'evaluation',
    'Directions': 'methods.comnet.directions',
    'PixelClassifier': 'methods.comnet.pixel'}


def wrong(kinds: tuple[Any, ...], limits: Limits) -> Iterator[str]:
    """Yield values, as --cfg-options have them, that a field cannot be."""
    plain = [get_origin(kind) or kind for kind in kinds]
    if Literal in plain or str in plain:
        yield from ('5', 'nonsense') if Literal in plain else ()
        return
    if bool in plain:
        yield '5'
        return
    if not {int, float} & {*plain}:
        return
    yield 'nonsense'
    if int in plain:
        yield '2.5'
    if NoneType not in plain:
        yield 'None'
    if math.isfinite(limits.at_least):
        yield f'{limits.at_least - 1:g}'
    if math.isfinite(limits.above):
        yield f'{limits.above:g}'
    if math.isfinite(limits.at_most):
        yield f'{limits.at_most + 0.5:g}'
    if math.isfinite(limits.below):
        yield f'{limits.below:g}'


def rows_of(cls: type, place: str, more: str = '') -> Iterator[
        tuple[str, Bad]]:
    """Yield a row for each value that a field of a class cannot be."""
    for one in fields(cls):
        if place_of(one) is not None:
            continue
        kinds = get_args(one.type) if isinstance(
            one.type, UnionType) else (one.type, )
        for value in wrong(kinds, one.metadata.get(KEY, Limits())):
            option = f'{place}.{one.name}={value}'
            yield f'{cls.__name__} {option}', bad(
                f'{PIPELINE}{more}{option}', one.name)


ROWS: dict[str, Bad] = {}
for name, place in OWN.items():
    ROWS.update(rows_of(STEPS.get(name), place, f'{place}.type={name} '))
for refiner in (DenseCRF, DeepLabCRF, PAR):
    ROWS.update(rows_of(refiner, 'pseudo.refine',
                        f'pseudo.refine.type={refiner.__name__} '))
ROWS.update({option: bad(command + option, *names) for command, names, option
             in (
    *((TRAIN.format('classifier'), (name, ), f'{name}={value}')
      for name, values in {
          'group_size': ('0', '1.5', 'many', '-1'),
          'optim_wrapper.optimizer.lr': ('0', 'fast', '-1', 'nan', 'inf'),
          'optim_wrapper.optimizer.weight_decay': ('-1', 'nan', 'a'),
          'train_cfg.max_epochs': ('0', '1.5', 'a', '-3'),
          'train_dataloader.batch_size': ('0', '1.5', 'a', '-3'),
          'train_dataloader.num_workers': ('-1', '1.5', 'a'),
          'randomness.seed': ('-1', 'a', '1.5', '4294967296'),
      }.items() for value in values),
    *((TRAIN.format('irnet') + 'mask_dir=W/masks ',
       (name.split('.')[-1], ), f'{name}={value}')
      for name, values in {
          'model.radius': ('0', '-1', 'a', '2.5'),
          'optim_wrapper.optimizer.momentum': ('1', '-0.1', 'a'),
      }.items() for value in values),
    *((TRAIN.format('segmentor'), (name, ), f'{name}={value}')
      for name, values in {
          'train_cfg.max_iters': ('0', 'a'),
          'train_cfg.val_interval': ('0', 'a'),
      }.items() for value in values),
    *((CAMS, (name.split('.')[-1], ), f'{name}={value}')
      for name, values in {
          'default_hooks.cam.scales': ('0', 'a', '-1', 'None', 'nan'),
          'default_hooks.cam.matching': ('all', '5'),
          'model.neck.0.alpha': ('1', 'a', 'nan', 'None'),
          'model.neck.1.num_neighbors': ('0', '257', 'a', '2.5'),
          'model.neck.1.similarity': ('near', '5'),
          'model.neck.1.reduce': ('min', ),
      }.items() for value in values),
    (CAMS, ('ResNett', ), 'model.backbone.type=ResNett'),
    (CAMS, ('alhpa', ), 'model.neck.0.alhpa=2'),
    (CAMS, ('nek', ), 'model.nek.0.alpha=2'),
    (WALK, ('beta', ), 'pseudo.beta=-1'),
    (WALK, ('bta', ), 'pseudo.bta=1'),
    (PIPELINE, ('stpes', ), 'stpes.a=1'),
    (PIPELINE, ('nothing', ), 'pseudo.type=nothing'),
    (PIPELINE, ('nothing', ), 'pseudo.refine=nothing'),
    (PIPELINE, ('methods', ), 'methods=None'),
    (PIPELINE, ('methods', ), 'methods=5'),
    (PIPELINE, ('classifier', ), 'methods.comnet.classifier=5'),
    (PIPELINE, ('options', ), 'segmentor.options=5'),
    (PIPELINE, ('start', ), 'irnet.start=5'),
    (PIPELINE, ('a/b', ), 'methods.a/b.classifier=classifier.py'),
)})


@pytest.mark.parametrize('name', ROWS)
def test_one_line(name: str, workshop: Path, tmp_path: Path) -> None:
    check_row(ROWS[name], copy_workshop(workshop, tmp_path / 'w'))

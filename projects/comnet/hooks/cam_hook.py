# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.registry import HOOKS
from mmengine.runner import Runner, autocast
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn

from ..datasets.cam_file import CAMFile
from ..datasets.check_pixels import MIN_SIDE
from ..ops import multi_scale_cam, resize_images
from ..utils import InputError

MATCHING = ('nothing', 'self', 'partners')


@HOOKS.register_module()
class CAMHook(Hook):
    """Write the class activation maps of the test images.

    One ``OUT_DIR/IMG_ID.npz`` an image, see
    :class:`comnet.datasets.cam_file.CAMFile`, with the maps of the classes of
    its label, at the size that it had before the pipeline (``ori_shape``). The
    file's name is kept in the data sample as ``cam_path``, where
    :class:`CAMMetric` finds it, and the scores of the classes at the first
    scale as ``pred_score``: the network need not see the image again.

    The model is any classifier with a method ``score_maps(images,
    data_samples)``, such as :meth:`COMNet.score_maps`. Where it has
    inter-matching that can work here, too: on each image by itself, or beside
    partners that share a class, for which the test data set is a
    :class:`PairedVOCDataset`; the data samples' ``group_size`` tells the
    model. It computes in half precision where the config says
    ``test_cfg=dict(fp16=True)``.

    Args:
        out_dir: Folder of the files. Defaults to ``cams`` in the runner's
            work_dir.
        scales: Factors of the image's size.
        flip: Whether to add the mirrored image.
        matching: Inter-matching with 'nothing', 'self' or 'partners'.
        necks: Matching modules in place of the model's own, configs of
            :class:`InterMatching` and :class:`IntraMatching`: they need no
            training, so that any :class:`COMNet` can have them, plain CAM
            too. Intra-matching takes ``in_channels=None``, no MLP.
        skip_existing: Whether to leave files that are there as they are: a
            test that was cut off goes on.

    Raises:
        InputError: There is no such matching, or a neck has weights.
    """

    def __init__(self,
                 out_dir: str | None = None,
                 scales: Sequence[float] = (1.0, 0.5, 1.5, 2.0),
                 flip: bool = True,
                 matching: str = 'self',
                 necks: Sequence[dict] | None = None,
                 skip_existing: bool = False) -> None:
        if matching not in MATCHING:
            raise InputError(f'CAMHook: matching is {matching!r}; give one of '
                             f'{MATCHING}')
        self.out_dir = out_dir
        self.scales = tuple(scales)
        self.flip = flip
        self.matching = matching
        self.necks = None if necks is None else _untrained(necks)
        self.skip_existing = skip_existing

    def before_test_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict) -> None:
        """Compute and write the maps of a batch.

        Raises:
            InputError: There are no partners to match with, or the model
                cannot classify positions.
        """
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        out_dir = Path(self.out_dir or Path(runner.work_dir) / 'cams')
        group = [data_batch]
        if self.matching == 'partners':
            if 'partners' not in data_batch:
                raise InputError(
                    'CAMHook: matching="partners" takes partners; set '
                    'test_dataloader.dataset.type="PairedVOCDataset" and '
                    'test_mode=True')
            group += data_batch['partners']
        for index, sample in enumerate(data_batch['data_samples']):
            path = out_dir / f'{sample.img_id}.npz'
            if self.skip_existing and path.is_file():
                file = CAMFile.load(path)
            else:
                with autocast(enabled=runner.test_loop.fp16):
                    file = self.compute(
                        model,
                        images=[member['inputs'][index] for member in group],
                        samples=[member['data_samples'][index]
                                 for member in group])
                file.save(path)
            if file.scores is not None:
                sample.set_pred_score(torch.from_numpy(file.scores))
            sample.set_field(str(path), 'cam_path', field_type='metainfo')

    def after_test_epoch(self,
                         runner: Runner,
                         metrics: dict | None = None) -> None:
        """Show the mIoU over thresholds, whose step is the threshold in %."""
        for name, values in (metrics or {}).items():
            if name.endswith('/sweep'):
                for threshold, value in values.items():
                    runner.visualizer.add_scalar(
                        name, value, round(100 * float(threshold)))

    def compute(self, model: Any, images: Sequence[Tensor],
                samples: Sequence[DataSample]) -> CAMFile:
        """Compute the maps of the first image of a group.

        Args:
            model: The classifier.
            images: The group's images as they are loaded, (3, H, W) each.
            samples: Their data samples; the first one's gt_label are the
                classes to map.

        Returns:
            The maps of its K classes, (K, ceil(H / 4), ceil(W / 4)) for an
            image that was H x W before the pipeline, and the scores of all C
            classes in [0, 1], (C,).

        Raises:
            InputError: The model cannot classify positions, or the image is
                too small for it.
        """
        score_maps = self._score_maps(model)
        if self.matching != 'nothing':
            # copies: a group is one for the maps alone
            samples = [sample.new() for sample in samples]
            for sample in samples:
                sample.set_metainfo(dict(group_size=len(samples)))
        # one by one: the images of a batch have several sizes
        image, *partners = [
            model.data_preprocessor(dict(inputs=[member]),
                                    training=False)['inputs'][0]
            for member in images]
        class_ids = samples[0].gt_label.tolist()
        size = tuple(samples[0].get('ori_shape', image.shape[1:]))
        with _watch(model.modules() if self.necks is None else self.necks
                    ) as common:
            try:
                cam, scores = multi_scale_cam(
                    score_maps=lambda views: _group_maps(
                        score_maps, views, partners, samples),
                    image=image,
                    class_ids=class_ids,
                    scales=self.scales,
                    flip=self.flip,
                    size=size)
            except RuntimeError as error:  # of a layer that nothing is left of
                if min(image.shape[1:]) >= MIN_SIDE:
                    raise
                raise InputError(
                    f'{samples[0].get("img_path", "picture")}: {size[1]} x '
                    f'{size[0]} pixels are too few for the network; take it '
                    'out of the list, or enlarge it') from error
        return CAMFile(
            keys=np.array(class_ids),
            cam=cam.cpu().numpy(),
            size=size,
            scores=scores.sigmoid().cpu().numpy(),
            common=common[0] if common else None)

    def _score_maps(self, model: Any) -> Callable[..., Tensor]:
        """Return the method of the model that classifies each position."""
        name = type(model).__name__
        if not hasattr(model, 'score_maps'):
            raise InputError(
                f'CAMHook: the model {name} has no method score_maps; set '
                'model.type="COMNet" or leave the hook out')
        known = signature(model.score_maps).parameters
        options: dict[str, Any] = dict(leaders=True) if (
            'leaders' in known) else {}
        if self.necks is not None:
            if 'necks' not in known:
                raise InputError(
                    f'CAMHook: the method score_maps of {name} takes no '
                    'necks; set model.type="COMNet" or leave them out')
            options['necks'] = self.necks
        return partial(model.score_maps, **options)


def _untrained(necks: Sequence[dict]) -> list[nn.Module]:
    """Build necks that work without training."""
    modules = [MODELS.build(dict(neck)).eval() for neck in necks]
    for module in modules:
        if any(True for _ in module.parameters()):
            raise InputError(
                f'CAMHook: {type(module).__name__} in necks has weights, '
                'which nobody has trained; set its in_channels=None')
    return modules


@contextmanager
def _watch(modules: Iterable[nn.Module]) -> Iterator[list[np.ndarray]]:
    """Note where inter-matching strengthens the first image it sees.

    Yields:
        A list that gets it, (h, w), bool.
    """
    common: list[np.ndarray] = []

    def note(module: nn.Module, given: tuple, returned: tuple) -> None:
        if not common and returned is not given[0]:
            before, after = given[0][-1][0], returned[-1][0]  # (c, h, w)
            common.append((before != after).any(0).cpu().numpy())

    watched = [module.register_forward_hook(note)
               for module in modules if hasattr(module, 'match')]
    try:
        yield common
    finally:
        for each in watched:
            each.remove()


def _group_maps(score_maps: Callable[..., Tensor], views: Tensor,
                partners: Sequence[Tensor],
                samples: Sequence[DataSample]) -> Tensor:
    """Compute the maps of an image's views, each beside the partners.

    Args:
        score_maps: The method of a classifier.
        views: Scaled and flipped versions of one image, shape (V, 3, h, w).
        partners: N - 1 images, each of shape (3, H, W), stretched to the
            views' size.
        samples: N data samples, the image's own first.

    Returns:
        Shape (V, C, h', w').
    """
    others = [resize_images(partner[None], views.shape[2:])
              for partner in partners]  # (1, 3, h, w) each
    groups = torch.cat([
        torch.cat([view[None], *others]) for view in views])  # (V N, 3, h, w)
    maps = score_maps(groups, [*samples] * len(views))
    return maps[::len(maps) // len(views)]  # of all, or of the first alone

# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from mmpretrain.structures import DataSample
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from ..datasets.cam_file import CAMFile
from ..ops import multi_scale_cam

MATCHING = ('nothing', 'self', 'partners')


@HOOKS.register_module()
class CAMHook(Hook):
    """Write the class activation maps of the test images.

    One ``OUT_DIR/IMG_ID.npz`` an image, see
    :class:`comnet.datasets.cam_file.CAMFile`, with the maps of the classes of
    its label. The file's name is kept in the data sample as ``cam_path``,
    where :class:`CAMMetric` finds it.

    Where the model has inter-matching it can work here, too: on each image by
    itself, or beside partners that share a class, for which the test data set
    is a :class:`PairedVOCDataset`. The predictions that the test loop makes
    beside, as those of the validation, are without it.

    Args:
        out_dir (str, optional): Folder of the files. Defaults to ``cam`` in
            the runner's work_dir.
        scales (Sequence[float]): Factors of the image's size.
            Defaults to (1.0, 0.5, 1.5, 2.0).
        flip (bool): Whether to add the mirrored image. Defaults to True.
        matching (str): Inter-matching with 'nothing', 'self' or 'partners'.
            Defaults to 'self'.
    """

    def __init__(self,
                 out_dir: str | None = None,
                 scales: Sequence[float] = (1.0, 0.5, 1.5, 2.0),
                 flip: bool = True,
                 matching: str = 'self') -> None:
        if matching not in MATCHING:
            raise ValueError(f'matching is {matching!r}, it must be one of '
                             f'{MATCHING}')
        self.out_dir = out_dir
        self.scales = tuple(scales)
        self.flip = flip
        self.matching = matching

    def before_test_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict | None = None) -> None:
        """Compute and write the maps of a batch."""
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        out_dir = Path(self.out_dir or Path(runner.work_dir) / 'cam')
        group = [data_batch]
        if self.matching == 'partners':
            if 'partners' not in data_batch:
                raise ValueError('matching="partners" takes the test data set '
                                 'type="PairedVOCDataset", test_mode=True')
            group += data_batch['partners']
        for index, sample in enumerate(data_batch['data_samples']):
            path = out_dir / f'{sample.img_id}.npz'
            self._write(
                model,
                images=[member['inputs'][index] for member in group],
                samples=[member['data_samples'][index] for member in group],
                path=path)
            sample.set_field(str(path), 'cam_path', field_type='metainfo')

    def _write(self, model: nn.Module, images: Sequence[Tensor],
               samples: Sequence[DataSample], path: Path) -> None:
        """Write the maps of the first image of a group, each (3, H, W)."""
        # one by one: the images of a batch have several sizes
        image, *partners = [
            model.data_preprocessor(dict(inputs=[member]),
                                    training=False)['inputs'][0]
            for member in images]
        class_ids = samples[0].gt_label.tolist()
        cam, high_res = multi_scale_cam(
            cam=lambda views: self._maps(model, views, partners, samples),
            image=image,
            class_ids=class_ids,
            scales=self.scales,
            flip=self.flip)
        CAMFile(
            keys=torch.tensor(class_ids).numpy(),
            cam=cam.cpu().numpy(),
            high_res=high_res.cpu().numpy()).save(path)

    def _maps(self, model: nn.Module, views: Tensor,
              partners: Sequence[Tensor],
              samples: Sequence[DataSample]) -> Tensor:
        """Compute the maps of an image's views.

        Args:
            model: A :class:`COMNet`.
            views: Scaled and flipped versions of one image, (V, 3, h, w).
            partners: N - 1 images, each (3, H, W), stretched to the views'
                size.
            samples: N data samples with the labels.

        Returns:
            Maps, shape (V, C, h', w').
        """
        if self.matching == 'nothing':
            return model.head.cam(model.extract_feat(views))
        others = [
            F.interpolate(
                partner[None], views.shape[2:], mode='bilinear',
                antialias=True) for partner in partners]  # (1, 3, h, w) each
        groups = torch.cat([
            torch.cat([view[None], *others]) for view in views])
        feats = model.extract_feat(
            groups, data_samples=[*samples] * len(views),
            group_size=len(samples))
        return model.head.cam(feats)[::len(samples)]

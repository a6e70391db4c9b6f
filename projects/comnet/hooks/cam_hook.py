# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.hooks import Hook
from mmengine.model import BaseTTAModel, is_model_wrapper
from mmengine.registry import HOOKS
from mmengine.runner import Runner, autocast

from ..datasets.cam_file import CAMFile
from ..models.cam_extractor import CAMExtractor, check_matching, untrained
from ..utils import InputError
from ..utils.schema import Limits, check_value

PRESENT = 0.5  # score of a class that is there


@HOOKS.register_module()
class CAMHook(Hook):
    """Write the class activation maps of the test images.

    One ``OUT_DIR/IMG_ID.npz`` an image, see
    :class:`comnet.datasets.cam_file.CAMFile`, with the maps of the classes of
    its label, at the size that it had before the pipeline (``ori_shape``). The
    file's name is kept in the data sample as ``cam_path``, where
    :class:`CAMMetric` finds it, and the scores of the classes at the first
    scale as ``pred_score``, those above 0.5 as
    ``pred_label``: the network need not see the image again.

    The maps are those of a :class:`CAMExtractor`. For partners to match with
    the test data set is a :class:`PairedVOCDataset`. It computes in half
    precision where the config says ``test_cfg=dict(fp16=True)``.

    Args:
        out_dir: Folder of the files. Defaults to ``cams`` in the runner's
            work_dir.
        scales: See :class:`CAMExtractor`, as for all up to ``necks``.
        flip: Whether to add the mirrored image.
        matching: Inter-matching with 'nothing', 'self' or 'partners'.
        necks: Matching modules in place of the model's own, which need no
            training.
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
        check_matching(matching)  # before a training, not after it
        check_value('CAMHook: scales', scales, (tuple[float], ), Limits())
        for scale in scales:
            check_value('CAMHook: a scale', scale, (float, ), Limits(above=0))
        self.out_dir = out_dir
        self.scales = scales
        self.flip = flip
        self.matching = matching
        self.necks = None if necks is None else untrained(necks)
        self.skip_existing = skip_existing

    def before_test(self, runner: Runner) -> None:
        """Wrap the model, which is only known now.

        Raises:
            InputError: The model cannot classify positions.
        """
        model = runner.model
        if isinstance(model, BaseTTAModel):
            raise InputError('CAMHook: has scales and flips of its own, '
                             'default_hooks.cam.scales and .flip; leave out '
                             '--tta')
        self.extractor = CAMExtractor(
            model.module if is_model_wrapper(model) else model, self.scales,
            self.flip, self.matching, self.necks)

    def before_test_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict) -> None:
        """Compute and write the maps of a batch.

        Raises:
            InputError: There are no partners to match with, or an image is
                too small.
        """
        out_dir = Path(self.out_dir or Path(runner.work_dir) / 'cams')
        partners = []
        if self.matching == 'partners':
            if 'partners' not in data_batch:
                raise InputError(
                    'CAMHook: matching="partners" takes partners; set '
                    'test_dataloader.dataset.type="PairedVOCDataset" and '
                    'test_mode=True')
            partners = data_batch['partners']
        for index, sample in enumerate(data_batch['data_samples']):
            path = out_dir / f'{sample.img_id}.npz'
            if self.skip_existing and path.is_file():
                file = CAMFile.load(path)
            else:
                with autocast(enabled=runner.test_loop.fp16):
                    file = self.extractor(
                        data_batch['inputs'][index],
                        sample.gt_label.tolist(),
                        [each['inputs'][index] for each in partners],
                        size=sample.get('ori_shape'),
                        name=sample.get('img_path', 'picture'))
                file.save(path)
            if file.scores is not None:
                sample.set_pred_score(torch.from_numpy(file.scores))
                sample.set_pred_label((file.scores > PRESENT).nonzero()[0])
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

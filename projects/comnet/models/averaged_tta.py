# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import torch
from mmengine.structures import PixelData
from mmseg.models import SegTTAModel
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample


@MODELS.register_module()
class AveragedTTAModel(SegTTAModel):
    """Test-time augmentation that keeps the averaged probabilities.

    The labels are those of :class:`mmseg.models.SegTTAModel`, which keeps no
    more than them. The ``seg_logits`` of a sample become the logarithm of
    the probabilities, so that its softmax is what was averaged.
    """

    def merge_preds(self, data_samples_list: Sequence[Sequence[SegDataSample]]
                    ) -> list[SegDataSample]:
        """Average the predictions of each image's views, see the base class.

        A sample an image has ``seg_logits`` (C, H, W) and ``pred_sem_seg``
        (1, H, W).
        """
        merged = []
        for views in data_samples_list:
            logits = (view.seg_logits.data for view in views)  # (C, H, W) each
            probs = sum(each.softmax(dim=0) for each in logits) / len(views)
            tiny = torch.finfo(probs.dtype).tiny
            views[0].set_data(dict(
                seg_logits=PixelData(data=probs.clamp_min(tiny).log()),
                pred_sem_seg=PixelData(data=probs.argmax(0, keepdim=True))))
            merged.append(views[0])
        return merged

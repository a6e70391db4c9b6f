# Copyright (c) COMNet contributors. All rights reserved.
"""The average of several views' probabilities."""

import torch
from mmengine.model import BaseModel
from mmengine.structures import PixelData
from mmseg.models import SegTTAModel
from mmseg.structures import SegDataSample

from comnet.models import AveragedTTAModel


class Segmentor(BaseModel):
    out_channels = 4

    def forward(self) -> None:
        raise NotImplementedError


def views() -> list[SegDataSample]:
    """Return predictions of three views of an image, four classes each."""
    generator = torch.Generator().manual_seed(0)
    return [SegDataSample(
        metainfo=dict(img_path='a.jpg'),
        seg_logits=PixelData(data=10 * torch.randn(
            4, 5, 6, generator=generator))) for _ in range(3)]


def test_labels_are_those_of_mmseg_and_probabilities_are_kept() -> None:
    theirs, = SegTTAModel(Segmentor()).merge_preds([views()])
    ours, = AveragedTTAModel(Segmentor()).merge_preds([views()])
    labels = ours.pred_sem_seg.data
    assert labels.shape == (1, 5, 6)
    assert torch.equal(labels.squeeze(), theirs.pred_sem_seg.data.squeeze())
    expected = torch.stack([
        each.seg_logits.data.softmax(0) for each in views()]).mean(0)
    torch.testing.assert_close(ours.seg_logits.data.softmax(0), expected)
    assert ours.img_path == 'a.jpg'

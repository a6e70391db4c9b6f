# Copyright (c) COMNet contributors. All rights reserved.
"""Labels of enlarged scores, class by class."""

import torch
from torch.nn import functional as F

from comnet.ops import enlarged_argmax


def test_it_is_the_argmax_of_all_enlarged_scores() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(7, 5, 6, generator=generator)
    large, = F.interpolate(scores[None], size=(17, 23), mode='bilinear')
    labels = enlarged_argmax(scores, (17, 23))
    assert labels.dtype == torch.uint8
    assert torch.equal(labels.long(), large.argmax(0))

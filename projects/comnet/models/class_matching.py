# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

from ..datasets.directions_file import DirectionsFile
from ..ops.numerics import single_precision
from ..utils import InputError
from ..utils.schema import Limits, check_value
from .inter_matching import Matches
from .intra_matching import IntraMatching


@MODELS.register_module()
class ClassMatching(BaseModule):
    """Strengthen for each class what all of its pictures have in common.

    M* of all pictures that show a class is an affine function of a feature
    (:func:`comnet.ops.class_directions`). Where it is above 0 the score of
    that class is multiplied by alpha, at CAM time: as the classifier is
    linear, that is its score of features that are multiplied by alpha, which
    would take a set of features a class. A picture needs no partner.

    It belongs into the ``necks`` of a :class:`CAMExtractor`. Behind it the
    mean over neighbours may follow, ``IntraMatching(in_channels=None,
    reduce='mean', keep_scale=False)``: it is of the scores then, which is the
    same, as it is linear.

    Args:
        alpha: Factor, above 1.
        directions: File that the step ``Directions`` has written, or its
            folder. Without it the module can be built, but not be used: a
            training's config can name it before there are directions.
        init_cfg: The config to control the initialization.

    Raises:
        InputError: There is no such alpha or file.
    """
    a: Tensor
    b: Tensor

    def __init__(self,
                 alpha: float = 8,
                 directions: str | Path | None = None,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        check_value('ClassMatching: alpha', alpha, (float, ), Limits(above=1))
        self.alpha = alpha
        self.directions = directions
        if directions is not None:
            file = DirectionsFile.load(directions)
            self.register_buffer('a', torch.from_numpy(file.a))  # (C, c)
            self.register_buffer('b', torch.from_numpy(file.b))  # (C,)

    def forward(self,
                scores: Tensor,
                feat: Tensor | None = None,
                labels: Sequence[int] = (),
                matches: Matches | None = None) -> Tensor:
        """Re-weight score maps.

        Args:
            scores: Of all C classes, shape (B, C, h, w).
            feat: The features that they are of, shape (B, c, h, w).
            labels: The classes that ``matches`` is to tell of.
            matches: Takes M* of these classes.

        Returns:
            The scores, strengthened where M* of their class is above 0.

        Raises:
            InputError: There are no directions, or they are of other classes
                or features, or it is a neck of a model.
        """
        if feat is None:
            raise InputError('ClassMatching: is for CAM time alone; name it '
                             'in default_hooks.cam.necks, not in model.neck')
        strength = self.match(feat)  # (B, C, h, w)
        if strength.shape[1] != scores.shape[1]:
            raise InputError(
                f'{self.directions}: directions of {strength.shape[1]} '
                f'classes, but the classifier has {scores.shape[1]}; make '
                'them of its own')
        if matches is not None and matches.strength is None and labels:
            matches.strength = strength[:, list(labels)]
        return scores * torch.where(strength > 0, self.alpha, 1.0).to(scores)

    @torch.no_grad()
    def match(self, feat: Tensor) -> Tensor:
        """Return M* of each class, (B, c, h, w) -> (B, C, h, w), float32.

        Raises:
            InputError: See :meth:`forward`.
        """
        self.require()
        if feat.shape[1] != self.a.shape[1]:
            raise InputError(
                f'{self.directions}: directions of {self.a.shape[1]} '
                f'channels, but the features have {feat.shape[1]}; make them '
                'of this backbone')
        with single_precision(feat.device.type):
            unit = F.normalize(feat.float(), dim=1)
            maps = F.conv2d(unit, self.a[:, :, None, None], -self.b)
        return maps * feat.any(dim=1, keepdim=True)  # 0 at padding

    def require(self) -> None:
        """Raise an InputError unless there are directions."""
        if self.directions is None:
            raise InputError(
                'ClassMatching: no directions; name their file, which the '
                'step Directions writes, as directions= of its entry in '
                'default_hooks.cam.necks, or run a pipeline with that step')


def split_at_scores(necks: Sequence[nn.Module]
                    ) -> tuple[list[nn.Module], list[nn.Module]]:
    """Split necks into those on features and those on scores.

    The latter begin with a :class:`ClassMatching`.

    Raises:
        InputError: One behind it is no linear map.
    """
    place = next((index for index, neck in enumerate(necks)
                  if isinstance(neck, ClassMatching)), len(necks))
    for neck in necks[place + 1:]:
        linear = isinstance(neck, IntraMatching) and (
            neck.in_channels is None and neck.reduce == 'mean'
            and not neck.keep_scale)
        if not linear:
            raise InputError(
                f'CAMs: {type(neck).__name__} in necks stands behind '
                'ClassMatching, where only IntraMatching with '
                "in_channels=None, reduce='mean' and keep_scale=False can; "
                'put it before, or change it')
    return list(necks[:place]), list(necks[place:])

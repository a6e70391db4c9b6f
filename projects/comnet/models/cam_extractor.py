# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps by a classifier that is built already."""

from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
import torch
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn

from ..datasets.cam_file import CAMFile
from ..ops import multi_scale_cam, resize_images
from ..utils import InputError
from ..utils.constants import MIN_CAM_SIDE
from ..utils.host import to_host
from .class_matching import ClassMatching, split_at_scores
from .inter_matching import Matches

MATCHING = ('nothing', 'self', 'partners')


class CAMExtractor:
    """Computes class activation maps over scales and flips.

    The model is any classifier with a method ``score_maps(images,
    data_samples)``, such as :meth:`COMNet.score_maps`, which returns the
    scores of all classes at each position, and a ``data_preprocessor``. The
    data samples tell ``group_size`` where images are matched, and the first
    one of a group the classes to map as ``gt_label``. The method may take
    ``necks``, ``leaders`` and ``matches``, too, as that of :class:`COMNet`.

    .. code-block:: python

        extractor = CAMExtractor(model.eval(), scales=(1.0, 0.5))
        cams = extractor(image, labels=[3, 7])
        cams.cam, cams.scores, cams.full_size()

    Args:
        model: The classifier, in evaluation mode.
        scales: Factors of the image's size.
        flip: Whether to add the mirrored image.
        matching: Inter-matching with 'nothing', 'self' or 'partners', where
            an image without any is matched with itself.
        necks: Matching modules in place of the model's own, or configs of
            :class:`InterMatching`, :class:`ClassMatching` and
            :class:`IntraMatching`: they need no training, so that any
            :class:`COMNet` can have them, plain CAM too. Intra-matching takes
            ``in_channels=None``, no MLP.

    Raises:
        InputError: There is no such matching, a neck has weights or no
            directions, or the model cannot classify positions.
    """

    def __init__(self,
                 model: Any,
                 scales: Sequence[float] = (1.0, 0.5, 1.5, 2.0),
                 flip: bool = True,
                 matching: str = 'self',
                 necks: Sequence[dict | nn.Module] | None = None) -> None:
        check_matching(matching)
        self.model = model
        self.scales = tuple(scales)
        self.flip = flip
        self.matching = matching
        self.necks = None if necks is None else untrained(necks)
        name = type(model).__name__
        if not hasattr(model, 'score_maps'):
            raise InputError(
                f'CAMs: the model {name} has no method score_maps; set '
                'model.type="COMNet" or leave CAMHook out')
        # another classifier need not know
        self.patch = getattr(getattr(model, 'info', None), 'step', 1)
        self._known = set(signature(model.score_maps).parameters)
        if self.necks is not None and 'necks' not in self._known:
            raise InputError(
                f'CAMs: the method score_maps of {name} takes no necks; set '
                'model.type="COMNet" or leave them out')
        for neck in self.necks or ():
            if isinstance(neck, ClassMatching):
                neck.require()
            neck.to(model.data_preprocessor.device)

    def __call__(self,
                 image: Tensor,
                 labels: Sequence[int],
                 partners: Sequence[Tensor] = (),
                 size: tuple[int, int] | None = None,
                 name: str = 'picture') -> CAMFile:
        """Compute the maps of an image.

        Args:
            image: As the model's data_preprocessor takes it, shape (3, H, W),
                in [0, 255].
            labels: Indices of its K classes, those to map.
            partners: Images that it is matched with, (3, H', W') each,
                stretched to its size.
            size: Height and width of the picture that was resized to be the
                image, by default (H, W).
            name: What an error calls the image.

        Returns:
            Its maps at stride 4 of the picture, the scores of all classes at
            the first scale, and where M* is above 0 there.

        Raises:
            InputError: The image is too small for the network.
            ValueError: The model is in training mode, or there are partners
                without ``matching='partners'``.
        """
        if self.model.training:
            raise ValueError('the model is in training mode; call eval()')
        height, width = size or image.shape[1:]
        matches = Matches()
        try:
            cam, scores = self.maps(
                self.normalized(image), labels,
                [self.normalized(partner) for partner in partners],
                (height, width), matches)
        except RuntimeError as error:  # of a layer that nothing is left of
            if min(image.shape[1:]) >= MIN_CAM_SIDE:
                raise
            raise InputError(
                f'{name}: {width} x {height} pixels are too few for the '
                'network; take it out of the list, or enlarge it') from error
        found = [cam, scores.sigmoid()]
        if matches.strength is not None:
            found.append((matches.strength[0] > 0).any(0))  # (h, w)
        maps, probs, *common = (each.numpy() for each in to_host(*found))
        return CAMFile(
            keys=np.array(labels, dtype=np.int64),
            cam=maps,
            size=(height, width),
            scores=probs,
            common=common[0] if common else None)

    @torch.no_grad()
    def matches(self, image: Tensor, labels: Sequence[int],
                partners: Sequence[Tensor] = ()) -> Matches:
        """Find what an image is matched with at its own scale.

        Args:
            image: As in :meth:`__call__`.
            labels: Classes to tell M* of, where each has its own.
            partners: As in :meth:`__call__`.

        Returns:
            What the matching modules found, the image's own first.
        """
        found = Matches()
        self._score_maps(
            self.normalized(image)[None], labels,
            [self.normalized(partner) for partner in partners], found)
        return found

    def normalized(self, image: Tensor) -> Tensor:
        """Return what the network sees of an image, (3, H, W)."""
        # one by one: images have several sizes
        return self.model.data_preprocessor(
            dict(inputs=[image]), training=False)['inputs'][0]

    def maps(self,
             image: Tensor,
             labels: Sequence[int],
             partners: Sequence[Tensor] = (),
             size: tuple[int, int] | None = None,
             matches: Matches | None = None) -> tuple[Tensor, Tensor]:
        """Compute the maps of a normalised image.

        Args:
            image: Shape (3, H, W).
            labels: As in :meth:`__call__`.
            partners: Normalised images.
            size: As in :meth:`__call__`.
            matches: Takes what is found at the first scale.

        Returns:
            The maps, shape (K, ceil(H / 4), ceil(W / 4)), and the scores of
            all classes before the sigmoid, shape (C,).
        """
        return multi_scale_cam(
            lambda views: self._score_maps(views, labels, partners, matches),
            image, labels, self.scales, self.flip, size, self.patch)

    def _score_maps(self, views: Tensor, labels: Sequence[int],
                    partners: Sequence[Tensor], matches: Matches | None
                    ) -> Tensor:
        """Classify the positions of an image's views, each beside partners.

        Args:
            views: Scaled and flipped versions of one image, (V, 3, h, w).
            labels: Its classes.
            partners: N - 1 images (3, H, W), stretched to the views' size.
            matches: Takes what is found, the first view's first.

        Returns:
            Scores before the sigmoid, shape (V, C, h', w').
        """
        if partners and self.matching != 'partners':
            raise ValueError(f'partners to match with {self.matching!r}')
        others = [resize_images(partner[None], views.shape[2:])
                  for partner in partners]  # (1, 3, h, w) each
        groups = views
        if others:
            groups = torch.cat([
                torch.cat([view[None], *others]) for view in views])
        size = 1 + len(others)  # N
        meta = {} if self.matching == 'nothing' else dict(group_size=size)
        samples = [DataSample(metainfo=meta) for _ in range(size)]
        samples[0].set_gt_label(list(labels))
        options: dict[str, Any] = dict(leaders=True, matches=matches)
        if self.necks is not None:
            options['necks'] = self.necks
        maps = self.model.score_maps(groups, samples * len(views), **{
            key: value for key, value in options.items()
            if key in self._known})
        return maps[::len(maps) // len(views)]  # of all, or of leaders alone


def check_matching(matching: str) -> None:
    """Raise an InputError unless there is such a matching."""
    if matching not in MATCHING:
        raise InputError(f'CAMs: matching is {matching!r}; give one of '
                         f'{MATCHING}')


def untrained(necks: Sequence[dict | nn.Module]) -> list[nn.Module]:
    """Build necks that work without training.

    Args:
        necks: Their configs; what is built already stays as it is.

    Raises:
        InputError: One has weights, or cannot stand where it does.
    """
    modules = [neck if isinstance(neck, nn.Module)
               else MODELS.build(dict(neck)).eval() for neck in necks]
    for neck, module in zip(necks, modules, strict=True):
        if neck is not module and any(True for _ in module.parameters()):
            raise InputError(
                f'CAMs: {type(module).__name__} in necks has weights, which '
                'nobody has trained; set its in_channels=None')
    split_at_scores(modules)
    return modules

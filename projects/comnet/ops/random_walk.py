# Copyright (c) COMNet contributors. All rights reserved.
"""Random walk of class activation maps that stops at class boundaries."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from ..utils import InputError, check_choice
from .cam import resize_cam
from .chebyshev import apply_power
from .numerics import single_thread
from .pixel_paths import pair_slices, path_affinity
from .walk_table import WalkTable

BLOCK = 2**14  # pixels at a time, to stay in a core's cache
NORMALIZATIONS = ('maximum', 'mean')
EPS = 1e-4  # a mean over less than this share of the walks is taken as 0


@torch.no_grad()
def random_walk(cam: Float[Tensor, 'classes h w'],
                boundary: Float[Tensor, 'h w'],
                radius: int = 5,
                beta: float = 10,
                num_steps: int = 256,
                tolerance: float = 1e-6) -> Float[Tensor, 'classes h w']:
    """Spread class activation maps within class boundaries.

    IRN, Sec. 5: the walk starts from CAM * (1 - boundary) and follows the
    transition matrix T = A^beta / columns' sums ``num_steps`` times, A being
    the affinities of pixels within the radius. IRN raises the dense T to its
    power. Here no matrix exists. With the columns' sums D, T is similar to
    the symmetric S = D^-1/2 A^beta D^-1/2, so that x T^s = x D^1/2 S^s D^-1/2;
    and S^s is a short sum of Chebyshev polynomials, see
    :func:`comnet.ops.chebyshev.apply_power`: 82 products with S for 256
    steps. Each is a sum over neighbours, all classes at once; time and memory
    are linear in h * w.

    On a CPU the sums are taken a block of pixels and a neighbour at a time,
    in one thread: many short products on threads wait for each other much
    longer than they compute wherever cores are shared. Walk in several
    processes to use several cores. Elsewhere one operation takes them all,
    see :class:`comnet.ops.walk_table.WalkTable`.

    Args:
        cam: Class activation maps, (C, h, w).
        boundary: Probability of a class boundary, (h, w).
        radius: Pixels closer than this are neighbours.
        beta: Power of the affinities.
        num_steps: Length of the walk.
        tolerance: Largest error, relative to the maps that the walk starts
            from; in the 2-norm of x D^1/2 before and after it.

    Returns:
        The maps after the walk, (C, h, w), in float32 (float64 for float64
        maps), whatever autocast says.

    Raises:
        ValueError: The shapes do not fit together.
        InputError: A value is not finite, the boundary no probability, or the
            walk has no such radius, power, length or tolerance.
    """
    _check_maps(cam, boundary)
    if not (beta >= 0 and num_steps >= 0 and num_steps == int(num_steps)):
        raise InputError(f'beta is {beta} and num_steps {num_steps}: give '
                         'values that are not negative, the latter whole')
    dtype = torch.promote_types(cam.dtype, torch.float32)
    # In float32 the rounding of T, the same in every step, adds up to 1e-4.
    cam, boundary = cam.double(), boundary.double()
    with (torch.autocast(cam.device.type, enabled=False),
          single_thread(cam.device.type)):
        matrix = _matrix(boundary, radius, beta)
        start = (cam * (1 - boundary)).flatten(1) * matrix.scale  # (C, hw)
        walked = apply_power(matrix.stepper, start, int(num_steps), tolerance)
        return (walked / matrix.scale).reshape(cam.shape).to(dtype)


def walk_scores(cam: Float[Tensor, 'classes h w'],
                boundary: Float[Tensor, 'h w'],
                size: tuple[int, int],
                radius: int = 5,
                beta: float = 10,
                num_steps: int = 256,
                normalize: str = 'maximum'
                ) -> Float[Tensor, 'classes h2 w2']:
    """Walk on class activation maps and bring them to a common scale.

    IRN divides by the image's maximum. That is often a small part enclosed by
    boundaries, such as a head, beside which the rest of the object looks
    weak. The mean does not depend on it: the walk starts from CAM *
    (1 - boundary), and divided by a walk that starts from 1 - boundary, each
    score is the mean CAM of the pixels that reach it.

    Args:
        cam: Class activation maps, (K, h, w).
        boundary: Probability of a class boundary, (h, w).
        size: Height and width of the image.
        radius: As in :func:`random_walk`, as the next two.
        beta: Power of the affinities.
        num_steps: Length of the walk.
        normalize: 'maximum' or 'mean'.

    Returns:
        Scores, the highest of the image 1 for 'maximum', in the range of the
        CAMs for 'mean', (K, H, W).

    Raises:
        InputError: If there is no such normalisation, or as in
            :func:`random_walk`.
    """
    check_choice(normalize, NORMALIZATIONS, 'normalize')
    if not len(cam):  # of a negative
        return cam.new_zeros(0, *size)
    if normalize == 'maximum':
        scores = resize_cam(
            random_walk(cam, boundary, radius, beta, num_steps), size)
        return scores / scores.max().clamp(min=1e-5)
    ones = cam.new_ones(1, *cam.shape[1:])
    walked = random_walk(
        torch.cat([cam, ones]), boundary, radius, beta, num_steps)
    # A pixel of a boundary that nothing reaches has no mean.
    return resize_cam(walked[:-1] / walked[-1:].clamp(min=EPS), size)


def _matrix(boundary: Tensor, radius: int,
            beta: float) -> '_Neighbors | WalkTable':
    """Return the matrix 2 S in the form that the device is fast with."""
    kind = _Neighbors if boundary.device.type == 'cpu' else WalkTable
    return kind(boundary, radius, beta)


class _Neighbors:
    """The symmetric matrix 2 S of a map, as weights of pairs of pixels.

    Args:
        boundary: Probability of a class boundary, (h, w), float64.
        radius: Pixels closer than this are neighbours.
        beta: Power of the affinities.

    Attributes:
        scale: Square root of the columns' sums D, (hw,).
    """

    def __init__(self, boundary: Tensor, radius: int, beta: float) -> None:
        width = boundary.shape[1]
        total = torch.ones_like(boundary)  # a pixel's affinity to itself
        planes = []  # of the first pixels of pairs, 0 where there is no second
        # the power of the smallest on a path is the smallest of the powers
        barrier = 1 - (1 - boundary)**beta
        for offset, affinity in path_affinity(barrier, radius):
            first, second = pair_slices(offset)
            plane = torch.zeros_like(boundary)
            plane[first] = affinity
            total[first] += affinity
            total[second] += affinity
            planes.append((offset[0] * width + offset[1], plane.flatten()))
        self.scale = total.flatten().sqrt()
        weight = 2**0.5 / self.scale
        for step, plane in planes:
            plane[:-step] *= weight[:-step] * weight[step:]
        self._planes = {torch.float64: [(0, weight**2), *planes]}

    def stepper(self, out: Tensor, maps: Tensor) -> Callable[[], None]:
        """Return what replaces ``out`` by 2 S times maps (C, hw) - ``out``."""
        number = maps.shape[1]
        terms = []
        for begin in range(0, number, BLOCK):
            for step, plane in self._planes_in(out.dtype):
                end = max(begin, min(begin + BLOCK, number - step))
                near, far = slice(begin, end), slice(begin + step, end + step)
                terms.append((out[:, near], maps[:, far], plane[near]))
                if step:
                    terms.append((out[:, far], maps[:, near], plane[near]))

        def step_on() -> None:
            out.neg_()
            for target, source, weight in terms:
                target.addcmul_(source, weight)

        return step_on

    def _planes_in(self, dtype: torch.dtype) -> list[tuple[int, Tensor]]:
        """Return steps to the second pixels and weights, (hw,) each."""
        if dtype not in self._planes:
            self._planes[dtype] = [
                (step, plane.to(dtype))
                for step, plane in self._planes[torch.float64]]
        return self._planes[dtype]


def _check_maps(cam: Tensor, boundary: Tensor) -> None:
    """Raise an error where the maps cannot be walked on."""
    if cam.dim() != 3 or cam.shape[1:] != boundary.shape:
        raise ValueError(
            f'cam {tuple(cam.shape)} and boundary {tuple(boundary.shape)} do '
            'not fit together: give (C, h, w) and (h, w)')
    if not cam.isfinite().all():
        raise InputError('cam holds NaN or infinite values: make it again')
    if not ((boundary >= 0) & (boundary <= 1)).all():  # false for NaN, too
        raise InputError('boundary holds values outside of 0..1 or NaN: give '
                         'probabilities, the sigmoid of the logits')

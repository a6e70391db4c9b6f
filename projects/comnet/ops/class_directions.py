# Copyright (c) COMNet contributors. All rights reserved.
"""M* of all pictures of a class at once, an affine function of a feature."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from ..utils import InputError
from ..utils.host import to_host
from .numerics import single_precision

GRID = 2.0**-28  # of a picture's sums


@dataclass(frozen=True)
class ClassMoments:
    """Sums over the positions of the pictures that show each class.

    With x a position's feature of unit length and l the length that it had.
    They lie on the CPU in float64 and add up over pictures and processes:
    80 classes of 512 channels take 168 MB, of 2,048 channels 2.7 GB. So
    features are projected first, see :func:`principal_components`.

    M* is the same whatever the order of the pictures and however many
    processes share them: the sums of x xᵀ and x over a picture are rounded to
    multiples of 2⁻²⁸, finer than the features' single precision is, and sums
    of these have no error below 2²⁵.

    Attributes:
        second: Sum of x xᵀ, shape (C, c, c).
        first: Sum of x, shape (C, c).
        count: Number of positions, shape (C,).
        weighted: Sum of l x, shape (C, c).
        length: Sum of l, shape (C,).
    """
    second: Float64[Tensor, 'classes c c']
    first: Float64[Tensor, 'classes c']
    count: Float64[Tensor, ' classes']
    weighted: Float64[Tensor, 'classes c']
    length: Float64[Tensor, ' classes']

    @classmethod
    def empty(cls, num_classes: int, channels: int) -> 'ClassMoments':
        """Return the sums over no position."""
        return cls(*(torch.zeros(num_classes, *shape, dtype=torch.float64)
                     for shape in ((channels, channels), (channels, ), (),
                                   (channels, ), ())))

    @torch.no_grad()
    def add(self, points: Float[Tensor, 'n c'], class_ids: Sequence[int],
            projection: Float[Tensor, 'c k'] | None = None) -> None:
        """Add the positions of a picture to the classes that it shows.

        Args:
            points: Features of any length, shape (n, c). All-zero ones are
                padding and do not count.
            class_ids: Indices of its classes.
            projection: What the features of unit length are multiplied by,
                shape (c, k).

        Raises:
            InputError: Features that are not finite.
        """
        unit, length = unit_points(points, projection)
        unit, length = to_host(unit, length)
        second, first = _exact(unit.T @ unit), _exact(unit.sum(0))
        for index in {*class_ids}:
            self.second[index] += second
            self.first[index] += first
            self.count[index] += len(unit)
            self.weighted[index] += length @ unit
            self.length[index] += length.sum()

    def __add__(self, other: 'ClassMoments') -> 'ClassMoments':
        return ClassMoments(*(
            mine + others for mine, others in zip(
                self.sums(), other.sums(), strict=True)))

    def sums(self) -> list[Tensor]:
        """Return all sums, to add those of other processes in place."""
        return [getattr(self, each.name) for each in fields(self)]


def _exact(sums: Tensor) -> Tensor:
    """Round sums so that their own sums have no error."""
    return (sums / GRID).round() * GRID


def class_directions(moments: ClassMoments
                     ) -> tuple[Float64[Tensor, 'classes c'],
                                Float64[Tensor, ' classes']]:
    """Return M* of each class over all positions of its pictures.

    It is an affine function of a unit-length feature, m(x) = aᵀx − b, of unit
    norm over the n positions: with X their features as columns, D̂ = XᵀX − 11ᵀ
    and D̂m = λm, m = (Xᵀu − v1) / λ where u = Xm and v = 1ᵀm. Inserted, (u, v)
    is an eigenvector of [[S, −s], [sᵀ, −n]], S = XXᵀ and s = X1: c + 1 rows,
    however many positions there are.

    That matrix is G J with G = [[S, s], [sᵀ, n]] positive semidefinite and
    J = diag(1, …, 1, −1). It is not symmetric, but with G = RᵀR it has the
    eigenvalues of the symmetric R J Rᵀ, whose unit-norm eigenvector w gives
    (u, v) = Rᵀw; m and w have length 1. R comes of the eigenvectors of G, so
    that any rank will do: classes with fewer positions than channels, too.
    The result is exact and the same each time.

    The sign of M* is arbitrary: the features are longer where it is larger,
    Σ m (l − mean l) > 0. Unlike a sum of signs that needs no second pass.

    Args:
        moments: Sums of C classes.

    Returns:
        a, shape (C, c), and b, shape (C,), float64. Both are 0 for a class
        without positions, or whose features all have one direction.
    """
    direction = torch.zeros_like(moments.first)
    offset = torch.zeros_like(moments.count)
    for index, count in enumerate(moments.count.tolist()):
        if count:
            direction[index], offset[index] = _class_direction(
                *(each[index] for each in moments.sums()))
    return direction, offset


def _class_direction(second: Tensor, first: Tensor, count: Tensor,
                     weighted: Tensor, length: Tensor
                     ) -> tuple[Tensor, Tensor]:
    """Return a (c,) and b () of a class, of its sums."""
    gram = torch.cat([
        torch.cat([second, first[:, None]], dim=1),
        torch.cat([first, count[None]])[None]])  # G, (c + 1, c + 1)
    values, vectors = torch.linalg.eigh(gram)
    noise = len(values) * torch.finfo(values.dtype).eps
    values = values * (values > noise * values[-1])
    root = values.sqrt()[:, None] * vectors.T  # R
    flipped = root.clone()
    flipped[:, -1] *= -1  # R J
    values, vectors = torch.linalg.eigh(flipped @ root.T)
    value = values[-1]  # λ
    if value <= noise * count:  # D̂ is 0
        return torch.zeros_like(first), torch.zeros_like(count)
    solution = root.T @ vectors[:, -1] / value  # (c + 1,)
    direction, offset = solution[:-1], solution[-1]
    evidence = direction @ (weighted - length / count * first)
    if evidence < 0:
        return -direction, -offset
    return direction, offset


def principal_components(second: Float64[Tensor, 'c c'],
                         num_components: int) -> Float64[Tensor, 'c k']:
    """Return the directions that hold most of unit-length features.

    They are not centred: D̂ is of inner products.

    Args:
        second: Sum of x xᵀ over the features x of a sample, as in
            :class:`ClassMoments`, shape (c, c).
        num_components: k, cut to c.

    Returns:
        Orthonormal columns, the first the strongest, shape (c, k).
    """
    _, vectors = torch.linalg.eigh(second)  # ascending
    return vectors.flip(1)[:, :num_components].contiguous()


def unit_points(points: Float[Tensor, 'n c'],
                projection: Float[Tensor, 'c k'] | None = None
                ) -> tuple[Float64[Tensor, 'm k'], Float64[Tensor, ' m']]:
    """Return features that are not 0 at unit length, and their lengths.

    Args:
        points: Features, shape (n, c).
        projection: What those of unit length are multiplied by, in single
            precision.

    Raises:
        InputError: Features that are not finite.
    """
    length = torch.linalg.vector_norm(points, dim=1, dtype=torch.float64)
    if not length.isfinite().all():
        raise InputError('the features hold NaN, infinity or values too '
                         'large: training has diverged; lower the learning '
                         'rate')
    real = length > 0
    if not real.all():
        points, length = points[real], length[real]
    if projection is not None:
        with single_precision(points.device.type):
            points = points.float() @ projection.to(
                points.device, torch.float32, non_blocking=True)
    return points.double() / length[:, None], length

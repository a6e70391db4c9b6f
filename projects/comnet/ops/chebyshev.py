# Copyright (c) COMNet contributors. All rights reserved.
"""High powers of a symmetric matrix by few products with it."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from ..utils import InputError


def power_coefficients(power: int,
                       tolerance: float) -> Float64[np.ndarray, ' degrees']:
    """Expand a power in Chebyshev polynomials, as far as it matters.

    x^s is the sum of 2^(1-s) binom(s, (s-k)/2) T_k(x) over all k up to s of
    the same parity, half of that for k = 0. The coefficients are those of a
    binomial distribution: beyond about sqrt(2 s log(8 / tolerance)) they no
    longer count. As no T_k exceeds 1 in absolute value in [-1, 1], what is
    left out is at most the sum of its coefficients. The others are raised to
    sum to 1 again: the error is 0 at x = 1 then, and elsewhere at most twice
    that sum.

    Args:
        power: s, at least 0.
        tolerance: Largest error in [-1, 1].

    Returns:
        Coefficients of T_0, T_1, …, every other one 0, float64.

    References:
        Sachdeva and Vishnoi, "Faster Algorithms via Approximation Theory",
        2014, Sec. 3.
    """
    degrees = np.arange(power % 2, power + 1, 2)
    ratios = (power - degrees[:-1]) / (power + degrees[:-1] + 2)
    values = np.cumprod(np.append(1.0, ratios))
    if power % 2 == 0:
        values[0] /= 2
    values /= values.sum()  # 1^s = 1 = T_k(1)
    left_out = values[::-1].cumsum()[::-1] - values  # beyond each degree
    number = np.count_nonzero(left_out > tolerance / 2) + 1
    coefficients = np.zeros(degrees[number - 1] + 1)
    coefficients[degrees[:number]] = values[:number] / values[:number].sum()
    return coefficients


def apply_power(stepper: Callable[[Tensor, Tensor], Callable[[], None]],
                vectors: Float64[Tensor, '*layout'], power: int,
                tolerance: float) -> Float64[Tensor, '*layout']:
    """Multiply vectors by a power of a symmetric matrix S.

    The last terms are small and need few digits: they are computed in single
    precision, in half the time.

    Args:
        stepper: ``stepper(out, v)`` returns a function that replaces ``out``
            by 2 S v - ``out`` each time it is called. It is asked for four
            such functions, of vectors in double and in single precision, so
            that what they have in common from call to call is done once. The
            eigenvalues of S lie in [-1, 1].
        vectors: Vectors v in the layout that it takes, float64.
        power: Exponent, at least 0.
        tolerance: Largest error, relative to the vectors' 2-norm.

    Returns:
        S^power v, of the vectors' shape.

    Raises:
        InputError: The tolerance is not above 0.
    """
    if not tolerance > 0:
        raise InputError(f'tolerance is {tolerance}: give a value above 0')
    coefficients = power_coefficients(power, tolerance / 2)
    switch = _first_single(coefficients, tolerance / 2)
    total = vectors * coefficients[0]
    if len(coefficients) == 1:
        return total
    before, now = vectors.clone(), torch.zeros_like(vectors)
    step_before, step_now = stepper(before, now), stepper(now, before)
    step_now()
    now /= 2  # T_1(S) v = S v
    total.add_(now, alpha=coefficients[1])
    for degree, coefficient in enumerate(coefficients[2:], 2):
        if degree == switch:
            before, now = before.float(), now.float()
            step_before, step_now = stepper(before, now), stepper(now, before)
        step_before()  # T_k+1 = 2 S T_k - T_k-1
        before, now = now, before
        step_before, step_now = step_now, step_before
        if coefficient:
            total.add_(now, alpha=coefficient)
    return total


def _first_single(coefficients: np.ndarray, tolerance: float) -> int:
    """Return the degree from which single precision is enough.

    n steps of the recurrence in it are wrong by about n² times its precision,
    and what they add is no more than their coefficients.
    """
    steps = np.arange(len(coefficients), 0, -1)  # that are left at a degree
    share = coefficients[::-1].cumsum()[::-1]
    error = steps**2 * torch.finfo(torch.float32).eps * share
    return int(np.count_nonzero(error > tolerance))

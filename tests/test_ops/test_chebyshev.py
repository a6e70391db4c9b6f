# Copyright (c) COMNet contributors. All rights reserved.
"""Powers of numbers and of matrices as short Chebyshev sums."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.polynomial import chebyshev
from torch import Tensor

from comnet.ops.chebyshev import apply_power, power_coefficients
from comnet.utils import InputError

POINTS = np.linspace(-1, 1, 2001)


@pytest.mark.parametrize('power', [0, 1, 2, 5, 16, 31])
def test_all_coefficients_are_those_of_the_power(power: int) -> None:
    expected = chebyshev.poly2cheb([0] * power + [1])
    result = power_coefficients(power, 1e-30)
    np.testing.assert_allclose(result, expected, atol=1e-15)


@pytest.mark.parametrize('tolerance', [1e-2, 1e-6, 1e-12])
@pytest.mark.parametrize('power', [3, 64, 256, 2001, 10**6])
def test_error_stays_below_the_tolerance(power: int,
                                         tolerance: float) -> None:
    coefficients = power_coefficients(power, tolerance)
    values = chebyshev.chebval(POINTS, coefficients)
    assert np.abs(values - POINTS**power).max() <= tolerance
    assert values[-1] == pytest.approx(1, abs=1e-11)


def test_far_fewer_products_than_the_power() -> None:
    degrees = [len(power_coefficients(power, 1e-6)) - 1
               for power in (16, 64, 256, 1024)]
    assert degrees == sorted(degrees)
    assert degrees[0] == 16 and degrees[2] <= 80 and degrees[3] <= 165


def test_power_of_a_matrix() -> None:
    generator = torch.Generator().manual_seed(0)
    basis = torch.linalg.qr(torch.randn(
        12, 12, dtype=torch.float64, generator=generator)).Q
    values = torch.linspace(-1, 1, 12, dtype=torch.float64)
    vectors = torch.randn(3, 12, dtype=torch.float64, generator=generator)
    matrix = basis @ values.diag() @ basis.T
    calls = []

    def stepper(out: Tensor, maps: Tensor) -> Callable[[], None]:
        def step() -> None:
            calls.append(1)
            out.copy_(2 * maps @ matrix.to(maps) - out)
        return step

    for power in (0, 1, 2, 7, 256):
        calls.clear()
        result = apply_power(stepper, vectors, power, 1e-9)
        expected = vectors @ torch.linalg.matrix_power(matrix, power)
        error = (result - expected).norm() / vectors.norm()
        assert error <= 1e-9
        assert len(calls) == len(power_coefficients(power, 5e-10)) - 1


def test_last_products_are_in_single_precision() -> None:
    """And the error stays below the tolerance, at all eigenvalues."""
    values = torch.linspace(-1, 1, 4001, dtype=torch.float64)
    kinds = []

    def stepper(out: Tensor, maps: Tensor) -> Callable[[], None]:
        def step() -> None:
            kinds.append(out.dtype)
            out.copy_(2 * maps * values.to(maps) - out)
        return step

    for power in (64, 256, 1024):
        for tolerance in (1e-4, 1e-6, 1e-8):
            kinds.clear()
            result = apply_power(
                stepper, torch.ones_like(values), power, tolerance)
            assert (result - values**power).abs().max() <= tolerance
            double = kinds.count(torch.float64)
            assert 0 < double < len(kinds)
            assert set(kinds[double:]) == {torch.float32}


def test_a_tolerance_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match='tolerance is 0'):
        apply_power(lambda out, maps: print, torch.ones(1, 2).double(), 4, 0)

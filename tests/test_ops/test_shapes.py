# Copyright (c) COMNet contributors. All rights reserved.
"""Shapes that ``ops`` declares are checked in tests, in runs they are not."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError

from comnet import ops


def test_shapes_that_do_not_fit_together() -> None:
    with pytest.raises(TypeCheckError, match='neighbors'):
        ops.neighbor_max(torch.rand(1, 5, 2),
                         torch.zeros(1, 6, 3, dtype=torch.int64))


def test_types_that_do_not_fit() -> None:
    with pytest.raises(TypeCheckError, match='image'):
        ops.pseudo_mask(np.zeros((1, 2, 3)), np.array([4]), 0.5,
                        np.zeros((2, 3, 3)))


def test_runs_pay_nothing_for_it() -> None:
    script = ('from comnet import ops; '
              'assert not hasattr(ops.neighbor_max, "__wrapped__")')
    subprocess.run([sys.executable, '-c', script], check=True, timeout=120)

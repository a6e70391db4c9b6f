# Copyright (c) COMNet contributors. All rights reserved.
"""What a setting ``crf`` stands for: the dense CRF, PAR or neither."""

from collections.abc import Mapping, Sequence
from inspect import signature
from numbers import Real
from typing import Any

import numpy as np

from ..utils import InputError
from .dense_crf import crf_refine_probs, pydensecrf
from .pixel_adaptive_refinement import par_refine_probs

CRFS = (None, 'labels', 'scores', 'par')  # of pseudo masks
AFFINITY_CRFS = (None, 'labels', 'par')


def check_crf(crf: Any, choices: Sequence[str | None], name: str) -> None:
    """Raise an InputError unless ``crf`` is one of the choices."""
    if crf not in choices:
        raise InputError(f'{name} is {crf!r}; give one of {choices}')


def require_crf(crf: Any) -> None:
    """Raise an InputError if ``crf`` is a dense one and pydensecrf missing."""
    if crf not in (None, False, 'par'):
        pydensecrf('densecrf')


def crf_settings(crf: bool | str | Mapping[str, Any] | None,
                 name: str) -> dict[str, Any] | str | None:
    """Check what a config says of the refinement of probabilities.

    Args:
        crf: True or 'dense' for :func:`crf_refine_probs`, or a dict of its
            settings; 'par' for :func:`par_refine_probs`; False or None.
        name: Of the setting in the config, for the message.

    Returns:
        All settings of the dense CRF, 'par', or None for neither.

    Raises:
        InputError: There is no such refinement or setting.
    """
    if crf is None or crf is False:
        return None
    if crf == 'par':
        return 'par'
    crf = {} if crf is True or crf == 'dense' else crf
    if not isinstance(crf, Mapping):
        raise InputError(f"{name} is {crf!r}; give True or 'dense', 'par', "
                         "False, or a dict of the dense CRF's settings")
    known = {key: parameter.default for key, parameter in signature(
        crf_refine_probs).parameters.items() if key not in ('image', 'probs')}
    for key, value in crf.items():
        if key not in known:
            raise InputError(f'{name}.{key}: no such setting; there are '
                             f'{", ".join(known)}')
        if isinstance(value, bool) or not isinstance(value, Real):
            raise InputError(f'{name}.{key} is {value!r}; give a number')
    return {**known, **crf}


def refine_probs(image: np.ndarray, probs: np.ndarray,
                 settings: Mapping[str, Any] | str) -> np.ndarray:
    """Refine probabilities as :func:`crf_settings` says.

    Args:
        image: RGB image, uint8, (H, W, 3).
        probs: Softmax output, (C, H, W).
        settings: Those of the dense CRF, or 'par'.

    Returns:
        Refined probabilities, float32, (C, H, W).
    """
    if isinstance(settings, str):
        return par_refine_probs(image, probs)
    return crf_refine_probs(image, probs, **settings)

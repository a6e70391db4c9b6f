# Copyright (c) COMNet contributors. All rights reserved.
"""The mathematics, as functions on tensors and arrays."""

from .affinity_labels import affinity_labels
from .cam import multi_scale_cam, normalize_cam, resize_cam
from .dense_crf import (
    crf_refine_labels,
    crf_refine_probs,
    crf_refine_scores,
)
from .matching_vector import matching_vector
from .neighbors import SIMILARITIES, nearest_neighbors, neighbor_max
from .pseudo_mask import pseudo_mask
from .random_walk import random_walk
from .walk_scores import walk_scores

__all__ = [
    'SIMILARITIES', 'affinity_labels', 'crf_refine_labels', 'crf_refine_probs',
    'crf_refine_scores', 'matching_vector', 'multi_scale_cam',
    'nearest_neighbors', 'neighbor_max', 'normalize_cam', 'pseudo_mask',
    'random_walk', 'resize_cam', 'walk_scores'
]

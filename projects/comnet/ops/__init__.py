# Copyright (c) COMNet contributors. All rights reserved.
"""The mathematics, as functions on tensors and arrays.

It needs no package of OpenMMLab. The docstrings name these papers:

- COMNet: Y. Su, J. Deng, Z. Li, *Co-Occurrent Matching for Weakly Supervised
  Semantic Segmentation*.
- CAM: B. Zhou et al., *Learning Deep Features for Discriminative
  Localization*, CVPR 2016, arXiv:1512.04150.
- IRN: J. Ahn, S. Cho, S. Kwak, *Weakly Supervised Learning of Instance
  Segmentation with Inter-pixel Relations*, CVPR 2019, arXiv:1904.05044.
- Dense CRF: P. Krähenbühl, V. Koltun, *Efficient Inference in Fully Connected
  CRFs with Gaussian Edge Potentials*, NeurIPS 2011, arXiv:1210.5644.
- DeepLab v2: L.-C. Chen et al., *DeepLab: Semantic Image Segmentation with
  Deep Convolutional Nets, Atrous Convolution, and Fully Connected CRFs*,
  TPAMI 2018, arXiv:1606.00915.
- AFA: L. Ru, Y. Zhan, B. Yu, B. Du, *Learning Affinity from Attention:
  End-to-End Weakly-Supervised Semantic Segmentation with Transformers*,
  CVPR 2022, arXiv:2203.02664; its PAR extends the PAMR of N. Araslanov,
  S. Roth, *Single-Stage Semantic Segmentation from Image Labels*, CVPR 2020,
  arXiv:2005.08104.
- The relaxation behind M*: C. Ding, X. He, *K-means Clustering via Principal
  Component Analysis*, ICML 2004.
- Eq. 7 of COMNet: C. R. Qi et al., *PointNet*, CVPR 2017, arXiv:1612.00593.
"""

from .affinity_labels import affinity_labels
from .cam import multi_scale_cam, normalize_cam, resize_cam, resize_images
from .class_directions import (
    ClassMoments,
    class_directions,
    principal_components,
)
from .colour_fit import colour_fit
from .dense_crf import dense_crf, require_pydensecrf
from .matching_vector import matching_vector
from .neighbors import (
    SIMILARITIES,
    nearest_neighbors,
    neighbor_max,
    neighbor_mean,
)
from .otsu import otsu_threshold, score_counts
from .pixel_adaptive_refinement import pixel_adaptive_refinement
from .pixel_classifier import (
    fit_image_classifier,
    fit_pixel_classifier,
    pixel_maps,
    pixel_probs,
    pixel_seeds,
)
from .pseudo_mask import (
    add_background,
    enlarged_argmax,
    label_probs,
    pixel_shares,
    pseudo_mask,
)
from .random_walk import random_walk, walk_scores

__all__ = [
    'ClassMoments', 'SIMILARITIES', 'add_background', 'affinity_labels',
    'class_directions', 'colour_fit', 'dense_crf', 'enlarged_argmax',
    'fit_image_classifier', 'fit_pixel_classifier', 'label_probs',
    'matching_vector', 'multi_scale_cam', 'nearest_neighbors',
    'neighbor_max', 'neighbor_mean', 'normalize_cam', 'otsu_threshold',
    'pixel_adaptive_refinement', 'pixel_maps', 'pixel_probs', 'pixel_seeds',
    'pixel_shares', 'principal_components', 'pseudo_mask', 'random_walk',
    'require_pydensecrf', 'resize_cam', 'resize_images', 'score_counts',
    'walk_scores'
]

# Copyright (c) COMNet contributors. All rights reserved.
"""The method in Python: what the tools do, with plain arguments.

A whole way, from labels to a segmentor::

    from comnet import apis

    root, images = 'data/mine', 'ImageSets/Segmentation/train.txt'
    options = dict(data_root=root, train_list=images)
    classifier = apis.train('configs/comnet_r50_voc.py', 'work/classifier',
                            options)
    apis.write_cams('configs/comnet_r50_voc.py', classifier, 'work/cam/cams',
                    options)
    apis.write_affinity_labels(root, images, 'work/cam/cams', 'work/labels')
    irnet = apis.train(
        'configs/irnet_r50_voc.py', 'work/irnet',
        {**options, 'train_dataloader.dataset.seg_map_dir': LABELS})
    apis.write_walked_masks('configs/irnet_r50_voc.py', irnet,
                            'work/cam/cams', 'work/masks', options=options)
    segmentor = apis.train(
        'configs/deeplabv2_r50_voc.py', 'work/segmentor',
        {**options, 'train_dataloader.dataset.seg_map_dir': MASKS})
    for mask in apis.segment_images('configs/deeplabv2_r50_voc.py',
                                    segmentor, ['a.jpg', 'b.jpg'],
                                    options=options):
        ...

LABELS and MASKS being the absolute paths of the two folders. Each call sets
its own default scope, and what it wrote before is not made again.
"""

from .affinity_labels import affinity_record, write_affinity_labels
from .cam_evaluation import evaluate_cams
from .cam_import import import_cams, import_record
from .cam_inferencer import CAMInferencer, ImageCAMs
from .class_activation_maps import cam_hook, cam_record, write_cams
from .class_boundaries import predict_boundaries
from .data_check import check_data
from .mask_evaluation import evaluate_masks
from .mask_settings import AffinitySettings, MaskSettings, WalkSettings
from .matching import MatchingExplainer, explain_matching
from .matching_figures import draw_matched_points, draw_pair
from .onnx_export import export_onnx
from .pseudo_masks import (
    cam_mask_record,
    walk_record,
    write_cam_masks,
    write_walked_masks,
)
from .publishing import publish_model
from .segmentation import SegmentationInferencer, segment_images
from .testing import test, test_record
from .training import checkpoint_in, train, training_record
from .voc_submission import pack_submission

__all__ = [
    'AffinitySettings', 'CAMInferencer', 'ImageCAMs', 'MaskSettings',
    'MatchingExplainer', 'SegmentationInferencer', 'WalkSettings',
    'affinity_record', 'cam_hook', 'cam_mask_record', 'cam_record',
    'check_data', 'checkpoint_in', 'draw_matched_points', 'draw_pair',
    'evaluate_cams', 'evaluate_masks', 'explain_matching', 'export_onnx',
    'import_cams', 'import_record', 'pack_submission', 'predict_boundaries',
    'publish_model', 'segment_images', 'test', 'test_record', 'train',
    'training_record', 'walk_record', 'write_affinity_labels',
    'write_cam_masks', 'write_cams', 'write_walked_masks'
]

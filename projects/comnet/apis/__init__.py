# Copyright (c) COMNet contributors. All rights reserved.
"""The method in Python: what the tools do, with plain arguments.

A whole way, from labels to a segmentor::

    from comnet import apis

    root, images = 'data/mine', 'ImageSets/Segmentation/train.txt'
    options = dict(data_root=root, train_list=images)
    classifier = apis.train('configs/comnet_r50_voc.py', 'work/classifier',
                            options)
    apis.write_cams('configs/comnet_r50_voc.py', classifier, 'work/cams',
                    options=options)
    apis.write_affinity_labels(root, images, 'work/cams', 'work/labels')
    irnet = apis.train(
        'configs/irnet_r50_voc.py', 'work/irnet',
        {**options, 'mask_dir': 'work/labels'})
    apis.write_walked_masks('configs/irnet_r50_voc.py', irnet, 'work/cams',
                            'work/masks', options=options)
    segmentor = apis.train(
        'configs/deeplabv2_r50_voc.py', 'work/segmentor',
        {**options, 'mask_dir': 'work/masks'})
    for mask in apis.segment_images('configs/deeplabv2_r50_voc.py',
                                    segmentor, ['a.jpg', 'b.jpg'],
                                    options=options):
        ...

Each call sets its own default scope, and what it wrote before is not made
again.
"""

from ..datasets.data_check import check_data
from ..evaluation import evaluate_cams, evaluate_masks
from .cam_inferencer import CAMInferencer, ImageCAMs
from .gpu_memory import TrainingMemory, cam_memory, training_memory
from .matching import (
    MatchingExplainer,
    draw_matched_points,
    draw_pair,
    explain_matching,
)
from .onnx_export import export_onnx
from .publishing import publish_model
from .run_network import (
    OfRun,
    RunNetwork,
    find_network,
    given_network,
    segment_command,
)
from .segmentation import (
    Segmentation,
    SegmentationInferencer,
    segment_images,
)
from .steps import (
    import_cams,
    test,
    train,
    write_affinity_labels,
    write_cam_masks,
    write_cams,
    write_walked_masks,
)
from .voc_submission import pack_submission

__all__ = [
    'CAMInferencer', 'ImageCAMs', 'MatchingExplainer', 'OfRun', 'RunNetwork',
    'Segmentation', 'SegmentationInferencer', 'TrainingMemory', 'cam_memory',
    'check_data',
    'draw_matched_points', 'draw_pair', 'evaluate_cams', 'evaluate_masks',
    'explain_matching', 'export_onnx', 'find_network',
    'given_network', 'import_cams', 'pack_submission',
    'publish_model', 'segment_command', 'segment_images', 'test', 'train',
    'training_memory', 'write_affinity_labels', 'write_cam_masks',
    'write_cams', 'write_walked_masks'
]

# Copyright (c) COMNet contributors. All rights reserved.
"""Networks and their parts; importing it registers them."""

from ..datasets import components  # noqa: F401  # are registered, too
from ..utils import quiet_imports  # noqa: F401  # before the others
from .averaged_tta import AveragedTTAModel
from .cached_backbone import CachedBackbone
from .cam_extractor import CAMExtractor
from .class_matching import ClassMatching
from .comnet import COMNet
from .comnet_head import COMNetHead
from .deeplabv2_head import DeepLabV2Head
from .efficientnet_lite import EfficientNetLite0
from .eva02 import EVA02
from .feature_info import FeatureInfo, feature_info
from .inter_matching import InterMatching, Matches
from .intra_matching import IntraMatching
from .irnet import IRNet
from .package_weights import load_from_package
from .pixel_cross_entropy_loss import PixelCrossEntropyLoss
from .pixel_head import PixelHead
from .reduced_aspp_head import ReducedASPPHead
from .stage_head import StageHead
from .torchvision_backbone import TorchvisionBackbone

__all__ = [
    'AveragedTTAModel', 'CAMExtractor', 'COMNet', 'COMNetHead',
    'CachedBackbone', 'ClassMatching', 'DeepLabV2Head', 'EVA02',
    'EfficientNetLite0', 'FeatureInfo', 'IRNet', 'InterMatching',
    'IntraMatching', 'Matches', 'PixelCrossEntropyLoss', 'PixelHead',
    'ReducedASPPHead', 'StageHead', 'TorchvisionBackbone', 'feature_info',
    'load_from_package'
]

# From photographs with labels to a segmentor, with SqueezeNet on MSRC14.
_base_ = '../_base_/pseudo/msrc14.py'
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'

irnet = 'irnet_squeezenet_msrc14.py'
segmentor = 'deeplabv2_squeezenet_msrc14.py'
methods = dict(
    # plain CAMs are lower than COMNet's
    cam=dict(
        classifier='cam_squeezenet_msrc14.py',
        pseudo=dict(bg_threshold=0.19)),
    comnet=dict(classifier='comnet_squeezenet_msrc14.py'))
evaluation = dict(tta=True)  # five scales and the mirrored image

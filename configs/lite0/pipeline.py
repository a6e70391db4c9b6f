# From photographs with labels to a segmentor on a CPU, with weights that come
# in a package.
_base_ = '../_base_/pseudo/lite0.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'

irnet = 'irnet_lite0.py'
segmentor = dict(config='aspp_lite0.py', amp=True)
methods = dict(
    # plain CAMs are lower than COMNet's
    cam=dict(
        classifier='cam_lite0.py',
        affinity=dict(fg_threshold=0.25, bg_threshold=0.13),
        pseudo=dict(bg_threshold=0.26)),
    comnet=dict(classifier='comnet_lite0.py'))

# four times what 73 pictures of MSRC14 took
expected = dict(
    num_images=294,
    where='two cores',
    seconds=dict(
        classifier=109, cam=57, affinity=34, irnet=26, pseudo=51,
        segmentor=374, evaluation=10),
    limited=('segmentor', ))

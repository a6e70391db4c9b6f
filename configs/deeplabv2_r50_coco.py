# DeepLab v2, ResNet-50, MS COCO 2014, on pseudo masks. COCO has eight times
# VOC's images: 100,000 iterations are 12 epochs.
_base_ = 'deeplabv2_r50_voc.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'

model = dict(decode_head=dict(num_classes=81))
train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
param_scheduler = dict(end=100000)
train_cfg = dict(max_iters=100000, val_interval=25000)
default_hooks = dict(checkpoint=dict(interval=5000))

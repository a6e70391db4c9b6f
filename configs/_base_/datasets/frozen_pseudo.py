# Pseudo masks for a network that sees each picture once: the views of the
# classifier's training.
_base_ = './voc_pseudo.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
crop_size = (320, 320)
resize = dict(type='Resize', scale=crop_size, keep_ratio=False)
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    resize,
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile', imdecode_backend='comnet'),
    resize,
    dict(type='LoadVOCMask'),
    dict(type='PackSegInputs')
]
# the same at the size of the classifier's CAMs
cam_size = (480, 480)
cam_resize = dict(type='Resize', scale=cam_size, keep_ratio=False)
cam_train_pipeline = [
    cam_resize if step is resize else step for step in train_pipeline
]
cam_pipeline = [
    cam_resize if step is resize else step for step in test_pipeline
]
# as many scales as voc_pseudo.py, around the one size that it was trained at
tta_sizes = [
    dict(type='Resize', scale=(size, size), keep_ratio=False)
    for size in (160, 240, 320, 400, 480)
]
tta_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='TestTimeAug', transforms=[
        tta_sizes, {{_base_.tta_flips}}, [dict(type='LoadVOCMask')],
        [dict(type='PackSegInputs')]])
]

train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=16)
val_dataloader = dict(
    num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

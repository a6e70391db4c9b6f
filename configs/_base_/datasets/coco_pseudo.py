# MS COCO 2014 with pseudo masks; true masks, to test a segmentor.
_base_ = './voc_pseudo.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'

train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader

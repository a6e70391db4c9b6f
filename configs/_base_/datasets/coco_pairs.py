# MS COCO 2014 as tools/dataset_converters/coco14.py writes it, in pairs.
_base_ = './voc_pairs.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'
labels = 'labels.csv'

train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
val_dataloader = train_dataloader
test_dataloader = train_dataloader

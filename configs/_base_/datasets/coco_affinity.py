# MS COCO 2014 with affinity labels, to train an IRNet and to use it.
_base_ = './voc_affinity.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'

train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
predict_dataloader = train_dataloader

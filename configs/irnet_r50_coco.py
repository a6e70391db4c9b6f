# IRNet, ResNet-50, MS COCO 2014, the settings of IRN on VOC.
_base_ = 'irnet_r50_voc.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)

train_dataloader = dict(dataset=images)
predict_dataloader = train_dataloader

# COMNet, ResNet-50, MS COCO 2014. The paper names no settings for COCO: those
# of VOC.
_base_ = 'comnet_r50_voc.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'
labels = 'labels.csv'
images = dict(data_root=data_root, image_set_path=train_list)

model = dict(head=dict(num_classes=80))
train_dataloader = dict(dataset=images)
val_dataloader = train_dataloader
test_dataloader = train_dataloader

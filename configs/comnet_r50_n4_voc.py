# COMNet with groups of 4 images, about as many images a batch (Table I).
_base_ = 'comnet_r50_voc.py'
group_size = 4
train_dataloader = dict(
    batch_size=4, dataset=dict(group_size=group_size))

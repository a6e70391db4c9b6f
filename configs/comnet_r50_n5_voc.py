# COMNet with groups of 5 images, about as many images a batch (Table I).
_base_ = 'comnet_r50_voc.py'
group_size = 5
train_dataloader = dict(
    batch_size=3, dataset=dict(group_size=group_size))

# COMNet with groups of 4 images, about as many images a batch (Table I).
_base_ = 'comnet_r50_voc.py'
model = dict(neck=[
    dict(type='InterMatching', group_size=4, alpha=1.5),
    dict(
        type='IntraMatching',
        in_channels=2048,
        mid_channels=128,
        num_neighbors=8)
])
train_dataloader = dict(batch_size=4, dataset=dict(group_size=4))

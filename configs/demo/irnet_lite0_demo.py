# IRNet on the generated data, on a frozen EfficientNet-Lite0.
_base_ = ['../_base_/irnet_lite0.py', '../_base_/pseudo/demo.py']
data_root = 'data/demo'

train_dataloader = dict(dataset=dict(data_root=data_root))
predict_dataloader = train_dataloader

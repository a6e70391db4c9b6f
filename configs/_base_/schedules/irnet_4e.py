# IRNet on a few hundred pictures: momentum makes up for the few iterations.
_base_ = './irnet_3e.py'
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4)

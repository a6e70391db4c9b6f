# IRNet for plain CAMs, which are lower than COMNet's.
_base_ = './irnet_squeezenet_msrc14.py'
random_walk = dict(bg_threshold=0.19)

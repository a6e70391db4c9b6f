# The walk is far shorter than VOC's, as the maps are small.
_base_ = './irn.py'
affinity = dict(fg_threshold=0.30, bg_threshold=0.15)
random_walk = dict(num_steps=16)

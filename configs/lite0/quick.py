# A first look: one size of pictures, which the backbone sees once, the CRF in
# place of IRNet and random walk, and a small segmentor for a few steps.
_base_ = 'pipeline.py'

affinity = None
irnet = None
pseudo = dict(_delete_=True, type='CAMMasks', bg_threshold=0.3)
segmentor = dict(config='aspp_quick_lite0.py', amp=True)
methods = dict(
    _delete_=True, quick=dict(classifier='comnet_quick_lite0.py'))

# A head of 1.1 MB, for a model that comes with a package.
_base_ = 'aspp_lite0.py'
model = dict(decode_head=dict(channels=96))

# IRN's value in the paper is its authors'; here it is plain CAM, which goes on
# as COMNet does.
title = 'Table VI: segmentation'
stages = ['evaluation']
rows = dict(
    cam=dict(
        title='IRN, ResNet-50',
        method='cam',
        paper=dict(evaluation=63.5)),
    comnet=dict(
        title='COMNet, ResNet-50',
        paper=dict(evaluation=67.1)),
    comnet_r101=dict(
        title='COMNet, ResNet-101',
        segmentor='deeplabv2_r101_voc.py',
        paper=dict(evaluation=67.8)))

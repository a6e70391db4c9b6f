# The two matching modules, each alone and both.
title = 'Table II: the two matching modules'
stages = ['cam']
rows = dict(
    baseline=dict(
        title='baseline',
        method='cam',
        paper=dict(cam=48.3)),
    inter=dict(
        title='+ inter-matching',
        necks=dict(InterMatching=dict()),
        paper=dict(cam=49.5)),
    intra=dict(
        title='+ intra-matching',
        necks=dict(IntraMatching=dict()),
        paper=dict(cam=49.6)),
    both=dict(
        title='+ both (COMNet)',
        paper=dict(cam=50.8)))

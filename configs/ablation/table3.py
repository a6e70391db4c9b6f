# Inter-matching alone: its best value in the paper is that of Table II.
title = 'Table III: alpha of inter-matching'
stages = ['cam']
rows = dict(
    alpha_1_2=dict(
        title='alpha = 1.2',
        necks=dict(InterMatching=dict(alpha=1.2)),
        paper=dict(cam=49.2)),
    alpha_1_5=dict(
        title='alpha = 1.5',
        necks=dict(InterMatching=dict(alpha=1.5)),
        paper=dict(cam=49.5)),
    alpha_1_8=dict(
        title='alpha = 1.8',
        necks=dict(InterMatching=dict(alpha=1.8)),
        paper=dict(cam=49.3)),
    alpha_2_0=dict(
        title='alpha = 2.0',
        necks=dict(InterMatching=dict(alpha=2.0)),
        paper=dict(cam=49.2)))

"""The photo rig: one picture of a face, taken apart so that it can move.

A rig is built once from a photo (`build.py`), kept in one file (`file.py`) and drawn frame by frame from
a row of weights (`frame.py`).
"""

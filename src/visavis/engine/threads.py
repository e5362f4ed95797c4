"""Keeping the libraries to one thread."""

import cv2
from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Let OpenCV and the linear algebra library of this process use one thread each.

    At the sizes of one face more threads cost more than they bring, and on a shared machine they wait for
    each other's cores: a matrix product of 15 µs was seen to take 16 ms. Work in parallel is the caller's:
    one process a session, or one thread that renders and one that encodes.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1)

"""What comes with the product, so that it can be tried at once: a painted face and a spoken sentence."""

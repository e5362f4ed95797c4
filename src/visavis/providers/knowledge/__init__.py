"""Knowledge: reading documents, cutting them, and saying what passages mean."""

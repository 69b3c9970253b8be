"""A cluster saved in files: what kubectl printed, or a bundle of `kgctl gather`."""

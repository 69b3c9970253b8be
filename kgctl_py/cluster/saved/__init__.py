"""A cluster saved in files: output of kubectl, or a bundle of `kgctl gather`."""

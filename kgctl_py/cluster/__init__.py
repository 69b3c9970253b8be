"""Where a mesh comes from: a live API server, saved files, or a Git folder."""

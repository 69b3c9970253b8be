"""The rules that find problems, one file per subject."""

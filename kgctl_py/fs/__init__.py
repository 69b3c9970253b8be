"""Files: atomic writes, keys in files, archives, and YAML that people edit."""

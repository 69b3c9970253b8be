"""Files: written whole or not at all, keys in files, archives, and YAML that people edit."""

"""How Kilo is installed: what runs on a node, with which flags, and which choices go together."""

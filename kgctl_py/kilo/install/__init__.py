"""The installation of Kilo: what runs on a node, with which flags, and which combinations are supported."""

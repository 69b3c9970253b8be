"""`kgctl get`: nodes, peers and locations listed as kubectl lists things; a file for each of them."""

"""`kgctl get`: nodes, peers, and locations as lists, one file per kind."""

"""The use cases of `check`, `info`, `trace`, `whois`, `lint`, and `gather`."""

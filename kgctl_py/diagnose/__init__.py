"""What `check`, `info`, `trace`, `whois`, `lint` and `gather` find out, as values: nothing here prints."""

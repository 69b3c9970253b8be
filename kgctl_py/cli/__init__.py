"""The commands, one file each: parse the options, call a use case, and print the result."""

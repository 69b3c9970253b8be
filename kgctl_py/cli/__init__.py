"""One file a command: parse, ask the run, call something pure, print; nothing else."""

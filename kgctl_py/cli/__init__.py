"""One file a command: parse, ask the session, call something pure, print; nothing else."""

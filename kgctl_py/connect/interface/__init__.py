"""The interface of this host: what it is to be, and the changes that make it so."""

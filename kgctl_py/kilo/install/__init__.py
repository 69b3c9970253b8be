"""The installation of Kilo: its workloads, their flags, and the supported combinations."""

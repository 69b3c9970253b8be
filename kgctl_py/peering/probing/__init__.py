"""Send packets from pods of one cluster to pods and Services of another one."""

"""Random worlds: whether a packet gets where `kgctl trace` says, in network namespaces with real WireGuard."""

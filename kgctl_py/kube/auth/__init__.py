"""Who asks which API server: kubeconfig, credentials, TLS and proxies."""

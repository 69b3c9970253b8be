"""Access to an API server: kubeconfig, credentials, TLS, and proxies."""

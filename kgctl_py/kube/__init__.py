"""A small Kubernetes client: kubeconfig, credentials, requests, lists, and watches."""

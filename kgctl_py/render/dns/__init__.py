"""DNS names as files for name servers, one module per format."""

"""DNS names as files of name servers, one format a file."""

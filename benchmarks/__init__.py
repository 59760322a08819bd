"""Speed, measured against the limit that reading and decoding alone allow: `make bench`."""

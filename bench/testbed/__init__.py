"""What every benchmark needs: a tracking server with a version, servers and request bodies."""

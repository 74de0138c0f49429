"""The tracking server's image: secrets from files, and the bucket through S3."""

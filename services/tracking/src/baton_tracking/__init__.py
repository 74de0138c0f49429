"""Programs of the tracking server's image: secrets from files, accounts, and the S3 bucket."""

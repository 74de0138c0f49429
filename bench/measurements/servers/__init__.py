"""The product, its peers and an echo floor under the same loads."""

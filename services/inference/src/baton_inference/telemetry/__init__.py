"""What the service records about itself: metrics and logs."""

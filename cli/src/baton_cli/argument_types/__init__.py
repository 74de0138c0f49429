"""Types of arguments and options. A bad value is a usage error."""

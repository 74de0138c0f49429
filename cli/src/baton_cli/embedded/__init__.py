"""`baton up`: tracking server, trainer and inference on one machine, under one supervisor."""

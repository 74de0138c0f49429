"""`python -m baton_cli`: how `baton up` starts the verbs that it needs, PATH or not."""

from baton_cli.main import main

main()

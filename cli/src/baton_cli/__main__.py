"""`python -m baton_cli`: `baton up` starts verbs this way, because PATH may not have `baton`."""

from baton_cli.main import main

main()

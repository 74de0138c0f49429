"""The options of the verbs that read a file: how to read a CSV file."""

from baton_cli.argument_types.csv_files import Encoding, Separator
from baton_cli.options import option

separator_option = option(
    "--separator",
    type=Separator(),
    metavar="CHAR",
    show_default="detected",
    help="Separator of a CSV file: a character, or tab.",
)
encoding_option = option(
    "--encoding",
    type=Encoding(),
    default="utf-8",
    metavar="NAME",
    show_default="utf-8",
    help="Text encoding of a CSV file.",
)

"""The artifact bucket through S3 alone: `create`, `export` to stdout, `import` from stdin."""

import sys
import tarfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from baton_common.settings import SettingsError
from baton_common.texts import to_one_line
from baton_tracking.archive import Bucket, BucketNotEmptyError
from baton_tracking.settings import BucketSettings, load_bucket

FAILURES = (BucketNotEmptyError, SettingsError, BotoCoreError, ClientError, tarfile.TarError)


def connect(settings: BucketSettings) -> Bucket:
    """The bucket, with time-outs that do not take minutes."""
    patience = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 5})
    s3 = boto3.client("s3", endpoint_url=settings.endpoint, config=patience)
    return Bucket(s3, settings.name)


def run(verb: str, bucket: Bucket) -> str:
    """What was done, in a few words."""
    if verb == "create":
        return "made" if bucket.create() else "is there"
    if verb == "export":
        return f"{bucket.export(sys.stdout.buffer)} objects exported"
    if verb == "import":
        bucket.create()
        return f"{bucket.restore(sys.stdin.buffer)} objects imported"
    raise SettingsError(f"{verb or 'nothing'} is not a verb; known: create, export, import")


def main(arguments: list[str]) -> int:
    """The exit code; stdout belongs to the archive, so everything said goes to stderr."""
    code = 0
    try:
        settings = load_bucket()
        said = f"bucket {settings.name}: {run(' '.join(arguments), connect(settings))}"
    except FAILURES as error:
        said = f"bucket: {to_one_line(error)}"
        code = 1
    print(said, file=sys.stderr)  # noqa: T201 - this is a command
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

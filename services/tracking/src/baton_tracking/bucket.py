"""Creates, exports (to stdout) and imports (from stdin) the artifact bucket."""

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
    """Connects to the bucket, with short time-outs."""
    limits = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 5})
    s3 = boto3.client("s3", endpoint_url=settings.endpoint, config=limits)
    return Bucket(s3, settings.name)


def run(verb: str, bucket: Bucket) -> str:
    """Runs a verb and describes the result."""
    if verb == "create":
        return "created" if bucket.create() else "exists"
    if verb == "export":
        return f"{bucket.export(sys.stdout.buffer)} objects exported"
    if verb == "import":
        bucket.create()
        return f"{bucket.restore(sys.stdin.buffer)} objects imported"
    raise SettingsError(f"unknown verb {verb!r}; choose create, export or import")


def main(arguments: list[str]) -> int:
    """Runs the command and returns the exit code. Messages go to stderr; stdout is the archive."""
    code = 0
    try:
        settings = load_bucket()
        message = f"bucket {settings.name}: {run(' '.join(arguments), connect(settings))}"
    except FAILURES as error:
        message = f"bucket: {to_one_line(error)}"
        code = 1
    print(message, file=sys.stderr)  # noqa: T201 - this is a command
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

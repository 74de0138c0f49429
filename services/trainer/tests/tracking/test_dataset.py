import json

import pytest
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.pandas_dataset import from_pandas

from baton_trainer.tracking import dataset
from tests.support.trainer.tables import TARGET, some_table


@pytest.mark.filterwarnings("ignore")  # MLflow uses what pandas deprecates
def test_datasets_are_described_as_mlflow_describes_a_data_frame() -> None:
    """Name, types, missing values and sizes."""
    data = some_table()
    training, testing = dataset.build_dataset_inputs(data)
    assert [each.tags[0].value for each in (training, testing)] == ["training", "testing"]
    for described, rows in ((training.dataset, ~data.held_out), (testing.dataset, data.held_out)):
        frame = data.features[rows].assign(**{TARGET: data.target[rows]})
        source = CodeDatasetSource({"name": data.file_name, "sha256": data.sha256})
        expected = from_pandas(frame, source=source, name="some").to_dict()
        columns = json.loads(str(described.schema))["mlflow_colspec"]
        assert columns == json.loads(expected["schema"])["mlflow_colspec"]
        assert json.loads(str(described.profile)) == json.loads(expected["profile"])
        assert json.loads(described.source) == json.loads(expected["source"])
        assert (described.name, described.source_type) == ("some", expected["source_type"])


def test_different_datasets_have_different_digests() -> None:
    """MLflow identifies a dataset by name and digest."""
    digests = [
        each.dataset.digest
        for data in (some_table(), some_table(drop=("whole",)))
        for each in dataset.build_dataset_inputs(data)
    ]
    assert len(set(digests)) == 4
    again = [each.dataset.digest for each in dataset.build_dataset_inputs(some_table())]
    assert digests[:2] == again

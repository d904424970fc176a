"""Write the allow list of TensorFlow operations from TensorFlow's own registry.

Run it with a Python that has TensorFlow; openvet itself never imports it:

    python scripts/harvest_tensorflow_ops.py src/openvet/allow/tensorflow_ops.json

The registry says which operations exist. It does not say what they touch: ReadFile,
MatchingFiles, PyFuncStateless and ImmutableConst are registered as stateless. So the
categories below were read from the kernels' documentation and stand here by name;
a name that has left the registry is an error, so that the list stays true.
"""

import json
import sys
from pathlib import Path

CATEGORIES: dict[str, tuple[str, ...]] = {
    "python": ("PyFunc", "PyFuncStateless", "EagerPyFunc"),
    "file-read": (
        "CSVDataset",
        "CSVDatasetV2",
        "ExperimentalCSVDataset",
        "ExperimentalLMDBDataset",
        "ExperimentalMatchingFilesDataset",
        "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2",
        "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2",
        "GenerateVocabRemapping",
        "ImmutableConst",
        "LMDBDataset",
        "LMDBReader",
        "ListSnapshotChunksDataset",
        "LoadDataset",
        "MatchingFiles",
        "MatchingFilesDataset",
        "ReadFile",
        "RecordInput",
        "Skipgram",
        "SnapshotChunkDataset",
        "SnapshotDatasetReader",
        "TFRecordDataset",
        "TFRecordDatasetV2",
        "TFRecordReader",
        "TFRecordReaderV2",
        "TextLineDataset",
        "TextLineReader",
        "TextLineReaderV2",
        "WholeFileReader",
        "WholeFileReaderV2",
    ),
    "file-write": (
        "CalibrationStatisticsSaver",
        "DatasetToTFRecord",
        "DumpTensor",
        "ExperimentalDatasetToTFRecord",
        "SaveDataset",
        "SaveDatasetV2",
        "SnapshotDataset",
        "SnapshotDatasetV2",
        "WriteFile",
    ),
    "file-system": ("FileSystemSetConfiguration",),
    "database": ("ExperimentalSqlDataset", "SqlDataset"),
    "network": (
        "DataServiceDataset",
        "DataServiceDatasetV2",
        "DataServiceDatasetV3",
        "DataServiceDatasetV4",
        "DistributedSave",
        "RegisterDataset",
        "RegisterDatasetV2",
        "RpcCall",
        "RpcClient",
        "RpcServer",
        "RpcServerRegister",
        "RpcServerStart",
    ),
    "summary-writer": (
        "CreateSummaryDbWriter",
        "CreateSummaryFileWriter",
        "WriteAudioSummary",
        "WriteGraphSummary",
        "WriteHistogramSummary",
        "WriteImageSummary",
        "WriteRawProtoSummary",
        "WriteScalarSummary",
        "WriteSummary",
    ),
    "debug": (
        "DebugIdentity",
        "DebugIdentityV2",
        "DebugIdentityV3",
        "DebugNanCount",
        "DebugNumericSummary",
    ),
    "native": ("XlaCustomCall", "XlaCustomCallV2"),
    "checkpoint": (
        "DTensorRestoreV2",
        "LoadAndRemapMatrix",
        "MergeV2Checkpoints",
        "Restore",
        "RestoreSlice",
        "RestoreV2",
        "Save",
        "SaveSlices",
        "SaveV2",
    ),
    "vocabulary": ("InitializeTableFromTextFile", "InitializeTableFromTextFileV2"),
    "by-attribute": (
        "CacheDataset",
        "CacheDatasetV2",
        "DecodeProtoV2",
        "EncodeProto",
        "FixedUnigramCandidateSampler",
        "PrintV2",
    ),
}
"""What operations reach, beyond the tensors they are given.

`by-attribute` operations reach a file only when an attribute names one.
"""


def registry() -> tuple[str, list[str]]:
    """Return TensorFlow's version and the names of all its registered operations."""
    import tensorflow as tf
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    listed = op_def_pb2.OpList()
    serialized = pywrap_tf_session.TF_GetAllOpList()
    listed.ParseFromString(pywrap_tf_session.TF_GetBuffer(serialized))
    return tf.__version__, sorted(operation.name for operation in listed.op)


def main() -> int:
    """Write the list to the path given; return the exit code."""
    target = Path(sys.argv[1])
    version, names = registry()
    named = {name for group in CATEGORIES.values() for name in group}
    gone = sorted(named - set(names))
    if gone:
        sys.stderr.write(f"no longer in the registry: {', '.join(gone)}\n")
        return 1
    operations = {key: sorted(group) for key, group in CATEGORIES.items()}
    operations["pure"] = [name for name in names if name not in named]
    content = {
        "library": "tensorflow",
        "version": version,
        "registered": len(names),
        "operations": operations,
    }
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

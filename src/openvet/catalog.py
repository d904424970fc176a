"""What there is: every reader and every rule, one line each.

The lines say enough to plan an audit - and to replay a stored one - without importing
a single plug-in. A test holds each line against the class it names. Third parties add
their own through the entry points `openvet.readers`, `openvet.checks` and
`openvet.writers`.
"""

import importlib
import os
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from openvet.check import Check, Reader
from openvet.errors import OpenvetError
from openvet.wire import Record

Group = Literal["readers", "checks", "writers"]


class Plugin(Record, frozen=True, kw_only=True):
    """A line of the catalog."""

    id: str
    version: int
    subjects: tuple[str, ...]
    """Names of the subject types it takes, subclasses included."""
    where: str
    """`module:Class`."""
    judges: tuple[str, ...] = ()
    """Of a check: the parts of a subject that it looks at, where it looks at nothing
    else. Where all of them are empty it is not even imported."""

    @property
    def key(self) -> str:
        """Id and version, as the ledger writes them."""
        return f"{self.id}@{self.version}"


def _line(text: str, package: str) -> Plugin:
    """Read `id version Subject[,Subject] module:Class[ part[,part]]`."""
    name, version, subjects, where, *parts = text.split()
    return Plugin(
        id=name,
        version=int(version),
        subjects=tuple(subjects.split(",")),
        where=f"openvet.{package}.{where}",
        judges=tuple(parts[0].split(",")) if parts else (),
    )


# id, version, subjects, module:Class - in the order in which readers are asked. What a
# file must look like before a reader is imported stands in `openvet.glance`.
_READERS: tuple[str, ...] = (
    "folder 1 Folder folder:FolderReader",
    "zip 4 File zip:ZipReader",
    "tar 1 File tar:TarReader",
    "compressed 2 File compressed:CompressedReader",
    "7z 1 File sevenzip:SevenZipReader",
    "pickle 6 File pickle:PickleReader",
    "joblib-zfile 1 File joblib:JoblibZfileReader",
    "npy 3 File npy:NpyReader",
    "torch-storage 2 File torch:TorchStorageReader",
    "safetensors 4 File safetensors:SafetensorsReader",
    "gguf 4 File gguf:GgufReader",
    "catboost 1 File catboost:CatboostReader",
    "fasttext 1 File fasttext:FasttextReader",
    "ggml 1 File ggml:GgmlReader",
    "lightgbm 1 File lightgbm:LightgbmReader",
    "msgpack 1 File msgpack:MsgpackReader",
    "sentencepiece 1 File sentencepiece:SentencepieceReader",
    "word2vec 1 File word2vec:Word2vecReader",
    "word-vectors 1 File vectors:WordVectorsReader",
    "associations 2 WordVectors vectors:AssociationsReader",
    "xgboost 1 File xgboost:XgboostReader",
    "onnx 4 File onnx:OnnxReader",
    "onnx-text 1 File onnx_text:OnnxTextReader",
    "onnx-data 2 Inventory onnx_data:OnnxDataReader",
    "openvino-data 1 Inventory openvino_data:OpenVinoDataReader",
    "tensorflow 2 File tensorflow:TensorFlowReader",
    "coreml 3 File coreml:CoreMlReader",
    "layers 1 File layers:LayersReader",
    "mxnet 1 File mxnet:MxnetReader",
    "tensorflow-checkpoint 1 File checkpoint:CheckpointReader",
    "textproto 4 File textproto:TextProtoReader",
    "ncnn 1 File ncnn:NcnnReader",
    "training-paths 1 File training:TrainingPathsReader",
    "paddle 1 File paddle:PaddleReader",
    "tflite 2 File tflite:TfliteReader",
    "tfrecord 1 File tfrecord:TfRecordReader",
    "weights 5 File weights:WeightsReader",
    "xml 3 File xml:XmlReader",
    "hdf5 6 File hdf5:Hdf5Reader",
    "config 10 File config:ConfigReader",
    "config-objects 5 Config objects:ConfigObjectsReader",
    "exported-program 1 Config exported:ExportedProgramReader",
    "paddle-program 1 Config json_graphs:PaddleProgramReader",
    "onnx-json 1 Config json_graphs:OnnxJsonReader",
    "template-file 1 File template:TemplateFileReader",
    "config-template 3 Config template:ConfigTemplateReader",
    "template-syntax 5 ChatTemplate template:TemplateSyntaxReader",
    "python 9 File python:PythonReader",
    "python-site 6 File python:SiteReader",
    "notebook 8 File python:NotebookReader",
    "script 6 File script:ScriptReader",
    "config-script 3 Config commands:ConfigScriptReader",
    "prose 4 File script:ProseReader",
    "card 2 File card:CardReader",
    "license-text 2 File card:LicenseTextReader",
    "credentials 5 File credentials:CredentialsReader",
    "requirements 5 File requirements:RequirementsFileReader",
    "config-requirements 5 Config requirements:ConfigRequirementsReader",
    "native 2 Inventory native:NativeReader",
    "repository 11 Inventory repository:RepositoryReader",
    "dossier 5 Inventory dossier:DossierReader",
    "fit 1 Inventory fit:FitReader",
    "askable 5 Inventory askable:AskableReader",
    "endpoint 1 Endpoint endpoint:EndpointReader",
    "answers 9 AskableModel answers:AnswersReader",
    "encoded 3 AskableModel encoded:EncodedReader",
    "tables 4 Inventory brought:TablesReader",
    "endpoint-tables 4 Endpoint brought:EndpointTablesReader",
    "metadata-objects 5 TensorIndex objects:MetadataObjectsReader",
    "r 2 File r:RReader",
    "yaml-tags 3 File yaml_tags:YamlTagsReader",
    "torchscript 2 File torchscript:TorchScriptReader",
    "executable 2 File executable:ExecutableReader",
    "image 2 File image:ImageReader",
    "data 2 File data:DataReader",
    "bare 1 File bare:BareReader",
    "plain-text 3 File plain:PlainTextReader",
    "empty 1 File plain:EmptyReader",
    "pointer 1 File plain:PointerReader",
)
READERS = tuple(_line(text, "readers") for text in _READERS)

# id, version, subjects, module:Class, and the only parts that it judges - sorted by id.
_CHECKS: tuple[str, ...] = (
    "ai-act-duties 2 Dossier governance.ai_act_duties:AiActDuties cards,company",
    "annex-iii-signal 1 Dossier governance.annex_iii_signal:AnnexIiiSignal cards,company",
    "answers-by-group 4 TextAnswers bias.answers_by_group:AnswersByGroup",
    "archive-slip 1 Archive security.archive_slip:ArchiveSlip",
    "asking-cost 4 Spending environment.asking_cost:AskingCost",
    "bias-added 1 BiasHeritage bias.bias_added:BiasAdded",
    "bias-inherited 1 BiasHeritage bias.bias_inherited:BiasInherited",
    "card-carries-script 6 Prose security.card_carries_script:CardCarriesScript",
    "card-header-broken 1 Card provenance.card_header_broken:CardHeaderBroken",
    "classifies-by-group 2 LabelAnswers bias.classifies_by_group:ClassifiesByGroup",
    "config-runs-code 5 ObjectTree security.config_runs_code:ConfigRunsCode",
    "config-unknown-class 5 ObjectTree security.config_unknown_class:ConfigUnknownClass",
    "decides-by-group 5 DecisionAnswers bias.decides_by_group:DecidesByGroup",
    "decompression-bomb 1 Subject security.decompression_bomb:DecompressionBomb defects",
    "dependency-from-elsewhere 3 Requirements security.dependency_from_elsewhere:DependencyFromElsewhere",
    "documentation-incomplete 2 Dossier openness.documentation_incomplete:DocumentationIncomplete cards,company",
    "does-not-fit 1 ModelFit environment.does_not_fit:DoesNotFit",
    "embedding-association 2 AssociationAnswers bias.embedding_association:EmbeddingAssociation",
    "error-rates-differ 1 ErrorRates bias.error_rates_differ:ErrorRatesDiffer",
    "executable-bit 1 Identity security.executable_bit:ExecutableBit",
    "exposure-concentrated 2 ProviderExposure social.exposure_concentrated:ExposureConcentrated",
    "favors-brand 4 ChoiceAnswers social.favors_brand:FavorsBrand",
    "favors-own-vendor 3 OwnVendorAnswers social.favors_own_vendor:FavorsOwnVendor",
    "file-type-mismatch 1 Identity security.file_type_mismatch:FileTypeMismatch",
    "generation-config-steers 2 Repository security.generation_config_steers:GenerationConfigSteers",
    "graph-runs-code 5 Graph security.graph_runs_code:GraphRunsCode",
    "graph-unknown-operation 3 Graph security.graph_unknown_operation:GraphUnknownOperation",
    "hidden-payload 1 Subject security.hidden_payload:HiddenPayload payloads",
    "license-chain 2 Dossier license.license_chain:LicenseChain claims,edges,licenses,cards",
    "license-disagreement 1 Dossier license.license_disagreement:LicenseDisagreement claims,edges,licenses,cards",
    "license-missing 2 Dossier license.license_missing:LicenseMissing cards,edges,company",
    "license-modified 1 Dossier license.license_modified:LicenseModified licenses",
    "license-unknown 2 Dossier license.license_unknown:LicenseUnknown cards,edges,company",
    "lineage-undeclared 1 Dossier provenance.lineage_undeclared:LineageUndeclared edges,facts,cards",
    "link-leaves-folder 1 Folder security.link_leaves_folder:LinkLeavesFolder",
    "malformed-file 1 Subject security.malformed_file:MalformedFile defects",
    "metadata-carries-code 1 Subject security.metadata_carries_code:MetadataCarriesCode texts",
    "model-not-asked 1 AskableModel bias.model_not_asked:ModelNotAsked",
    "model-superseded 1 Dossier accountability.model_superseded:ModelSuperseded cards,company",
    "name-disguised 1 Identity security.name_disguised:NameDisguised",
    "native-executable 2 NativeCode security.native_executable:NativeExecutable",
    "notebook-runs-code 9 PythonSource,Script security.notebook_runs_code:NotebookRunsCode",
    "obligation-missing 1 Dossier license.obligation_missing:ObligationMissing claims,edges,licenses,cards",
    "obligation-needs-answer 1 Dossier license.obligation_needs_answer:ObligationNeedsAnswer claims,edges,licenses,cards",
    "occupation-stereotype 5 OccupationAnswers bias.occupation_stereotype:OccupationStereotype",
    "open-source-definition 2 Dossier openness.open_source_definition:OpenSourceDefinition cards,company",
    "openness-claim-unsupported 1 Dossier openness.openness_claim_unsupported:OpennessClaimUnsupported cards",
    "openness-class 2 Dossier openness.openness_class:OpennessClass cards,company",
    "pickle-changes-imported-object 3 PickleProgram security.pickle_changes_imported_object:PickleChangesImportedObject",
    "pickle-computed-import 3 PickleProgram security.pickle_computed_import:PickleComputedImport",
    "pickle-runs-code 7 PickleProgram security.pickle_runs_code:PickleRunsCode",
    "pickle-stores-code 4 PickleProgram security.pickle_stores_code:PickleStoresCode",
    "pickle-unknown-code 6 PickleProgram security.pickle_unknown_code:PickleUnknownCode",
    "prefers-stereotype 3 PairAnswers bias.prefers_stereotype:PrefersStereotype",
    "publisher-unnamed 2 Dossier accountability.publisher_unnamed:PublisherUnnamed cards,company",
    "python-runs-code 11 PythonSource security.python_runs_code:PythonRunsCode",
    "readers-disagree 1 Identity security.readers_disagree:ReadersDisagree",
    "reference-leaves-folder 1 Subject security.reference_leaves_folder:ReferenceLeavesFolder references",
    "remote-code-required 10 Repository security.remote_code_required:RemoteCodeRequired",
    "script-in-repository 6 Script security.script_in_repository:ScriptInRepository",
    "secret-in-file 5 Subject security.secret_in_file:SecretInFile texts,found",
    "security-contact-missing 1 Dossier accountability.security_contact_missing:SecurityContactMissing cards,company",
    "selection-rates-differ 1 SelectionRates bias.selection_rates_differ:SelectionRatesDiffer",
    "template-conditional 2 TemplateSyntax security.template_conditional:TemplateConditional",
    "template-injection 2 TemplateSyntax security.template_injection:TemplateInjection",
    "template-resource-abuse 2 TemplateSyntax security.template_resource_abuse:TemplateResourceAbuse",
    "tokenizer-rewrites-text 4 Config security.tokenizer_rewrites_text:TokenizerRewritesText",
    "training-summary-missing 1 Dossier governance.training_summary_missing:TrainingSummaryMissing cards,company",
    "unpinned-dependency 2 Requirements security.unpinned_dependency:UnpinnedDependency",
    "unsafe-format-with-safe-twin 1 Inventory security.unsafe_format_with_safe_twin:UnsafeFormatWithSafeTwin",
    "use-not-allowed 1 Dossier license.use_not_allowed:UseNotAllowed claims,edges,licenses,cards",
    "version-unstated 1 Dossier accountability.version_unstated:VersionUnstated cards,company",
    "weights-look-tampered 1 Weights security.weights_look_tampered:WeightsLookTampered",
    "weights-unsigned 1 Inventory security.weights_unsigned:WeightsUnsigned",
)
CHECKS = tuple(_line(text, "checks") for text in _CHECKS)


@cache
def load(where: str) -> Any:  # noqa: ANN401 - a plug-in can be any class
    """Import the class that a catalog line names.

    Raises:
        OpenvetError: It cannot be imported.
    """
    module, _, name = where.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise OpenvetError(
            f"the plug-in {where} cannot be loaded: {error}",
            hint="reinstall the package that provides it",
        ) from error


@cache
def reader(where: str) -> Reader[Any]:
    """Return the reader that a catalog line names."""
    made: Reader[Any] = load(where)()
    return made


@cache
def check(where: str) -> Check[Any]:
    """Return the check that a catalog line names."""
    made: Check[Any] = load(where)()
    return made


def _has_entry_points(folder: str) -> bool:
    """Tell whether any package in `folder` registers something with us.

    Reading the metadata of every installed package costs more than the rest of the
    start-up, so look first whether any of them names one of our groups.
    """
    try:
        with os.scandir(folder) as entries:
            names = [e.path for e in entries if e.name.endswith(".dist-info")]
    except OSError:
        return False
    for name in names:
        try:
            with open(f"{name}/entry_points.txt", "rb") as file:  # noqa: PTH123 - hot
                if b"[openvet." in file.read(1 << 16):
                    return True
        except OSError:
            continue
    return False


@cache
def _third_party(group: Group) -> tuple[tuple[str, str], ...]:
    """Return (name, `module:Class`) of every entry point of a group."""
    if not any(_has_entry_points(folder or ".") for folder in sys.path):
        return ()
    from importlib.metadata import entry_points

    return tuple(
        sorted((p.name, p.value) for p in entry_points(group=f"openvet.{group}"))
    )


def _described(where: str, kind: Literal["readers", "checks"]) -> Plugin:
    """Return the line of a third party's plug-in, read off its class."""
    made = load(where)
    subjects = (made.subject,) if kind == "readers" else made.subjects
    return Plugin(
        id=made.id,
        version=made.version,
        subjects=tuple(subject.__name__ for subject in subjects),
        where=where,
    )


def readers() -> tuple[Plugin, ...]:
    """Return every reader, ours first."""
    return READERS + tuple(
        _described(where, "readers") for _, where in _third_party("readers")
    )


def checks() -> tuple[Plugin, ...]:
    """Return every check, ours first."""
    return CHECKS + tuple(
        _described(where, "checks") for _, where in _third_party("checks")
    )


def writers() -> Iterable[tuple[str, str]]:
    """Return (format name, `module:function`) of third parties' writers."""
    return _third_party("writers")

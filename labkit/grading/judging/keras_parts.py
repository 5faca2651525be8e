"""What a network that is judged may be made of: parts of Keras that compute, and nothing else.

The configuration of a network names classes and functions, and Keras looks the names up: in what
is registered, in its modules, and in nearly all that it exports. So no name of the configuration
is handed on. Each is looked up here, in a table of objects, and written anew as the name of the
object that was found; a configuration that names anything else is refused.
"""

import dataclasses
import functools
import importlib
from collections.abc import Callable, Iterator
from typing import Any

_LAYERS = """
    Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D
    AveragePooling3D BatchNormalization Bidirectional CenterCrop Concatenate Conv1D Conv1DTranspose
    Conv2D Conv2DTranspose Conv3D Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D
    DepthwiseConv2D Dot Dropout ELU EinsumDense Embedding Flatten GRU GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization Identity InputLayer LSTM
    LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum
    MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RandomBrightness
    RandomContrast RandomCrop RandomErasing RandomFlip RandomGaussianBlur RandomInvert
    RandomRotation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector
    Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SimpleRNN Softmax
    SpatialDropout1D SpatialDropout2D
    SpatialDropout3D SpectralNormalization Subtract TimeDistributed UnitNormalization UpSampling1D
    UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""
_LOSSES = """
    BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
    CategoricalHinge CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError
    MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
    SparseCategoricalCrossentropy SquaredHinge Tversky
"""
_METRICS = """
    AUC Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy
    CategoricalHinge CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge
    KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
    MeanSquaredLogarithmicError Poisson Precision PrecisionAtRecall R2Score Recall
    RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy
    SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity
    SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives
"""
# By the module that exports them.
_CLASSES = {
    "keras": "Sequential Model DTypePolicy",
    "keras.layers": _LAYERS,
    "keras.initializers": """
        Constant GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Ones
        Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    """,
    "keras.regularizers": "L1 L1L2 L2 OrthogonalRegularizer",
    "keras.constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
    "keras.optimizers": """
        Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam
        RMSprop SGD
    """,
    "keras.optimizers.schedules": """
        CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay
        PolynomialDecay
    """,
    "keras.losses": _LOSSES,
    "keras.metrics": _METRICS,
    "keras.random": "SeedGenerator",
    # Keras exports the next under no name. `x / 255` in a network is one of them.
    "keras.src.models.functional": "Functional",
    "keras.src.ops.numpy": """
        Absolute Add Clip Concatenate Divide Exp ExpandDims GetItem Log Matmul Max Maximum Mean Min
        Minimum Multiply Negative Pad Power Reshape Sqrt Square Squeeze Stack Subtract Sum Tanh
        Transpose TrueDivide
    """,
    "keras.src.ops.nn": """
        AveragePool Celu Elu Gelu HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid LogSoftmax
        MaxPool Relu Relu6 Selu Sigmoid Silu Softmax Softplus Softsign TanhShrink
    """,
}
_FUNCTIONS = {
    "keras.activations": """
        celu elu exponential gelu hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
        log_sigmoid log_softmax mish relu relu6 selu sigmoid silu softmax softplus softsign swish
        tanh
    """,
    "keras.losses": """
        binary_crossentropy binary_focal_crossentropy categorical_crossentropy
        categorical_focal_crossentropy categorical_hinge cosine_similarity dice hinge huber
        kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
        mean_squared_logarithmic_error poisson sparse_categorical_crossentropy squared_hinge tversky
    """,
    "keras.metrics": """
        binary_accuracy categorical_accuracy sparse_categorical_accuracy
        sparse_top_k_categorical_accuracy top_k_categorical_accuracy
    """,
}
# How Keras writes down values, and what each of them consists of.
_DATA = {
    "__keras_tensor__": {"shape", "dtype", "keras_history"},
    "__tensor__": {"value", "dtype"},
    "__numpy__": {"value", "dtype"},
    "__slice__": {"start", "stop", "step"},
    "__ellipsis__": set(),
}
# Only a network, a layer and an optimizer have more to say than what they are made from.
_BESIDE = ("build_config", "compile_config", "inbound_nodes", "name")
_DEEPEST = 100


class NotOfKeras(ValueError):
    """A network has a part that is none of those that are allowed; the message says which."""


@dataclasses.dataclass(frozen=True)
class Part:
    """A class of Keras that a network may be made of, under the name that Keras finds it by."""

    module: str
    name: str
    object: type


@functools.cache
def classes() -> dict[tuple[str, str], Part]:
    """Return the classes, by each pair of module and name that a configuration may give."""
    found = {}
    for module, name, part in _listed(_CLASSES):
        described = Part(module, name, part)
        for place in (module, part.__module__):
            found[place, part.__name__] = found[place, name] = described
    return found


@functools.cache
def functions() -> dict[str, Callable]:
    """Return the functions by their names, under which Keras has them in tables of its own."""
    return {name: function for _, name, function in _listed(_FUNCTIONS)}


def _listed(names: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    for module, words in names.items():
        place = importlib.import_module(module)
        for name in words.split():
            yield module, name, getattr(place, name)


def rewritten(config: Any, deep: int = 0) -> Any:
    """Return a configuration that names nothing but parts that are allowed.

    Parameters
    ----------
    config : object
        As `json.loads` returns it, which Keras's ``to_json`` wrote, or anybody else.
    deep : int
        How far below the network it stands.

    Raises
    ------
    NotOfKeras
        If it names anything else.
    """
    if deep > _DEEPEST:
        raise NotOfKeras("the network's description is nested without end")
    if isinstance(config, list):
        return [rewritten(item, deep + 1) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config:
        return {key: rewritten(value, deep + 1) for key, value in config.items()}
    name = config["class_name"]
    if name == "function":
        return _function(config.get("config"))
    if isinstance(name, str) and name in _DATA:
        return _value(name, config.get("config"), deep)
    return _object(config, deep)


def _object(config: dict[str, Any], deep: int) -> dict[str, Any]:
    module, name, inner = (config.get(key) for key in ("module", "class_name", "config"))
    part = classes().get((module, name)) if isinstance(module, str) and _is_name(name) else None
    if part is None or config.get("registered_name") not in (None, name):
        raise NotOfKeras(f"the network has a part that is not of Keras: {_said(module, name)}")
    if not isinstance(inner, dict | None):
        raise NotOfKeras(f"the network has a part without settings: {_said(module, name)}")
    beside = {key: rewritten(config[key], deep + 1) for key in _BESIDE if key in config}
    settings = {key: rewritten(value, deep + 1) for key, value in (inner or {}).items()}
    named = {"module": part.module, "class_name": part.name, "registered_name": None}
    return beside | named | {"config": settings}


def _value(name: str, inner: Any, deep: int) -> dict[str, Any]:
    if not isinstance(inner, dict) or set(inner) != _DATA[name]:
        raise NotOfKeras(f"the network has a value that is none: {name}")
    settings = {key: rewritten(value, deep + 1) for key, value in inner.items()}
    return {"class_name": name, "config": settings}


def _function(name: Any) -> str:
    """Return a function's name: in its place Keras looks it up among its own functions alone."""
    # TensorFlow may call one otherwise: tf.nn.softmax says that it is softmax_v2.
    plain = name.removesuffix("_v2") if isinstance(name, str) else ""
    if plain not in functions():
        raise NotOfKeras(f"the network has a function that is not of Keras: {_said(name)}")
    return plain


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.isidentifier()


def _said(*names: Any) -> str:
    return ".".join(str(name)[:80] for name in names)

"""Networks in a canonical form: the same network in other clothes, and another network."""

import random
import warnings

import keras
import numpy as np
import pytest

from labkit.checks import canonical, forward
from labkit.evidence import networks

layers = keras.layers
SEEDS = range(12)


def _chain(model):
    fact = networks.model(model)
    return canonical.canonical(fact.config), fact


# --- networks drawn by chance, each in several clothes ---------------------------------------


class _Wardrobe:
    """Write the same description of a network in one of many ways, drawn by chance."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def activation(self, name):
        """Return an argument for the layer, and layers after it."""
        own = {"relu": lambda v: keras.ops.maximum(v, 0), "tanh": lambda v: keras.ops.tanh(v)}
        functions = {
            "relu": [keras.activations.relu, layers.ReLU(), own["relu"]],
            "tanh": [keras.activations.tanh, own["tanh"]],
            "sigmoid": [keras.activations.sigmoid],
            "softmax": [keras.activations.softmax, layers.Softmax()],
        }
        after = {
            "relu": [layers.ReLU(), keras.activations.relu, keras.ops.relu],
            "tanh": [keras.activations.tanh, keras.ops.tanh],
            "sigmoid": [keras.ops.sigmoid],
            "softmax": [layers.Softmax(), keras.ops.softmax, keras.activations.softmax],
        }
        kind = self.random.choice(["name", "function", "layer", "after"])
        if name == "linear":
            return self.random.choice([None, "linear"]), []
        if kind == "name":
            return name, []
        if kind == "function":
            return self.random.choice(functions[name]), []
        if kind == "layer":
            return None, [layers.Activation(name)]
        return None, [self.random.choice(after[name])]

    def nothing(self):
        """Return some layers that do nothing."""
        idle = [layers.Identity, lambda: layers.Dropout(0), lambda: layers.Activation("linear")]
        idle += [lambda: layers.Rescaling(1.0), lambda: layers.ZeroPadding2D(0)]
        return [make() for make in self.random.sample(idle[:4], self.random.choice([0, 0, 1]))]

    def layer(self, kind, *settings):
        """Return the layers that do what one step of a description asks for."""
        if kind == "dense":
            argument, after = self.activation(settings[1])
            return [layers.Dense(settings[0], activation=argument), *after]
        if kind == "conv":
            filters, size, padding, activation = settings
            argument, after = self.activation(activation)
            padded = []
            if padding == "same" and size % 2 and self.random.random() < 0.5:
                padded, padding = [layers.ZeroPadding2D(size // 2)], "valid"
            made = layers.Conv2D(filters, size, padding=padding, activation=argument)
            return [*padded, made, *after]
        if kind == "max":
            return [layers.MaxPooling2D(self.random.choice([2, (2, 2)]))]
        if kind == "average":
            return [layers.AveragePooling2D(2)]
        if kind == "dropout":
            rate = settings[0]
            return [layers.Dropout(self.random.choice([rate, 1 - (1 - rate)]))]
        flat = self.random.choice(["flatten", "reshape", "twice"])
        if flat == "reshape":
            return [layers.Reshape((-1,))]
        return [layers.Flatten()] * (2 if flat == "twice" else 1)

    def network(self, shape, description):
        """Return a Keras network that does what the description says."""
        inputs = x = keras.Input(shape)
        block = None
        for step in description:
            for part in [*self.layer(*step), *self.nothing()]:
                if isinstance(part, keras.layers.Layer) and self.random.random() < 0.3:
                    block = keras.Sequential([keras.Input(x.shape[1:]), part])
                    x = block(x)
                else:
                    x = part(x)
        return keras.Model(inputs, x)


def _description(seed):
    """Return an input shape and a network of few layers, drawn by chance."""
    random_ = random.Random(seed)
    steps, side = [], 12
    if convolutional := random_.random() < 0.6:
        for _ in range(random_.choice([1, 2])):
            size = random_.choice([3, 5])
            padding = "same" if side <= size else random_.choice(["same", "valid"])
            steps.append(("conv", random_.choice([2, 3]), size, padding, _hidden(random_)))
            side -= size - 1 if padding == "valid" else 0
            if side >= 4 and random_.random() < 0.6:
                steps.append((random_.choice(["max", "average"]),))
                side //= 2
            if random_.random() < 0.4:
                steps.append(("dropout", random_.choice([0.25, 0.3, 0.7])))
    steps.append(("flatten",))
    for _ in range(random_.choice([1, 2])):
        steps.append(("dense", random_.choice([3, 5]), _hidden(random_)))
        if random_.random() < 0.4:
            steps.append(("dropout", random_.choice([0.2, 0.3])))
    steps.append(("dense", 4, "softmax"))
    return ((12, 12, 1) if convolutional else (12, 12)), steps


def _hidden(random_):
    return random_.choice(["relu", "tanh", "sigmoid"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_is_the_same_in_all_its_clothes(seed):
    shape, description = _description(seed)
    chains = []
    for clothes in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chains.append(_chain(_Wardrobe(100 * seed + clothes).network(shape, description))[0])
    first = chains[0]
    assert not first.fault
    for chain in chains[1:]:
        assert chain.words() == first.words(), description
        assert all(a.does(b) for a, b in zip(first.steps, chain.steps, strict=True))
        assert [s.shape for s in chain.of("dense")] == [s.shape for s in first.of("dense")]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_chain_computes_what_the_network_computes(seed):
    shape, description = _description(seed)
    keras.utils.set_random_seed(seed)
    model = _Wardrobe(seed).network(shape, description)
    images = np.random.default_rng(seed).random((3, *shape), np.float32)
    chain, fact = _chain(model)
    assert chain.input_shape == shape
    seen = forward.outputs(chain, fact.weights, images)
    np.testing.assert_allclose(seen, np.asarray(model(images, training=False)), atol=1e-5)
    assert chain.steps[-1].shape in (None, seen.shape[1:])


def _changes(random_, model_layers):
    """Return a list of Keras layers with one layer left out, doubled, moved or put in."""
    place = random_.randrange(len(model_layers))
    extra = [
        *(layers.Softmax(), layers.Softmax(axis=1), layers.Activation("sigmoid")),
        *(layers.Dense(4, "relu"), layers.BatchNormalization(), layers.Dropout(0.5)),
        *(layers.GaussianNoise(0.1), layers.Rescaling(2.0), layers.LayerNormalization()),
    ]
    kind = random_.choice(["left out", "put in", "moved"])
    changed = list(model_layers)
    if kind == "put in":
        changed.insert(random_.randrange(len(changed) + 1), random_.choice(extra))
    else:
        layer = changed.pop(place)
        if kind == "moved":
            changed.insert(random_.randrange(len(changed) + 1), layer)
    return changed


def _built(shape, made):
    """Return a network of new layers with the settings of `made`."""
    x = inputs = keras.Input(shape)
    for layer in made:
        x = type(layer).from_config(layer.get_config())(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_network_that_computes_something_else_has_another_chain(seed):
    random_ = random.Random(seed)
    made = [
        layers.Conv2D(3, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(4, activation="softmax"),
    ]
    right = _built((12, 12, 1), made)
    try:
        other = _built((12, 12, 1), _changes(random_, made))
    except ValueError:
        return  # such layers cannot follow one another
    first, second = (_chain(model)[0] for model in (right, other))
    alike = len(first.steps) == len(second.steps) and all(
        a.does(b) for a, b in zip(first.steps, second.steps, strict=True)
    )
    if not alike:
        return
    # Whatever has the same chain takes the same weights and puts out the same.
    other.set_weights(right.get_weights())
    images = np.random.default_rng(seed).random((5, 12, 12, 1), np.float32)
    np.testing.assert_allclose(right(images), other(images), atol=1e-6)


def test_a_dropout_object_used_twice_is_two_dropouts():
    shared = layers.Dropout(0.25)
    inputs = keras.Input((6,))
    x = shared(layers.Dense(5, "relu")(inputs))
    x = shared(layers.Dense(4, "relu")(x))
    chain, _ = _chain(keras.Model(inputs, layers.Dense(2, "softmax")(x)))
    assert chain.dropouts() == [(1, 0.25), (2, 0.25)]


def test_a_layer_used_twice_has_the_weights_of_an_earlier_one():
    def network(second, block=False):
        first = layers.Dense(4, "relu")
        if block:
            first = keras.Sequential([keras.Input((4,)), first])
        images = keras.Input((4,))
        return keras.Model(images, layers.Dense(2)((second or first)(first(images))))

    for block in (False, True):
        assert _chain(network(None, block))[0].extras() == [
            "dense 4 has the weights of an earlier layer"
        ]
    assert _chain(network(layers.Dense(4, "relu")))[0].extras() == []


def test_what_comes_after_the_output_is_seen():
    def ends_in(*last):
        first = [keras.Input((6,)), layers.Dense(3, "softmax")]
        return _chain(keras.Sequential([*first, *last]))[0]

    assert ends_in().activations() == ["softmax"]
    assert ends_in(layers.Softmax()).activations() == ["softmax, softmax"]
    assert ends_in(layers.Softmax(axis=0)).activations() == ["softmax, softmax(axis=0)"]
    assert ends_in(layers.Dropout(0.2)).dropouts() == [(1, 0.2)]
    assert ends_in(layers.Activation("tanh")).activations() == ["softmax, tanh"]


def test_a_regularizer_is_known_by_what_it_adds():
    def of(regularizer):
        dense = layers.Dense(3, kernel_regularizer=regularizer)
        return _chain(keras.Sequential([keras.Input((6,)), dense]))[0].steps[0].penalties

    def own(weights):
        return 0.001 * keras.ops.sum(weights**2)

    class Own(keras.regularizers.Regularizer):
        def __call__(self, weights):
            return 0.002 * keras.ops.sum(weights**2) + 0.01 * keras.ops.sum(keras.ops.abs(weights))

        def get_config(self):
            return {}

    assert of(None) == {}
    for same in (own, keras.regularizers.L2(0.001), keras.regularizers.L1L2(l2=0.001)):
        assert of(same)["kernel"] == pytest.approx((0, 0.001), abs=1e-9)
    assert of(Own())["kernel"] == pytest.approx((0.01, 0.002))
    assert np.isnan(of(lambda weights: keras.ops.sum(weights**4))["kernel"]).all()


KINDS = [
    kind
    for kind in vars(keras.initializers).values()
    if isinstance(kind, type) and keras.initializers.Initializer in kind.__mro__[1:]
]


@pytest.mark.parametrize("kind", sorted(set(KINDS), key=lambda kind: kind.__name__))
def test_weights_that_all_begin_alike_are_seen(kind):
    """Of all initializers that Keras has; such a network learns next to nothing."""
    try:
        drawn = np.asarray(kind()((6, 3)))
    except (TypeError, ValueError):
        pytest.skip("for weights of another kind")
    dense = layers.Dense(3, kernel_initializer=kind())
    seen = _chain(keras.Sequential([keras.Input((6,)), dense]))[0]
    assert any("begin alike" in extra for extra in seen.extras()) == (np.ptp(drawn) == 0)


def test_branches_are_no_chain():
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Add()([layers.Dense(3)(inputs), layers.Dense(3)(inputs)]))
    assert "single line" in _chain(model)[0].fault


def test_a_class_of_ones_own_is_told_in_a_sentence():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, inputs):
            return self.dense(inputs)

    fact = networks.model(Own())
    assert "a class of your own" in fact.reason and "\n" not in fact.reason

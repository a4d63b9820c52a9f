"""What layers, losses, optimizers and the rest of nn are called elsewhere. See autograd.signposts.

An example may use model, optimizer, layer, X, Y (with A its predictions), labels and t, as the tests do.
"""

from __future__ import annotations

from types import ModuleType

from autograd import signposts
from autograd.signposts import SIGNPOSTS, homes, post


def put_up(module: type, optimizer: type, *packages: ModuleType) -> None:
    """Let the classes and the packages of nn answer."""
    signposts.refuse(module, "A Module", SIGNPOSTS["Module"])
    signposts.refuse(optimizer, "An optimizer", SIGNPOSTS["Optimizer"])
    signposts.put_up(*packages)


homes(
    "nn",
    "nn.optim",
    "nn.losses",
    "nn.schedules",
    "nn.init",
    "nn.data",
    "nn.train",
    "nn.train.metrics",
    "nn.datasets",
    "autograd",
)

_FIT = 'nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=2'
_DEVICE = "There is one device, the processor: leave it out."
_UNITS = "Units stand on axis 0 and samples on the last axis: leave it out."

post(
    "nn",
    [
        # layers
        ("Dense FullyConnected fc LazyLinear Affine", "nn.Linear", "nn.Linear(3, 10)"),
        (
            "Parameter",
            "autograd.Tensor",
            'ag.Tensor(np.ones((1, 3)), name="W")',
            "A Tensor in an attribute of a Module is a parameter.",
        ),
        (
            "ModuleList ModuleDict ParameterList ParameterDict",
            "nn.Module",
            "nn.Module",
            "Keep them in a plain list or dict in an attribute: Modules are found there, too.",
        ),
        ("Model Layer LightningModule", "nn.Module", "nn.Module", "Derive from it, and define forward(self, X)."),
        ("Input InputLayer", "nn.Linear", "nn.Linear(3, 10)", "The first layer says how many inputs there are."),
        ("register_buffer", "nn.Buffer", "nn.Buffer(np.zeros((3, 1)))"),
        ("Conv1D Convolution1D", "nn.Conv1d", "nn.Conv1d(2, 4, 3)"),
        ("Conv2D Convolution2D Conv", "nn.Conv2d", "nn.Conv2d(1, 8, 3)"),
        (
            "Conv3d Conv3D ConvTranspose1d ConvTranspose2d Conv2DTranspose",
            "",
            "",
            "There are nn.Conv1d and nn.Conv2d; autograd.conv2d and NumPy's functions make other layers, by nn.Lambda.",
        ),
        ("MaxPooling1D MaxPool1D", "nn.MaxPool1d", "nn.MaxPool1d(2)"),
        ("MaxPooling2D MaxPool2D MaxPool", "nn.MaxPool2d", "nn.MaxPool2d(2)"),
        ("AveragePooling1D AvgPool1D AveragePool1d", "nn.AvgPool1d", "nn.AvgPool1d(2)"),
        ("AveragePooling2D AvgPool2D AveragePool2d AvgPool", "nn.AvgPool2d", "nn.AvgPool2d(2)"),
        (
            "AdaptiveAvgPool1d AdaptiveAvgPool2d GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePool",
            "nn.GlobalAvgPool",
            "nn.GlobalAvgPool()",
        ),
        (
            "AdaptiveMaxPool1d AdaptiveMaxPool2d GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling",
            "nn.GlobalMaxPool",
            "nn.GlobalMaxPool()",
        ),
        (
            "BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization",
            "nn.BatchNorm",
            "nn.BatchNorm(8)",
            "It is the same of columns, sequences and images.",
        ),
        ("LayerNormalization", "nn.LayerNorm", "nn.LayerNorm(3)"),
        ("GroupNormalization", "nn.GroupNorm", "nn.GroupNorm(2, 8)"),
        (
            "InstanceNorm1d InstanceNorm2d InstanceNormalization",
            "nn.GroupNorm",
            "nn.GroupNorm(8, 8)",
            "With a group for each channel.",
        ),
        ("Unflatten View", "nn.Reshape", "nn.Reshape(1, 8, 8)", "The samples stay on the last axis."),
        ("Hardtanh", "nn.HardTanh", "nn.HardTanh()"),
        ("Swish swish", "nn.SiLU", "nn.SiLU()"),
        ("Identity", "nn.Sequential", "nn.Sequential()", "Without layers it gives its input."),
        ("Activation", "nn.ReLU", "nn.ReLU()", "Each activation is a layer of its own name."),
        ("SkipConnection Add", "nn.Residual", "nn.Residual(nn.Linear(3, 3))"),
        # losses
        (
            "MSELoss mse_loss MeanSquaredError mean_squared_error",
            "nn.losses.mse",
            "nn.losses.mse(A, Y)",
            "It sums over the units and averages over the columns.",
        ),
        (
            "BCELoss BinaryCrossentropy binary_crossentropy log_loss",
            "nn.losses.binary_cross_entropy",
            "nn.losses.binary_cross_entropy(A, Y)",
        ),
        (
            "BCEWithLogitsLoss binary_cross_entropy_with_logits",
            "nn.losses.binary_cross_entropy_logits",
            "nn.losses.binary_cross_entropy_logits(A, Y)",
        ),
        (
            "CrossEntropyLoss",
            "nn.losses.cross_entropy_logits",
            "nn.losses.cross_entropy_logits(Z, nn.data.one_hot(labels, 2))",
        ),
        (
            "CategoricalCrossentropy categorical_crossentropy SparseCategoricalCrossentropy NLLLoss nll_loss",
            "nn.losses.cross_entropy",
            "nn.losses.cross_entropy(P, nn.data.one_hot(labels, 2))",
            "It takes probabilities; cross_entropy_logits takes logits.",
        ),
        ("loss criterion", "nn.losses", "nn.losses.mse(A, Y)"),
        # optimizers
        ("optimizers optimizer", "nn.optim", "nn.optim.Adam(model.parameters())"),
        # training
        ("Trainer", "nn.train.Trainer", "nn.train.Trainer(model, 'mse', optimizer)"),
        (
            "compile",
            "autograd.compile",
            "ag.compile(lambda x: np.sum(x**2))(np.ones(3))",
            "For a training, nn.fit takes loss= and optimizer=.",
        ),
        ("accuracy_score Accuracy BinaryAccuracy CategoricalAccuracy", "nn.accuracy", "nn.accuracy(A, Y)"),
        ("manual_seed set_seed", "nn.init.seed", "nn.init.seed(0)", "Layers and nn.fit take a seed=, too."),
        ("backward", "t.backward", "nn.losses.mse(A, Y).backward()"),
        ("GradientTape", "autograd.grad", "ag.grad(np.sin)(0.5)", "Or J.backward(): Tensors record by themselves."),
        (
            "utils",
            "nn.data",
            "nn.data.one_hot([0, 2, 1], 3)",
            "To clip gradients: nn.optim.Adam(model.parameters(), clip_norm=1.0).",
        ),
        # data
        (
            "DataLoader TensorDataset Dataset",
            "nn.data.batches",
            "nn.data.batches(X, Y, 2, seed=0)",
            "nn.fit takes arrays and a batch_size=.",
        ),
        ("train_test_split random_split", "nn.data.split", "nn.data.split(X, Y, test=0.2, seed=0)"),
        (
            "StandardScaler Normalization normalize scale MinMaxScaler",
            "nn.data.standardize",
            "nn.data.standardize(X)",
            "Of several arrays, the first says how all are scaled.",
        ),
        (
            "OneHotEncoder LabelBinarizer to_categorical onehot CategoryEncoding",
            "nn.data.one_hot",
            "nn.data.one_hot([0, 2, 1], 3)",
        ),
        ("make_moons", "nn.datasets.moons", "nn.datasets.moons(100)"),
        ("load_digits load_breast_cancer fetch_openml MNIST mnist", "nn.datasets.load", 'nn.datasets.load("digits")'),
        # initializers
        (
            "xavier_normal_ xavier_normal GlorotNormal glorot_normal LecunNormal lecun_normal lecun",
            "nn.init.xavier",
            "nn.Linear(3, 2, init='xavier')",
            "Its variance is 1/n_in.",
        ),
        ("kaiming_normal_ kaiming_normal kaiming HeNormal he_normal", "nn.init.he", "nn.Linear(3, 2, init='he')"),
        ("normal_ RandomNormal", "nn.init.normal", "nn.Linear(3, 2, init='normal')"),
        ("zeros_ Zeros", "nn.init.zeros", "nn.Linear(3, 2, init='zeros')"),
        # none here
        ("device cuda to", "", "", _DEVICE),
    ],
)
post(
    "nn.data",
    [("shuffle", "nn.data.batches", "nn.data.batches(X, Y, 2, seed=0)", "nn.fit shuffles by itself.")],
)
post(
    "Module",
    [
        ("fit fit_generator", "nn.fit", f"{_FIT})"),
        ("compile", "nn.fit", f"{_FIT})", "It takes the loss and the optimizer, and compiles the step by itself."),
        ("to cuda cpu gpu", "", "", _DEVICE + " Another precision: nn.Linear(3, 2, dtype=np.float32)."),
        ("half double float", "", "", "Give each layer its precision: nn.Linear(3, 2, dtype=np.float32)."),
        ("trainable_variables trainable_weights weights variables params", "model.parameters", "model.parameters()"),
        ("get_weights", "model.state_dict", "model.state_dict()"),
        ("set_weights", "model.load_state_dict", "model.load_state_dict(model.state_dict())"),
        ("apply", "model.modules", "[layer for layer in model.modules()]"),
        ("named_modules", "model.named_children", "list(model.named_children())"),
        ("add append", "nn.Sequential", "nn.Sequential(*model, nn.Tanh())"),
        ("register_buffer", "nn.Buffer", "nn.Buffer(np.zeros((3, 1)))", "Keep it in an attribute."),
        (
            "register_parameter add_weight",
            "autograd.Tensor",
            "ag.Tensor(np.ones((1, 3)), name='W')",
            "Keep it in an attribute.",
        ),
        (
            "register_module add_module",
            "nn.Module",
            "nn.Module",
            "Keep it in an attribute, or in a list or dict there.",
        ),
        ("call", "model.forward", "model(X)"),
        ("predict_proba", "model.predict", "model.predict(X)"),
        ("weight kernel", "layer.W", "layer.W"),
        ("in_features", "layer.n_in", "layer.n_in"),
        ("out_features units", "layer.n_out", "layer.n_out"),
    ],
)
post(
    "Optimizer",
    [
        ("learning_rate", "optimizer.lr", "optimizer.lr = 0.01"),
        ("minimize apply_gradients", "optimizer.step", "optimizer.step()", "J.backward() comes first."),
        (
            "param_groups",
            "optimizer.parameters",
            "optimizer.parameters",
            "For layers with a rate of their own, make an optimizer for each.",
        ),
    ],
)

# --- arguments -------------------------------------------------------------------------------------------------------

post(
    "fit()",
    [
        ("validation_data val_data eval_set valid_data", "validation=", f"{_FIT}, validation=(X, Y))"),
        ("x", "X=", "nn.fit(model, X=X, Y=Y, loss='mse', optimizer=optimizer, epochs=2)"),
        ("y", "Y=", "nn.fit(model, X=X, Y=Y, loss='mse', optimizer=optimizer, epochs=2)"),
        ("criterion loss_fn loss_function", "loss=", f"{_FIT})"),
        ("optim opt", "optimizer=", f"{_FIT})"),
        ("n_epochs num_epochs nb_epoch max_iter max_epochs iterations", "epochs=", f"{_FIT})"),
        ("batchsize bs minibatch_size mini_batch_size", "batch_size=", f"{_FIT}, batch_size=4)"),
        ("random_state", "seed=", f"{_FIT}, seed=1)"),
        ("verbose", "progress=", f"{_FIT}, progress=False)"),
        (
            "lr learning_rate",
            "optimizer.lr",
            "nn.optim.Adam(model.parameters(), lr=0.01)",
            "The rate belongs to the optimizer.",
        ),
        ("shuffle", "seed=", f"{_FIT}, seed=1)", "Samples are shuffled anew in each epoch."),
        ("device", "", "", _DEVICE),
    ],
)
post(
    "Linear()",
    [
        ("in_features input_dim n_inputs in_channels", "n_in=", "nn.Linear(n_in=3, n_out=2)"),
        ("out_features units n_units out_channels", "n_out=", "nn.Linear(n_in=3, n_out=2)"),
        ("kernel_initializer weight_init initializer", "init=", "nn.Linear(3, 2, init='he')"),
        (
            "activation",
            "nn.Sequential",
            "nn.Sequential(nn.Linear(3, 2), nn.Tanh())",
            "An activation is a layer of its own.",
        ),
        ("input_shape", "n_in=", "nn.Linear(n_in=3, n_out=2)"),
        ("device", "", "", _DEVICE),
    ],
)
post(
    "Convolution()",
    [
        ("in_channels", "c_in=", "nn.Conv2d(c_in=1, c_out=8, size=3)"),
        ("out_channels filters", "c_out=", "nn.Conv2d(c_in=1, c_out=8, size=3)"),
        ("kernel_size kernel", "size=", "nn.Conv2d(1, 8, size=3)"),
        ("strides", "stride=", "nn.Conv2d(1, 8, 3, stride=2)"),
        ("dilation_rate", "dilation=", "nn.Conv2d(1, 8, 3, dilation=2)"),
        ("use_bias", "bias=", "nn.Conv2d(1, 8, 3, bias=False)"),
        ("kernel_initializer weight_init initializer", "init=", "nn.Conv2d(1, 8, 3, init='he')"),
        ("activation", "nn.Sequential", "nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())", "It is a layer of its own."),
        ("padding_mode", "padding=", "nn.Conv2d(1, 8, 3, padding=1)", "It is always with zeros."),
        ("data_format", "", "", "Channels stand on the first axis and samples on the last: leave it out."),
        ("device", "", "", _DEVICE),
    ],
)
post(
    "MaxPool() AvgPool()",
    [
        ("kernel_size pool_size", "size=", "nn.MaxPool2d(size=2)"),
        ("strides", "stride=", "nn.AvgPool2d(2, stride=1)"),
        ("data_format", "", "", "Channels stand on the first axis and samples on the last: leave it out."),
    ],
)
post("AvgPool()", [("count_include_pad", "count_padding=", "nn.AvgPool2d(3, padding=1, count_padding=False)")])
post(
    "BatchNorm()",
    [
        ("num_features n_features", "n=", "nn.BatchNorm(n=8)"),
        ("epsilon", "eps=", "nn.BatchNorm(8, eps=1e-3)"),
        ("scale center", "affine=", "nn.BatchNorm(8, affine=False)"),
        ("axis", "", "", _UNITS),
        ("track_running_stats", "momentum=", "nn.BatchNorm(8, momentum=0.1)", "They are always kept."),
    ],
)
post(
    "LayerNorm()",
    [
        ("normalized_shape n", "shape=", "nn.LayerNorm(shape=3)"),
        ("epsilon", "eps=", "nn.LayerNorm(3, eps=1e-3)"),
        ("elementwise_affine scale center", "affine=", "nn.LayerNorm(3, affine=False)"),
        ("axis", "", "", _UNITS),
    ],
)
post(
    "GroupNorm()",
    [("num_groups", "groups=", "nn.GroupNorm(groups=2, n=8)"), ("num_channels", "n=", "nn.GroupNorm(groups=2, n=8)")],
)
post(
    "Embedding()",
    [
        ("num_embeddings input_dim vocab_size", "n_indices=", "nn.Embedding(n_indices=27, n_out=8)"),
        ("embedding_dim output_dim", "n_out=", "nn.Embedding(n_indices=27, n_out=8)"),
    ],
)
post("PReLU()", [("num_parameters", "n=", "nn.PReLU(n=3)"), ("init", "slope=", "nn.PReLU(slope=0.1)")])
post("HardTanh()", [("min_val", "low=", "nn.HardTanh(low=-2)"), ("max_val", "high=", "nn.HardTanh(high=2)")])
post(
    "Dropout()",
    [("p rate", "keep_prob=", "nn.Dropout(keep_prob=0.8)", "It is the probability of keeping a unit: 1 − p.")],
)
post("LeakyReLU()", [("negative_slope alpha", "slope=", "nn.LeakyReLU(slope=0.1)")])
post(
    "Optimizer()",
    [
        ("learning_rate", "lr=", "nn.optim.SGD(model.parameters(), lr=0.1)"),
        ("params", "parameters=", "nn.optim.SGD(parameters=model.parameters(), lr=0.1)"),
        ("foreach fused maximize capturable differentiable", "", "", "Leave it out: there is one way to run a step."),
    ],
)
post(
    "SGD()",
    [
        ("momentum", "nn.optim.Momentum", "nn.optim.Momentum(model.parameters(), lr=0.1, beta=0.9)"),
    ],
)
post(
    "Momentum()",
    [("momentum beta1", "beta=", "nn.optim.Momentum(model.parameters(), lr=0.1, beta=0.9)")],
)
post(
    "Adam()",
    [
        ("epsilon", "eps=", "nn.optim.Adam(model.parameters(), eps=1e-7)"),
        ("beta_1", "beta1=", "nn.optim.Adam(model.parameters(), beta1=0.9)"),
        ("beta_2", "beta2=", "nn.optim.Adam(model.parameters(), beta2=0.999)"),
        ("betas", "beta1=", "nn.optim.Adam(model.parameters(), beta1=0.9, beta2=0.999)", "The second is beta2=."),
    ],
)
post(
    "split()",
    [
        ("test_size", "test=", "nn.data.split(X, Y, test=0.2)"),
        ("random_state", "seed=", "nn.data.split(X, Y, seed=1)"),
        ("shuffle", "seed=", "nn.data.split(X, Y, seed=1)", "Samples are always shuffled."),
    ],
)
post("one_hot()", [("num_classes depth", "n_classes=", "nn.data.one_hot([0, 2, 1], n_classes=3)")])
post(
    "batches()",
    [("shuffle random_state", "seed=", "list(nn.data.batches(X, Y, 2, seed=1))", "Samples are always shuffled.")],
)

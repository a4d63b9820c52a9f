"""Names of packages: `nn.Dense`, `nn.optim.lr_scheduler`."""

from __future__ import annotations

from autograd.signposts import post
from nn.signposts.layers import LAYERS
from nn.signposts.words import DEVICE, FIT

LOSSES = [
    (
        "MSELoss mse_loss MeanSquaredError mean_squared_error",
        "nn.losses.mse",
        "nn.losses.mse(A, Y)",
        "It sums over the units and averages over the columns.",
    ),
    (
        "L1Loss l1_loss MeanAbsoluteError mean_absolute_error",
        "nn.losses.mae",
        "nn.losses.mae(A, Y)",
        "It sums over the units and averages over the columns.",
    ),
    ("HuberLoss huber_loss SmoothL1Loss smooth_l1_loss", "nn.losses.huber", "nn.losses.huber(A, Y, delta=1.0)"),
    (
        "HingeEmbeddingLoss MultiMarginLoss SoftMarginLoss hinge_loss",
        "nn.losses.hinge",
        "nn.losses.hinge(A, np.sign(Y))",
    ),
    (
        "KLDivLoss kl_div KLDivergence",
        "nn.losses.kl_divergence",
        "nn.losses.kl_divergence(P, P.data)",
        "It takes probabilities; kl_divergence_logits takes logits.",
    ),
    (
        "BCELoss BinaryCrossentropy binary_crossentropy log_loss bce",
        "nn.losses.binary_cross_entropy",
        "nn.losses.binary_cross_entropy(A, Y)",
    ),
    (
        "BCEWithLogitsLoss binary_cross_entropy_with_logits",
        "nn.losses.binary_cross_entropy_logits",
        "nn.losses.binary_cross_entropy_logits(A, Y)",
    ),
    ("CrossEntropyLoss", "nn.losses.cross_entropy_logits", "nn.losses.cross_entropy_logits(Z, labels)"),
    (
        "CategoricalCrossentropy categorical_crossentropy SparseCategoricalCrossentropy "
        "sparse_categorical_crossentropy NLLLoss nll_loss",
        "nn.losses.cross_entropy",
        "nn.losses.cross_entropy(P, labels)",
        "It takes probabilities; cross_entropy_logits takes logits.",
    ),
    ("loss criterion", "nn.losses", "nn.losses.mse(A, Y)"),
]

OPTIMIZERS = [
    ("optimizers optimizer", "nn.optim", "nn.optim.Adam(model.parameters())"),
    (
        "Adamax NAdam Nadam RAdam Adadelta Ftrl Lion LBFGS ASGD Rprop Adafactor",
        "nn.optim.Adam",
        "nn.optim.Adam(model.parameters())",
        "It is the nearest; an optimizer of your own defines update(self, i, g).",
    ),
    (
        "clip_grad_norm_ clip_grad_norm clip_by_global_norm",
        "nn.optim.Adam",
        "nn.optim.Adam(model.parameters(), clip_norm=1.0)",
        "Every optimizer clips by itself.",
    ),
    (
        "clip_grad_value_ clip_by_value",
        "nn.optim.Adam",
        "nn.optim.Adam(model.parameters(), clip_value=0.5)",
        "Every optimizer clips by itself.",
    ),
    ("lr_scheduler LearningRateScheduler LRScheduler", "nn.schedules", f"{FIT}, schedule=nn.schedules.Cosine(100))"),
    ("StepLR MultiStepLR PiecewiseConstantDecay", "nn.schedules.Step", "nn.schedules.Step(every=10, factor=0.5)"),
    ("ExponentialLR ExponentialDecay", "nn.schedules.Exponential", "nn.schedules.Exponential(0.95)"),
    (
        "CosineAnnealingLR CosineDecay CosineAnnealingWarmRestarts OneCycleLR PolynomialLR",
        "nn.schedules.Cosine",
        "nn.schedules.Cosine(epochs=100)",
    ),
    ("LinearLR ConstantLR SequentialLR", "nn.schedules.WarmUp", "nn.schedules.WarmUp(5, then=nn.schedules.Cosine(95))"),
    ("ReduceLROnPlateau", "nn.schedules.Plateau", "nn.schedules.Plateau(factor=0.1, patience=10)"),
    ("InverseTimeDecay", "nn.schedules.Decay", "nn.schedules.Decay(1.0)"),
    (
        "LambdaLR MultiplicativeLR",
        "nn.schedules.Schedule",
        "nn.schedules.Schedule",
        "Derive from it, and define rate(self, epoch, base, costs).",
    ),
]

TRAINING = [
    ("Trainer", "nn.train.Trainer", "nn.train.Trainer(model, 'mse', optimizer)"),
    ("train_on_batch", "nn.train.Trainer", "nn.train.Trainer(model, 'mse', optimizer).step((X, Y))"),
    (
        "compile",
        "autograd.compile",
        "ag.compile(lambda x: np.sum(x**2))(np.ones(3))",
        "For a training, nn.fit takes loss= and optimizer=.",
    ),
    ("EarlyStopping", "nn.fit", f"{FIT}, validation=(X, Y), patience=10)"),
    ("ModelCheckpoint", "nn.fit", f"{FIT}, checkpoint='run.safetensors')"),
    (
        "CSVLogger TensorBoard SummaryWriter",
        "nn.History",
        "nn.History(cost=[0.7, 0.2]).to_dict()",
        "nn.fit returns it.",
    ),
    (
        "Callback callbacks",
        "nn.fit",
        f"{FIT}, callbacks=[lambda trainer, history: history.cost[-1] < 0.01])",
        "It is a function; one that returns True ends the training.",
    ),
    ("evaluate", "model.evaluate", "model.evaluate(X, Y, loss='mse')"),
    ("predict", "model.predict", "model.predict(X)"),
    ("torchinfo torchsummary", "model.summary", "model.summary(X.shape)"),
    ("backward", "t.backward", "nn.losses.mse(A, Y).backward()"),
    ("GradientTape", "autograd.grad", "ag.grad(np.sin)(0.5)", "Or J.backward(): Tensors record by themselves."),
    ("manual_seed set_seed", "nn.init.seed", "nn.init.seed(0)", "Layers and nn.fit take a seed=, too."),
    (
        "DataParallel DistributedDataParallel",
        "nn.fit",
        f"{FIT}, cluster=None)",
        "cluster= is a client of Dask distributed.",
    ),
    ("save_model", "nn.save", "nn.save(model, 'm.safetensors')"),
    ("load_model", "nn.load", "nn.load(nn.save(model, 'm.safetensors'))"),
    ("export to_onnx", "nn.onnx", "nn.onnx.save(model, 'm.onnx', X.shape)"),
    (
        "utils",
        "nn.data",
        "nn.data.one_hot([0, 2, 1], 3)",
        "To clip gradients: nn.optim.Adam(model.parameters(), clip_norm=1.0).",
    ),
    ("device cuda to", "", "", DEVICE),
]

MODULES = [
    ("models modules keras torch", "nn", "nn.Sequential(nn.Linear(3, 2), nn.Tanh())"),
    ("activations", "nn.functional", "nn.functional.relu(Z)", "As layers: nn.ReLU()."),
    ("initializers", "nn.init", "nn.Linear(3, 2, init='he')"),
    ("regularizers", "nn.losses.l2", "nn.losses.mse(model(X), Y) + nn.losses.l2([layer.W], 0.1, 8)"),
    ("preprocessing transforms", "nn.data", "nn.data.standardize(X)"),
    ("parameter", "autograd.Tensor", 'ag.Tensor(np.ones((1, 3)), name="W")'),
    ("model_selection", "nn.data.split", "nn.data.split(X, Y, test=0.2, seed=0)", "To try settings: nn.sweep."),
]

METRICS = [
    ("accuracy_score Accuracy BinaryAccuracy CategoricalAccuracy", "nn.accuracy", "nn.accuracy(A, Y)"),
    ("precision_score Precision", "nn.metrics.precision", f"{FIT}, metrics=['precision'])"),
    ("recall_score Recall", "nn.metrics.recall", f"{FIT}, metrics=['recall'])"),
    ("f1_score F1Score", "nn.metrics.f1", f"{FIT}, metrics=['f1'])"),
    ("roc_auc_score AUC", "nn.metrics.auc", "nn.metrics.auc(A, np.round(Y))"),
    ("ConfusionMatrix", "nn.metrics.confusion_matrix", "nn.metrics.confusion_matrix(P, nn.data.one_hot(labels, 2))"),
]

DATA = [
    (
        "DataLoader TensorDataset Dataset",
        "nn.data.batches",
        "nn.data.batches(X, Y, 2, seed=0)",
        "nn.fit takes arrays and a batch_size=.",
    ),
    (
        "train_test_split random_split StratifiedShuffleSplit",
        "nn.data.split",
        "nn.data.split(X, Y, test=0.2, seed=0)",
        "With stratify=True each class keeps its share.",
    ),
    ("StandardScaler", "nn.data.Scaling", "nn.data.Scaling.of(X)", "Or nn.data.standardize(X_train, X_test)."),
    (
        "Normalization normalize scale MinMaxScaler",
        "nn.data.standardize",
        "nn.data.standardize(X)",
        "Of several arrays, the first says how all are scaled.",
    ),
    (
        "OneHotEncoder LabelBinarizer to_categorical onehot CategoryEncoding",
        "nn.data.one_hot",
        "nn.data.one_hot([0, 2, 1], 3)",
    ),
    ("LabelEncoder OrdinalEncoder StringLookup", "nn.data.class_numbers", "nn.data.class_numbers(['cat', 'dog'])"),
    (
        "ImageDataGenerator RandomFlip RandomRotation RandomTranslation RandomHorizontalFlip RandomCrop RandomAffine "
        "RandomZoom",
        "nn.Augment",
        "nn.Sequential(nn.Augment(flip=True, shift=1), nn.Flatten())",
        "It draws anew in each epoch; nn.data.augment makes an array once.",
    ),
    ("GaussianNoise", "nn.Augment", "nn.Augment(noise=0.1)"),
    (
        "compute_class_weight",
        "nn.losses.class_weights",
        "nn.losses.class_weights",
        "Or nn.fit(…, class_weights='balanced').",
    ),
    ("make_moons", "nn.datasets.moons", "nn.datasets.moons(100)"),
    ("load_digits load_breast_cancer fetch_openml MNIST mnist", "nn.datasets.load", 'nn.datasets.load("digits")'),
    ("MLPClassifier", "nn.sklearn.NetworkClassifier", "nn.sklearn.NetworkClassifier()"),
    ("MLPRegressor", "nn.sklearn.NetworkRegressor", "nn.sklearn.NetworkRegressor()"),
    (
        "GridSearchCV RandomizedSearchCV KFold StratifiedKFold cross_val_score cross_validate",
        "nn.sweep",
        "nn.sweep",
        "It takes grid= or sample=, and folds=.",
    ),
]

INITIALIZERS = [
    ("xavier_normal_ GlorotNormal glorot_normal", "nn.init.xavier_normal", "nn.Linear(3, 2, init='xavier_normal')"),
    (
        "xavier_uniform_ GlorotUniform glorot_uniform",
        "nn.init.xavier_uniform",
        "nn.Linear(3, 2, init='xavier_uniform')",
    ),
    ("kaiming_normal_ kaiming_normal kaiming HeNormal", "nn.init.he_normal", "nn.Linear(3, 2, init='he_normal')"),
    ("kaiming_uniform_ kaiming_uniform HeUniform", "nn.init.he_uniform", "nn.Linear(3, 2, init='he_uniform')"),
    ("LecunNormal lecun", "nn.init.lecun_normal", "nn.Linear(3, 2, init='lecun_normal')"),
    ("LecunUniform", "nn.init.lecun_uniform", "nn.Linear(3, 2, init='lecun_uniform')"),
    ("orthogonal_ Orthogonal OrthogonalInitializer", "nn.init.orthogonal", "nn.Linear(3, 2, init='orthogonal')"),
    ("normal_ RandomNormal trunc_normal_ TruncatedNormal", "nn.init.normal", "nn.Linear(3, 2, init='normal')"),
    ("zeros_ Zeros", "nn.init.zeros", "nn.Linear(3, 2, init='zeros')"),
    (
        "constant_ ones_ Constant Ones",
        "nn.Linear",
        "nn.Linear(3, 2, init=lambda rng, n_out, n_in: np.ones((n_out, n_in)))",
    ),
]

post("nn", [*LAYERS, *LOSSES, *OPTIMIZERS, *TRAINING, *MODULES, *METRICS, *DATA, *INITIALIZERS])
post("nn.data", [("shuffle", "nn.data.batches", "nn.data.batches(X, Y, 2, seed=0)", "nn.fit shuffles by itself.")])
post(
    "nn.functional",
    [
        (
            "cross_entropy",
            "nn.losses.cross_entropy_logits",
            "nn.losses.cross_entropy_logits(Z, labels)",
            "Of probabilities: nn.losses.cross_entropy.",
        ),
        ("avg_pool1d", "nn.functional.average_pool1d", "nn.functional.average_pool1d(sequences, 2)"),
        ("avg_pool2d", "nn.functional.average_pool2d", "nn.functional.average_pool2d(images, 2)"),
        (
            "adaptive_avg_pool2d adaptive_avg_pool1d",
            "nn.functional.global_average_pool",
            "nn.functional.global_average_pool(images)",
        ),
        ("pad", "numpy.pad", "np.pad(t, 1)"),
        ("one_hot", "nn.data.one_hot", "nn.data.one_hot([0, 2, 1], 3)"),
        ("interpolate", "numpy.repeat", "np.repeat(images, 2, axis=1)"),
        ("normalize", "numpy.linalg.norm", "t / np.linalg.norm(t, axis=0, keepdims=True)"),
    ],
)

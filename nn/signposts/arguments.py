"""Arguments of calls: `nn.fit(validation_data=…)`, `nn.optim.SGD(momentum=…)`."""

from __future__ import annotations

from autograd.signposts import post
from nn.signposts.words import DEVICE, FIT, KEEP, OF_ITS_OWN, ONE_WAY, UNITS

post(
    "fit()",
    [
        ("validation_data val_data eval_set valid_data valid", "validation=", f"{FIT}, validation=(X, Y))"),
        ("validation_split val_split validation_fraction", "validation=", f"{FIT}, validation=0.25)"),
        ("early_stopping early_stopping_rounds n_iter_no_change", "patience=", f"{FIT}, validation=0.25, patience=10)"),
        ("x", "X=", "nn.fit(model, X=X, Y=Y, loss='mse', optimizer=optimizer, epochs=2)"),
        ("y", "Y=", "nn.fit(model, X=X, Y=Y, loss='mse', optimizer=optimizer, epochs=2)"),
        ("criterion loss_fn loss_function", "loss=", f"{FIT})"),
        ("optim opt", "optimizer=", f"{FIT})"),
        ("n_epochs num_epochs nb_epoch max_iter max_epochs iterations", "epochs=", f"{FIT})"),
        ("batchsize bs minibatch_size mini_batch_size", "batch_size=", f"{FIT}, batch_size=4)"),
        ("random_state", "seed=", f"{FIT}, seed=1)"),
        ("verbose", "progress=", f"{FIT}, progress=False)"),
        (
            "lr learning_rate",
            "optimizer.lr",
            "nn.optim.Adam(model.parameters(), lr=0.01)",
            "The rate belongs to the optimizer.",
        ),
        (
            "weight_decay",
            "optimizer.weight_decay",
            "nn.optim.Adam(model.parameters(), weight_decay=1e-3)",
            "It belongs to the optimizer.",
        ),
        ("scheduler lr_scheduler", "schedule=", f"{FIT}, schedule=nn.schedules.Cosine(100))"),
        ("callback", "callbacks=", f"{FIT}, callbacks=[lambda trainer, history: None])"),
        ("class_weight", "class_weights=", f"{FIT}, class_weights=None)", "Also 'balanced'."),
        ("sample_weight", "sample_weights=", f"{FIT}, sample_weights=np.ones(8))"),
        ("initial_epoch", "resume=", f"{FIT}, checkpoint='run.safetensors', resume=True)"),
        ("workers num_workers n_jobs client", "cluster=", f"{FIT}, cluster=None)"),
        ("shuffle", "seed=", f"{FIT}, seed=1)", "Batches are shuffled anew in each epoch."),
        ("jit jit_compile backend", "compile=", f"{FIT}, compile='auto')", "Also 'numpy' or 'c'."),
        ("device", "", "", DEVICE),
    ],
)

# --- layers ----------------------------------------------------------------------------------------------------------

post(
    "Linear()",
    [
        ("in_features input_dim n_inputs in_channels", "n_in=", "nn.Linear(n_in=3, n_out=2)"),
        ("out_features units n_units out_channels", "n_out=", "nn.Linear(n_in=3, n_out=2)"),
        ("input_shape", "n_in=", "nn.Linear(n_in=3, n_out=2)"),
    ],
)
post(
    "Conv1d() Conv2d()",
    [
        ("in_channels", "c_in=", "nn.Conv2d(c_in=1, c_out=4, size=3)"),
        ("out_channels filters", "c_out=", "nn.Conv2d(c_in=1, c_out=4, size=3)"),
        ("kernel_size kernel", "size=", "nn.Conv2d(1, 4, size=3)"),
        ("dilation_rate", "dilation=", "nn.Conv2d(1, 4, 3, dilation=2)"),
        ("padding_mode", "padding=", "nn.Conv2d(1, 4, 3, padding=1)", "It pads with zeros."),
        ("data_format", "", "", "Images are (channels, height, width, m): leave it out."),
    ],
)
post(
    "MaxPool1d() MaxPool2d() AvgPool1d() AvgPool2d()",
    [("kernel_size pool_size kernel", "size=", "nn.MaxPool2d(size=2)")],
)
post(
    "Conv1d() Conv2d() MaxPool1d() MaxPool2d() AvgPool1d() AvgPool2d()",
    [("strides", "stride=", "nn.MaxPool2d(2, stride=2)")],
)
post("AvgPool1d() AvgPool2d()", [("count_include_pad", "count_padding=", "nn.AvgPool2d(2, count_padding=False)")])
post(
    "Linear() Conv1d() Conv2d()",
    [
        ("use_bias", "bias=", "nn.Linear(3, 2, bias=False)"),
        ("activation", "nn.Sequential", "nn.Sequential(nn.Linear(3, 2), nn.Tanh())", OF_ITS_OWN),
    ],
)
post(
    "Linear() Conv1d() Conv2d() Embedding() RNN() LSTM() GRU() MultiHeadAttention() TransformerBlock()",
    [
        ("kernel_initializer weight_init initializer embeddings_initializer", "init=", "nn.Linear(3, 2, init='he')"),
        ("device", "", "", DEVICE),
    ],
)
post(
    "BatchNorm() GroupNorm() LayerNorm()",
    [
        ("epsilon", "eps=", "nn.BatchNorm(3, eps=1e-3)"),
        ("elementwise_affine scale center", "affine=", "nn.LayerNorm(3, affine=False)"),
    ],
)
post(
    "BatchNorm()",
    [
        ("num_features n_features", "n=", "nn.BatchNorm(n=3)"),
        ("axis dim", "", "", UNITS),
        ("track_running_stats", "", "", ONE_WAY),
    ],
)
post("LayerNorm()", [("normalized_shape n", "shape=", "nn.LayerNorm(shape=3)"), ("axis dim", "", "", UNITS)])
post(
    "GroupNorm()",
    [("num_groups", "groups=", "nn.GroupNorm(groups=2, n=4)"), ("num_channels", "n=", "nn.GroupNorm(groups=2, n=4)")],
)
post("Dropout()", [("p rate", "keep_prob=", "nn.Dropout(keep_prob=0.8)", KEEP), ("inplace", "", "", ONE_WAY)])
post("LeakyReLU()", [("negative_slope alpha", "slope=", "nn.LeakyReLU(slope=0.1)")])
post("PReLU()", [("num_parameters", "n=", "nn.PReLU(n=3)"), ("init", "slope=", "nn.PReLU(slope=0.25)")])
post("HardTanh()", [("min_val", "low=", "nn.HardTanh(low=-1.0)"), ("max_val", "high=", "nn.HardTanh(high=1.0)")])
post("Activation()", [("inplace", "", "", "Nothing is changed in place: leave it out."), ("dim axis", "", "", UNITS)])
post(
    "Embedding()",
    [
        ("num_embeddings input_dim vocab_size", "n_indices=", "nn.Embedding(n_indices=20, n_out=8)"),
        ("embedding_dim output_dim", "n_out=", "nn.Embedding(n_indices=20, n_out=8)"),
    ],
)
post(
    "RNN() LSTM() GRU()",
    [
        ("input_size input_dim", "n_in=", "nn.LSTM(n_in=3, n_hidden=8)"),
        ("hidden_size units hidden_dim", "n_hidden=", "nn.LSTM(n_in=3, n_hidden=8)"),
        ("num_layers n_layers", "layers=", "nn.LSTM(3, 8, layers=2)"),
        ("return_sequences", "last=", "nn.LSTM(3, 8, last=True)", "last=True gives the value of the last step alone."),
        ("dropout", "keep_prob=", "nn.LSTM(3, 8, layers=2, keep_prob=0.9)", KEEP),
        ("batch_first time_major", "", "", "Sequences are (features, T, m): leave it out."),
    ],
)
post("RNN()", [("nonlinearity", "activation=", "nn.RNN(3, 8, activation='relu')")])
post(
    "MultiHeadAttention() TransformerBlock()",
    [
        ("embed_dim d_model key_dim hidden_size", "n_model=", "nn.MultiHeadAttention(n_model=8, heads=2)"),
        ("num_heads n_heads nhead", "heads=", "nn.MultiHeadAttention(8, heads=2)"),
        ("is_causal use_causal_mask", "causal=", "nn.MultiHeadAttention(8, causal=True)"),
        ("batch_first", "", "", "Sequences are (n_model, T, m): leave it out."),
    ],
)
post(
    "TransformerBlock()",
    [
        ("dim_feedforward intermediate_dim", "n_hidden=", "nn.TransformerBlock(8, n_hidden=32)"),
        ("dropout", "keep_prob=", "nn.TransformerBlock(8, keep_prob=0.9)", KEEP),
        ("layer_norm_eps", "eps=", "nn.TransformerBlock(8, eps=1e-6)"),
    ],
)

# --- optimizers and losses -------------------------------------------------------------------------------------------

post(
    "Optimizer()",
    [
        ("learning_rate", "lr=", "nn.optim.SGD(model.parameters(), lr=0.1)"),
        ("params", "parameters=", "nn.optim.SGD(parameters=model.parameters(), lr=0.1)"),
        (
            "clipnorm global_clipnorm max_grad_norm",
            "clip_norm=",
            "nn.optim.SGD(model.parameters(), lr=0.1, clip_norm=1.0)",
        ),
        ("clipvalue", "clip_value=", "nn.optim.SGD(model.parameters(), lr=0.1, clip_value=0.5)"),
        (
            "l2 decay",
            "weight_decay=",
            "nn.optim.SGD(model.parameters(), lr=0.1, weight_decay=1e-3)",
            "For a rate that becomes smaller: nn.fit(…, schedule=nn.schedules.Decay(1.0)).",
        ),
        ("foreach fused maximize capturable differentiable", "", "", ONE_WAY),
    ],
)
post(
    "SGD()",
    [
        ("momentum", "nn.optim.Momentum", "nn.optim.Momentum(model.parameters(), lr=0.1, beta=0.9, form='pytorch')"),
        ("nesterov", "nn.optim.Nesterov", "nn.optim.Nesterov(model.parameters(), lr=0.1, beta=0.9)"),
        (
            "dampening",
            "nn.optim.Momentum",
            "nn.optim.Momentum(model.parameters(), lr=0.1)",
            "Its course form is a dampening of β.",
        ),
    ],
)
post("Momentum() Nesterov()", [("momentum beta1", "beta=", "nn.optim.Momentum(model.parameters(), lr=0.1, beta=0.9)")])
post("RMSprop()", [("alpha rho decay_rate", "beta=", "nn.optim.RMSprop(model.parameters(), beta=0.99)")])
post("RMSprop() Adagrad() Adam() AdamW()", [("epsilon", "eps=", "nn.optim.Adam(model.parameters(), eps=1e-7)")])
post(
    "Adam() AdamW()",
    [
        ("beta_1", "beta1=", "nn.optim.Adam(model.parameters(), beta1=0.9)"),
        ("beta_2", "beta2=", "nn.optim.Adam(model.parameters(), beta2=0.999)"),
        ("betas", "beta1=", "nn.optim.Adam(model.parameters(), beta1=0.9, beta2=0.999)", "The second is beta2=."),
        ("amsgrad", "", "", "There is no such form: leave it out."),
    ],
)
post(
    "Loss()",
    [
        (
            "reduction size_average reduce",
            "",
            "",
            "A loss sums over the units and averages over the columns: leave it out.",
        ),
        (
            "weight sample_weight sample_weights",
            "weights=",
            "nn.losses.mse(A, Y, weights=np.ones(8))",
            "Of classes: nn.fit(…, class_weights=…).",
        ),
        ("label_smoothing", "smoothing=", "nn.losses.cross_entropy(P, labels, smoothing=0.1)"),
        (
            "from_logits",
            "nn.losses.cross_entropy_logits",
            "nn.losses.cross_entropy_logits(Z, labels)",
            "Each loss of probabilities has a form on logits.",
        ),
        (
            "pos_weight class_weight",
            "weights=",
            "nn.losses.mse(A, Y, weights=np.ones(8))",
            "Of classes: nn.fit(…, class_weights=…).",
        ),
    ],
)

# --- data ------------------------------------------------------------------------------------------------------------

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

"""Members of objects: `model.cuda()`, `optimizer.param_groups`."""

from __future__ import annotations

from autograd.signposts import post
from nn.signposts.words import DEVICE, FIT

post(
    "Module",
    [
        ("fit fit_generator partial_fit", "nn.fit", f"{FIT})"),
        ("compile", "nn.fit", f"{FIT})", "It takes the loss and the optimizer, and compiles the step by itself."),
        (
            "train_on_batch train_step training_step",
            "nn.train.Trainer",
            "nn.train.Trainer(model, 'mse', optimizer).step((X, Y))",
        ),
        ("to cuda cpu gpu", "", "", DEVICE + " Another precision: nn.Linear(3, 2, dtype=np.float32)."),
        ("half double float", "", "", "Give each layer its precision: nn.Linear(3, 2, dtype=np.float32)."),
        ("trainable_variables trainable_weights weights variables params", "model.parameters", "model.parameters()"),
        ("count_params num_parameters", "model.summary", "model.summary(X.shape)"),
        ("get_weights", "model.state_dict", "model.state_dict()"),
        ("set_weights", "model.load_state_dict", "model.load_state_dict(model.state_dict())"),
        ("save save_weights save_pretrained", "nn.save", "nn.save(model, 'm.safetensors')"),
        ("load load_weights from_pretrained", "nn.load", "nn.load(nn.save(model, 'm.safetensors'))"),
        ("to_onnx export", "nn.onnx", "nn.onnx.save(model, 'm.onnx', X.shape)"),
        ("trainable requires_grad_", "model.freeze", "model.freeze()"),
        ("score test", "model.evaluate", "model.evaluate(X, Y, loss='mse')"),
        ("predict_proba predict_on_batch", "model.predict", "model.predict(X)"),
        ("clone copy", "copy.deepcopy", "copy.deepcopy(model)"),
        ("apply", "model.modules", "[layer for layer in model.modules()]"),
        ("named_modules", "model.named_children", "list(model.named_children())"),
        ("get_layer", "model.layers", "model[0]"),
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
        (
            "register_forward_hook register_backward_hook",
            "t.register_hook",
            "t.register_hook(lambda g: g)",
            "A hook is of a Tensor: of A = model(X), for example.",
        ),
        ("call", "model.forward", "model(X)"),
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
        (
            "add_param_group",
            "nn.optim.SGD",
            "nn.optim.SGD(model.parameters(), lr=0.1)",
            "It is given all its parameters at once.",
        ),
        ("get_config", "optimizer.state_dict", "optimizer.state_dict()"),
    ],
)

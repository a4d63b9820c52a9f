"""Signposts: names that users of other libraries reach for, and what is said to whoever asks for one.

    post("nn", [("Dense", "nn.Linear", "nn.Linear(3, 10)")])        nn.Dense: what it is called here, and an example
    post("SGD()", [("momentum", "nn.optim.Momentum", "…")])         an argument of a call
    post("Tensor", …)                                               an attribute of a class

A row is (names, what it is called here, an example, a remark). Names that mean the same stand in one row, with blanks
between them. Where there is nothing of the kind here, what it is called and the example are empty, and the remark says
what to do. The tests look up what each row points to, and run its example.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from types import FrameType, ModuleType
from typing import Any, NamedTuple, NoReturn, TypeVar

from autograd.callers import user_frame
from autograd.errors import AutogradError, Unsupported

Called = TypeVar("Called", bound=Callable[..., Any])


class Signpost(NamedTuple):
    """What a name of another library is called here."""

    here: str
    example: str = ""
    remark: str = ""

    def __str__(self) -> str:
        if not self.here:
            return self.remark[:1].lower() + self.remark[1:]
        shown = f", as in {self.example}" if self.example not in ("", self.here) else ""
        return f"here it is {self.here}{shown}.{' ' if self.remark else ''}{self.remark}"


SIGNPOSTS: dict[str, dict[str, Signpost]] = {}
_HOMES: list[str] = []  # the modules where users find names


class Absent(Unsupported, AttributeError):
    """A name that others have and we do not. An AttributeError too, so that `hasattr` says so."""


class AbsentImport(AutogradError, ImportError):
    """The same, in a `from … import`."""


class AbsentModule(AbsentImport, ModuleNotFoundError):
    """The same, in an `import …`."""


def post(place: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Put up signposts in these places, written with blanks between them."""
    for names, *row in rows:
        for here in place.split():
            SIGNPOSTS.setdefault(here, {}).update({name: Signpost(*row) for name in names.split()})


def homes(*modules: str) -> None:
    """Modules in which a name is looked for that another of them is asked for in vain: nn.Adam is nn.optim.Adam."""
    _HOMES.extend(modules)


# --- names of modules ------------------------------------------------------------------------------------------------


def absent(package: str, name: str) -> NoReturn:
    """Raise what is said of a name that a module does not have."""
    post = None if name.startswith("_") else _found(package, name)
    if post is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules.get(package))
    said = f"{package} has no {name}: {post}"
    if _is_importing(user_frame(sys._getframe(1))):
        raise AbsentImport(said)
    raise Absent(said)


def here_it_is(package: str, name: str, known: Iterable[str]) -> str:
    """What is said of a name of others that was given as a string, where strings of ours are known: else nothing.

    >>> import nn
    >>> here_it_is("nn.losses", "MSELoss", ["mse", "mae"])
    ": here it is 'mse'"
    """
    post = _found(package, name)
    ours = "" if post is None else post.here.rpartition(".")[2]
    return f": here it is {ours!r}" if ours in known else ""


def refuse_calls(package: str) -> None:
    """Let those modules of a package answer calls that others have as functions: ag.tensor([1.0])."""
    for name in SIGNPOSTS[package]:
        if module := sys.modules.get(f"{package}.{name}"):
            module.__class__ = _NotCalled


class _NotCalled(ModuleType):
    """A module that says what to call instead."""

    def __call__(self, *args: Any, **options: Any) -> NoReturn:
        package, _, name = self.__name__.rpartition(".")
        raise Unsupported(f"{self.__name__} is a module, and cannot be called: {SIGNPOSTS[package][name]}")


class _Finder:
    """Asked for a module of ours when nobody else has found it: `import nn.Dense`, `from nn.layers import Dense`."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = packages

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        """Say where a name stands that others have as a module, or that is not one here; or else nothing."""
        package, _, name = fullname.rpartition(".")
        if fullname.partition(".")[0] not in self.packages or not package or name.startswith("_"):
            return
        if fullname in sys.modules or path is not sys.modules[package].__path__:
            return  # it is there; or somebody looks for it elsewhere, and not to import it, as pytest
        if name in vars(sys.modules[package]):
            raise AbsentModule(f"{fullname} is not a module. Write from {package} import {name}.", name=fullname)
        found = _found(package, name)
        if found is not None:
            raise AbsentModule(f"{package} has no {name}: {found}", name=fullname)


def answer_imports(*packages: str) -> None:
    """Let the import of a module that these packages do not have be answered, too."""
    sys.meta_path.append(_Finder(packages))


def put_up(*modules: ModuleType) -> None:
    """Let modules without a `__getattr__` of their own answer for names that they do not have."""
    for module in modules:
        vars(module)["__getattr__"] = functools.partial(absent, module.__name__)


def _found(package: str, name: str) -> Signpost | None:
    """What there is to say of a name: where else it stands, or what another name says."""
    top = package.partition(".")[0]
    rows = {**SIGNPOSTS.get(top, {}), **SIGNPOSTS.get(package, {})}
    alike = next((post for known, post in rows.items() if _loosely(known) == _loosely(name)), None)
    return rows.get(name) or _elsewhere(name) or _elsewhere(name, _loosely) or alike


def _elsewhere(name: str, read: Callable[[str], str] = str) -> Signpost | None:
    """The module that has the name."""
    for home in _HOMES:
        for known in _public(home):
            if read(known) == read(name):
                return Signpost(f"{home}.{known}")
    return None


def _loosely(name: str) -> str:
    return name.lower().replace("_", "")


@functools.cache
def _public(home: str) -> list[str]:
    """The names of a module that are its own."""
    module = import_module(home)
    listed = vars(module).get("__all__") or getattr(module, "__all__", None)
    return list(listed or _own(module))


def _own(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        ours = str(getattr(value, "__module__", "")).startswith(module.__name__)
        if not name.startswith("_") and ours and not isinstance(value, ModuleType):
            yield name


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a frame is at `from … import name`: Python would replace an AttributeError there by words of its own."""
    return frame is not None and dis.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"


# --- attributes of classes -------------------------------------------------------------------------------------------


class Refusal:
    """An attribute that a class does not have. One for each name: a `__getattr__` would make every attribute slow.

    An object, a subclass or another base that has such an attribute is asked first.
    """

    def __init__(self, who: str, name: str, said: object) -> None:
        self.who, self.name, self.said = who, name, said

    def __get__(self, owner: object, kind: type) -> Any:
        for base in kind.__mro__:
            found = vars(base).get(self.name, self)
            if not isinstance(found, Refusal):
                return found.__get__(owner, kind) if hasattr(found, "__get__") else found
        raise Absent(f"{self.who} has no .{self.name}: {self.said}")


def refuse(kind: type, who: str, said: dict[str, Any]) -> None:
    """Let a class say of these attributes that it does not have them."""
    for name, what in said.items():
        if name not in dir(kind):
            setattr(kind, name, Refusal(who, name, what))


def without_refusals(owner: object, names: Iterable[str]) -> list[str]:
    """Of the names that Python lists for an object, those that it has: for `__dir__`."""
    refused = {name for base in type(owner).__mro__ for name, it in vars(base).items() if isinstance(it, Refusal)}
    return [name for name in names if name not in refused or hasattr(owner, name)]


# --- arguments of calls ----------------------------------------------------------------------------------------------


def answering(function: Called, *places: str, further: Sequence[Callable[..., Any]] = ()) -> Called:
    """The function, that says of an argument which others call so what it is called here.

    places   where its signposts are; without any, its own name: "fit()"
    further  the functions that it passes **options on to
    """
    places = places or (f"{function.__name__}()",)

    @functools.wraps(function)
    def answered(*args: Any, **options: Any) -> Any:
        for name in options:
            said = next((rows[name] for place in places if name in (rows := SIGNPOSTS.get(place, {}))), None)
            if said is not None and _answers((function, *further), name, said):
                raise Unsupported(f"{places[0][:-2]} has no argument {name}=: {said}")
        return function(*args, **options)

    return answered  # type: ignore[return-value]


def unexpected(call: str, names: Iterable[str]) -> NoReturn:
    """Refuse arguments that a call does not have, as Python does; of some with what they are called here."""
    answer(call[:-2], call, names)
    raise TypeError(f"{call} got an unexpected keyword argument {next(iter(names))!r}")


def answer(who: str, call: str, names: Iterable[str], functions: Iterable[Callable[..., Any]] | None = None) -> None:
    """Refuse arguments that have a signpost.

    functions  what takes the arguments, if it is to be asked whether it has them
    """
    rows = SIGNPOSTS.get(call, {})
    for name in names:
        if name in rows and (functions is None or _answers(functions, name, rows[name])):
            raise Unsupported(f"{who} has no argument {name}=: {rows[name]}")


def answering_class(kind: Any) -> None:
    """The same for a class that is being defined: for what it is made of, by its name or that of a base."""
    bases = kind.__mro__[:-1]
    inits = [vars(base)["__init__"] for base in bases if "__init__" in vars(base)]
    if inits:
        kind.__init__ = answering(kind.__init__, *(f"{base.__name__}()" for base in bases), further=inits)


def _answers(functions: Iterable[Callable[..., Any]], name: str, said: Signpost) -> bool:
    """Whether a function lacks that argument, and has the one that stands for it. What it takes as **options goes on to
    the next one; where there is none, it takes any argument."""
    taken: set[str] = set()
    for function in functions:
        arguments = inspect.signature(function).parameters
        taken |= arguments.keys()
        if all(argument.kind is not argument.VAR_KEYWORD for argument in arguments.values()):
            ours = said.here.removesuffix("=")
            return name not in taken and (ours == said.here or ours in taken)
    return False


# --- what is reached for in the engine -------------------------------------------------------------------------------

_NUMPY = "Functions of NumPy take Tensors."
_IN_PLACE = "Nothing is changed in place: that is not recorded."
_DEVICE = "There is one device, the processor: leave it out."

post(
    "autograd",
    [
        (
            "tensor array Variable as_tensor from_numpy convert_to_tensor constant",
            "autograd.Tensor",
            "ag.Tensor([1.0, 2.0])",
        ),
        ("Parameter", "autograd.Tensor", 'ag.Tensor(np.ones((1, 3)), name="W")'),
        ("jit function", "autograd.compile", "ag.compile(lambda x: np.sum(x**2))(np.ones(3))"),
        (
            "vmap pmap",
            "autograd.per_example_grad",
            "ag.per_example_grad(cost, over=(1,))(np.ones((1, 2)), np.ones((2, 5)))",
            "Functions take all samples at once: they stand on the last axis.",
        ),
        ("stop_gradient", "t.detach", "t.detach()"),
        ("GradientTape", "autograd.grad", "ag.grad(np.sin)(0.5)", "Or t.backward(): Tensors record by themselves."),
        ("elementwise_grad", "autograd.grad", "ag.grad(lambda x: np.sum(np.tanh(x)))(np.ones(3))"),
        ("make_vjp vector_jacobian_product", "autograd.vjp", "ag.vjp(np.sin, 0.5)"),
        ("make_jvp linearize", "autograd.jvp", "ag.jvp(np.sin, (0.5,), (1.0,))"),
        (
            "make_hvp hessian_vector_product hessian_tensor_product",
            "autograd.hvp",
            "ag.hvp(lambda x: np.sum(x**3), (np.ones(2),), (np.ones(2),))",
        ),
        (
            "jacfwd jacrev",
            "autograd.jacobian",
            "ag.jacobian(np.sin)(np.ones(3))",
            "It takes the cheaper mode by itself.",
        ),
        (
            "Function custom_vjp custom_jvp custom_gradient defvjp defjvp register_vjp",
            "autograd.primitive",
            "ag.primitive.elementwise(lambda x: x**3, lambda out, x: 3 * x**2)",
        ),
        (
            "enable_grad set_grad_enabled inference_mode",
            "autograd.no_grad",
            "with ag.no_grad(): J = np.sum(t**2)",
            "Outside of it everything is recorded.",
        ),
        ("detect_anomaly set_detect_anomaly debug_nans", "autograd.anomaly", "with ag.anomaly(): J = np.sum(t**2)"),
        ("gradcheck gradgradcheck test_grads", "autograd.check_grads", "ag.check_grads(np.tanh, 0.5)"),
        ("remat", "autograd.checkpoint", "ag.checkpoint(np.tanh)(t)"),
        ("numpy np", "numpy", "np.exp(t)", _NUMPY),
        ("cat concat", "numpy.concatenate", "np.concatenate([t, t])", _NUMPY),
        ("matmul mm bmm", "numpy.matmul", "np.matmul(t, t)", _NUMPY),
        ("reduce_sum", "numpy.sum", "np.sum(t, axis=0)", _NUMPY),
        ("reduce_mean", "numpy.mean", "np.mean(t, axis=0)", _NUMPY),
        (
            "exp log sin cos tanh sqrt abs sum mean max min where stack einsum zeros ones eye arange",
            "numpy",
            "np.exp(t)",
            _NUMPY,
        ),
        ("randn", "numpy.random.default_rng", "np.random.default_rng(0).standard_normal((2, 3))"),
        ("manual_seed", "numpy.random.default_rng", "np.random.default_rng(0)", "Layers and nn.fit take a seed=."),
        ("one_hot", "numpy.eye", "np.eye(3)[:, [0, 2, 1]]", "In nn it is nn.data.one_hot."),
        ("log_softmax", "autograd.logsumexp", "t - ag.logsumexp(t, axis=0, keepdims=True)"),
        ("cuda device gpu", "", "", _DEVICE),
    ],
)
post("grad() value_and_grad() jacobian() hessian()", [("argnum", "argnums=", "ag.grad(np.sin, argnums=0)(0.5)")])
post(
    "compile()",
    [
        ("static_argnums static_argnames", "static=", "ag.compile(lambda x, n: x * n, static='n')"),
        ("compile mode jit", "backend=", "ag.compile(np.sin, backend='auto')", "Also 'numpy' or 'c'."),
        ("device", "", "", _DEVICE),
    ],
)
post(
    "backward()",
    [
        (
            "retain_graph",
            "",
            "",
            "The graph is kept as long as a Tensor of it is: backward() can be called again. Leave it out.",
        ),
        ("inputs", "autograd.grad", "ag.grad(np.sin)(0.5)", "Or freeze the others: t.requires_grad = False."),
    ],
)
post(
    "Tensor()",
    [
        ("dtype", "", "", "Give an array of that dtype: ag.Tensor(np.ones(3, np.float32))."),
        ("device", "", "", _DEVICE),
        ("trainable", "requires_grad=", "ag.Tensor(1.0, requires_grad=False)"),
    ],
)
_OF_NUMPY = """
    log1p log2 log10 exp2 expm1 sinh cosh tan arctan floor ceil trunc sign isnan isinf isfinite nan_to_num
    median count_nonzero tril triu diag fliplr flipud rot90 cbrt
"""  # functions of NumPy's that are methods elsewhere
post(
    "Tensor",
    [
        ("numpy cpu value", "t.data", "t.data", "Where a derivative is wanted, compute with t itself."),
        ("cuda to gpu", "", "", _DEVICE + " Another precision: t.astype(np.float32)."),
        ("unsqueeze expand_dims", "numpy.expand_dims", "np.expand_dims(t, 0)", "Or t[None]."),
        ("permute", "t.transpose", "t.transpose(1, 0)"),
        ("t", "t.T", "t.T"),
        ("view_as reshape_as", "t.reshape", "t.reshape(t.shape)"),
        ("contiguous", "", "", "Leave it out: the order in memory makes no difference here."),
        ("dim rank", "t.ndim", "t.ndim"),
        ("numel nelement", "t.size", "t.size"),
        ("clone", "t.copy", "t.copy()"),
        ("float double half", "t.astype", "t.astype(np.float32)"),
        ("long int bool", "t.data", "t.data.astype(int)", "Integers have no derivative."),
        ("expand expand_as broadcast_to", "numpy.broadcast_to", "np.broadcast_to(t, (5, 2, 2))"),
        ("tile", "numpy.tile", "np.tile(t, 2)"),
        ("masked_fill where", "numpy.where", "np.where(t > 0, t, 0.0)"),
        ("at scatter scatter_add index_add index_put", "autograd.put", "ag.put(t, 0, np.ones(2))"),
        ("gather", "numpy.take_along_axis", "np.take_along_axis(t, np.array([[0, 1]]), axis=0)"),
        ("index_select", "t.take", "t.take([0], axis=0)"),
        ("norm", "numpy.linalg.norm", "np.linalg.norm(t)"),
        ("matmul mm bmm mv", "numpy.matmul", "t @ t"),
        ("add", "numpy.add", "t + 1"),
        ("sub", "numpy.subtract", "t - 1"),
        ("mul", "numpy.multiply", "t * 2"),
        ("div", "numpy.divide", "t / 2"),
        ("pow", "numpy.power", "t**2"),
        ("neg", "numpy.negative", "-t"),
        ("abs absolute", "numpy.abs", "np.abs(t)"),
        ("square", "numpy.square", "np.square(t)"),
        *((name, f"numpy.{name}", f"np.{name}(t)") for name in _OF_NUMPY.split()),
        ("clamp", "t.clip", "t.clip(0, 1)"),
        ("clamp_min", "numpy.maximum", "np.maximum(t, 0)"),
        ("clamp_max", "numpy.minimum", "np.minimum(t, 1)"),
        ("asin acos atan arcsin arccos", "numpy.arcsin", "np.arcsin(t / 10)", "Likewise np.arccos and np.arctan."),
        ("fix", "numpy.trunc", "np.trunc(t)"),
        ("reciprocal", "numpy.divide", "1 / t"),
        ("rsqrt", "numpy.sqrt", "1 / np.sqrt(t)"),
        ("remainder fmod", "numpy.remainder", "t % 2"),
        ("lerp", "numpy.add", "t + 0.5 * (1 - t)"),
        ("erf", "autograd.normal_cdf", "2 * ag.normal_cdf(t * np.sqrt(2.0)) - 1"),
        ("softplus", "numpy.logaddexp", "np.logaddexp(t, 0)"),
        ("amax", "t.max", "t.max(axis=0)"),
        ("amin", "t.min", "t.min(axis=0)"),
        ("kthvalue", "numpy.sort", "np.sort(t, axis=0)[0]"),
        ("eq equal", "numpy.equal", "t == 1.0"),
        ("ne not_equal", "numpy.not_equal", "t != 1.0"),
        ("lt less", "numpy.less", "t < 1.0"),
        ("gt greater", "numpy.greater", "t > 1.0"),
        ("le less_equal", "numpy.less_equal", "t <= 1.0"),
        ("ge greater_equal", "numpy.greater_equal", "t >= 1.0"),
        ("det logdet", "numpy.linalg.det", "np.linalg.det(t)", "Of its logarithm: np.linalg.slogdet(t)[1]."),
        ("inverse inv", "numpy.linalg.inv", "np.linalg.inv(t)"),
        ("cholesky", "numpy.linalg.cholesky", "np.linalg.cholesky(t @ t.T)"),
        ("svd", "numpy.linalg.svd", "np.linalg.svd(t)"),
        ("ger outer", "numpy.outer", "np.outer(t, t)"),
        ("kron", "numpy.kron", "np.kron(t, t)"),
        ("einsum", "numpy.einsum", "np.einsum('ij->j', t)"),
        ("addmm baddbmm", "numpy.matmul", "t + t @ t"),
        ("repeat_interleave", "t.repeat", "t.repeat(2, axis=0)"),
        ("cat concat concatenate", "numpy.concatenate", "np.concatenate([t, t])"),
        ("stack", "numpy.stack", "np.stack([t, t])"),
        ("unflatten", "t.reshape", "t.reshape(2, 1, 2)"),
        ("narrow slice", "autograd.Tensor", "t[:, 0:1]"),
        ("masked_select", "autograd.Tensor", "t[t.data > 1]"),
        ("transpose_", "t.T", "t.T"),
        ("H adjoint", "t.T", "t.T", "Numbers are real here."),
        ("get_shape stride set_shape", "t.shape", "t.shape"),
        ("element_size", "t.dtype", "t.dtype.itemsize"),
        ("type type_as byte", "t.astype", "t.astype(np.float32)"),
        ("to_numpy asnumpy eval read_value", "t.data", "t.data"),
        ("is_contiguous pin_memory share_memory_ storage", "", "", "The data are a NumPy array: t.data."),
        ("is_cuda", "", "", _DEVICE),
        ("new_tensor", "autograd.Tensor", "ag.Tensor(np.ones(3))"),
        ("initializer", "nn.init", "nn.Linear(3, 2, init='he')"),
        ("trainable", "t.requires_grad", "t.requires_grad = False"),
        ("sigmoid_ relu_ exp_ tanh_ sqrt_ clamp_", "t.data", "t.data = np.exp(t.data)", _IN_PLACE),
        ("softmax", "autograd.softmax", "ag.softmax(t, axis=0)", "Units stand on axis 0."),
        ("log_softmax", "autograd.logsumexp", "t - ag.logsumexp(t, axis=0, keepdims=True)"),
        ("logsumexp", "autograd.logsumexp", "ag.logsumexp(t, axis=0)"),
        ("flip", "numpy.flip", "np.flip(t, 0)"),
        ("roll", "numpy.roll", "np.roll(t, 1, axis=0)"),
        ("split chunk unbind", "numpy.split", "np.split(t, 2)"),
        ("topk", "numpy.sort", "np.sort(t, axis=0)[-1:]"),
        ("unique", "numpy.unique", "np.unique(t.data)"),
        ("is_leaf grad_fn", "t.node", "t.node", "t.graph() lists all that t was computed from."),
        ("retain_grad", "t.grad", "t.grad", "It is kept after backward(), also of what is not a leaf."),
        ("zero_grad", "t.grad", "t.grad = None", "Of a whole model: model.zero_grad()."),
        ("requires_grad_", "t.requires_grad", "t.requires_grad = False"),
        ("detach_", "t.detach", "t.detach()"),
        ("add_ sub_ mul_ div_ assign_add assign_sub", "t.data", "t.data = t.data - 0.1 * np.ones((2, 2))", _IN_PLACE),
        ("zero_ fill_ copy_ normal_ uniform_ assign set_value", "t.data", "t.data = np.zeros((2, 2))", _IN_PLACE),
        ("new_zeros zeros_like", "numpy.zeros_like", "np.zeros_like(t)"),
        ("new_ones ones_like", "numpy.ones_like", "np.ones_like(t)"),
        ("block_until_ready", "", "", "Leave it out: everything is computed at once."),
    ],
)

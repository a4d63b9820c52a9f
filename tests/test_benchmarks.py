"""The benchmarks' harness, with peers that are quick or fail in every way; our ways compute the same. No timing."""

import importlib
import io
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "benchmarks"))  # scripts, not a package: each peer's Python must be able to run them
NAMES = (
    "bounds",
    "environments",
    "images",
    "measure",
    "networks",
    "race",
    "report",
    "roster",
    "run",
    "scalars",
    "timing",
    "worker",
)
bounds, environments, images, measure, networks, race, report, roster, run, scalars, timing, worker = map(
    importlib.import_module, NAMES
)

WAYS = ("numpy_by_hand", "numpy_as_taught", "chalkgrad_tensors", "chalkgrad_nn")
FAKES = {
    "right": "def training(X, Y, W, b, rate):\n    print('noise')\n    return lambda: 1.0",
    "wrong": "def training(X, Y, W, b, rate):\n    return lambda: 1.001",
    "raising": "import a_library_that_is_not_there",
    "dying": "import os, sys\nsys.stderr.write('out of luck\\n')\nsys.stderr.flush()\nos._exit(3)",
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_our_ways_compute_the_same_losses(dtype):
    by_hand, *others = (timing.start(way, "64-32-10", dtype, samples=8)["values"] for way in WAYS)
    assert by_hand[0] > by_hand[-1], "the losses must come down, or the gradients are not looked at"
    for values in others:
        assert values == pytest.approx(by_hand, rel=race.TOLERANCE[dtype])


def test_scalars_give_the_derivative_by_the_first_weight():
    weights, x = scalars.problem()
    (derivative, *_) = timing.start("chalkgrad_scalars", scalars.NETWORK, "float64")["values"]

    def value(shift):
        moved = scalars.each(weights, float)
        moved[0][0][0] += shift
        return scalars.output(moved, x, importlib.import_module("math").tanh)

    assert derivative == pytest.approx((value(1e-6) - value(-1e-6)) / 2e-6, rel=1e-6)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_images_give_the_losses_of_pytorch(dtype):
    pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
    ours, theirs = (
        timing.start(way, images.NETWORK, dtype, samples=8)["values"] for way in ("chalkgrad_images", "torch_images")
    )
    assert ours[0] > ours[-1]
    assert theirs == pytest.approx(ours, rel=race.TOLERANCE[dtype])


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    """Peers of each kind of fate, each in a process of its own."""
    (tmp_path / "peers").mkdir()
    for name, source in FAKES.items():
        (tmp_path / "peers" / f"{name}.py").write_text(source)
    monkeypatch.setattr(environments, "python", lambda name: Path(sys.executable))
    monkeypatch.setattr(environments, "variables", lambda name: {"PYTHONPATH": str(tmp_path)})
    monkeypatch.setattr(environments, "lacking", lambda name: "not installed" if name == "nowhere" else None)
    return [roster.Peer(name, name.title(), "anywhere") for name in FAKES] + [
        roster.Peer("absent", "Absent", "nowhere")
    ]


def test_a_peer_is_timed_or_the_reason_why_not_is_told(fakes):
    right, wrong, raising, dying, absent = race.race(fakes, "2-4-1", "float64", rounds=2)
    assert right["peer"] == "right" and 0 < right["seconds"] < 1 and right["first"] > 0
    assert wrong == {"peer": "wrong", "failure": "at step 1 it computes 1.001, Right 1"}
    assert raising["failure"] == "ModuleNotFoundError: No module named 'a_library_that_is_not_there'"
    assert dying["failure"] == "its process ended with 3: out of luck"
    assert absent["failure"] == "not installed"


def test_a_worker_answers_each_request_on_a_line_of_its_own():
    requests = [{"function": "networks.problem", "arguments": {"network": "0-x", "dtype": "float64"}}]
    requests.append({"function": "timing.version", "arguments": {"distribution": "numpy"}})
    answers = io.StringIO()
    worker.serve(map(json.dumps, requests), answers)
    failed, answered = map(json.loads, answers.getvalue().splitlines())
    assert failed["error"].startswith("ValueError: invalid literal")
    assert answered["result"]["version"][0].isdigit()


def test_of_two_launches_the_best_counts_and_a_failure_stays():
    first = {"peer": "a", "seconds": 2.0, "first": 3.0}
    assert race.better(first, {"peer": "a", "seconds": 1.0, "first": 4.0}) == {
        "peer": "a",
        "seconds": 1.0,
        "first": 3.0,
    }
    failure = {"peer": "a", "failure": "why"}
    assert race.better(first, failure) == race.better(failure, first) == failure


KINDS = {scalars.NETWORK: "scalars", images.NETWORK: "images"}


def outcome(tensors=1.0, **others):
    """The results of a run in which everything takes a second, but for what is given."""
    seconds = {"chalkgrad_tensors": tensors, "chalkgrad_compiled": 0.9, "chalkgrad_compiled_scalars": 0.02} | others
    seconds |= {"chalkgrad_scalars": 0.5}

    def entries(kind):
        peers = [peer.name for peer in roster.PEERS if peer.kind == KINDS.get(kind, "arrays")]
        timed = {name: seconds.get(name, 1.0) for name in peers}
        return [
            {"peer": name} | ({"failure": time} if isinstance(time, str) else {"seconds": time, "first": 0.5})
            for name, time in timed.items()
        ]

    def race_of(network, dtype):
        return {"network": network, "dtype": dtype, "entries": entries(network)}

    grown = [{"size": n, "peer": "numpy_by_hand", "seconds": n, "first": n, "bytes": n} for n in (1, 10)]
    parts = dict.fromkeys(("forward", "backward", "freed", "without gc", "bytes"), 1.0)
    used = [{"peer": peer.name, "peak": 2_000_000, "steps": 1_000_000} for peer in roster.chosen(None, False)]
    return {
        "machine": {"cpu": "a processor", "threads": 2, "python": "3.11", "numpy": "2.4", "settings": {"X": "1"}},
        "plan": {"rounds": 1, "launches": 1},
        "whole": True,
        "versions": {name: {"version": "1.0"} for name in roster.ENVIRONMENTS},
        "steps": [race_of(network, dtype) for dtype in measure.DTYPES for network in networks.SAMPLES],
        "scalars": race_of(scalars.NETWORK, "float64"),
        "images": [race_of(images.NETWORK, dtype) for dtype in ("float64", "float32")],
        "memory": [{"network": network, "entries": used} for network in networks.SAMPLES],
        "deriving": {"seconds": 1.0},
        "growth": {"depth": [{"size": n, **parts} for n in (100, 1000)], "width": grown, "batch": grown},
    }


def missed(results):
    return [verdict.text for verdict in bounds.verdicts(results) if verdict.missed]


def test_a_bound_is_missed_by_what_is_too_slow():
    assert missed(outcome()) == []
    assert missed(outcome(tensors=1.17)) == [
        *(f"{network} float64: Tensors, of {other}" for network, other in behind()),
        *(f"{network} float32: Tensors, of {other}" for network, other in behind()),
    ]


def behind():
    """Where Tensors that take 1.17 times as long as everything else miss a bound, network by network."""
    peers = ("PyTorch eager", "MyGrad", "HIPS/autograd")
    for network in networks.SAMPLES:
        yield from [(network, "NumPy by hand")] * (network not in bounds.SMALLEST)
        yield from [(network, peer) for peer in peers if network in bounds.SMALLER]


def test_what_could_not_be_measured_is_missed_if_it_is_ours_and_no_competitor_if_not():
    assert missed(outcome(jax_jit="not installed")) == []
    assert "2-4-1 float32: ag.compile, of NumPy by hand" in missed(outcome(chalkgrad_compiled="it broke"))
    late = outcome() | {"deriving": {"failure": "it broke"}}
    assert missed(late) == ["12288-20-7-5-1: deriving its formulas"]


def test_the_page_and_its_charts_are_written_from_the_results_alone(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is in the extra `bench`: make venv-bench")
    results = outcome(torch_compile="no compiler", tensors=1.9)
    for folder in ("once", "again"):
        verdicts = bounds.verdicts(results)
        report.write(results, verdicts, page=tmp_path / folder / "page.md", pictures=tmp_path / folder / "pictures")
    written = sorted(path.relative_to(tmp_path / "once") for path in (tmp_path / "once").rglob("*.*"))
    assert [str(path) for path in written] == [
        "page.md",
        *(f"pictures/bench-{n}.svg" for n in ("depth", "size", "steps")),
    ]
    assert all((tmp_path / "once" / path).read_bytes() == (tmp_path / "again" / path).read_bytes() for path in written)
    page = (tmp_path / "once" / "page.md").read_text(encoding="utf-8")
    assert "a processor with 2 threads (X=1)" in page
    assert "**1.90 > 1.80 ✗**" in page and "torch.compile: no compiler" in page
    assert "$" not in page


def test_the_terminal_shows_any_part_of_a_run(capsys):
    results = {part: value for part, value in outcome().items() if part not in ("memory", "growth", "deriving")}
    report.show(results, bounds.verdicts(results))
    said = capsys.readouterr().out
    assert "a processor, 2 threads" in said and "0 of" in said


def test_a_page_is_written_into_docs_of_whole_runs_only(capsys):
    assert not run.arguments(["--quick", "--only", "2-4-1", "--peers", "jax"]).write_docs
    for words in (["--quick"], ["--only", "2-4-1"], ["--peers", "jax,torch"], ["--parts", "steps"]):
        with pytest.raises(SystemExit):
            run.arguments(["--write-docs", *words])
        assert "whole runs only" in capsys.readouterr().err
    assert run.arguments(["--write-docs"]).plan == measure.Plan()
    with pytest.raises(SystemExit):
        run.arguments(["--peers", "tensorflow"])
    assert "unknown: tensorflow; there are autograd, jax" in capsys.readouterr().err


def test_an_environment_is_used_once_it_stands_as_it_should(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    assert environments.lacking("jax") == "not installed: run make bench"
    (tmp_path / "jax.log").write_text("ERROR: no")
    assert environments.lacking("jax") == "pip could not install it"
    (tmp_path / "jax").mkdir()
    environments.stamp("jax").write_text(environments.wanted("jax"))
    assert environments.lacking("jax") is None
    environments.stamp("jax").write_text("another Python, or another NumPy")
    assert environments.lacking("jax") is not None


def test_torch_is_compared_with_in_the_version_of_our_extra():
    assert [line for line in environments.requirements("torch") if line.startswith("torch==")]
    assert environments.requirements("mygrad")[0] == "mygrad"


def test_every_peer_has_its_file_and_says_how_its_step_is_written():
    files = {path.stem for path in (ROOT / "benchmarks" / "peers").glob("*.py")}
    assert files == {peer.name for peer in roster.PEERS}
    tables = importlib.import_module("tables")
    assert all(tables.how(peer).endswith(".") for peer in roster.PEERS)

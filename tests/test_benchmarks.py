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
    "machine",
    "measure",
    "networks",
    "processes",
    "race",
    "report",
    "roster",
    "run",
    "scalars",
    "timing",
    "worker",
)
(
    bounds,
    environments,
    images,
    machine,
    measure,
    networks,
    processes,
    race,
    report,
    roster,
    run,
    scalars,
    timing,
    worker,
) = map(importlib.import_module, NAMES)

WAYS = (
    "numpy_by_hand",
    "numpy_as_taught",
    "chalkgrad_tensors",
    "chalkgrad_nn",
    "chalkgrad_compiled",
    "chalkgrad_compiled_c",
    "chalkgrad_fit_numpy",
    "chalkgrad_fit",
)
FAKES = {
    "right": "def training(X, Y, W, b, rate):\n    print('noise')\n    return lambda: 1.0",
    "wrong": "def training(X, Y, W, b, rate):\n    return lambda: 1.001",
    "raising": "import a_library_that_is_not_there",
    "hanging": "import time\ntime.sleep(99)",
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


def test_a_peer_is_timed_or_the_reason_why_not_is_told(fakes, monkeypatch):
    monkeypatch.setattr(processes, "LIMIT", 2.0)
    with race.Crew() as crew:
        right, wrong, raising, hanging, dying, absent = race.race(crew, fakes, "2-4-1", "float64", rounds=2)
    assert right["peer"] == "right" and 0 < right["seconds"] <= right["mean"] < 1
    assert wrong == {"peer": "wrong", "failure": "at step 1 it computes 1.001, Right 1"}
    assert raising["failure"] == "ModuleNotFoundError: No module named 'a_library_that_is_not_there'"
    assert dying["failure"] == "its process ended with 3: out of luck"
    assert absent["failure"] == "not installed"
    assert hanging["failure"] == "no answer within 2 s"


def test_a_worker_answers_each_request_on_a_line_of_its_own():
    requests = [{"function": "networks.problem", "arguments": {"network": "0-x", "dtype": "float64"}}]
    requests.append({"function": "timing.version", "arguments": {"distribution": "numpy"}})
    answers = io.StringIO()
    worker.serve(map(json.dumps, requests), answers)
    failed, answered = map(json.loads, answers.getvalue().splitlines())
    assert failed["error"].startswith("ValueError: invalid literal")
    assert answered["result"]["version"][0].isdigit()


def test_of_launches_the_best_and_the_mean_count_and_a_failure_stays():
    first, second = {"peer": "a", "seconds": 2.0, "mean": 3.0}, {"peer": "a", "seconds": 1.0, "mean": 4.0}
    assert race.together([first, second]) == {"peer": "a", "seconds": 1.0, "mean": 3.5}
    failure = {"peer": "a", "failure": "why"}
    assert race.together([first, failure]) == race.together([failure, first]) == failure


def test_a_turn_without_garbage_collection_counts_for_the_best_only(fakes):
    runner = race.Runner(fakes[0])
    seconds = {False: 1.0, True: 2.0}
    runner.worker = type("Asked", (), {"ask": lambda self, _, *, collecting, **rest: seconds[collecting]})()
    for turn in race.SCALARS:
        runner.take(turn)
    assert runner.entry() == {"peer": "right", "seconds": 1.0, "mean": 2.0}


def test_the_steps_of_one_fit_are_taken_as_they_are_asked_for():
    made = importlib.import_module("fitting").Fitting(*networks.problem("2-4-1", "float64", 8), 0.01, compile="numpy")
    first = made()
    seconds = made.timed(5)
    history = made.bar.history
    assert seconds > 0 and history.epochs == 6 and len(history.accuracy) == 6
    assert made() < history.cost[4] < first
    made.close()


KINDS = {scalars.NETWORK: "scalars", images.NETWORK: "images"}


OURS_QUICK = {
    "chalkgrad_compiled_c": 0.1,
    "chalkgrad_fit": 0.4,
    "chalkgrad_compiled": 0.9,
    "chalkgrad_scalars": 0.3,
    "chalkgrad_compiled_scalars": 0.02,
    "chalkgrad_compiled_scalars_c": 0.005,
}


def outcome(tensors=1.0, cpu="a processor", **others):
    """The results of a run in which everything takes a second, but for what is quicker and what is given."""
    seconds = OURS_QUICK | {"chalkgrad_tensors": tensors} | others

    def entries(kind):
        peers = [peer.name for peer in roster.PEERS if peer.kind == KINDS.get(kind, "arrays")]
        timed = {name: seconds.get(name, 1.0) for name in peers}
        return [
            {"peer": name} | ({"failure": time} if isinstance(time, str) else {"seconds": time, "mean": time})
            for name, time in timed.items()
        ]

    def race_of(network, dtype):
        return {"network": network, "dtype": dtype, "entries": entries(network)}

    grown = [{"size": n, "peer": "numpy_by_hand", "seconds": n, "mean": n, "bytes": n} for n in (1, 10)]
    parts = dict.fromkeys(("forward", "backward", "freed", "without gc", "bytes"), 1.0)
    used = [{"peer": peer.name, "peak": 2_000_000, "steps": 1_000_000} for peer in roster.chosen(None, "arrays")]
    first = [("chalkgrad_compiled_c", bounds.LARGEST_READ), ("chalkgrad_compiled_scalars", scalars.LONG)]
    return {
        "machine": {"name": cpu, "threads": 2, "python": "3.11", "numpy": "2.4", "settings": {"X": "1"}},
        "made": {"commit": "0123456", "date": "2026-01-02"},
        "plan": {"rounds": 1, "launches": 1},
        "whole": True,
        "versions": {name: {"version": "1.0"} for name in roster.ENVIRONMENTS},
        "steps": [race_of(network, dtype) for dtype in measure.DTYPES for network in networks.SAMPLES],
        "scalars": race_of(scalars.NETWORK, "float64"),
        "images": [race_of(images.NETWORK, dtype) for dtype in ("float64", "float32")],
        "compiling": [{"peer": way, "network": of, "dtype": "float64", "seconds": 0.5} for way, of in first],
        "memory": [{"network": network, "entries": used} for network in networks.SAMPLES],
        "deriving": {"seconds": 1.0},
        "growth": {"depth": [{"size": n, **parts} for n in (100, 1000)], "width": grown, "batch": grown},
    }


def missed(results):
    return [verdict.text for verdict in bounds.verdicts(results) if verdict.missed]


def test_a_bound_is_missed_by_what_is_too_slow():
    assert missed(outcome()) == []
    texts = missed(outcome(tensors=1.17))
    assert texts == [
        f"{network} {dtype}, {counted}: Tensors, of {other}"
        for dtype in measure.DTYPES
        for network in networks.SAMPLES
        for counted in ("best", "mean")
        for other in behind(network)
    ]


def behind(network):
    """Of what Tensors that take 1.17 times as long as everything else miss a bound."""
    yield from ["NumPy by hand"] * (network not in ("2-4-1", "64-32-10"))
    yield from ("PyTorch eager", "MyGrad", "HIPS/autograd") if network in bounds.SMALLER else ()


def test_compiled_c_is_held_to_the_better_mode_of_a_rival_on_every_network():
    texts = missed(outcome(jax_jit=0.05, jax_jit_inline=0.09, chalkgrad_compiled=0.05))
    held = "ag.compile, C, of JAX jit"
    assert [text for text in texts if held in text] == [
        f"{network} {dtype}, {counted}: {held}"
        for dtype in measure.DTYPES
        for network in networks.SAMPLES
        for counted in ("best", "mean")
    ]
    assert len(missed(outcome(torch_compile=0.05))) == 20


def test_a_mean_can_miss_what_the_best_turn_holds():
    results = outcome()
    entry = next(e for e in results["scalars"]["entries"] if e["peer"] == "chalkgrad_scalars")
    entry["mean"] = 0.5
    assert missed(results) == [f"{scalars.NETWORK}, mean: Tensors, of micrograd"]


def test_compiling_is_held_to_its_time_and_its_memory():
    results = outcome()
    results["compiling"] = [{**entry, "seconds": 7.0} for entry in results["compiling"]]
    assert missed(results) == [f"{bounds.LARGEST_READ} float64: ag.compile, C, until its first result"]
    results = outcome()
    used = bounds.by_peer(results["memory"][-1])["chalkgrad_compiled"]
    results["memory"][-1]["entries"] = [
        {**entry, "steps": 1_400_000} if entry is used else entry for entry in results["memory"][-1]["entries"]
    ]
    assert missed(results) == [f"{bounds.LARGEST}: memory of ag.compile, NumPy, of Tensors"]


def test_what_could_not_be_measured_is_missed_if_it_is_ours_and_no_competitor_if_not():
    assert missed(outcome(jax_jit="not installed")) == []
    assert "2-4-1 float32, best: ag.compile, NumPy, of NumPy by hand" in missed(outcome(chalkgrad_compiled="it broke"))
    late = outcome() | {"deriving": {"failure": "it broke"}}
    assert missed(late) == ["12288-20-7-5-1: deriving its formulas"]


def test_the_page_has_all_machines_next_to_each_other():
    machines = [outcome(torch_compile="no compiler", tensors=1.9), outcome(tensors=1.7, cpu="Another, AVX-512")]
    page = report.text(machines, "pictures")
    assert "a processor, 2 threads: commit 0123456, 2026-01-02;" in page and "X=1" in page
    assert "| way | bound | a processor, float64 | a processor, float32 | Another, AVX-512, float64 |" in page
    assert "| Tensors | ≤ 1.80 | **1.90 / 1.90 ✗** | **1.90 / 1.90 ✗** | 1.70 / 1.70 | 1.70 / 1.70 |" in page
    assert "torch.compile: no compiler" in page
    assert "pictures/bench-steps-another-avx-512.svg" in page
    assert "$" not in page


def test_charts_are_the_same_for_the_same_results(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is in the extra `bench`: make venv-bench")
    results = outcome()
    results["steps"] = results["steps"][:1]  # a panel: drawing takes most of the time
    for folder in (tmp_path / "once", tmp_path / "again"):
        report.write([results], page=folder / "page.md", pictures=folder / "pictures")
    once = sorted(path for path in (tmp_path / "once").rglob("*.*"))
    assert [path.name for path in once] == [
        "page.md",
        *(f"bench-{n}-a-processor.svg" for n in ("depth", "size", "steps")),
    ]
    assert all(
        path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "once")).read_bytes() for path in once
    )


def test_a_run_takes_the_place_of_its_machine_and_of_no_other(tmp_path):
    report.store(outcome(cpu="One"), tmp_path)
    report.store(outcome(cpu="Two"), tmp_path)
    report.store(outcome(cpu="One", tensors=1.23456789), tmp_path)
    one, two = report.stored(tmp_path)
    assert [one["machine"]["name"], two["machine"]["name"]] == ["One", "Two"]
    assert bounds.by_peer(one["steps"][0])["chalkgrad_tensors"]["seconds"] == 1.2346
    assert report.beside_others(outcome(cpu="Two", tensors=2.0), tmp_path)[1]["steps"] != two["steps"]


def test_a_machine_is_named_with_its_vectors(tmp_path, monkeypatch):
    info = tmp_path / "cpuinfo"
    monkeypatch.setattr(machine, "INFO", info)
    for flags, name in (("fma avx2 avx512f", "X 1 AVX-512"), ("avx avx2", "X 1 AVX2"), ("sse2", "X 1")):
        info.write_text(f"processor : 0\nmodel name : X 1\nflags : {flags}\n")
        assert machine.described()["name"] == name
    assert machine.slug("AMD EPYC 9J14 (x) AVX-512") == "amd-epyc-9j14-x-avx-512"


def test_the_machines_that_are_kept_make_the_page_in_docs():
    pytest.importorskip("matplotlib", reason="matplotlib is in the extra `bench`: make venv-bench")
    fields = report.fields(report.stored(), "pictures")
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    if report.stored():
        assert fields["machines"] in page


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

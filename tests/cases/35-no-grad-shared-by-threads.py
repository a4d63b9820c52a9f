# One no_grad() object in several threads: the mode is each thread's own. (anomaly and guard likewise.)
import threading, autograd as ag
off, stuck = ag.no_grad(), []
def work():
    for _ in range(50_000):
        with off: pass
    stuck.append(not (ag.Tensor(1.0) * 2).requires_grad)
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print(stuck, "must be all False")

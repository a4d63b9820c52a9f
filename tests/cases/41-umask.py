# Saving never sets the process's umask, which other threads share.
import os, threading
from autograd import files
was = os.umask(0o077); os.umask(0o077)
if hasattr(files, "_umask"):
    work = lambda: [files._umask() for _ in range(200_000)]
    threads = [threading.Thread(target=work) for _ in range(8)]; [t.start() for t in threads]; [t.join() for t in threads]
print(oct(os.umask(was)), "must be 0o77")

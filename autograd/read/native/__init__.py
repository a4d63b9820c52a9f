"""Programs as C: written, built by the system's compiler, kept in the user's cache folder, loaded by ctypes."""

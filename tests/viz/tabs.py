"""What tests do with a tab of a browser; each waits for what the page does then, however busy the machine is."""


def at(tab, step):
    """Go to a step by the address, until the page shows it."""
    tab.evaluate(f"location.hash = 'step={step}'")
    tab.wait_for_function(f"document.querySelector('.chalk-count').textContent.startsWith('step {step} of')")


def follow(tab, hash):
    """Change the address behind the #, until the page has heard of it and is drawn."""
    tab.evaluate(
        """hash => new Promise(done => {
            if (new URL(hash, location).hash === location.hash) return done();
            addEventListener('hashchange', done, { once: true }); // the page has heard of it by then
            location.hash = hash;
        })""",
        f"#{hash}",
    )
    drawn(tab)


def addressed(tab):
    """Wait until the address tells what is shown: it follows a moment later, after HASH_MS of stepper.mjs at most."""
    tab.evaluate("() => new Promise(done => setTimeout(done, 250))")  # of two such timers the later one ends later


def resize(tab, width, height=900):
    """Change the size of the window, until the page is laid out for it."""
    tab.set_viewport_size({"width": width, "height": height})
    drawn(tab)


def drawn(tab):
    """Wait until the page is drawn: what observes a size is told of it just before that."""
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

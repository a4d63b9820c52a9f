// Follows the runs of a script: tells what is wrong with the newest one, and goes to its page when there is one. The
// page itself keeps its state in the address (permalink.mjs), so that it is as it was when it has been loaded again.

const PATIENCE = 1.5; // seconds, after which a run is said to be running

// Where the reader was, in another run: at the step of the same name (the second of two if it was the second), or else at
// the same number. old, next: what the steps of both runs are called.
export function placeIn(old, next, position) {
  if (position >= old.length) return next.length;
  if (position <= 0) return 0;
  const name = old[position - 1], nth = old.slice(0, position).filter(other => other === name).length;
  const places = [...next.keys()].filter(i => next[i] === name);
  return places.length ? places[Math.min(nth, places.length) - 1] + 1 : Math.min(position, next.length);
}

// shown: the id of the page that this is; name: of the script
export function follow({ shown, name }) {
  const banner = element('section', { className: 'chalk-live', hidden: true, tabIndex: 0 });
  banner.setAttribute('role', 'alert');
  document.body.prepend(banner);
  const source = new EventSource('/events');
  let timer = null, going = false;

  source.onmessage = ({ data }) => {
    const told = JSON.parse(data), began = Date.now() - 1000 * told.seconds;
    clearInterval(timer);
    if (told.shown !== shown) return go();
    if (told.status === 'done') return say('done');
    if (told.status === 'failed') return say('failed', failure(told.error, name));
    const seconds = element('span', { ariaHidden: 'true' }); // or a screen reader would read it out again and again
    const running = () => {
      const passed = (Date.now() - began) / 1000;
      seconds.textContent = ` (${Math.round(passed)} s)`;
      if (passed >= PATIENCE && !seconds.isConnected) say('running', [element('p', {}, element('b', {}, `${name} is still running`, seconds, '.'),
        ' Edit and save it to start it again, or press Ctrl-C in the terminal to end.')]);
    };
    running();
    timer = setInterval(running, 500);
  };
  source.onerror = () => { if (!going) ended(); };
  addEventListener('pagehide', () => { going = true; });

  function say(kind, content = []) {
    banner.hidden = content.length === 0;
    banner.dataset.kind = kind;
    banner.replaceChildren(...content);
  }

  function ended() {
    clearInterval(timer);
    say('ended', [element('p', {}, element('b', {}, 'chalkgrad watch has ended.'), ' What stands here is the last run that it showed.')]);
  }

  async function go() {
    going = true;
    source.close();
    try {
      await keepPlace();
    } catch {
      return ended();
    }
    location.reload();
  }
}

// Write into the address where the reader will be in the new run.
async function keepPlace() {
  const state = document.getElementById('state');
  if (!state) return;
  const old = JSON.parse(state.textContent).steps.map(step => `${step.phase} ${step.title}`);
  const next = (await (await fetch('/steps')).json()).steps, parts = location.hash.slice(1).split('&').filter(Boolean);
  const step = parts.find(part => part.startsWith('step=')), place = placeIn(old, next, Number(step?.slice(5)) || 0);
  history.replaceState(null, '', `#${[`step=${place}`, ...parts.filter(part => part !== step)].join('&')}`);
}

function failure({ title, file, line, text, details }, name) {
  const where = file ? [element('p', {}, `${file}, line ${line}: `, element('code', {}, text))] : [];
  const more = details ? [element('details', {}, element('summary', {}, 'Traceback'), element('pre', {}, details))] : [];
  return [element('p', {}, element('b', {}, title)), ...where, element('p', {}, `Fix it and save: ${name} is run again.`), ...more];
}

function element(tag, properties, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}

// What a key means: an event, or null where the key is for what has the focus, or for the browser. The same table is what
// the sheet shows that `?` opens.

const LEAP = 5;
const SHEET = [
  ['Steps', [
    [['ArrowRight'], { type: 'next' }, 'next step'], [['ArrowLeft'], { type: 'previous' }, 'previous step'],
    [['Home'], { type: 'first' }, 'first'], [['End'], { type: 'last' }, 'last'],
    [['PageDown'], { type: 'leap', by: LEAP }, `${LEAP} steps on`], [['PageUp'], { type: 'leap', by: -LEAP }, `${LEAP} steps back`],
    [[' '], { type: 'toggle' }, 'play or pause'], [['o'], { type: 'stride' }, 'one step per operation, or per contribution'],
  ]],
  ['Run', [
    [['b'], { type: 'breakpoint' }, 'breakpoint at this step, or none'],
    [['r'], { type: 'run' }, 'run to the next breakpoint, or to the end'], [['R'], { type: 'back' }, 'run back'],
    [['p'], { type: 'runto', what: 'parameters' }, 'to the next parameter whose gradient is complete'],
    [['x'], { type: 'runto', what: 'trouble' }, 'to the next gradient that is below 10⁻⁶, or not finite'],
  ]],
  ['Look', [
    [['+', '='], { type: 'zoom', by: 1.25 }, 'nearer'], [['-', '−'], { type: 'zoom', by: 0.8 }, 'further away'],
    [['0'], { type: 'whole' }, 'the whole graph'], [['f'], { type: 'follow' }, 'follow the steps again'],
    [['Shift+ArrowLeft'], { type: 'pan', dx: 1 }, 'look to the left'], [['Shift+ArrowRight'], { type: 'pan', dx: -1 }, 'to the right'],
    [['Shift+ArrowUp'], { type: 'pan', dy: 1 }, 'up'], [['Shift+ArrowDown'], { type: 'pan', dy: -1 }, 'down'],
    [['e'], { type: 'flip' }, 'unfold what is selected, or fold what is around it'],
    [['['], { type: 'fold', by: 1 }, 'fold more: operations, neurons, layers'], [[']'], { type: 'fold', by: -1 }, 'fold less'],
    [['g'], { type: 'flow' }, 'flow of the gradient'], [['l'], { type: 'theme' }, 'light, dark, or as the system has it'],
  ]],
  ['Find', [
    [['/'], { type: 'find' }, 'search by name, operation or layer'], [['n'], { type: 'hit', by: 1 }, 'next that was found'],
    [['N'], { type: 'hit', by: -1 }, 'previous that was found'],
    [['1'], { type: 'panel', panel: 'program' }, 'your program'], [['2'], { type: 'panel', panel: 'selected' }, 'what is selected'],
    [['3'], { type: 'panel', panel: 'steps' }, 'list of steps'], [['4'], { type: 'panel', panel: 'xray' }, 'X-ray of a number'], [['Escape'], { type: 'escape' }, 'select nothing'], [['?'], { type: 'sheet' }, 'these keys'],
  ]],
];
const SHOWN = {
  ArrowRight: '→', ArrowLeft: '←', ' ': 'Space', Escape: 'Esc', PageUp: 'Page up', PageDown: 'Page down',
  'Shift+ArrowLeft': 'Shift ←', 'Shift+ArrowRight': 'Shift →', 'Shift+ArrowUp': 'Shift ↑', 'Shift+ArrowDown': 'Shift ↓',
};
const MEANINGS = Object.fromEntries(SHEET.flatMap(([, lines]) => lines.flatMap(([keys, event]) => keys.map(key => [key, event]))));

// What has the focus, and the keys that it answers itself.
const OWN = {
  button: [' ', 'Enter'], checkbox: [' '], vertex: [' ', 'Enter', 'ArrowUp', 'ArrowDown'], tab: [' ', 'Enter', 'ArrowRight', 'ArrowLeft', 'Home', 'End'],
  slider: [],
  scrolls: ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown', ' '],
  text: null, // all of them
};

// more: what further keys mean
export function eventOf({ key, ctrlKey, altKey, metaKey, shiftKey }, focus, more = {}) {
  const meanings = { ...MEANINGS, ...more }, name = shiftKey && (key.length > 1 || key === ' ') ? `Shift+${key}` : key;
  if (ctrlKey || altKey || metaKey || !Object.hasOwn(meanings, name)) return null;
  const own = Object.hasOwn(OWN, focus) ? OWN[focus] : [];
  return own === null || own.includes(key) ? null : meanings[name];
}

// The table for people: [heading, [[keys, words]]].
export const keySheet = () => SHEET.map(([heading, lines]) => [heading, lines.map(([keys, , words]) => [keys.map(key => SHOWN[key] ?? key), words])]);

// What a key means: an event of the machine, or null where the key is for what has the focus, or for the browser.

const LEAP = 5;
const MEANINGS = {
  ArrowRight: { type: 'next' }, ArrowLeft: { type: 'previous' }, Home: { type: 'first' }, End: { type: 'last' },
  PageDown: { type: 'leap', by: LEAP }, PageUp: { type: 'leap', by: -LEAP }, ' ': { type: 'toggle' },
  Escape: { type: 'select', id: null },
};
// What has the focus, and the keys that it answers itself.
const OWN = {
  button: [' ', 'Enter'], checkbox: [' '], vertex: [' ', 'Enter', 'ArrowUp', 'ArrowDown'],
  slider: ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'],
  scrolls: ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown', ' '],
  text: null, // all of them
};

// more: what further keys mean
export function eventOf({ key, ctrlKey, altKey, metaKey, shiftKey }, focus, more = {}) {
  const meanings = { ...MEANINGS, ...more };
  if (ctrlKey || altKey || metaKey || shiftKey || !Object.hasOwn(meanings, key)) return null;
  const own = Object.hasOwn(OWN, focus) ? OWN[focus] : [];
  return own === null || own.includes(key) ? null : meanings[key];
}

// Elements, and the formulas and arrays of a story as elements.

export function h(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

export function formula(place, story) {
  const made = new DOMParser().parseFromString(story.formulas[place], 'application/xml').documentElement;
  return document.importNode(made, true);
}

export function entries(array) {
  if (!array) return 'not kept';
  const shape = array.shape.length ? ` (${array.shape.join(', ')})` : '';
  return array.cells.length > 12 ? `array${shape}` : array.cells.join('  ') + shape;
}

// What a key that is pressed in this element is for (see keys.mjs).
export function focusOf(element) {
  if (element.localName === 'input') return { range: 'slider', checkbox: 'checkbox' }[element.type] ?? 'text';
  if (element.closest('.node')) return 'vertex';
  if (element.closest('button, summary')) return 'button';
  const scrolls = element.closest('[tabindex]');
  return scrolls && (scrolls.scrollWidth > scrolls.clientWidth || scrolls.scrollHeight > scrolls.clientHeight) ? 'scrolls' : 'page';
}

// A click of the mouse gives nothing the focus: otherwise the space bar, meant for the story, would press it again.
export function keepFocusFromClicks(root) {
  root.addEventListener('mousedown', event => {
    if (!event.target.closest('button, label, summary, input[type=checkbox], .node')) return;
    event.preventDefault();
    document.activeElement?.blur();
  });
  root.addEventListener('click', event => {
    const control = event.target.closest('label')?.control;
    if (!control || event.target === control) return;
    event.preventDefault(); // which would give it the focus
    control.click();
  });
}

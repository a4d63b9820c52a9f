// What is folded in the picture, as a choice.

import { h } from './dom.mjs';
import { levelShown, levelsOf } from './folds.mjs';

const WORDS = { layer: 'layers', neuron: 'neurons', operation: 'operations', none: 'nothing' };

export function foldsView(story, dispatch, uid) {
  const select = h('select', { id: `${uid}-folded`, onchange: () => dispatch({ type: 'fold', level: select.value }) },
    ...levelsOf(story).map(level => h('option', { value: level }, WORDS[level])));
  const element = h('div', { className: 'chalk-folded' }, h('label', { htmlFor: select.id }, 'Folded: ', select));
  return {
    element,
    show(state) {
      select.value = levelShown(state, story);
      element.title = state.flipped.length ? `${state.flipped.length} opened or closed by hand` : '';
    },
  };
}

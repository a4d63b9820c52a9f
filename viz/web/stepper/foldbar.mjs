// What is folded in the picture, as a choice.

import { h } from './dom.mjs';
import { LEVELS } from './folds.mjs';

const WORDS = { layer: 'layers', neuron: 'neurons', operation: 'operations', none: 'nothing' };

export function foldsView(story, dispatch, uid) {
  const kinds = new Set(Object.values(story.folding.folds).map(({ kind }) => kind));
  const choices = LEVELS.slice(1).filter(level => level === 'none' || kinds.has(level));
  const select = h('select', { id: `${uid}-folded`, onchange: () => dispatch({ type: 'fold', level: select.value }) },
    ...choices.map(level => h('option', { value: level }, WORDS[level])));
  const element = h('div', { className: 'chalk-folded' }, h('label', { htmlFor: select.id }, 'Folded: ', select));
  return {
    element,
    show({ fold, flipped }) {
      const level = fold === 'auto' ? story.folding.level : fold;
      select.value = choices.includes(level) ? level : choices.find(other => LEVELS.indexOf(other) > LEVELS.indexOf(level));
      element.title = flipped.length ? `${flipped.length} opened or closed by hand` : '';
    },
  };
}

// The question: what is asked, the fields to answer it in, what was said of the last answer, and how it stands.

import { arrayOf } from './frames.mjs';
import { formula, h } from './dom.mjs';
import { mistaken, questionAt, recordOf, tally } from './practice.mjs';

const TOLD = 3; // causes that are explained; of more, the titles
const MARKS = { right: '✓', wrong: '✗', coarse: '≈', unreadable: '?' };
const SPOKEN = { right: 'right', wrong: 'wrong', coarse: 'too few digits', unreadable: 'not a number' };

export function askView(story, dispatch, uid, leave) {
  const said = h('div', { className: 'chalk-said', role: 'status' }), asking = h('div', { className: 'chalk-asking' });
  const score = h('p', { className: 'chalk-score' });
  const button = (text, type, title = '') => h('button', { type: 'button', title, onclick: () => dispatch({ type }) }, text);
  const review = button('Next mistake', 'review', 'Look at what went wrong, one after the other'), again = button('Again from where it went wrong', 'again');
  const both = h('input', { type: 'checkbox', id: `${uid}-both`, onchange: () => dispatch({ type: 'passes', passes: both.checked ? 'both' : 'backward' }) });
  const element = h('section', { className: 'chalk-ask', ariaLabel: 'Question' }, said, asking, h('div', { className: 'chalk-tally' }, score, review, again,
    h('label', { htmlFor: both.id }, both, ' ask in the forward pass, too')));
  let form = null, turned = 0, last = null;

  function show(state) {
    const { practice } = state, step = questionAt(state, story);
    if (practice.said !== last) said.replaceChildren(...(practice.said ? verdict(practice.said, story) : [])); // or it would be read out again
    last = practice.said;
    if (step === null) {
      form = null;
      asking.replaceChildren(...elsewhere(state, story, dispatch));
    } else {
      if (form?.step !== step || form.tries > recordOf(practice, step).tries.length) {
        form = formOf(step, story, dispatch, uid, leave);
        asking.replaceChildren(form.element);
      }
      form.show(practice);
    }
    const stands = tally(state, story), none = mistaken(state, story).length === 0;
    score.replaceChildren(...counts(stands));
    review.setAttribute('aria-disabled', String(!mistaken(state, story).some(k => recordOf(practice, k).done)));
    again.setAttribute('aria-disabled', String(none));
    both.checked = practice.passes === 'both';
    if (practice.turned !== turned) {
      turned = practice.turned;
      form ? form.focus(practice.said) : leave();
    }
  }
  return { element, show };
}

const counts = ({ asked, done, atOnce, later, shown, wrong }) => [
  h('b', {}, `${done} of ${asked} answered`), `: ✓ ${atOnce} right at once, ↻ ${later} corrected, ◇ ${shown} shown; ✗ ${wrong} wrong ${wrong === 1 ? 'answer' : 'answers'}.`,
];

// --- a question that waits for its answer -----------------------------------------------------------------------------

function formOf(step, story, dispatch, uid, leave) {
  const question = story.questions.steps[step], columns = question.entries.length > 1 ? question.shape.at(-1) : 1;
  const fields = question.entries.map((at, i) => fieldOf(question, at, `${uid}-answer-${i}`));
  const rule = h('div', { className: 'chalk-rule', role: 'status' });
  const hint = h('button', { type: 'button', onclick: () => dispatch({ type: 'hint' }) }, 'Hint: the rule');
  const element = h('form', { className: 'chalk-form', noValidate: true, autocomplete: 'off' },
    h('p', { className: 'chalk-asked', id: `${uid}-asked` }, question.asked),
    h('div', { className: 'chalk-sides' },
      h('div', { className: 'chalk-answer' }, h('span', { className: 'chalk-label', ariaHidden: 'true' }, `${labelOf(question)} =`),
        h('div', { className: `chalk-fields ${fields.length > 1 ? 'several' : ''}`, role: 'group', style: `--columns: ${columns}` }, ...fields.map(f => f.element))),
      given(question)),
    rule,
    h('div', { className: 'chalk-buttons' }, h('button', { type: 'submit' }, 'Check (Enter)'), hint,
      h('button', { type: 'button', onclick: () => dispatch({ type: 'show' }) }, 'Show me'),
      h('span', { className: 'chalk-note' }, '0.33, 0,33, 1/3 and 2e-3 are numbers; three digits are enough.')));
  element.querySelector('.chalk-fields').setAttribute('aria-labelledby', `${uid}-asked`);
  element.onsubmit = event => {
    event.preventDefault();
    dispatch({ type: 'answer', typed: fields.map(f => f.input.value) });
  };
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape') { event.preventDefault(); leave(); }
    const at = fields.findIndex(f => f.input === event.target), move = { ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (at < 0 || !move) return;
    event.preventDefault();
    fields[at + move]?.input.focus();
  });
  return {
    element, step, tries: 0,
    show(practice) {
      const { hinted, tries } = recordOf(practice, step), told = practice.said?.step === step ? practice.said : null;
      this.tries = tries.length;
      fields.forEach((f, i) => f.mark(told?.entries?.[i] ?? null));
      hint.setAttribute('aria-disabled', String(hinted));
      if (hinted && !rule.hasChildNodes()) rule.append(h('p', {}, story.steps[step].words), formula(story.steps[step].formula, story));
    },
    focus(told) {
      const wrong = told?.step === step && told.entries ? told.entries.findIndex(e => e !== 'right') : 0;
      const { input } = fields[Math.max(0, wrong)];
      input.focus();
      input.select();
    },
  };
}

const labelOf = ({ label, entries, shape }) => entries.length === 1 && shape.length ? `${label}${indexed(entries[0])}` : label;
const indexed = at => at.length ? `[${at.join(', ')}]` : '';

// One entry: a field, and a mark that says in a sign and in words what is said of it.
function fieldOf(question, at, id) {
  const input = h('input', { type: 'text', id, ariaLabel: `${question.label}${indexed(at)}`, spellcheck: false });
  input.setAttribute('inputmode', 'text');
  const mark = h('span', { className: 'chalk-mark', id: `${id}-mark` });
  input.setAttribute('aria-describedby', mark.id);
  const element = h('span', { className: 'chalk-field' }, input, mark);
  input.oninput = () => show(null);
  function show(kind) {
    element.dataset.verdict = kind ?? '';
    input.setAttribute('aria-invalid', String(kind !== null && kind !== 'right'));
    mark.replaceChildren(...(kind ? [h('span', { ariaHidden: 'true' }, MARKS[kind]), h('span', { className: 'chalk-spoken' }, SPOKEN[kind])] : []));
  }
  return { element, input, mark: show };
}

// What the answer can be computed from.
function given({ given: all }) {
  const table = ({ name, shape, cells }) => h('figure', {}, h('figcaption', {}, name || 'a number', shape.length ? ` (${shape.join(', ')})` : ''),
    cells === null ? 'too large to be shown here' : h('div', { className: 'chalk-numbers', style: `--columns: ${shape.at(-1) ?? 1}` }, ...cells.map(cell => h('span', {}, cell))));
  return h('div', { className: 'chalk-given' }, ...(all.length ? [h('span', { className: 'chalk-label' }, 'Known:')] : []), ...all.map(table));
}

// --- what is said -----------------------------------------------------------------------------------------------------

function verdict(said, story) {
  const title = story.steps[said.step].title, question = story.questions.steps[said.step];
  if (said.verdict === 'right') return [told('right', '✓ Right.', ` ${title}: ${labelOf(question)} = ${shownAs(question, story, said.step)}`)];
  if (said.verdict === 'shown') return [told('shown', '◇ Shown.', ` ${title}: ${labelOf(question)} = ${shownAs(question, story, said.step)}`)];
  if (said.verdict === 'unreadable') {
    const empty = said.typed.every(text => !text.trim());
    return [told('coarse', '? Not a number.', empty ? ' Type the answer first.' : ' Write each entry as 0.33, 1/3 or 2e-3.')];
  }
  if (said.verdict === 'coarse') return [told('coarse', '≈ Right as far as it goes.', ' Give one more digit, so that it can be told from a mistake.')];
  const rights = said.entries.filter(entry => entry === 'right').length;
  const some = said.entries.length > 1 ? ` ${rights} of ${said.entries.length} entries are right.` : '';
  return [told('wrong', '✗ Not right.', said.causes.length ? '' : `${some} It is no mistake that is known here.${said.alike ? ' All entries are off by the same factor.' : ''}`),
    ...why(said.causes, story)];
}

const told = (kind, first, rest) => h('p', { className: `chalk-verdict ${kind}` }, h('b', {}, first), rest);

// A title at the beginning of a sentence: a word begins with a capital, σ′ and g stay what they are.
const sentence = title => title.replace(/^(a|[a-z]{2,})(?= )/, word => word[0].toUpperCase() + word.slice(1));

// Every mistake that gives just these numbers.
function why(causes, story) {
  const first = causes.slice(0, TOLD), more = causes.slice(TOLD);
  const one = ({ key, written }) => {
    const { title, explanation } = story.questions.causes[key];
    return h('li', {}, h('b', {}, `${sentence(title)}.`), ' ', explanation,
      written ? h('span', { className: 'chalk-written' }, ' You seem to have computed ', h('code', {}, written), '.') : null);
  };
  if (!causes.length) return [];
  return [causes.length > 1 ? h('p', {}, 'Several mistakes would give this:') : null, h('ul', {}, ...first.map(one),
    more.length ? h('li', {}, `Or: ${more.map(({ key }) => story.questions.causes[key].title).join('; ')}.`) : null)].filter(Boolean);
}

// The right answer, as the page shows numbers.
function shownAs({ right, entries, shape }, story, step) {
  const array = arrayOf(story.steps[step].contribution ?? story.steps[step].arrived, story);
  const cells = array?.cells.length === right.length ? array.cells : right.map(x => Number(Number(x).toPrecision(4)));
  const columns = entries.length > 1 ? shape.at(-1) : 1;
  return Array.from({ length: cells.length / columns }, (_, i) => cells.slice(i * columns, (i + 1) * columns).join('\u00a0\u00a0')).join('; '); // a row stays in one line
}

// --- where nothing is asked -------------------------------------------------------------------------------------------

function elsewhere(state, story, dispatch) {
  const { practice, position, reach } = state, { asked, done } = tally(state, story);
  const over = asked === done && position === story.steps.length;
  const way = reach < story.steps.length ? h('p', {}, h('button', { type: 'button', onclick: () => dispatch({ type: 'question' }) }, 'To the question (Enter)'),
    ` It is asked after step ${reach}.`) : null;
  return [over ? h('p', { className: 'chalk-asked' }, h('b', {}, 'All questions are answered.')) : null, ...past(practice, position - 1, story), way].filter(Boolean);
}

// What was answered in the step that is shown.
function past(practice, step, story) {
  const { tries, done } = recordOf(practice, step);
  if (practice.said !== null || !done) return [];
  const question = story.questions.steps[step], label = labelOf(question);
  return [...tries.flatMap(({ typed, causes }) => [
    h('p', { className: 'chalk-verdict wrong' }, h('b', {}, '✗ You answered'), ` ${label} = ${typed.join('  ')}.`, causes.length ? '' : ' It is no mistake that is known here.'),
    ...why(causes, story),
  ]), told(done === 'shown' ? 'shown' : 'right', done === 'shown' ? '◇ Shown:' : tries.length ? '↻ Corrected:' : '✓ Right at once:', ` ${label} = ${shownAs(question, story, step)}`)];
}

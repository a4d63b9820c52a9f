// What a reader types, read as numbers and compared: with the right answer, and with what known mistakes would give.

const DIGITS = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const FRACTION = new RegExp(`^(${DIGITS})(?:/(${DIGITS}))?$`);
const ENDLESS = { inf: Infinity, '+inf': Infinity, '-inf': -Infinity, '∞': Infinity, '-∞': -Infinity, infinity: Infinity, nan: NaN };

const SURE = 0.005; // of the number: always near enough
const ROUNDED = 0.02; // of the number: near enough if that is what rounding to the digits typed makes
const SHORT = 0.0005; // of the number: what four digits make
const COARSE = 0.125; // of the number: right as far as it goes, but too coarse to tell

// A number as people write it: 0.33, 0,33, 1/3, 2e-3, 2·10^-3. { value, half }, where `half` is half a unit of
// the last digit; null for anything else.
export function readNumber(typed) {
  const plain = typed.normalize('NFKC').toLowerCase().replace(/\s/g, '').replace(/[−–—⁻]/g, '-').replace(/[⁄∕]/g, '/')
    .replace(/(?<=[\d.,])[·*×x]10(?:\^|\*\*)/g, 'e').replace(/^[^.]*$/, withoutPoint => withoutPoint.replace(/,(?=\d*(?:[e/]|$))/g, '.'));
  if (Object.hasOwn(ENDLESS, plain)) return { value: ENDLESS[plain], half: 0 };
  const found = FRACTION.exec(plain);
  if (!found) return null;
  const [, above, below] = found, value = below === undefined ? Number(above) : Number(above) / Number(below);
  return Number.isFinite(value) ? { value, half: below === undefined ? halfUnit(above) : 0 } : null;
}

function halfUnit(digits) {
  const [mantissa, exponent = '0'] = digits.split('e'), places = mantissa.split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** (Number(exponent) - places);
}

// What answers are to a question: { verdict, entries, causes, alike }.
//   verdict   'right'; 'wrong'; 'coarse': right as far as it goes, with too few digits; 'unreadable'
//   entries   the same of each entry
//   causes    what would give just this: [{ key, written }]
//   alike     whether all entries are off by one factor
export function judge(question, typed) {
  const read = typed.map(readNumber), right = question.right.map(x => ENDLESS[x] ?? x), { slack } = question;
  const entries = read.map((number, i) => !number ? 'unreadable' : near(number, right[i], slack) ? 'right' : isCoarse(number, right[i]) ? 'coarse' : 'wrong');
  const verdict = ['unreadable', 'wrong', 'coarse'].find(kind => entries.includes(kind)) ?? 'right', plain = { verdict, entries, causes: [], alike: false };
  if (verdict === 'wrong') return { ...plain, causes: causesOf(question, read, near), alike: areAlike(read, right) };
  if (verdict !== 'coarse') return plain;
  const causes = causesOf(question, read, isJust); // 1 is right as far as it goes for 0.93, unless it is what a mistake gives
  return causes.length ? { ...plain, verdict: 'wrong', entries: entries.map(kind => kind === 'coarse' ? 'wrong' : kind), causes } : plain;
}

function near({ value, half }, right, slack) {
  if (!Number.isFinite(right)) return Object.is(value, right);
  const size = Math.abs(right), room = Math.max(Math.min(1.02 * half, ROUNDED * size), SURE * size, slack, 1e-12);
  return Math.abs(value - right) <= room;
}

const isCoarse = ({ value, half }, right) => Math.abs(value - right) <= Math.min(1.02 * half, COARSE * Math.abs(right));

const isJust = ({ value }, other) => Math.abs(value - other) <= SHORT * Math.abs(other);

// Everything that would give these numbers: where several would, all of it.
function causesOf(question, read, fits) {
  const fitting = question.wrong.filter(({ values }) => read.every((number, i) => fits(number, values[i], question.slack)));
  const causes = fitting.flatMap(group => group.causes);
  return causes.filter(({ key }, i) => causes.findIndex(other => other.key === key) === i);
}

function areAlike(read, right) {
  if (right.length < 2 || !right.some(r => r)) return false;
  const total = right.reduce((sum, r) => sum + r * r, 0);
  const factor = read.reduce((sum, { value }, i) => sum + value * right[i], 0) / total;
  return Boolean(factor) && read.every(({ value, half }, i) => Math.abs(value - factor * right[i]) <= Math.max(Math.min(1.02 * half, ROUNDED * Math.abs(value)), SURE * Math.abs(value)));
}

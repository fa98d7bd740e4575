// Compares our canonical JSON with the npm package `canonicalize`:
//
//   values    random values, each spelled at random (member order, white space,
//             escapes): both must write the same text
//   refusals  what our subset refuses, each with the name it is refused by
//   mutants   spellings with bytes changed: JSON.parse and the rules of the
//             subset, stated here a second time, tell what must happen
//
//   node compare.js PROGRAM     SEALEDGER_SEED=N repeats a run

import {spawnSync} from 'node:child_process';
import canonicalize from 'canonicalize';

const VALUES = 100_000;
const MUTANTS = 100_000;
const MAX_DEPTH = 16;

const program = process.argv[2];
const seed = Number(process.env.SEALEDGER_SEED ??
                    Math.floor(Math.random() * 2 ** 32));
console.log(`seed ${seed}`);

// Chance: mulberry32.
let state = seed >>> 0;
function random() {
  state = (state + 0x6D2B79F5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const between = (low, high) => low + below(high - low + 1);
const chance = (p) => random() < p;
const pick = (list) => list[below(list.length)];

function shuffled(list) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; --i) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

// Ranges of code points, each with a fate of its own in sorting or escaping.
const RANGES = [
  [0x61, 0x7A], [0x20, 0x7E], [0x00, 0x1F], [0x22, 0x22], [0x5C, 0x5C],
  [0x2F, 0x2F], [0x7F, 0xA0], [0x80, 0x7FF], [0x800, 0xD7FF], [0x4E00, 0x9FFF],
  [0x2028, 0x2029], [0xE000, 0xFFFF], [0xFF00, 0xFFFF], [0x10000, 0x10FFFF],
  [0x1F600, 0x1F64F], [0x10FFF0, 0x10FFFF],
];

function randomString() {
  const length = chance(0.05) ? between(50, 300) : below(9);
  let out = '';
  for (let i = 0; i < length; ++i) {
    out += String.fromCodePoint(between(...pick(RANGES)));
  }
  return out;
}

// Names that share beginnings, so that sorting has to look further.
const STEMS = ['', 'a', 'ab', '\u{1F600}', '\uFFFD', '\uE000', '\uD7FF', '张'];
const TRAPS = ['__proto__', 'constructor', 'toJSON', '1', '10', '2', '-1'];
function randomName() {
  return chance(0.05) ? pick(TRAPS) : pick(STEMS) + randomString().slice(0, 12);
}

function randomInteger() {
  const sign = chance(0.5) ? 1 : -1;
  switch (below(4)) {
    case 0:
      return below(20);
    case 1:
      return sign * (Number.MAX_SAFE_INTEGER - below(3));
    case 2:
      return sign * 10 ** below(16) || 0;
    default:
      return sign * Math.floor(2 ** (random() * 53)) || 0;
  }
}

// Objects are Maps: no name has a meaning of its own there.
function randomValue(room) {
  const kind = room > 0 ? below(10) : below(5);
  if (kind === 0) return pick([null, true, false]);
  if (kind <= 2) return randomInteger();
  if (kind <= 4) return randomString();
  const count = chance(0.05) ? between(10, 40) : below(5);
  const inner = () => randomValue(chance(0.3) ? 0 : room - 1);
  if (kind <= 6) return Array.from({length: count}, inner);
  const members = new Map();
  for (let i = 0; i < count; ++i) {
    const name = randomName().replace(/\p{Surrogate}/gu, '');
    members.set(name, inner());
  }
  return members;
}

// Everything but the line feed, which ends a text on its way to the program.
const space = () => chance(0.8) ? '' : pick([' ', '\t', '\r', '  ', ' \t\r']);

const SHORT = {
  '"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b', '\f': '\\f', '\n': '\\n',
  '\r': '\\r', '\t': '\\t',
};
function unicodeEscape(unit) {
  const hex = unit.toString(16).padStart(4, '0');
  return '\\u' + (chance(0.5) ? hex.toUpperCase() : hex);
}

function spellString(text) {
  let out = '"';
  for (const character of text) {
    const must = character < ' ' || character === '"' || character === '\\';
    if (SHORT[character] !== undefined && (must ? chance(0.7) : chance(0.3))) {
      out += SHORT[character];
    } else if (must || chance(0.1)) {
      for (let i = 0; i < character.length; ++i) {
        out += unicodeEscape(character.charCodeAt(i));
      }
    } else {
      out += character;
    }
  }
  return out + '"';
}

function spell(value) {
  const list = (items, open, close) =>
      open + (items.length === 0 ? space() :
              items.map((item) => space() + item + space()).join(',')) + close;
  if (typeof value === 'string') return spellString(value);
  if (Array.isArray(value)) return list(value.map(spell), '[', ']');
  if (value instanceof Map) {
    const members = shuffled([...value]).map(([name, member]) =>
        spellString(name) + space() + ':' + space() + spell(member));
    return list(members, '{', '}');
  }
  return String(value);
}

// What JSON.parse gives, or undefined for what is no JSON in UTF-8.
function parse(bytes) {
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
                     .decode(bytes);
    return {text, value: JSON.parse(text)};
  } catch {
    return undefined;
  }
}

function countMembers(value) {
  if (value === null || typeof value !== 'object') return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((n, v) => n + countMembers(v), own);
}

// Names of all reasons to refuse a text that JSON.parse takes.
function faults({text, value}) {
  const found = new Set();
  const strings = text.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  if (strings.some((s) => /\p{Surrogate}/u.test(JSON.parse(s)))) {
    found.add('not-utf8');
  }
  const frame = text.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  for (const number of frame.match(/-?[0-9][-+.0-9eE]*/g) ?? []) {
    if (!/^(0|-?[1-9][0-9]*)$/.test(number) ||
        !Number.isSafeInteger(Number(number))) {
      found.add('number-out-of-range');
    }
  }
  // Of members with one name JSON.parse keeps the last.
  if ((frame.match(/:/g) ?? []).length !== countMembers(value)) {
    found.add('duplicate-member');
  }
  let depth = 0;
  for (const c of frame) {
    if (c === '[' || c === '{') ++depth;
    if (c === ']' || c === '}') --depth;
    if (depth > MAX_DEPTH) found.add('too-deep');
  }
  return found;
}

function ours(texts) {
  const input = Buffer.concat(texts.flatMap((t) => [t, Buffer.from('\n')]));
  const run = spawnSync(program, [], {input, maxBuffer: 2 ** 30});
  if (run.error || run.status !== 0) {
    throw run.error ?? new Error(`${program} ended with ${run.status}: ` +
                                 run.stderr);
  }
  const lines = run.stdout.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length !== texts.length) {
    throw new Error(`${texts.length} texts gave ${lines.length} lines`);
  }
  return lines;
}

let failures = 0;
function expect(condition, what, bytes, got, wanted) {
  if (condition) return;
  ++failures;
  if (failures > 20) return;
  console.log(`FAILED ${what}\n  text   ${JSON.stringify(bytes.toString())}` +
              `\n  bytes  ${bytes.toString('hex')}` +
              `\n  ours   ${JSON.stringify(got)}` +
              `\n  wanted ${JSON.stringify(wanted)}`);
}

function inChunks(count, size, step) {
  for (let done = 0; done < count; done += size) {
    step(Math.min(size, count - done));
  }
}

const spelled = () => Buffer.from(spell(randomValue(below(7))));

function compareValues() {
  let highBeforeLow = 0;
  inChunks(VALUES, 10_000, (count) => {
    const texts = Array.from({length: count}, spelled);
    ours(texts).forEach((line, i) => {
      const wanted = canonicalize(JSON.parse(texts[i].toString()));
      expect(line === wanted, 'value', texts[i], line, wanted);
      // Where the orders of UTF-16 and of code points differ.
      if (/"[\u{10000}-\u{10FFFF}][^"]*":.*"[\uE000-\uFFFF][^"]*":/u
              .test(wanted)) {
        ++highBeforeLow;
      }
    });
  });
  console.log(`${VALUES} values; ${highBeforeLow} have a name beyond the ` +
              'basic plane before one in U+E000..U+FFFF');
  if (highBeforeLow === 0) throw new Error('no name tried the order of UTF-16');
}

const REFUSALS = [
  ['duplicate-member', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}',
   '{"😀":1,"\\ud83d\\ude00":1}', '[{"b":{"x":0,"y":0,"x":0}}]', '{"":1,"":1}'],
  ['number-out-of-range', '1.0', '0.1', '1e1', '1E2', '1e-1', '-0', '-0.0',
   '9007199254740992', '-9007199254740992', '9007199254740993',
   '18446744073709551616', '1e400', '[1,2,3.5]', '{"a":-0}'],
  ['not-utf8', '"\\ud800"', '"\\udc00"', '"\\ude00\\ud83d"', '{"\\udfff":1}',
   '"\\ud83dx"', '"\\ud83d\\u0041"', Buffer.from('22eda08022', 'hex'),
   Buffer.from('22eda0bdedb88022', 'hex'), Buffer.from('22c08022', 'hex'),
   Buffer.from('22ff22', 'hex'), Buffer.from('22e4bd22', 'hex')],
  ['not-json', '', ' ', '01', '+1', '-', '.5', '1.', '1e', '0x1', 'NaN',
   'Infinity', 'undefined', 'nul', 'True', "'a'", '"a', '"\\x41"', '"\\u12"',
   '"\t"', '"\u0000"', '[1,]', '[,1]', '{"a":1,}', '{a:1}', '{"a"}', '[1 2]',
   '[1}', '{"a":1]', '1 1', '{}{}', '\uFEFF{}', '// x', '\u00A01', '[1]\u0000'],
  ['too-deep', '['.repeat(17) + ']'.repeat(17), '['.repeat(100_000),
   '{"a":'.repeat(17) + '1' + '}'.repeat(17)],
  ['too-large', ' '.repeat(2 ** 20) + '1'],
];

function checkRefusals() {
  for (const [name, ...texts] of REFUSALS) {
    const bytes = texts.map((text) => Buffer.from(text));
    ours(bytes).forEach((line, i) => {
      expect(line === '!' + name, 'refusal', bytes[i].subarray(0, 100), line,
             '!' + name);
    });
  }
}

const INSERTS = [
  '"', '\\', ',', ':', '[', ']', '{', '}', ' ', '\t', '\u0000', '0', '-', '-0',
  '.', '.0', '1.0', 'e', 'e1', 'E+1', '01', '+', '9007199254740992', 'null',
  'true', '\\u', '\\u0061', '\\ud800', '\\udc00', '\\ud83d\\ude00', '"a":1,',
  '"a":1,"a":1,', '{"a":1,"\\u0061":2}', '\uFEFF', '\uFFFD', '😀', '\u2028',
  '['.repeat(12) + ']'.repeat(12), '['.repeat(20) + ']'.repeat(20), '/', '//',
].map((text) => Buffer.from(text)).concat(
  ['eda080', 'edb080', 'c080', 'ff', '80', 'e4bd', 'f4908080'].map(
    (hex) => Buffer.from(hex, 'hex')));

function mutated(bytes) {
  const at = below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + below(4));
  const join = (middle, from) =>
      Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(from)]);
  switch (below(5)) {
    case 0:  // insert
      return join(pick(INSERTS), at);
    case 1:  // replace
      return join(pick(INSERTS), end);
    case 2:  // drop
      return join(Buffer.alloc(0), end);
    case 3:  // double a stretch
      return join(bytes.subarray(at, at + below(30)), at);
    default: {  // flip a bit
      const out = Buffer.from(bytes);
      if (at < out.length) out[at] ^= 1 << below(8);
      return out;
    }
  }
}

function mutant() {
  let bytes = spelled();
  for (let i = between(1, 3); i > 0; --i) bytes = mutated(bytes);
  return bytes.map((byte) => byte === 0x0A ? 0x20 : byte);
}

function checkMutants() {
  const counts = {};
  inChunks(MUTANTS, 10_000, (count) => {
    const texts = Array.from({length: count}, mutant);
    ours(texts).forEach((line, i) => {
      const outcome = line.startsWith('!') ? line.slice(1) : 'accepted';
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      const parsed = parse(texts[i]);
      if (parsed === undefined) {
        expect(outcome !== 'accepted', 'mutant: no JSON', texts[i], line,
               'a refusal');
        return;
      }
      const reasons = faults(parsed);
      if (reasons.size > 0) {
        expect(reasons.has(outcome), 'mutant', texts[i], line, [...reasons]);
      } else {
        const wanted = canonicalize(parsed.value);
        expect(line === wanted, 'mutant', texts[i], line, wanted);
      }
    });
  });
  console.log(`${MUTANTS} mutants: ${JSON.stringify(counts)}`);
  for (const [name] of REFUSALS) {
    if (name !== 'too-large' && !counts[name]) {
      throw new Error(`no mutant was refused as ${name}`);
    }
  }
}

compareValues();
checkRefusals();
checkMutants();
if (failures > 0) {
  console.log(`${failures} failures; SEALEDGER_SEED=${seed} repeats them`);
  process.exit(1);
}
console.log('all as expected');

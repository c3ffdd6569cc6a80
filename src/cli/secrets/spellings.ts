/** The places in `text` where this piece of a secret ends when it begins at `at`, added to `ends`. */
type Piece = (text: string, at: number, ends: number[]) => void;

/** A secret, or a part of it, in one way to write it. It is searched piece by piece, so it may have any length. */
export interface Spelling {
  /** A match begins with one of these texts of one or two characters. */
  readonly heads: readonly string[];
  readonly pieces: readonly Piece[];
  /** The secret as it is. Undefined for an encoded form. */
  readonly plain?: string;
  /** False when the place is none, for example inside a word. Gives where the place begins and ends. */
  readonly grown?: (text: string, start: number, end: number) => readonly [number, number] | undefined;
}

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

const anyCaseAt = (text: string, at: number, wanted: string): boolean =>
  text.slice(at, at + wanted.length).toLowerCase() === wanted;

/** `%2f`, or `%252f` from a text that was encoded twice, for each byte. */
function percentEncoded(bytes: readonly string[], text: string, at: number, ends: number[]): void {
  let places = [at];
  for (const byte of bytes) {
    places = places.flatMap((place) => {
      if (text[place] !== '%') return [];
      const after = [place + 1, ...(text.startsWith('25', place + 1) ? [place + 3] : [])];
      return after.filter((start) => anyCaseAt(text, start, byte)).map((start) => start + 2);
    });
  }
  ends.push(...places);
}

/** A JSON escape. A text that is JSON inside JSON has more than one backslash. */
function backslashed(character: string, units: readonly string[], text: string, at: number, ends: number[]): void {
  let slashes = 0;
  while (text[at + slashes] === '\\') slashes += 1;
  const short = shortEscapes[character];
  if (short !== undefined && text[at + slashes] === short) ends.push(at + slashes + 1);
  if (character === '\\') for (let count = 2; count <= slashes; count *= 2) ends.push(at + count);
  let place = at;
  for (const unit of units) {
    while (text[place] === '\\') place += 1;
    if (place === at || !anyCaseAt(text, place, `u${unit}`)) return;
    place += 1 + unit.length;
  }
  ends.push(place);
}

/** `&lt;`, `&#60;`, `&#x3c;`. The reference is short, so a few characters are looked at. */
function referenced(character: string, text: string, at: number, ends: number[]): void {
  const end = text.indexOf(';', at);
  if (end < 0 || end - at > 16) return;
  const name = text.slice(at + 1, end);
  const digits = /^#0*(\d+)$/.exec(name)?.[1];
  const hex = /^#[xX]0*([0-9a-fA-F]+)$/.exec(name)?.[1];
  const code =
    digits === undefined ? (hex === undefined ? undefined : Number.parseInt(hex, 16)) : Number.parseInt(digits, 10);
  if (name === entities[character] || code === character.codePointAt(0)) ends.push(end + 1);
}

const hexOf = (number: number, length: number): string => number.toString(16).padStart(length, '0');

const spelled = new Map<string, Piece>();

/** One character in all its forms in a log: plain, in a URL, in JSON, in HTML. */
function spelledPiece(character: string): Piece {
  const known = spelled.get(character);
  if (known !== undefined) return known;
  const bytes = [...Buffer.from(character)].map((byte) => hexOf(byte, 2));
  const units = Array.from({ length: character.length }, (_, index) => hexOf(character.charCodeAt(index), 4));
  const piece: Piece = (text, at, ends) => {
    if (text.startsWith(character, at)) ends.push(at + character.length);
    const lead = text[at];
    if (lead === '%') percentEncoded(bytes, text, at, ends);
    else if (lead === '\\') backslashed(character, units, text, at, ends);
    else if (lead === '&') referenced(character, text, at, ends);
    else if (lead === '+' && character === ' ') ends.push(at + 1);
  };
  spelled.set(character, piece);
  return piece;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base64Forms: Readonly<Record<string, readonly string[]>> = {
  '+': ['+', '-', '%2B', '%2b', '\\u002b', '\\u002B'],
  '/': ['/', '_', '%2F', '%2f', '\\/'],
};
const formsOf = (character: string): readonly string[] => base64Forms[character] ?? [character];

const base64Pieces = new Map<string, Piece>();

function base64Piece(character: string): Piece {
  const forms = formsOf(character);
  const piece = base64Pieces.get(character) ?? oneOf(forms);
  base64Pieces.set(character, piece);
  return piece;
}

function oneOf(forms: readonly string[]): Piece {
  return (text, at, ends) => {
    for (const form of forms) if (text.startsWith(form, at)) ends.push(at + form.length);
  };
}

const possibleForms = new Map<string, readonly string[]>();

/** All forms of the characters that a known part of six bits allows. `known` is a text of 0, 1 and ?. */
function possible(known: string): readonly string[] {
  const forms =
    possibleForms.get(known) ??
    Array.from(base64Alphabet)
      .filter((_, index) => Array.from(bitsOf(index)).every((bit, at) => known[at] === '?' || known[at] === bit))
      .flatMap(formsOf);
  possibleForms.set(known, forms);
  return forms;
}

const bitsOf = (index: number): string => index.toString(2).padStart(6, '0');

/** The first two characters of a text that begins with one of `first` and goes on with one of `second`. */
function headsOf(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.flatMap((form) => (form.length > 1 ? [form.slice(0, 2)] : second.map((next) => form + next.charAt(0))));
}

/**
 * The secret inside a longer base64 text, at each of the three possible places in a group of three bytes. (In a Basic
 * header the user's name comes first.) Some bits of the first and the last character belong to the neighbouring bytes,
 * so these two are compared in part, and the search begins at the first whole one.
 */
function base64Spellings(bytes: Buffer): readonly Spelling[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return [0, 2, 4].map((before) => {
    const first = before === 0 ? '' : '?'.repeat(before) + bits.slice(0, 6 - before);
    const rest = bits.slice(before === 0 ? 0 : 6 - before);
    const whole = rest.length - (rest.length % 6);
    const characterAt = (at: number): string => base64Alphabet[Number.parseInt(rest.slice(at, at + 6), 2)] ?? '';
    const pieces: Piece[] = [];
    for (let at = 0; at < whole; at += 6) pieces.push(base64Piece(characterAt(at)));
    if (whole < rest.length) pieces.push(oneOf(possible(rest.slice(whole).padEnd(6, '?'))));
    const firsts = first === '' ? [] : possible(first);
    return {
      // A secret has at least four bytes here, so there are two whole characters.
      heads: headsOf(formsOf(characterAt(0)), formsOf(characterAt(6))),
      pieces,
      grown: (text, at, end) => {
        const form = firsts.find((one) => at >= one.length && text.startsWith(one, at - one.length));
        if (first !== '' && form === undefined) return undefined;
        return [at - (form?.length ?? 0), end + (/^(?:=|%3[dD]){1,2}/.exec(text.slice(end, end + 6))?.[0].length ?? 0)];
      },
    };
  });
}

const bothCases = (digit: string): readonly string[] => [...new Set([digit, digit.toUpperCase()])];

const hexPieces = new Map<string, Piece>();

function hexPiece(digit: string): Piece {
  const piece = hexPieces.get(digit) ?? oneOf(bothCases(digit));
  hexPieces.set(digit, piece);
  return piece;
}

const isWordPart = (character: string | undefined): boolean =>
  character !== undefined && /^[A-Za-z0-9]$/.test(character);

/** An encoded character begins with one of these. */
const leads = ['%', '\\', '&'];

/**
 * All ways to write a secret. One that is shorter than `shortest` is looked for as a separate word only, and not in
 * encoded forms: masked inside other words, it could be guessed.
 */
export function spellingsOf(secret: string, shortest: number): readonly Spelling[] {
  const characters = Array.from(secret);
  const [first = '', second = ''] = characters;
  const begin = (character: string): readonly string[] => [
    ...(character === '' ? [] : [character]),
    ...(character === ' ' ? ['+'] : []),
  ];
  const plain: Spelling = {
    heads: [...(second === '' ? begin(first) : headsOf(begin(first), [...begin(second), ...leads])), ...leads],
    pieces: characters.map(spelledPiece),
    plain: secret,
  };
  if (secret.length < shortest) {
    const grown = (text: string, start: number, end: number): readonly [number, number] | undefined =>
      isWordPart(text[start - 1]) || isWordPart(text[end]) ? undefined : [start, end];
    return [{ ...plain, grown }];
  }
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  return [
    plain,
    ...base64Spellings(bytes),
    { heads: headsOf(bothCases(hex.charAt(0)), bothCases(hex.charAt(1))), pieces: Array.from(hex, hexPiece) },
  ];
}

/** So many characters in a row are masked although the secret goes on: a server may quote a part of a long one. */
const longPart = 64;

/** Where a spelling that begins at `at` ends, or -1. */
function endOf(pieces: readonly Piece[], text: string, at: number): number {
  let places = [at];
  let next: number[] = [];
  let matched = 0;
  for (const piece of pieces) {
    next.length = 0;
    for (const place of places) piece(text, place, next);
    if (next.length === 0) return matched < longPart ? -1 : Math.max(...places);
    [places, next] = [next.length > 1 ? [...new Set(next)] : next, places];
    matched += 1;
  }
  return Math.max(...places);
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The spellings of all secrets, by the one or two characters with which they begin. */
export class SpellingIndex {
  readonly #byOne = new Map<number, Spelling[]>();
  readonly #byTwo = new Map<number, Spelling[]>();

  add(spelling: Spelling): void {
    for (const head of new Set(spelling.heads)) {
      const [map, code] = head.length === 1 ? [this.#byOne, head.charCodeAt(0)] : [this.#byTwo, twoAt(head, 0)];
      const known = map.get(code);
      if (known === undefined) map.set(code, [spelling]);
      else known.push(spelling);
    }
  }

  /** Every place in the text, in order of its start, also those that begin inside another. */
  find(text: string): Range[] {
    const ranges: Range[] = [];
    const last = new Map<Spelling, number>();
    for (let at = 0; at < text.length; at += 1) {
      for (const spellings of [this.#byOne.get(text.charCodeAt(at)), this.#byTwo.get(twoAt(text, at))]) {
        for (const spelling of spellings ?? []) {
          // Inside a place of the same spelling it could only repeat a part of the secret.
          const range = at < (last.get(spelling) ?? 0) ? overlapOf(spelling, text, at) : placeOf(spelling, text, at);
          if (range === undefined) continue;
          last.set(spelling, range.end);
          ranges.push(range);
        }
      }
    }
    return ranges.sort((a, b) => a.start - b.start);
  }
}

const twoAt = (text: string, at: number): number => text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1);

function overlapOf({ plain = '' }: Spelling, text: string, at: number): Range | undefined {
  return plain !== '' && text.startsWith(plain, at) ? { start: at, end: at + plain.length } : undefined;
}

function placeOf({ pieces, grown }: Spelling, text: string, at: number): Range | undefined {
  const end = endOf(pieces, text, at);
  if (end < 0) return undefined;
  if (grown === undefined) return { start: at, end };
  const range = grown(text, at, end);
  return range && { start: range[0], end: range[1] };
}

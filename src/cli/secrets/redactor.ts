import { Secret } from '../../secret.ts';
import { type Range, SpellingIndex, spellingsOf } from './spellings.ts';

const mask = '***';

/** A secret of at least this length is masked everywhere, also inside words and in encoded forms. */
const shortest = 4;
/** Outputs are cut into lines, so each line of a long secret (a key file) is masked if it has at least this length. */
const shortestLine = 8;

/**
 * The members of JSON that hold text for people. Only these are masked: a handle, an id, a name or a path that has a
 * secret in it by chance would lead nowhere.
 */
const prose = new Set([
  'message',
  'hint',
  'text',
  'reason',
  'detail',
  'warnings',
  'notes',
  'activity',
  'waitingFor',
  'wireState',
  'rerouted',
  'title',
  'what',
  'blind',
  'subject',
  'request',
  'location',
  'url',
  'value',
]);

/**
 * Masks secrets in text for people: console, log, error text. Each secret is masked in plain form, URL-encoded (in part
 * or whole, `+` or `%20`, either case of hex), JSON- and HTML-escaped, in hex, and in base64, also inside a longer
 * base64 text.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  readonly #kept = new Set<string>();
  #index: SpellingIndex | undefined;

  add(secret: Secret): void {
    const value = secret.reveal();
    for (const text of [value, value.trim(), ...linesOf(value)]) {
      if (text !== '') this.#secrets.add(text);
    }
    this.#index = undefined;
  }

  /** A fact, such as a handle, that stays whole in a text although a secret is a part of it. */
  keep(fact: string): void {
    this.#kept.add(fact);
  }

  /** `text` must be whole lines, because a secret that is cut in two is not found. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#index ??= indexOf(this.#secrets);
    const ranges = this.#withoutFacts(text, this.#index.find(text));
    let redacted = '';
    let position = 0;
    for (const { start, end } of ranges) {
      // Secrets may overlap. Overlapping places get one mask.
      if (start > position || position === 0) redacted += text.slice(position, start) + mask;
      position = Math.max(position, end);
    }
    return redacted + text.slice(position);
  }

  /** A line of migrator itself. What it begins with is no secret, also where a secret is a word of it. */
  redactOwn(line: string): string {
    const [start = ''] = /^migrator: (?:error: |hint: |warning: )?/u.exec(line) ?? [];
    return start + this.redact(line.slice(start.length));
  }

  /** Masks secrets in the members of plain data that hold text for people. All others are facts. */
  redactValue(value: unknown): unknown {
    return this.#walk(value, false, []);
  }

  /** Keeps all facts of plain data: every text that `redactValue` leaves as it is. */
  keepFacts(value: unknown): void {
    if (this.#secrets.size === 0) return;
    visit(value, false, [], (text, isProse) => {
      if (!isProse) this.keep(text);
    });
  }

  #walk(value: unknown, isProse: boolean, above: readonly object[]): unknown {
    if (typeof value === 'string') return isProse ? this.redact(value) : value;
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Secret) return mask;
    if (above.includes(value)) return '[circular]';
    const path = [...above, value];
    if (Array.isArray(value)) return value.map((item) => this.#walk(item, isProse, path));
    if (printsItself(value)) return this.#walk(value.toJSON(), isProse, path);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#walk(item, prose.has(key), path)]),
    );
  }

  /** The places without those that are a part of a fact. A fact that is wholly a secret is masked. */
  #withoutFacts(text: string, ranges: readonly Range[]): readonly Range[] {
    if (this.#kept.size === 0 || ranges.length === 0) return ranges;
    const facts = new Map<string, readonly Range[]>();
    const around = (found: string): readonly Range[] => {
      const known =
        facts.get(found) ??
        placesOf(
          text,
          [...this.#kept].filter((fact) => isPart(found, fact)),
        );
      facts.set(found, known);
      return known;
    };
    return ranges.filter(
      ({ start, end }) => !around(text.slice(start, end)).some((fact) => fact.start <= start && end <= fact.end),
    );
  }
}

const isPart = (part: string, whole: string): boolean => part.length < whole.length && whole.includes(part);

function indexOf(secrets: ReadonlySet<string>): SpellingIndex {
  const index = new SpellingIndex();
  for (const secret of secrets) for (const spelling of spellingsOf(secret, shortest)) index.add(spelling);
  return index;
}

function placesOf(text: string, parts: readonly string[]): readonly Range[] {
  return parts.flatMap((part) => {
    const places: Range[] = [];
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      places.push({ start: at, end: at + part.length });
    }
    return places;
  });
}

function visit(
  value: unknown,
  isProse: boolean,
  above: readonly object[],
  found: (text: string, isProse: boolean) => void,
): void {
  if (typeof value === 'string') found(value, isProse);
  if (typeof value !== 'object' || value === null || value instanceof Secret || above.includes(value)) return;
  const path = [...above, value];
  if (Array.isArray(value)) for (const item of value) visit(item, isProse, path, found);
  else for (const [key, item] of Object.entries(value)) visit(item, prose.has(key), path, found);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.length < 2) return [];
  return lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine && !line.startsWith('-----'));
}

function printsItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/**
 * True for a word, a short number or a version: text that output may hold by chance, so that masking it makes the
 * output hard to read, and shows what the secret is.
 */
export function isCommon(secret: Secret): boolean {
  const value = secret.reveal().trim();
  return value.length < 6 || /^(?:\p{L}{1,20}\d{0,4}|[\d.,:-]{1,12})$/u.test(value);
}

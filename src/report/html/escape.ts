import { plainText } from '../../plain-text.ts';

/** Text that is HTML already. Only `html` makes it, from text that it has escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | undefined | readonly Html[];

/** A template of HTML. Whatever is put into it is text and is escaped, unless it is HTML already. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, index) => part.replace(indents, '\n') + shown(values[index])).join(''));
}

/** How the templates are indented here says nothing about the page. */
const indents = /\n\s+/gu;

export const nothing = new Html('');

function shown(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'string' || typeof value === 'number'
    ? escaped(plainText(String(value)))
    : value.map(({ text }) => text).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Holds between tags and in a quoted attribute. */
const escaped = (text: string): string => text.replace(/[&<>"']/gu, (character) => entities[character] ?? character);

/** Plain data for a `<script type="application/json">`: no sign in it ends the element or turns letters around. */
export function embedded(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

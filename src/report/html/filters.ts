import { html, type Html } from './escape.ts';

interface Filtered {
  /** The id of the table. */
  readonly of: string;
  readonly kinds: readonly string[];
  readonly kindWord: string;
  readonly actions: readonly string[];
  readonly actionWord: string;
}

/** The controls over a table. They are hidden until the script of the page runs. */
export function filters({ of, kinds, kindWord, actions, actionWord }: Filtered): Html {
  return html`<div class="tools" data-of="${of}" hidden>
    <input type="search" placeholder="Search" aria-label="Search the table" autocomplete="off" />
    ${choice('kind', kindWord, kinds)} ${choice('action', actionWord, actions)}
    <output role="status"></output>
  </div>`;
}

function choice(name: 'kind' | 'action', all: string, values: readonly string[]): Html {
  const options = [...new Set(values)].map(
    (value) => html`<option value="${value}">${value.replace('-', ' ')}</option>`,
  );
  return html`<select class="${name}" aria-label="${all}">
    <option value="">${all}</option>
    ${options}
  </select>`;
}

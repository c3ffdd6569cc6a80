import { Refusal } from '../shared/answering.ts';

const forbidden = /[/\\?#]/;

/** Names of spaces, projects and assets: whatever a path can hold. 400 otherwise. */
export function checkName(name: string): void {
  if (name === '' || forbidden.test(name)) throw new Refusal(400, `${name} is not a valid name`);
}

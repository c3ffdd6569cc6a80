/** A key whose value is a secret by its name: the net for settings that no adapter declares. */
export function looksSecret(name: string): boolean {
  return /(password|passphrase|secret|token|api[-_]?key|credential)s?$/i.test(name);
}

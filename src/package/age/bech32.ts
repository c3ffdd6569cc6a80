/** Bech32 (BIP 173) without its length limit, as age uses it for keys. */
const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const data = regroupBits(bytes, 8, 5) ?? [];
  const checked = polymod([...expand(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = [25, 20, 15, 10, 5, 0].map((shift) => (checked >> shift) & 31);
  return `${prefix}1${[...data, ...checksum].map((value) => alphabet.charAt(value)).join('')}`;
}

/** Undefined when it is not lower-case Bech32 with this prefix. */
export function decodeBech32(prefix: string, text: string): Uint8Array | undefined {
  if (!text.startsWith(`${prefix}1`)) return undefined;
  const values = Array.from(text.slice(prefix.length + 1), (char) => alphabet.indexOf(char));
  if (values.includes(-1) || values.length < 6 || polymod([...expand(prefix), ...values]) !== 1) return undefined;
  const bytes = regroupBits(values.slice(0, -6), 5, 8);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}

function expand(prefix: string): number[] {
  const codes = [...Buffer.from(prefix)];
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    generator.forEach((term, bit) => {
      if ((top >> bit) & 1) checksum ^= term;
    });
  }
  return checksum;
}

/** From 8 to 5 bits, the rest is padded with zeros. From 5 to 8 bits, the rest must be zeros and fewer than 5 bits. */
function regroupBits(values: Iterable<number>, from: number, to: number): number[] | undefined {
  const result: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values) {
    held = ((held << from) | value) & 0xfff;
    bits += from;
    while (bits >= to) {
      bits -= to;
      result.push((held >> bits) & ((1 << to) - 1));
    }
  }
  const rest = (held << (to - bits)) & ((1 << to) - 1);
  if (to === 5) return bits > 0 ? [...result, rest] : result;
  return bits >= from || rest !== 0 ? undefined : result;
}

import { describe, expect, test } from '@jest/globals';
import { resumed, without } from '../../../src/streams/resumed-download.ts';
import { MigratorError } from '../../../src/errors.ts';

const whole = Buffer.from('abcdefghij');
const never = new AbortController().signal;

/** Gives so many bytes each time and breaks; `slept` keeps how long was waited in between. */
function breaking(lengths: readonly number[], size: number | undefined = whole.length) {
  const asked: number[] = [];
  const slept: number[] = [];
  const clock = {
    now: () => new Date(0),
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  async function* rest(from: number) {
    const length = lengths[asked.length] ?? 0;
    asked.push(from);
    if (length > 0) yield await Promise.resolve(whole.subarray(from, from + length));
    if (from + length < whole.length) throw new MigratorError('REMOTE_UNREACHABLE', 'the connection broke');
  }
  return { asked, slept, stream: resumed({ name: 'a.zip', rest, size: () => size }, clock, never) };
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('resumed', () => {
  test('goes on after the bytes that came', async () => {
    const { asked, stream } = breaking([3, 0, 4, 3]);
    expect(await text(stream)).toBe('abcdefghij');
    expect(asked).toEqual([0, 3, 3, 7]);
  });

  test('gives up after five breaks without a new byte, waiting longer each time', async () => {
    const { asked, slept, stream } = breaking([3]);
    await expect(() => text(stream)).toThrowCode('REMOTE_UNREACHABLE');
    expect(asked).toEqual([0, 3, 3, 3, 3]);
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
  });

  test('names the file and how much of it came, and sends nobody to the URL', async () => {
    await expect(text(breaking([3]).stream)).rejects.toMatchObject({
      message: 'a.zip could not be downloaded, 3 bytes came: the connection broke',
      hint: expect.stringContaining('run the same command again'),
      details: { delivered: 3 },
    });
    await expect(text(breaking([]).stream)).rejects.toMatchObject({ message: 'the connection broke', details: {} });
  });

  test('takes an end before the announced size for a break', async () => {
    const { asked, stream } = breaking([10, 0, 0, 0, 0, 0], 12);
    await expect(() => text(stream)).toThrowCode('REMOTE_UNREACHABLE');
    expect(asked[1]).toBe(10);
  });

  test('does not try again after another failure', async () => {
    const stream = resumed(
      {
        name: 'a.zip',
        rest: () => {
          throw new MigratorError('NOT_FOUND', 'gone');
        },
        size: () => 1,
      },
      { now: () => new Date(0), sleep: () => Promise.resolve() },
      never,
    );
    await expect(() => text(stream)).toThrowCode('NOT_FOUND');
  });
});

test.each([0, 1, 4, 9, 10, 11])('without the first %d bytes', async (count) => {
  async function* pieces() {
    for (const piece of ['abcd', 'efg', 'hij']) yield await Promise.resolve(Buffer.from(piece));
  }
  expect(await text(without(count, pieces()))).toBe('abcdefghij'.slice(count));
});

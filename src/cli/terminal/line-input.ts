import { StringDecoder } from 'node:string_decoder';
import { MigratorError } from '../../errors.ts';
import type { IO } from './io.ts';

const cancelled = (): MigratorError => new MigratorError('CANCELLED', 'the question was not answered');

interface Terminal {
  setRawMode?(on: boolean): unknown;
}

/** Edits a line while the echo of the terminal is off, because the terminal then does not edit it. */
class HiddenLine {
  #text = '';

  /** True when the line is complete. CANCELLED for Ctrl-C, and for Ctrl-D on an empty line. */
  put(character: string): boolean {
    if (character === '\r' || character === '\n') return true;
    if (character === '\u0003') throw cancelled();
    if (character === '\u0004') {
      if (this.#text === '') throw cancelled();
      return true;
    }
    if (character === '\u007f' || character === '\b') this.#text = Array.from(this.#text).slice(0, -1).join('');
    else if (character === '\u0015') this.#text = '';
    else this.#text += character;
    return false;
  }

  /** The text without the marks that a terminal puts around pasted text. */
  get text(): string {
    return this.#text.replace(/\u001b\[20[01]~/g, '');
  }
}

/**
 * Reads one line from the terminal. `hidden` turns the echo off: the terminal is in raw mode until the line is read or
 * the read fails. CANCELLED on Ctrl-C, at the end of input and when the signal aborts.
 */
export function readLine(
  io: IO,
  options: { readonly hidden: boolean; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  const { stdin } = io;
  const terminal = stdin as Terminal;
  const decoder = new StringDecoder('utf8');
  const line = new HiddenLine();
  let visible = '';

  return new Promise<string>((resolve, reject) => {
    const stop = (): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      options.signal?.removeEventListener('abort', onEnd);
      if (options.hidden) terminal.setRawMode?.(false);
      stdin.pause();
    };
    const onEnd = (): void => {
      stop();
      reject(cancelled());
    };
    const finish = (text: string, rest: string): void => {
      stop();
      if (rest !== '') stdin.unshift(rest);
      resolve(text);
    };
    const onData = (chunk: Buffer | string): void => {
      const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
      if (!options.hidden) {
        visible += text;
        const end = visible.indexOf('\n');
        if (end >= 0) finish(visible.slice(0, end).replace(/\r$/, ''), visible.slice(end + 1));
        return;
      }
      try {
        const characters = Array.from(text);
        const end = characters.findIndex((character) => line.put(character));
        if (end >= 0) finish(line.text, characters.slice(end + 1).join(''));
      } catch (error) {
        stop();
        reject(error instanceof Error ? error : cancelled());
      }
    };
    if (options.signal?.aborted === true) {
      reject(cancelled());
      return;
    }
    stdin.on('data', onData);
    stdin.once('end', onEnd);
    options.signal?.addEventListener('abort', onEnd, { once: true });
    if (options.hidden) terminal.setRawMode?.(true);
    stdin.resume();
  });
}

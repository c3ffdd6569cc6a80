import { afterEach, describe, expect, test } from '@jest/globals';
import { ThreadSlots, type ModuleSource, type ThreadProgram } from '../../../src/streams/thread-slots.ts';

const started: { close(): Promise<void> }[] = [];

function start<Question, Answer>(program: ThreadProgram<Question, Answer>, count = 3, bytes = 4) {
  const thread = new ThreadSlots(program, count, bytes);
  started.push(thread);
  return thread;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((thread) => thread.close()));
});

/** Says what it was asked, which thread it is, and what its memory holds; then counts that memory up by one. */
function echo(node: ModuleSource) {
  const { threadId } = node.getBuiltinModule('node:worker_threads');
  return (question: string, memory: Uint8Array) => {
    const found = [...memory];
    for (const [index, byte] of found.entries()) memory[index] = byte + 1;
    return { question, found, isOtherThread: threadId !== 0 };
  };
}

/** Waits as many milliseconds as it is asked to, and fails when they are negative. */
function wait() {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  return (milliseconds: number) => {
    if (milliseconds < 0) throw new RangeError('cannot wait so long');
    Atomics.wait(nothing, 0, 0, milliseconds);
    return milliseconds;
  };
}

const outside = 7;

function careless() {
  return () => outside;
}

describe('a thread with slots', () => {
  test('answers from another thread, in order, each question with the memory that was filled for it', async () => {
    const thread = start(echo);
    const answers = [];
    for (let turn = 0; turn < 7; turn += 1) {
      await thread.room();
      thread.memory.fill(turn * 10);
      answers.push(thread.ask(`question ${turn}`));
    }
    expect(await Promise.all(answers)).toEqual(
      Array.from({ length: 7 }, (_, turn) => ({
        question: `question ${turn}`,
        found: Array.from({ length: 4 }, () => turn * 10),
        isOtherThread: true,
      })),
    );
  });

  test('writes into memory that its caller sees', async () => {
    const thread = start(echo);
    const memory = thread.memory.fill(41);
    await thread.ask('');
    expect([...memory]).toEqual([42, 42, 42, 42]);
  });

  test('leaves a slot alone until as many more questions were asked as there are slots', async () => {
    const thread = start(echo);
    const memory = thread.memory.fill(1);
    for (let turn = 0; turn < 3; turn += 1) await thread.ask('');
    expect([...memory]).toEqual([2, 2, 2, 2]);
    expect(thread.memory).toBe(memory);
  });

  test('is full while all its slots wait for an answer', async () => {
    const thread = start(wait, 2);
    void thread.ask(50);
    expect(thread.isFull).toBe(false);
    void thread.ask(0);
    expect(thread.isFull).toBe(true);
    await Promise.all([thread.room(), thread.room()]);
    expect(thread.isFull).toBe(false);
  });

  test('that fails refuses all that is open and all that comes later, and says why', async () => {
    const thread = start(wait, 2);
    const answers = [thread.ask(0), thread.ask(-1), thread.ask(0)];
    await expect(thread.room()).rejects.toThrow('cannot wait so long');
    const settled = await Promise.allSettled([...answers, thread.ask(0)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(thread.isFull).toBe(true);
  });

  test('a program that uses what stands outside of it fails', async () => {
    await expect(start(careless).ask(undefined)).rejects.toThrow('outside is not defined');
  });

  test('ends when it is closed, even in the midst of its work', async () => {
    const thread = start(wait);
    void thread.ask(3_600_000);
    await expect(thread.close()).resolves.toBeUndefined();
  });
});

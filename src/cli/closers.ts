export type Closer = () => Promise<void> | void;

/** Calls all of them, the last one first. After a failure, the others are still called; the first failure is thrown. */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first instanceof Error ? first : new Error('closing failed', { cause: first });
}

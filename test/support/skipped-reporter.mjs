// Lists at the end of a run the tests that were skipped. The name of each test says what the machine lacks.
export default class {
  #isWhole;

  /** @param {{ testNamePattern?: string }} config */
  constructor({ testNamePattern }) {
    this.#isWhole = !testNamePattern;
  }

  /**
   * @param {unknown} _
   * @param {{ testResults: { testResults: { status: string, fullName: string }[] }[] }} results
   */
  onRunComplete(_, { testResults }) {
    if (!this.#isWhole) return;
    const skipped = testResults.flatMap(({ testResults: tests }) => tests.filter(({ status }) => status === 'pending'));
    for (const { fullName } of skipped) process.stderr.write(`skipped: ${fullName}\n`);
  }
}

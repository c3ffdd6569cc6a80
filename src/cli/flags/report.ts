import { type Command, Option } from 'commander';

/** Read by `reporting/` for every command that has it. */
export function withReport(command: Command): Command {
  return command.addOption(
    new Option(
      '--report <file>',
      'write a report of the run, also of a dry run and of a failure: .html, .md, .json or .xml (JUnit)',
    ),
  );
}

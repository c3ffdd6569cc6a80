import { InvalidArgumentError, Option } from 'commander';

/** A flag that may be repeated: its values make a list. In the environment the values are separated by commas. */
export class ListOption extends Option {
  constructor(flags: string, description: string, choices?: readonly string[]) {
    super(flags, description);
    if (choices !== undefined) this.choices(choices);
    this.argParser((value: string, earlier: readonly string[] | undefined): readonly string[] => {
      if (choices?.includes(value) === false) {
        throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
      }
      return [...(earlier ?? []), value];
    });
  }
}

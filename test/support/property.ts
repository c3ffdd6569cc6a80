import fc from 'fast-check';

// In CI every build gets the same cases. New cases run on the machines of developers, who read what fails.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 1 });

export { fc };

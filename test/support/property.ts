import fc from 'fast-check';

// A build is judged by the same cases every time; new ones are looked for where somebody reads what is found.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 1 });

export { fc };

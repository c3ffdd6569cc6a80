/** The README of a new adapter. */
export function readmeOf(product: string): string {
  const variable = (place: string): string => `${place}_TOKEN`;
  return `# An adapter of migrator for ${product}

- \`${product}.mjs\` is the adapter, in one file.
- \`server.mjs\` is a small server with projects, as a starting point. Put the API of your product in its place, and keep a server for the tests.
- \`${product}.test.mjs\` runs the contract suite of migrator on both.

\`\`\`sh
npm install    # migrator-cli
npm test       # the contract suite
\`\`\`

Serve two instances, each in its own terminal. Each prints its URL:

\`\`\`sh
node server.mjs a-token 'Web Shop' Billing
node server.mjs another-token
\`\`\`

Name the adapter and these URLs in \`.migratorrc.yaml\`:

\`\`\`yaml
adapters: ['./${product}.mjs']
instances:
  here: { product: ${product}, url: 'http://127.0.0.1:4001', token: env:${variable('HERE')} }
  there: { product: ${product}, url: 'http://127.0.0.1:4002', token: env:${variable('THERE')} }
\`\`\`

\`\`\`sh
export HERE_TOKEN=a-token THERE_TOKEN=another-token
npx migrator-cli config trust    # again after each change of the adapter
npx migrator-cli doctor
npx migrator-cli partial-export --help    # has --without-comments, which the adapter declares
npx migrator-cli migrate-project "Web Shop" --from here --to there
\`\`\`

When \`npm test\` passes with your server, the adapter does what migrator relies on.
`;
}

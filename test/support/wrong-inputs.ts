/** A wrong command line, and what a person must read then. Texts are parts of the message and of the hint. */
export interface WrongInput {
  /** What is typed after `migrator`. `$NAME` stands for a value of the test's machine. */
  readonly line: string;
  readonly code: number;
  /** What the message names. */
  readonly says: readonly string[];
  /** What the hint leads to. */
  readonly hint: readonly string[];
  readonly more: More;
}

interface More {
  readonly env?: Readonly<Record<string, string>>;
  /** The text of the rc file, instead of the shared one. */
  readonly rc?: string;
  /** The folder below that of the shared rc file in which the line is typed. */
  readonly in?: string;
  /** A line that follows the hint. It must end with 0. */
  readonly then?: string;
}

type Texts = string | readonly string[];

function row(line: string, code: number, says: Texts, hint: Texts, more: More = {}): WrongInput {
  return { line, code, says: [says].flat(), hint: [hint].flat(), more };
}

const lab = 'lab: { product: octopus, url: "http://127.0.0.1:1", apiKey: "env:LAB_KEY", space: Default }';

const verbs: readonly WrongInput[] = [
  row('export --from lab --project Billing', 2, 'export', 'partial-export'),
  row('move Billing --from lab --to prod', 2, 'move', 'migrate-project'),
  row('migrate Billing --from lab --to prod', 2, 'migrate', 'migrate-project'),
  row('copy Billing --from lab --to prod', 2, 'copy', 'migrate-project'),
  row('transfer Billing --from lab --to prod', 2, 'transfer', 'migrate-project'),
  row('partial-exprot --from lab', 2, 'partial-exprot', 'partial-export'),
  row('imprt shop.tar --to prod', 2, 'imprt', 'import'),
  row('diff --from lab --to prod', 2, 'diff', 'compare'),
  row('inspect shop.tar', 2, 'inspect', 'package inspect', { then: 'package inspect shop.tar' }),
  row('list --from lab', 2, 'list', 'inventory'),
  row('frobnicate', 2, 'frobnicate', 'help', { then: '--help' }),
  row('package inspct shop.tar', 2, 'inspct', 'inspect'),
  row('job lst', 2, 'lst', 'list', { then: 'job list' }),
  row('job status octopus:lab:ServerTasks-1', 2, 'status', 'show'),
  row('key generat', 2, 'generat', 'generate'),
  row('config chek', 2, 'chek', 'check', { then: 'config check' }),
  row('adapter nwe acme', 2, 'nwe', 'new'),
];

const exports: readonly WrongInput[] = [
  row('partial-export', 2, '--from', 'lab'),
  row('partial-export --project Billing', 2, '--from', ['--from', 'lab']),
  row('partial-export --from labb --project Billing', 2, 'labb', 'lab'),
  row('partial-export --from lab', 2, 'project', 'inventory', { then: 'inventory --from lab' }),
  row('partial-export --from lab --project Biling', 2, ['lab: ', 'Biling'], 'Billing'),
  row('partial-export --from lab --project Nope --project Nope', 2, 'lab: there is no project Nope in', 'space'),
  row('partial-export --from lab --project ""', 2, 'project', 'inventory'),
  row('partial-export --from lab --project "Billing; rm -rf /"', 2, 'Billing; rm -rf /', 'Billing'),
  row('partial-export --from lab --from prod --project Billing', 2, ['--from', 'lab', 'prod'], 'give one'),
  row('partial-export --from lab --projects Billing', 2, '--projects', '--project'),
  row('partial-export --from lab --project Billing -o a.tar -o b.tar', 2, '--output', 'give one'),
  row('partial-export --from lab --project Billing -o nowhere/a.tar', 2, ['nowhere', 'folder'], 'create it'),
  row('partial-export --from lab --project Billing -o drawer', 2, ['drawer', 'folder'], 'file'),
  row('partial-export --from lab --project Billing -o shop.tar', 7, 'shop.tar', '--force'),
  row('partial-export --from lab --project Billing -o /proc/a.tar', 2, '/proc', 'another place'),
  row(
    'partial-export --from lab --project Billing --unencrypted --recipient me',
    2,
    ['--unencrypted', '--recipient'],
    'one',
  ),
  row(
    'partial-export --from lab --project Billing --unsigned --signing-key my.key',
    2,
    ['--unsigned', '--signing-key'],
    'one',
  ),
  row('partial-export --from lab --project Billing --unencrypted', 2, '--password', '--password'),
  row('partial-export --from lab --project Billing --recipient age1abc', 2, 'age1abc', 'key'),
  row('partial-export --from lab --project Billing --recipient night-taem', 2, 'night-taem', 'night-team'),
  row('partial-export --from lab --project Billing --recipient $STRANGER_PUB', 2, ['minisign', 'age1'], 'key list'),
  row('partial-export --from lab --project Billing --compression zip', 2, ['--compression', 'zip'], 'gzip'),
  row('partial-export --from lab --project Billing --timeout soon', 2, ['--timeout', 'soon'], '20m'),
  row('partial-export --from lab --project Billing --timeout 20', 2, ['--timeout', '20'], '20m'),
  row('partial-export --from lab --project Billing --poll-interval -5s', 2, ['--poll-interval', '-5s'], 's'),
  row('partial-export --from lab --project Billing --wait --no-wait', 2, ['--wait', '--no-wait'], 'one'),
  row(
    'partial-export --from lab --project Billing --fresh --resume octopus:lab:ServerTasks-1',
    2,
    ['--fresh', '--resume'],
    'one',
  ),
  row('partial-export --from lab --project Billing --type device', 2, '--type', 'eNMS'),
  row('partial-export --from lab --project Billing --via rest', 2, ['--via', 'rest'], 'export-import'),
  row('partial-export --from lab --project Billing --package-version 1.x', 2, '1.x', '1.0.0'),
  row('partial-export --from lab --project Billing --password env:NOT_SET', 2, 'NOT_SET', 'NOT_SET'),
  row('partial-export --from lab --project Billing --password prompt', 2, '--password', 'env:'),
  row('partial-export --from lab --project Billing --zip-entries lots', 2, ['--zip-entries', '1000'], '--help=all'),
  row('partial-export --from lab --project Billing --signing-key notes.txt', 2, 'notes.txt', 'key generate'),
  row('partial-export --from lab --project Billing --signing-key nope.key', 2, 'nope.key', 'key file'),
  row('partial-export --from lab --project Billing --to net', 2, ['lab is octopus', 'net is enms'], 'same product'),
  row(
    'partial-export --resume octopus:lab:ServerTasks-99999 -o a.tar',
    2,
    ['lab', 'ServerTasks-99999'],
    ['job list --from lab'],
  ),
  row('partial-export --from dead --project Billing', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('partial-export --from badkey --project Billing', 4, ['badkey', 'API key'], 'doctor'),
  row('partial-export --from nospace --project Billing', 2, ['nospace', 'Marketing'], 'Default'),
  row('partial-export --from unset --project Billing', 2, ['unset', 'NOT_SET'], 'NOT_SET'),
  row('partial-export --from noorg --project Reports', 2, 'Reports', '/org/space/project'),
];

const imports: readonly WrongInput[] = [
  row('import', 2, 'package', 'import'),
  row('import shop.tar', 2, '--to', 'prod'),
  row('import shop.tar --from lab', 2, '--to is missing', '--to'),
  row('import shop.tar --to prodd', 2, 'prodd', 'prod'),
  row('import nope.tar --to prod', 2, 'nope.tar', 'name of the file'),
  row('import drawer --to prod', 2, ['drawer', 'folder'], 'package seal'),
  row('import empty.tar --to prod', 6, ['empty.tar', 'empty'], 'again'),
  row('import notes.txt --to prod', 6, 'notes.txt', 'package'),
  row('import cut.tar --to prod', 6, 'cut.tar', 'again'),
  row('import loop.tar --to prod', 10, 'loop.tar', 'link'),
  row('import stranger.tar --to prod', 6, 'stranger.tar', 'key trust'),
  row('import locked.tar --to prod', 6, 'locked.tar', '--identity'),
  row('import unsigned.tar --to prod', 6, ['unsigned.tar', 'not signed'], '--allow-unsigned'),
  row('import net.tar --to prod', 2, ['enms', 'octopus'], 'instance'),
  row('import server.zip --to prod', 6, 'server.zip', '--allow-unsigned'),
  row('import handover.tar --to prod', 6, 'handover.tar', '--server-export'),
  row('import shop.tar --to prod --on-conflict merge', 2, ['--on-conflict', 'merge'], 'overwrite'),
  row('import shop.tar --to prod --dry-rum', 2, '--dry-rum', '--dry-run'),
  row('import shop.tar notes.txt --to prod', 2, 'notes.txt', 'one'),
  row('import Nothing.Here@1.0.0 --to prod --password env:MOVE_PASSWORD', 2, 'Nothing.Here', 'package list', {
    then: 'package list --from prod',
  }),
  row('import shop.tar --to prod --identity nope.txt', 2, 'nope.txt', 'key file'),
  row('import shop.tar --to prod --identity notes.txt', 2, 'notes.txt', 'AGE-SECRET-KEY'),
  row('import shop.tar --to prod --trust notes.txt', 2, 'notes.txt', 'RW'),
  row('import shop.tar --to prod --trust config/keys/migrator.key', 2, ['migrator.key', 'secret'], 'migrator.pub'),
  row('import shop.tar --to prod --backup b.tar --no-backup', 2, ['--backup', '--no-backup'], 'one'),
  row(
    'import shop.tar --to prod --overwrite-existing --skip-existing',
    2,
    ['--overwrite-existing', '--skip-existing'],
    'one',
  ),
  row('import - --to prod', 2, ['standard input', 'empty'], 'pipe'),
  row('import shop.tar --to prod --max-ratio lots', 2, ['--max-ratio', 'lots'], '200'),
  row('import shop.tar --to prod --max-expanded-size 20GBB', 2, ['--max-expanded-size', '20GBB'], '20GiB'),
  row('import shop.tar --to dead', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('import shop.tar --to badkey', 4, ['badkey', 'API key'], 'doctor'),
  row('import shop.tar --to nospace', 2, ['nospace', 'Marketing'], 'Default'),
  row('import shop.tar --to prod --password env:OTHER_PASSWORD', 6, 'password', '--password'),
  row('import shop.tar --to prod --set color=red', 2, '--set', 'octopus'),
];

const moves: readonly WrongInput[] = [
  row('migrate-project --from lab --to prod', 2, 'project', 'inventory'),
  row('migrate-project Billing --from lab', 2, '--to', 'prod'),
  row('migrate-project Billing --from lab --to lab', 2, ['--from', '--to', 'lab'], 'another'),
  row('migrate-project Billing --from lab --to net', 2, ['octopus', 'enms'], 'product'),
  row('migrate-project Billng --from lab --to prod', 2, 'Billng', 'Billing'),
  row('migrate-project "Wéb Shop" --from lab --to prod', 2, 'Wéb Shop', 'Web Shop'),
  row('migrate-project Billing --from lab --to prod --route sideways', 2, ['--route', 'sideways'], 'relay'),
  row('migrate-project Billing --from lab --to prod --verfy', 2, '--verfy', '--verify'),
  row('migrate-project Billing --from lab --to dead', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('migrate-project Billing --from badkey --to prod', 4, ['badkey', 'API key'], 'doctor'),
  row('compare --from lab --project Billing', 2, '--to', 'prod'),
  row('compare --from lab --to prod', 2, 'project', ['--project', 'inventory']),
  row('compare --from lab --to net --project Billing', 2, ['octopus', 'enms'], 'product'),
  row('compare --from lab --to prod --project Biling', 2, 'Biling', 'Billing'),
  row('compare Billing --from lab --to prod', 2, 'Billing', '--project'),
  row('inventory', 2, '--from', 'lab'),
  row('inventory --from', 2, '--from', '--from <instance>'),
  row('inventory --from ""', 2, '--from', 'lab'),
  row('inventory enviroment --from lab', 2, 'enviroment', 'environment', { then: 'inventory environment --from lab' }),
  row('inventory projects --from lab', 2, 'projects', 'project', { then: 'inventory project --from lab' }),
  row('inventory project --all --from lab', 2, ['--all', 'project'], 'one'),
  row('inventory --from lab --from prod', 2, ['--from', 'lab', 'prod'], 'give one'),
  row('inventory --from lab --progress loud', 2, ['--progress', 'loud'], 'plain'),
  row('inventory --from lab --patience forever', 2, ['--patience', 'forever'], '20m'),
  row('inventory --from lab --jsn', 2, '--jsn', '--json', { then: 'inventory --from lab --json' }),
  row('inventory --from dead', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('inventory --from badkey', 4, ['badkey', 'API key'], 'doctor'),
  row('inventory --from noorg', 2, 'Acme-Nowhere', 'org'),
];

const packages: readonly WrongInput[] = [
  row('package', 2, 'package', 'inspect'),
  row('package list', 2, '--from', 'lab'),
  row('package list --from net', 2, ['net', 'enms', 'packages'], 'partial-export'),
  row('package list --from dead', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('package upload shop.tar', 2, '--to', 'prod'),
  row('package upload notes.txt --to prod', 6, 'notes.txt', 'package'),
  row('package upload net.tar --to prod', 2, ['enms', 'octopus'], 'instance'),
  row('package upload nope.tar --to prod', 2, 'nope.tar', 'file'),
  row('package download Nothing.Here@1.0.0 --from lab', 2, ['Nothing.Here', '1.0.0'], 'package list'),
  row('package download Octopus.Space.Migration --from lab', 2, 'Octopus.Space.Migration', '@'),
  row('package download Nothing.Here@1.0.0', 2, '--from', 'lab'),
  row('package delete Nothing.Here --from lab --yes', 2, 'Nothing.Here', ['<id>@<version>', 'package list']),
  row('package delete Nothing.Here@1.0.0 --from net --yes', 2, ['net', 'enms', 'packages'], 'package files'),
  row('package delete', 2, 'package', 'package delete'),
  row('package inspect nope.tar', 2, 'nope.tar', 'file'),
  row('package inspect drawer', 2, ['drawer', 'folder'], 'file'),
  row('package inspect notes.txt', 6, 'notes.txt', 'package'),
  row('package inspect cut.tar', 6, 'cut.tar', 'again'),
  row('package verify cut.tar', 6, 'cut.tar', 'again'),
  row('package verify stranger.tar', 6, 'stranger.tar', 'key trust', {
    then: 'package verify stranger.tar --trust $STRANGER_PUB',
  }),
  row('package verify unsigned.tar', 6, 'unsigned.tar', '--allow-unsigned', {
    then: 'package verify unsigned.tar --allow-unsigned',
  }),
  row('package verify locked.tar --content', 6, 'locked.tar', '--identity', {
    then: 'package verify locked.tar --content --identity stranger/keys/identity.txt',
  }),
  row('package verify shop.tar --contents', 2, '--contents', '--content', {
    then: 'package verify shop.tar --content',
  }),
  row('package verify shop.tar --trust nope.pub', 2, 'nope.pub', 'RW'),
  row('package seal nope', 2, 'nope', 'exist'),
  row('package seal drawer --id "a b" -o a.tar', 2, ['--id', 'a b'], 'letters', {
    then: 'package seal drawer --id a-b -o -',
  }),
  row('package seal drawer --package-version one -o a.tar', 2, ['--package-version', 'one'], '1.0.0'),
  row('package seal drawer -o shop.tar', 7, 'shop.tar', '--force'),
  row('package seal drawer -o a.tar --passphrase env:WEAK', 2, 'passphrase', '10'),
  row(
    'package seal drawer -o a.tar --passphrase env:MOVE_PASSWORD --recipient me',
    2,
    ['--passphrase', '--recipient'],
    'one',
  ),
  row('package seal notes.txt -o a.tar --server-export --from lab', 2, '--from', '--help'),
  row('package open locked.tar -o out', 6, 'locked.tar', '--identity'),
  row('package open stranger.tar -o out', 6, 'stranger.tar', 'key trust'),
  row('package open cut.tar -o out', 6, 'cut.tar', 'again'),
  row('package open shop.tar -o notes.txt', 2, ['notes.txt', 'folder'], 'folder'),
  row('package open shop.tar -o out --secrets-file nowhere/s.json', 2, ['nowhere', 'folder'], 'create it'),
  row('package open locked.tar -o out --passphrase env:OTHER_PASSWORD', 6, 'locked.tar', 'recipient'),
  row('package edit Web@1.0.0 --at lab --name Shop', 2, ['lab', 'octopus'], 'export it again'),
  row('package edit Web --name Shop', 2, '--at', 'lib'),
  row(
    'package edit 35958BEB7C56491C9A43F7661501E177 --at lib --name Shop',
    2,
    '35958BEB7C56491C9A43F7661501E177',
    'package list',
  ),
  row('package certify Web@1.0.0 --at lab', 2, ['lab', 'octopus'], 'package verify'),
  row('package certify Web --at lib --status approved', 2, ['--status', 'approved'], 'certified'),
  row(
    'package certify 35958BEB7C56491C9A43F7661501E177 --at lib',
    2,
    '35958BEB7C56491C9A43F7661501E177',
    'package list',
  ),
];

const jobs: readonly WrongInput[] = [
  row('job list --from labb', 2, 'labb', 'lab'),
  row('job list --limit 0', 2, ['--limit', '0'], '1'),
  row('job list --limit many', 2, ['--limit', 'many'], '20'),
  row('job list --all', 2, '--all', '--from', { then: 'job list --all --from lab' }),
  row('job list --everywhere --from lab', 2, ['--everywhere', '--from'], 'one'),
  row('job list lab', 2, 'lab', '--from', { then: 'job list --from lab' }),
  row('job show', 2, 'handle', 'job list'),
  row('job show ServerTasks-1', 2, 'ServerTasks-1', 'octopus:'),
  row('job show octopus:labb:ServerTasks-1', 2, 'labb', 'lab'),
  row('job show enms:lab:1', 2, ['enms', 'lab', 'octopus'], 'octopus:lab:'),
  row('job show octopus:lab:ServerTasks-99999', 2, 'ServerTasks-99999', 'job list --from lab', {
    then: 'job list --from lab',
  }),
  row('job show octopus:lab:', 2, 'octopus:lab:', 'job list'),
  row('job show octopuss:lab:ServerTasks-1', 2, 'octopuss', 'octopus'),
  row('job wait octopus:lab:ServerTasks-99999', 2, 'ServerTasks-99999', 'job list --from lab'),
  row('job wait octopus:lab:ServerTasks-1 --timeout 5x', 2, ['--timeout', '5x'], '20m'),
  row('job show octopus:dead:ServerTasks-1', 5, ['dead', '127.0.0.1'], 'doctor'),
  row('job log snaplogic:nobody:1', 2, 'nobody', 'lab'),
  row('job log octopus:badkey:ServerTasks-1', 4, ['badkey', 'API key'], 'doctor'),
  row('job cancel octopus:lab:ServerTasks-99999 --yes', 2, 'ServerTasks-99999', 'job list --from lab'),
  row('job cancel enms:net:1 --yes', 2, 'enms', 'job show'),
  row('job approve octopus:lab:ServerTasks-1', 2, 'octopus', 'job show'),
  row(
    'job approve microstrategy:lib:35958BEB7C56491C9A43F7661501E177',
    2,
    '35958BEB7C56491C9A43F7661501E177',
    'job list',
  ),
  row('job reject octopus:lab:ServerTasks-1', 2, 'octopus', 'job show'),
  row('job undo octopus:lab:ServerTasks-99999 --yes', 2, 'ServerTasks-99999', 'backup'),
  row('job undo octopus:lab:ServerTasks-1 --backup nope.tar --yes', 2, 'nope.tar', 'name of the file'),
];

const ownKeys: readonly WrongInput[] = [
  row('key generate', 7, 'migrator.key', 'key rotate'),
  row('key generate --kind signin -o ring', 2, ['--kind', 'signin'], 'signing', {
    then: 'key generate --kind signing -o ring',
  }),
  row('key generate -o notes.txt', 2, 'notes.txt', 'folder'),
  row('key generate -o strong --passphrase env:WEAK', 2, 'passphrase', '10'),
  row('key generate -o strong --passphrase prompt', 2, 'passphrase of the signing key', 'env:'),
  row('key generate -o strong --passphrase env:NOT_SET', 2, 'NOT_SET', 'NOT_SET'),
  row('key list mine', 2, 'mine', 'key list'),
  row('key show --sekret', 2, '--sekret', '--help'),
  row('key show extra', 2, 'extra', 'key show'),
  row('key trust', 2, 'key', 'RW'),
  row('key trust notes.txt', 2, 'notes.txt', 'RW'),
  row('key trust nope.pub', 2, 'nope.pub', 'RW'),
  row('key trust $RECIPIENT', 2, ['age', 'RW'], 'migrator.pub'),
  row('key trust config/keys/migrator.key', 2, ['migrator.key', 'secret'], 'migrator.pub'),
  row('key trust $STRANGER_PUB --name "a/b"', 2, 'a/b', 'letters'),
  row('key trust drawer', 2, ['drawer', 'folder'], 'file'),
  row('key untrust nobody', 2, 'nobody', 'key list', { then: 'key list' }),
  row('key untrust', 2, 'name', 'key list'),
  row('key rotate', 2, 'key', 'key generate', { env: { MIGRATOR_CONFIG_DIR: 'bare' } }),
  row('key rotate --kind all', 2, ['--kind', 'all'], 'both'),
  row('key rotate --passphrase env:WEAK', 2, 'passphrase', '10'),
];

const files: readonly WrongInput[] = [
  row('config show extra', 2, 'extra', 'config show'),
  row('config schema improt', 2, 'improt', 'import', { then: 'config schema import' }),
  row('config trust --show --forget', 2, ['--show', '--forget'], 'one'),
  row('config check --config nope.yaml', 2, ['nope.yaml', '--config'], 'name a file'),
  row('config check --config drawer', 2, ['drawer', 'folder'], 'file'),
  row('config trust --config nope.yaml', 2, ['nope.yaml', '--config'], 'name a file'),
  row('config show --config nope.yaml', 2, ['nope.yaml', '--config'], 'name a file'),
  row('config check', 2, ['api_key', 'apiKey'], 'help configuration', {
    rc: 'instances:\n  lab: { product: octopus, url: "http://127.0.0.1:1", api_key: "env:LAB_KEY" }\n',
  }),
  row('inventory --from lab', 2, ['instances.lab.product', 'did you mean "octopus"'], 'help configuration', {
    rc: 'instances:\n  lab: { product: Octopus, url: "http://127.0.0.1:1", apiKey: "env:LAB_KEY" }\n',
  }),
  row('config check', 2, 'document', 'one', { rc: `instances:\n  ${lab}\n---\ninstances: {}\n` }),
  row('config check', 2, ['line 2', 'tab'], 'space', { rc: `instances:\n\t${lab}\n` }),
  row('config check', 2, ['line 2', 'alias'], 'quotes', { rc: 'instances:\n  lab: *base\n' }),
  row('config check', 2, 'instances', 'list', { rc: `instances:\n  - ${lab}\n` }),
  row('config show', 2, ['instancs', 'did you mean "instances"'], 'help configuration', {
    rc: `instancs:\n  ${lab}\n`,
  }),
  row('config check', 2, ['url', 'password', 'secret references'], 'help configuration', {
    rc: 'instances:\n  lab: { product: octopus, url: "http://me:Secret-In-Url@127.0.0.1:1", apiKey: "env:LAB_KEY" }\n',
  }),
  row('config check', 2, ['instances.lab.url', 'instances.lab.api_key', 'defaults.form', 'http.retries'], 'config', {
    rc: 'instances:\n  lab: { product: octopus, url: lab, api_key: "env:LAB_KEY" }\ndefaults: { form: lab }\nhttp: { retries: many }\n',
  }),
  row('inventory', 2, ['defaults.from', 'did you mean "lab"'], 'help configuration', {
    rc: `instances:\n  ${lab}\ndefaults: { from: labb }\n`,
  }),
  row('doctor', 2, ['keys.recipients.night', 'add a public key'], 'help configuration', {
    rc: `instances:\n  ${lab}\nkeys: { recipients: { night: [] } }\n`,
  }),
  row('doctor labb', 2, 'labb', 'lab'),
  row('doctor lab --from prod', 2, '--from', 'doctor'),
  row('doctor', 2, ['YAML', 'line 2'], 'correct it', { rc: '{ "instances": broken' }),
  row('inventory --from lab', 2, ['nope.yaml', 'MIGRATOR_CONFIG'], 'name a file', {
    env: { MIGRATOR_CONFIG: 'nope.yaml' },
  }),
  row('job list', 2, ['MIGRATOR_LIMIT', 'many'], '20', { env: { MIGRATOR_LIMIT: 'many' } }),
  row('inventory', 2, ['MIGRATOR_FROM', 'labb'], 'lab', { env: { MIGRATOR_FROM: 'labb' } }),
  row('partial-export --from lab', 2, 'project', 'inventory', { env: { MIGRATOR_PROJEKT: 'Billing' } }),
  row('partial-export --from lab --project Billing', 2, ['MIGRATOR_TIMEOUT', 'soon'], '20m', {
    env: { MIGRATOR_TIMEOUT: 'soon' },
  }),
  row('partial-export --from lab --project Billing', 10, 'notes.txt', 'MIGRATOR_STATE_DIR', {
    env: { MIGRATOR_STATE_DIR: 'notes.txt' },
  }),
  row('inventory --from lab', 2, 'HTTP_PROXY', 'http://', { env: { HTTP_PROXY: 'not a proxy' } }),
  row('inventory --from lab --json', 2, ['MIGRATOR_PROGRESS', 'loud'], 'plain', { env: { MIGRATOR_PROGRESS: 'loud' } }),
  row('init', 2, 'terminal', '--yes', { in: 'drawer' }),
  row('init --yes', 7, '.migratorrc.yaml', '--force'),
  row('init lab', 2, 'lab', 'init'),
  row('emulate', 2, 'product', 'octopus'),
  row('emulate octopuss', 2, 'octopuss', 'octopus'),
  row('emulate octopus --data empty-folder --port 99999', 2, ['--port', '99999', '65535'], 'write 0'),
  row('emulate octopus --data empty-folder --fault nope', 2, 'nope', 'success-with-errors'),
  row('emulate octopus --data empty-folder --pace fast', 2, ['--pace', 'fast'], 's'),
  row('emulate octopus --data empty-folder --sample both', 2, ['--sample', 'both'], 'source'),
  row('emulate octopus --data notes.txt', 2, 'notes.txt', 'folder'),
  row('emulate enms --data empty-folder --flavor cloud', 2, ['flavor', 'enms'], 'Octopus Deploy'),
  row('demo --folder notes.txt', 2, 'notes.txt', 'folder'),
  row('demo --foldr there', 2, '--foldr', '--folder'),
  row('completion bashh', 2, 'bashh', 'bash', { then: 'completion bash' }),
  row('completion cmd.exe', 2, 'cmd.exe', 'bash'),
  row('help jobz', 2, 'jobz', 'jobs', { then: 'help jobs' }),
  row('help partial-exprot', 2, 'partial-exprot', 'partial-export', { then: 'help partial-export' }),
  row('help job wiat', 2, 'wiat', 'wait', { then: 'help job wait' }),
  row('version --chek', 2, '--chek', '--check'),
  row('version now', 2, 'now', 'version'),
  row('adapter new', 2, 'product', 'lower case'),
  row('adapter new octopus', 2, 'octopus', 'name'),
  row('adapter new "Acme Corp"', 2, ['Acme Corp', 'lower-case'], 'acme-corp'),
  row('adapter new acme -o drawer', 7, 'drawer', '-o'),
  row('adapter new ../acme', 2, '../acme', 'acme'),
];

const queue = '--queue redis://127.0.0.1:1';

const workers: readonly WrongInput[] = [
  row('worker', 2, '--queue', 'redis://'),
  row('wroker', 2, 'wroker', 'worker'),
  row(`worker --serves lab ${queue}`, 5, ['127.0.0.1:1', 'refuses'], 'rediss://'),
  row('worker --serves lab --queue https://redis.example', 2, 'URL of the queue', 'redis://'),
  row('worker --serves lab --queue redis.example:6379', 2, 'URL of the queue', 'redis://'),
  row('worker --serves lab --queue env:QUEUE_URL', 2, 'QUEUE_URL', 'set QUEUE_URL'),
  row('worker --serves lab --queue redis://:Secret-In-Url@127.0.0.1:1', 5, '127.0.0.1:1', 'rediss://'),
  row(`worker ${queue} --serves labb`, 2, 'labb', 'lab'),
  row(`worker ${queue} --concurrency many`, 2, ['--concurrency', 'many'], 'write 2'),
  row(`worker ${queue} --concurrency 0`, 2, ['--concurrency', '0'], 'write 2'),
  row(`worker ${queue} --lost-after soon`, 2, ['--lost-after', 'soon'], '90s'),
  row(`worker ${queue} --lost-after 1ms`, 2, ['--lost-after', '1ms'], '30s'),
  row(`worker plan.yaml ${queue}`, 2, 'plan.yaml', 'worker --help'),
];

/** What a tired engineer types at night. The expectations come from the documents, and were written before the first run. */
export const wrongInputs: readonly WrongInput[] = [
  ...verbs,
  ...exports,
  ...imports,
  ...moves,
  ...packages,
  ...jobs,
  ...ownKeys,
  ...files,
  ...workers,
];

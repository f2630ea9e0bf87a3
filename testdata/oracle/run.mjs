// Asks Backstage's own catalog backend for its verdict on every YAML document
// of our test data and of the public catalogs beside the checkout, and on
// mutations of valid entities, and writes the answers to verdicts.tsv and
// mutations.tsv. The backend's parser, policies, processors and orchestrator run
// as their packages ship them; only what would reach a network or a database is
// replaced. Run by `make oracle`: node run.mjs MODULES REPOSITORY.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';

const [modules, repository] = process.argv.slice(2).map(p => resolve(p));
const require = createRequire(join(modules, 'package.json'));
const inside = (pkg, file) => require(join(modules, 'node_modules/@backstage', pkg, 'dist', file + '.cjs.js'));

const model = require('@backstage/catalog-model');
const alpha = require('@backstage/catalog-model/alpha');
const { ScmIntegrations } = require('@backstage/integration');
const { ConfigReader } = require('@backstage/config');
const { scaffolderCatalogModelLayer } = require('@backstage/plugin-scaffolder-common/alpha');
const { defaultEntityDataParser } = inside('plugin-catalog-backend', 'util/parse');
const { ProcessorOutputCollector } = inside('plugin-catalog-backend', 'processing/ProcessorOutputCollector');
const { DefaultCatalogProcessingOrchestrator } = inside('plugin-catalog-backend', 'processing/DefaultCatalogProcessingOrchestrator');
const { BuiltinKindsEntityProcessor } = inside('plugin-catalog-backend', 'processors/BuiltinKindsEntityProcessor');
const { ModelProcessor } = inside('plugin-catalog-backend', 'processors/ModelProcessor');
const { AnnotateLocationEntityProcessor } = inside('plugin-catalog-backend', 'processors/AnnotateLocationEntityProcessor');
const placeholder = inside('plugin-catalog-backend', 'processors/PlaceholderProcessor');
const { ScaffolderEntitiesProcessor } = inside('plugin-catalog-backend-module-scaffolder-entity-model', 'processor/ScaffolderEntitiesProcessor');

process.on('warning', () => {}); // the parser's, of keys that are mappings
const silent = { child: () => silent, debug() {}, info() {}, warn() {}, error() {} };
const integrations = ScmIntegrations.fromConfig(new ConfigReader({}));

// A file has the address that it has on its forge, so that Backstage's rules
// for relative addresses hold, and a file of the same repository is read here.
// Any other address is taken to answer with a small definition.
let repo = { dir: '', url: '' };
const address = (dir, url, path) => url + relative(dir, path).split('/').map(encodeURIComponent).join('/');
const reader = {
  async readUrl(url) {
    const own = url.replace('/tree/', '/blob/'); // as the integration writes it
    const data = own.startsWith(repo.url) ? readFileSync(join(repo.dir, decodeURIComponent(own.slice(repo.url.length)))) : Buffer.from('openapi: 3.0.0\n');
    return { buffer: async () => data };
  },
};

// $openapi and $asyncapi come with a module that answers with a text; the text
// of the file stands for it.
const text = placeholder.textPlaceholderResolver;
const resolvers = { json: placeholder.jsonPlaceholderResolver, yaml: placeholder.yamlPlaceholderResolver, text, openapi: text, asyncapi: text };
const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(), new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(), new model.FieldFormatEntityPolicy(model.makeValidator({})),
]);
const orchestrator = (...kinds) => new DefaultCatalogProcessingOrchestrator({
  integrations, policy, logger: silent, parser: defaultEntityDataParser, rulesEnforcer: { isAllowed: () => true },
  processors: [
    new placeholder.PlaceholderProcessor({ integrations, reader, resolvers }), ...kinds,
    { getProcessorName: () => 'nothing is followed', readLocation: async () => true },
    new AnnotateLocationEntityProcessor({ integrations }),
  ],
});

// Backstage has two sets of rules: the validators of an installation as it
// comes, and the declared model that one may add, which alone knows AiResource
// and the API of an MCP server. The validators are believed; the model where it
// knows a document that they do not.
const layers = [alpha.defaultCatalogEntityModel, alpha.aiResourceEntityModel, alpha.mcpServerApiEntityModel, scaffolderCatalogModelLayer];
const validators = orchestrator(new BuiltinKindsEntityProcessor(), new ScaffolderEntitiesProcessor());
const declared = orchestrator(new ModelProcessor({ model: alpha.compileCatalogModel(layers) }));
const isNewer = e => e?.kind === 'AiResource' || (e?.kind === 'API' && e?.spec?.type === 'mcp-server');

const message = e => [e.message, e.cause && message(e.cause)].filter(Boolean).join('; ');

function classOf(m) {
  if (/No processor recognized|has no version matching/.test(m)) return 'kind';
  if (/while preprocessing/.test(m)) return 'placeholder';
  if (/while validating the entity/.test(m)) return 'spec';
  if (/while postprocessing/.test(m)) return 'reference';
  return 'envelope';
}

// brief keeps of a message what it says of the document.
function brief(m) {
  m = m.replace(/\s+/g, ' ').replace(/^YAML error at \S+, /, '').replace(/ at line \d+.*$/, '');
  m = m.replace(/^(Processor \S+ threw|Policy check failed|Entity envelope failed).*? caused by (\w*Error: )?/, '').replace(/; .*/, '');
  return m.replace(/^Validation of \w+ entity failed: /, '').replace(/https?:\S*\/blob\/\S+/, 'its file').slice(0, 70).trim();
}

async function answer(o, item, parent) {
  const collector = new ProcessorOutputCollector(silent, parent);
  collector.generic()({ ...item, entity: structuredClone(item.entity) });
  const { errors, deferredEntities } = collector.results();
  const result = errors.length ? { errors } : await o.process({ entity: deferredEntities[0].entity });
  if (result.errors.length) {
    const m = result.errors.map(message).join('; ');
    return { verdict: 'refused', reason: classOf(m), detail: brief(m) };
  }
  return { verdict: 'accepted', reason: '-', detail: pairs(result.relations).join(' ') };
}

// pairs gives each relation that starts at the entity with the name that its
// other direction has: a processor emits the two one after the other.
function pairs(relations) {
  const ref = model.stringifyEntityRef;
  const out = new Set();
  for (let i = 0; i < relations.length; i++) {
    const [there, back] = [relations[i], relations[i + 1]];
    const paired = back && ref(back.source) === ref(there.target) && ref(back.target) === ref(there.source);
    out.add(`${there.type}/${paired ? back.type : ''}=${ref(there.target).replace(/[\s%]/g, encodeURIComponent)}`);
    if (paired) i++;
  }
  return [...out].sort();
}

async function judge(item, target) {
  if (item.type === 'error') return { verdict: 'refused', reason: 'yaml', detail: brief(message(item.error)), ref: '-' };
  const at = `url:${target}`;
  const parent = { apiVersion: 'backstage.io/v1alpha1', kind: 'Location', metadata: { name: 'the-file-itself', annotations: {
    [model.ANNOTATION_LOCATION]: at, [model.ANNOTATION_ORIGIN_LOCATION]: at } } };
  const [first, second] = [await answer(validators, item, parent), await answer(declared, item, parent)];
  const { kind, metadata } = item.entity;
  const ref = [kind, metadata?.name].map(s => (typeof s === 'string' && s ? s : '?')).join(':').replace(/\s/g, '_').slice(0, 60);
  if (first.verdict !== second.verdict && !isNewer(item.entity)) disagreed.push(`${ref}: ${first.detail || first.verdict} | ${second.verdict}`);
  if (isNewer(item.entity)) return { ...second, ref };
  // A relation that only one of the two makes is marked with ~.
  if (first.verdict === 'accepted' && second.verdict === 'accepted') {
    const [a, b] = [first, second].map(v => v.detail.split(' ').filter(Boolean));
    const known = (list, r) => list.some(o => o === r || (o.split('=')[1] === r.split('=')[1] && o.split('/')[0] === r.split('/')[0]));
    first.detail = [...a.map(r => (known(b, r) ? r : '~' + r)), ...b.filter(r => !known(a, r)).map(r => '~' + r)].sort().join(' ');
  }
  return { ...first, ref };
}
const disagreed = [];

function* yamlFiles(dir) {
  for (const e of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, e.name);
    if (e.isDirectory()) yield* yamlFiles(path);
    else if (e.isFile() && /\.ya?ml$/i.test(e.name)) yield path;
  }
}

// documents gives what the parser finds; where it gives up, so does Backstage
// with the rest of the file.
async function* documents(data, location) {
  try {
    yield* defaultEntityDataParser({ data, location });
  } catch (error) {
    yield { type: 'error', error };
  }
}

const verdicts = new Map();
async function folder(origin, dir, url, below = '') {
  repo = { dir, url };
  for (const path of yamlFiles(join(dir, below))) {
    const data = readFileSync(path);
    const hash = createHash('sha256').update(data).digest('hex').slice(0, 12);
    const location = { type: 'url', target: address(dir, url, path) };
    let i = 0;
    for await (const item of documents(data, location)) {
      const key = `${hash}#${i++}`;
      const v = await judge(item, location.target);
      const line = [key, origin, v.verdict, v.reason, v.ref, v.detail].join('\t');
      const old = verdicts.get(key);
      if (old && old !== line && old.split('\t')[1] === origin) throw new Error(`one document, two verdicts: ${path}\n${old}\n${line}`);
      if (!old) verdicts.set(key, line);
    }
  }
}

// Every value of a valid entity is taken away, and replaced by others in turn.
// Where the relations stay the same, the line says "=".
async function mutations() {
  const { bases, values, texts, special } = JSON.parse(readFileSync(join(repository, 'testdata/oracle/mutations.json')));
  const out = [];
  for (const [name, base] of Object.entries(bases)) {
    const whole = (await mutant(name, base, [], undefined)).detail;
    const all = async (path, here) => {
      const last = path.at(-1);
      // What stands outside the spec is the same for every kind.
      const often = name === 'component' || path[0] === 'spec';
      if (!often && path.length > 1) return;
      const tried = [...(often ? values : []), ...(often && typeof here === 'string' ? texts : []), ...(special[last] ?? special[path.at(-2)] ?? [])];
      for (const value of path.length ? [undefined, ...tried] : []) {
        const v = await mutant(name, base, path, value);
        out.push([name, JSON.stringify(path), value === undefined ? '' : JSON.stringify(value), v.verdict, v.reason, v.verdict === 'accepted' && v.detail === whole ? '=' : v.detail].join('\t'));
      }
      if (here && typeof here === 'object') for (const [k, v] of Object.entries(here)) await all([...path, Array.isArray(here) ? +k : k], v);
    };
    await all([], base);
  }
  return out.sort();
}

async function mutant(name, base, path, value) {
  const entity = structuredClone(base);
  const holder = path.slice(0, -1).reduce((o, k) => o[k], entity);
  if (value !== undefined && path.length) holder[path.at(-1)] = value;
  else if (path.length) Array.isArray(holder) ? holder.splice(path.at(-1), 1) : delete holder[path.at(-1)];
  const target = 'https://github.com/o/r/blob/main/mutation.yaml';
  const data = Buffer.from(JSON.stringify(entity));
  for await (const item of defaultEntityDataParser({ data, location: { type: 'url', target } })) return judge(item, target);
}

await folder('own', repository, 'https://github.com/idptui/idptui/blob/main/', 'testdata');
const shared = join(repository, '../shared/realworld');
if (existsSync(shared)) {
  for (const name of readdirSync(shared).filter(n => n.includes('__')).sort()) {
    await folder('public', join(shared, name), `https://github.com/${name.replace('__', '/')}/blob/main/`);
  }
} else {
  // What is known of the public catalogs stays where they are not at hand.
  console.error('oracle: NO PUBLIC CATALOGS at ../shared/realworld; their verdicts are kept as they were');
  const old = readFileSync(join(repository, 'testdata/oracle/verdicts.tsv'), 'utf8').trimEnd().split('\n');
  for (const line of old) if (line.split('\t')[1] === 'public') verdicts.set(line.split('\t')[0], line);
}
const mutants = await mutations();
writeFileSync(join(repository, 'testdata/oracle/verdicts.tsv'), [...verdicts.values()].sort().join('\n') + '\n');
writeFileSync(join(repository, 'testdata/oracle/mutations.tsv'), mutants.join('\n') + '\n');
console.log(`oracle: ${verdicts.size} documents and ${mutants.length} mutations judged`);
const once = [...new Set(disagreed)];
if (once.length) console.log(`oracle: the validators are believed where Backstage's model says otherwise:\n  ${once.join('\n  ')}`);

// Bundles the command line: finding and reading some sixty modules one by one costs a cold start more than the
// question it answers. Each command is a file of its own, because the engine need not wait for the code that reads
// templates to be parsed. They are made from the sources, since the compiler does not write `dist/bin/bulkhead.js`
// again when only other modules have changed. Takes another folder than `dist/bin` as its argument, for tests.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bin = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin');
const out = process.argv[2] ?? join(dirname(bin), 'dist', 'bin');
const registry = readFileSync(join(bin, 'command', 'registry.ts'), 'utf8');
const commands = [...registry.matchAll(/require\('\.\/([a-z-]+)'\)/g)].map(([, name]) => name);
if (commands.length === 0) throw new Error('bin/command/registry.ts requires no command');

const commandsStayFiles = {
  name: 'commands stay files',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/[a-z-]+$/ }, ({ path, kind, importer }) =>
      kind === 'require-call' && importer.endsWith('registry.ts')
        ? { path: `./command/${path.slice('./'.length)}.js`, external: true }
        : undefined,
    ),
};

// Loading jsonc-parser fills tables for its formatter, which no command uses; it declares no module free of effects.
const parserAlone = {
  name: 'the parser alone',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /^\.\/(impl\/)?[a-z-]+$/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === parserAlone || !importer.includes('jsonc-parser')) return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: parserAlone });
      return { ...found, sideEffects: false };
    }),
};

const options = {
  // jsonc-parser's CommonJS form finds its parts in a way that no bundler follows.
  mainFields: ['module', 'main'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: true,
  legalComments: 'eof',
  logLevel: 'warning',
};

await Promise.all([
  build({
    ...options,
    entryPoints: [join(bin, 'bulkhead.ts')],
    outdir: out,
    plugins: [commandsStayFiles],
    alias: { 'node:child_process': join(bin, 'no-child-process.ts') },
  }),
  build({
    ...options,
    plugins: [parserAlone],
    entryPoints: commands.map((name) => join(bin, 'command', `${name}.ts`)),
    outdir: join(out, 'command'),
  }),
]);

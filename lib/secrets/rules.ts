/**
 * Which credentials stand in a text, by the rules of secretlint: tokens and keys whose form tells what they are.
 *
 * The rules are called one by one and without their engine, which is asynchronous, as synthesis is not; each of them is
 * synchronous for text. What they say of a match is dropped with the match itself: only its kind and its place leave this
 * file. Comments that would switch a rule off are not read (docs/adr/0080).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';

export interface Credential {
  /** With its article: `a private key`. */
  readonly what: string;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** The part of secretlint's rule interface that is used. */
interface Rule {
  readonly meta: { readonly id: string };
  create(context: RuleContext, options: object): { file?(source: RuleSource): unknown };
}

interface RuleContext {
  report(finding: { readonly range: readonly [number, number] }): void;
  ignore(): void;
  createTranslator(): (messageId: string) => string;
}

interface RuleSource {
  readonly filePath: string;
  readonly ext: string;
  readonly contentType: 'text';
  readonly content: string;
}

const WORDS: Readonly<Record<string, string>> = {
  '1password': 'a token of 1Password',
  anthropic: 'a key of Anthropic',
  aws: 'an AWS secret access key',
  basicauth: 'a password in a URL',
  'database-connection-string': 'a password in a database connection string',
  gcp: 'a key of a Google Cloud service account',
  github: 'a token of GitHub',
  linear: 'a key of Linear',
  npm: 'a token of npm',
  openai: 'a key of OpenAI',
  privatekey: 'a private key',
  sendgrid: 'a key of SendGrid',
  shopify: 'a token of Shopify',
  slack: 'a token of Slack',
};

/** Would let whoever writes a text decide that nothing stands in it. */
const SILENCER = 'filter-comments';

export function credentialsIn(content: string): readonly Credential[] {
  const found: Credential[] = [];
  for (const rule of loadRules()) {
    const name = rule.meta.id.replace(/^.*secretlint-rule-/, '');
    if (name === SILENCER) continue;
    const what = WORDS[name] ?? 'a credential';
    const context: RuleContext = {
      report: ({ range: [start, end] }) => found.push({ what, start, end }),
      ignore: () => undefined,
      // The translation would hold the credential.
      createTranslator: () => (messageId) => messageId,
    };
    rule.create(context, {}).file?.({ filePath: 'text', ext: '.txt', contentType: 'text', content });
  }
  for (const match of content.matchAll(SHORT_KEY))
    found.push({ what: 'a private key', start: match.index, end: match.index + match[0].length });
  return found.sort((a, b) => a.start - b.start);
}

/** Keys of Ed25519 and X25519 (RFC 8410) are shorter than what secretlint takes for a key. */
const SHORT_KEY =
  /-----BEGIN PRIVATE KEY-----(?:\s|\\[nr]){1,4}MC[A-Za-z0-9+/=]{60,70}(?:\s|\\[nr]){1,4}-----END PRIVATE KEY-----/g;

/** Where the build puts the rules, from the root of what it builds. */
const BUNDLE = join('lib', 'secrets', 'data', 'secret-rules.js');
/** From the sources, this bundles them, once for each version. */
const BUNDLER = join('scripts', 'bundle-secret-rules.mjs');

let rules: readonly Rule[] | undefined;

function loadRules(): readonly Rule[] {
  rules ??= load(locate());
  return rules;
}

function load(file: string): readonly Rule[] {
  const exported: { rules?: readonly Rule[] } = {};
  const module = { exports: exported };
  const run = compileFunction(readFileSync(file, 'utf8'), ['module', 'exports', 'require'], { filename: file });
  run(module, exported, createRequire(file));
  if (!Array.isArray(module.exports.rules)) throw new Error(`bulkhead: internal error: no rules in \`${file}\``);
  return module.exports.rules;
}

function locate(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    for (const base of [folder, join(folder, 'node_modules', 'cdk-bulkhead', 'dist')])
      if (existsSync(join(base, BUNDLE))) return join(base, BUNDLE);
    if (existsSync(join(folder, BUNDLER)))
      return execFileSync(process.execPath, [join(folder, BUNDLER), '--cached'], { encoding: 'utf8' }).trim();
    if (dirname(folder) === folder) break;
  }
  throw new Error(`bulkhead: the rules for credentials are missing: no \`${BUNDLE}\` above \`${__dirname}\``);
}

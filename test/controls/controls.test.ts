/** docs/controls.md is what the code says, and what it names is there: constructs, checks, tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { memberOf, publicApi, ROOT } from '../docs/public-api';
import { presentSabotages, SABOTAGES } from '../properties/sabotages';
import { claims, controlsPage, unclaimed } from './controls-page';
import { EVIDENCE, type TestName } from './evidence';

const IDS = [
  ...Array.from({ length: 15 }, (_, i) => `D${i + 1}`),
  ...Array.from({ length: 16 }, (_, i) => `S${i + 1}`),
];

/** The name of each check in code, by its id. */
const NAMES: ReadonlyMap<string, string> = new Map(
  readdirSync(join(ROOT, 'lib', 'checks')).flatMap((file) => {
    const source = readFileSync(join(ROOT, 'lib', 'checks', file), 'utf8');
    const [, name, id] = /^export const (\w+): Check = \{\n {2}id: '([A-Z]+-\d+)'/m.exec(source) ?? [];
    return name === undefined || id === undefined ? [] : [[id, name] as const];
  }),
);

test('the page is fresh', () => {
  expect(readFileSync(join(ROOT, 'docs', 'controls.md'), 'utf8')).toBe(controlsPage());
});

test('every control is accounted for: claimed with its evidence, or named as missing', () => {
  expect(EVIDENCE.map(({ id }) => id)).toEqual(IDS);
  expect([...claims().map(({ id }) => id), ...unclaimed()].sort()).toEqual([...IDS].sort());
  for (const id of unclaimed()) expect(controlsPage()).toMatch(new RegExp(`Nothing is claimed about [^:]*\\b${id}\\b`));
});

test('what builds a control is public', () => {
  const missing = claims().flatMap(({ id, builtBy }) =>
    builtBy.filter((name) => !isPublic(name)).map((n) => `${id}: ${n}`),
  );
  expect(missing).toEqual([]);
  expect(isPublic('TrustDomain.addRoute')).toBe(true);
  expect(isPublic('TrustDomain.remove')).toBe(false);
});

test('the tests are there, and ask for a check of the control', () => {
  const missing = claims().flatMap(({ id, violated, clean, control, zones }) => [
    ...[violated, clean, ...(zones === undefined ? [] : [zones.violated, zones.clean])]
      .filter((name) => !isThere(name))
      .map((name) => `${id}: ${name.join(': ')}`),
    ...[violated, ...(zones === undefined ? [] : [zones.violated])]
      .filter((name) => !control.checks.some((check) => asksFor(name, check)))
      .map(([file]) => `${id}: ${file} asks for no check of it`),
  ]);
  expect(missing).toEqual([]);
  expect(isThere(['test/controls/controls.test.ts', 'the page is fresh'])).toBe(true);
  expect(isThere(['test/controls/controls.test.ts', 'the page is stale'])).toBe(false);
});

test('a random app is sabotaged in every control that is claimed', () => {
  const broken = new Set(presentSabotages().flatMap(({ breaks }) => breaks));
  expect(
    claims()
      .map(({ id }) => id)
      .filter((id) => !broken.has(id)),
  ).toEqual([]);
  expect(SABOTAGES.flatMap(({ breaks }) => breaks).filter((id) => !IDS.includes(id))).toEqual([]);
});

function isPublic(name: string): boolean {
  const [type = '', member] = name.split('.');
  const found = publicApi().get(type);
  return found !== undefined && (member === undefined || memberOf(found, member) !== undefined);
}

/** By the id of a check, by its name in code, or by running all there are. */
function asksFor([file]: TestName, check: string): boolean {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [check, NAMES.get(check), 'runChecks('].some((word) => word !== undefined && text.includes(word));
}

/** A title of a test or, in a file with tables of tests, a name in one. */
function isThere([file, title]: TestName): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  let found = false;
  const visit = (node: ts.Node): void => {
    const isName = ts.isStringLiteralLike(node) || ts.isIdentifier(node);
    if (isName && node.text === title && isTitle(node)) found = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** First argument of `test(…)` or `test.each(…)(…)`, first cell of a row, or key of a table. */
function isTitle(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isArrayLiteralExpression(parent))
    return parent.elements[0] === node && ts.isArrayLiteralExpression(parent.parent);
  return (
    ts.isCallExpression(parent) && parent.arguments[0] === node && /^(test|it)\b/.test(parent.expression.getText())
  );
}

/**
 * What `lib/index.ts` exports, read from the sources as they stand: types, members, and what is said of each. No build is
 * needed, so the tests that use it notice a stale page in the edit-and-test cycle and not first in CI.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';

export const ROOT = join(__dirname, '..', '..');

export interface PublicMember {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'value';
  readonly optional: boolean;
  /** Without tags, in one line. */
  readonly doc: string;
  /** The text after `@default`. */
  readonly default?: string;
}

export interface PublicType {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly doc: string;
  /** Names of what it extends or implements, where those are public too. */
  readonly bases: readonly string[];
  /** Whether it has a base that is not public here: a class or interface of CDK. */
  readonly foreign: boolean;
  /** Declared here; those of the bases are not repeated. */
  readonly members: readonly PublicMember[];
}

let known: ReadonlyMap<string, PublicType> | undefined;

/** By name. */
export function publicApi(): ReadonlyMap<string, PublicType> {
  if (known !== undefined) return known;
  const types = exportsOf(join(ROOT, 'lib', 'index.ts')).map(typeOf);
  const names = new Set(types.map(({ name }) => name));
  known = new Map(
    types.map((type) => {
      const bases = type.bases.filter((base) => names.has(base));
      return [type.name, { ...type, bases, foreign: bases.length < type.bases.length }];
    }),
  );
  return known;
}

/** The member, of the type itself or of one of its bases. */
export function memberOf(type: PublicType, name: string): PublicMember | undefined {
  return (
    type.members.find((member) => member.name === name) ??
    type.bases.map((base) => memberOf(publicApi().get(base)!, name)).find((member) => member !== undefined)
  );
}

type Declaration = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.EnumDeclaration;

function isDeclaration(node: ts.Node): node is Declaration {
  return ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node);
}

function exportsOf(file: string): Declaration[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  return source.statements.flatMap((statement): Declaration[] => {
    if (isDeclaration(statement)) return isExported(statement) ? [statement] : [];
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return [];
    const from = exportsOf(join(dirname(file), `${(statement.moduleSpecifier as ts.StringLiteral).text}.ts`));
    const clause = statement.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) return from;
    const names = new Set(clause.elements.map((element) => element.name.text));
    return from.filter(({ name }) => names.has(name?.text ?? ''));
  });
}

function isExported(node: Declaration): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.Node, modifier: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === modifier);
}

function typeOf(node: Declaration): PublicType {
  const heritage = ts.isEnumDeclaration(node) ? [] : (node.heritageClauses ?? []);
  return {
    name: node.name?.text ?? '',
    kind: ts.isClassDeclaration(node) ? 'class' : ts.isEnumDeclaration(node) ? 'enum' : 'interface',
    doc: docOf(node).text,
    bases: heritage.flatMap(({ types }) => types.map(({ expression }) => expression.getText())),
    foreign: false,
    members: [...node.members].flatMap((member: ts.Node) => memberFrom(member)),
  };
}

function memberFrom(node: ts.Node): PublicMember[] {
  const { text, tags } = docOf(node);
  // What a constructor takes is a struct, documented where it is declared; or it is a property.
  if (ts.isConstructorDeclaration(node)) {
    const published = node.parameters.filter((parameter) => hasModifier(parameter, ts.SyntaxKind.PublicKeyword));
    return published.map((p) => ({ name: p.name.getText(), kind: 'property', optional: false, doc: docOf(p).text }));
  }
  if (hasModifier(node, ts.SyntaxKind.PrivateKeyword) || tags.has('internal')) return [];
  const written = tags.get('default');
  const of = (kind: PublicMember['kind'], name: ts.Node, optional = false): PublicMember[] => [
    { name: name.getText(), kind, optional, doc: text, ...(written === undefined ? {} : { default: written }) },
  ];
  if (ts.isEnumMember(node)) return of('value', node.name);
  if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node))
    return of('property', node.name, node.questionToken !== undefined);
  if (ts.isGetAccessorDeclaration(node)) return of('property', node.name);
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) return of('method', node.name);
  throw new Error(`public API: a member of a kind that this test does not know: ${node.getText()}`);
}

function docOf(node: ts.Node): { readonly text: string; readonly tags: ReadonlyMap<string, string> } {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tags = comments.flatMap((comment) => [...(comment.tags ?? [])]);
  return {
    text: oneLine(comments.map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '').join(' ')),
    tags: new Map(tags.map((tag) => [tag.tagName.text, oneLine(ts.getTextOfJSDocComment(tag.comment) ?? '')])),
  };
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

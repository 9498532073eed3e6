/**
 * `Fn::ForEach` of the `AWS::LanguageExtensions` macro: unrolled when the collection is written
 * out, otherwise reported as unexpanded, because resources that nobody has seen cannot be judged.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
import { isList, isObject, type JsonObject } from './json';

export interface Unrolled {
  readonly entries: JsonObject;
  readonly unexpanded: readonly { readonly logicalId: string; readonly reason: string }[];
}

/** A template may hold 500 resources; a loop that makes more than this is not a template. */
const MAX_ENTRIES = 10_000;

/** `Fn::Transform` among the resources includes a snippet that only CloudFormation can fetch. */
export function expandLoops(section: JsonObject): Unrolled {
  if (isPlain(section)) return { entries: section, unexpanded: [] };
  const entries: [string, unknown][] = [];
  const unexpanded: { logicalId: string; reason: string }[] = [];
  const budget = { left: MAX_ENTRIES };
  const visit = (object: JsonObject): void => {
    budget.left--;
    for (const [key, value] of Object.entries(object)) {
      if (key === 'Fn::Transform') {
        unexpanded.push({ logicalId: key, reason: 'a macro includes parts that are not in the template' });
      } else if (!key.startsWith('Fn::ForEach::')) {
        if (budget.left-- > 0) entries.push([key, value]);
      } else {
        const bodies = unroll(value);
        if (bodies === undefined) {
          unexpanded.push({ logicalId: key, reason: 'the collection of the loop is not written out in the template' });
        } else {
          for (const body of bodies) if (budget.left > 0) visit(body);
        }
      }
    }
  };
  visit(section);
  if (budget.left <= 0)
    unexpanded.push({ logicalId: 'Fn::ForEach', reason: `loops make more than ${MAX_ENTRIES} entries` });
  return { entries: Object.fromEntries(entries), unexpanded };
}

/** No loops and no includes, as in most templates. */
function isPlain(section: JsonObject): boolean {
  let count = 0;
  for (const key in section) if (key.startsWith('Fn::') || ++count >= MAX_ENTRIES) return false;
  return true;
}

function unroll(loop: unknown): readonly JsonObject[] | undefined {
  if (!isList(loop) || loop.length !== 3) return undefined;
  const [variable, collection, body] = loop;
  if (typeof variable !== 'string' || !isList(collection) || !isObject(body)) return undefined;
  if (!collection.every((item): item is string => typeof item === 'string')) return undefined;
  return collection.map((item) => bind(body, variable, item) as JsonObject);
}

/** `${X}` and `&{X}` (the latter strips what is not alphanumeric), in keys and values, and `Ref X`. */
function bind(value: unknown, variable: string, item: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(`\${${variable}}`, item).replaceAll(`&{${variable}}`, item.replace(/[^A-Za-z0-9]/g, ''));
  }
  if (isList(value)) return value.map((v) => bind(v, variable, item));
  if (!isObject(value)) return value;
  if (value.Ref === variable && Object.keys(value).length === 1) return item;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [bind(k, variable, item) as string, bind(v, variable, item)]),
  );
}

/**
 * Declared crossings as policies: requests from one domain into another that somebody has justified, and
 * that therefore do not count. They are taken away exactly, request by request: what goes beyond
 * them in an action or a resource is a finding as if nothing were declared.
 */
import type { Crossing, Model } from '../model/model';
import type { PolicyDocument, Statement } from '../policy/document';
import { text } from '../policy/text';

const documents = new WeakMap<Model, Map<string, PolicyDocument>>();

/** The common requests and those of crossings from the one domain into the other. */
export function exceptFrom(model: Model, from: string | undefined, to: string | undefined): PolicyDocument {
  return withCrossings(model, `${from}\0${to}`, (c) => c.from === from && c.to === to);
}

/** The same, whichever of the two the crossing comes from. */
export function exceptBetween(model: Model, a: string | undefined, b: string | undefined): PolicyDocument {
  if (a === undefined || b === undefined || a === b) return model.common;
  const [first, second] = a < b ? [a, b] : [b, a];
  return withCrossings(
    model,
    `${first}\0\0${second}`,
    (c) => (c.from === a && c.to === b) || (c.from === b && c.to === a),
  );
}

function withCrossings(model: Model, key: string, wanted: (c: Crossing) => boolean): PolicyDocument {
  if (model.crossings === undefined || model.crossings.length === 0) return model.common;
  const known = documents.get(model) ?? new Map<string, PolicyDocument>();
  documents.set(model, known);
  let document = known.get(key);
  if (document === undefined) {
    const crossings = model.crossings.filter(wanted);
    document =
      crossings.length === 0
        ? model.common
        : { ...model.common, statements: [...model.common.statements, ...crossings.map(statementOf)] };
    known.set(key, document);
  }
  return document;
}

function statementOf({ from, to, actions, resources }: Crossing): Statement {
  return {
    effect: 'Allow',
    index: 0,
    origin: `the crossing from ${from} to ${to}`,
    version: '2008-10-17',
    action: { not: false, patterns: actions.map((a) => text(a)) },
    resource: { not: false, patterns: resources.map((resource) => text(resource)) },
    conditions: [],
  };
}

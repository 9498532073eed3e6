/**
 * Declared crossings as policies: requests from one domain into another that somebody has justified, and
 * that therefore do not count. They are taken away exactly, request by request: what goes beyond
 * them in an action or a resource is a finding as if nothing were declared.
 */
import type { Crossing, Model } from '../model/model';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { type Text, text } from '../policy/text';

const documents = new WeakMap<Model, Map<string, PolicyDocument>>();

/** True iff some crossing from the one domain into the other is declared. */
export function hasCrossing({ crossings = [] }: Model, from: string | undefined, to: string | undefined): boolean {
  return crossings.some((c) => c.from === from && c.to === to);
}

/** What the crossing declares, as policies that allow just that. */
export function requestsOfCrossing(crossing: Crossing): Policies {
  return { identityPolicies: [{ version: '2008-10-17', origin: 'the crossing', statements: [statementOf(crossing)] }] };
}

/** The common requests and those of crossings from the one domain into the other. */
export function exceptFrom(model: Model, from: string | undefined, to: string | undefined): PolicyDocument {
  return withCrossings(model, `${from}\0${to}`, (c) => c.from === from && c.to === to);
}

/** The same, whichever of the two the crossing comes from. */
export function exceptBetween(model: Model, a: string | undefined, b: string | undefined): PolicyDocument {
  if (a === undefined || b === undefined || a === b) return withCrossings(model, NOTHING, () => false);
  const [first, second] = a < b ? [a, b] : [b, a];
  return withCrossings(
    model,
    `${first}\0\0${second}`,
    (c) => (c.from === a && c.to === b) || (c.from === b && c.to === a),
  );
}

function withCrossings(model: Model, key: string, wanted: (c: Crossing) => boolean): PolicyDocument {
  const known = documents.get(model) ?? new Map<string, PolicyDocument>();
  documents.set(model, known);
  let document = known.get(key);
  if (document === undefined) {
    const crossings = (model.crossings ?? []).filter(wanted);
    // Between most domains nothing is declared: they share one document, and what is found out about it.
    document =
      crossings.length === 0 && key !== NOTHING
        ? withCrossings(model, NOTHING, () => false)
        : withStatements(model, [...crossings.map(statementOf), ...assumingBootstrap(model)]);
    known.set(key, document);
  }
  return document;
}

/** The key of what is excepted where no crossing is declared. */
const NOTHING = '';

function withStatements({ common }: Model, more: readonly Statement[]): PolicyDocument {
  return more.length === 0 ? common : { ...common, statements: [...common.statements, ...more] };
}

/**
 * That two principals may both assume a role of `cdk bootstrap` is nothing that they share yet: what they come to
 * by it is SOD-2's, one finding for all of them, and not one for each pair.
 */
function assumingBootstrap({ principals }: Model): readonly Statement[] {
  const arns = principals.filter((p) => p.kind === 'bootstrap-role').map((p) => p.arn);
  return arns.length === 0 ? [] : [allow('the bootstrap roles', ['sts:AssumeRole'], arns)];
}

function statementOf({ from, to, actions, resources }: Crossing): Statement {
  return allow(`the crossing from ${from} to ${to}`, actions, resources);
}

function allow(origin: string, actions: readonly string[], resources: readonly (string | Text)[]): Statement {
  return {
    effect: 'Allow',
    index: 0,
    origin,
    version: '2008-10-17',
    action: { not: false, patterns: actions.map((a) => text(a)) },
    resource: { not: false, patterns: resources.map((resource) => text(resource)) },
    conditions: [],
  };
}

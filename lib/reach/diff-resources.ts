/**
 * What the policies of resources let others do: everybody, other accounts and their principals, services. The templates'
 * own principals are not here; what a resource's policy grants them stands with them (lib/model/grants.ts). The
 * resource's own account only delegates, and is left out.
 *
 * Denies of resource policies are not part of what a principal may do (the model leaves them out, which allows more). Where
 * one is gone or narrower, somebody may do more now and nobody can say who: that is undecided.
 */
import type { AwsCatalogue } from '../catalog/catalogue';
import type { Model, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { Policies, PolicyDocument, PrincipalElement, Selection, Statement } from '../policy/document';
import { literal, show, type Text, text } from '../policy/text';
import { type Danger, gravest } from './diff-danger';
import { Comparison, type Doubtful, type NewRequests } from './diff-requests';
import { documentOf } from './requests';

export interface ResourceAccess {
  readonly principal: Principal;
  readonly access: NewRequests | Doubtful;
}

export function* newResourceAccess(before: Model, after: Model, catalogue: AwsCatalogue): Iterable<ResourceAccess> {
  const had = grantsToOthers(before);
  for (const [key, { principal, policies }] of grantsToOthers(after)) {
    const earlier = had.get(key)?.policies ?? { identityPolicies: [] };
    for (const access of new Comparison(policies, earlier, catalogue, principal.id).newRequests()) {
      const least: Danger = principal === ANYBODY ? 'critical' : key.startsWith('Service ') ? 'low' : 'high';
      yield { principal, access: { ...access, danger: gravest([access.danger, least]) } };
    }
  }
  yield* lostDenies(before, after, catalogue);
}

export interface Granted {
  readonly principal: Principal;
  readonly policies: Policies;
}

/** By principal: what resources' policies allow those who are not of the templates. */
export function grantsToOthers(model: Model): ReadonlyMap<string, Granted> {
  const own = new Set(model.principals.map((p) => textKey(p.arn)));
  const found = new Map<string, { readonly principal: Principal; readonly documents: PolicyDocument[] }>();
  const add = (key: string, principal: () => Principal, document: PolicyDocument): void => {
    const known = found.get(key) ?? { principal: principal(), documents: [] };
    found.set(key, known);
    known.documents.push(document);
  };
  for (const resource of model.resources) {
    if (resource.openTo !== undefined) add('*', () => ANYBODY, resource.openTo);
    for (const statement of resource.policy?.statements ?? []) {
      if (statement.effect !== 'Allow' || statement.principal === undefined || statement.principal.not) continue;
      for (const entry of statement.principal.entries) {
        if (!isOutside(entry, resource, own)) continue;
        const granted = documentOf([{ ...withoutPrincipal(statement), resource: onResource(statement, resource) }]);
        add(`${entry.type} ${textKey(entry.value)}`, () => external(show(entry.value), entry.value), granted);
      }
    }
  }
  return new Map(
    [...found].map(([key, { principal, documents }]) => [
      key,
      { principal, policies: { identityPolicies: documents } },
    ]),
  );
}

function isOutside(
  { type, value }: PrincipalElement['entries'][number],
  { account }: Resource,
  own: ReadonlySet<string>,
): boolean {
  if (type === 'Service') return true;
  if (type === 'AWS' && (literal(value) === '*' || own.has(textKey(value)))) return false;
  const itself = [account, text('arn:aws:iam::', account, ':root')].map(textKey);
  // Whatever its partition is called.
  return !itself.includes(textKey(value).replace(/^arn:[^:]*:/, 'arn:aws:'));
}

/** The statement about the resource that it stands on, as `*` means it there. */
function onResource({ resource: selection }: Statement, { arn }: Resource): Selection {
  const everything: Selection = { not: false, patterns: [text('*')] };
  if (arn === undefined) return selection ?? everything;
  const whole: readonly Text[] = [arn, text(arn, '/*'), text(arn, ':*')];
  if (selection === undefined || selection.not) return { not: false, patterns: whole };
  return { not: false, patterns: selection.patterns.flatMap((p) => (literal(p) === '*' ? whole : [p])) };
}

function withoutPrincipal({ principal: _, ...rest }: Statement): Statement {
  return rest;
}

/** Denied before, to the same principals, and not now. Denies are compared as if they allowed. */
function* lostDenies(before: Model, after: Model, catalogue: AwsCatalogue): Iterable<ResourceAccess> {
  const now = new Map(after.resources.map((r) => [r.id, r]));
  for (const resource of before.resources) {
    const kept = now.get(resource.id);
    // What is gone needs no Deny.
    if (kept === undefined) continue;
    const [past, present] = [resource, kept].map(deniesOf);
    for (const [who, denied] of past!) {
      const still = present!.get(who) ?? [];
      const asked = new Comparison(
        asAllowed(denied, resource),
        asAllowed(still, kept),
        catalogue,
        resource.origin.path,
      );
      for (const lost of asked.newRequests()) {
        const what =
          lost.kind === 'requests' ? `${lost.actions.join(', ')} on ${lost.resources.join(', ')}` : lost.reason;
        const reason = `the policy of \`${kept.origin.path}\` no longer denies ${what} as it did; whoever is allowed it elsewhere may do it now`;
        yield { principal: placeholder(kept), access: { kind: 'undecided', danger: 'high', subject: kept.id, reason } };
      }
    }
  }
}

function deniesOf({ policy }: Resource): ReadonlyMap<string, readonly Statement[]> {
  const found = new Map<string, Statement[]>();
  for (const statement of policy?.statements ?? []) {
    if (statement.effect !== 'Deny' || statement.principal === undefined) continue;
    const { not, entries } = statement.principal;
    const who = `${not} ${entries
      .map((e) => `${e.type} ${show(e.value)}`)
      .sort()
      .join()}`;
    found.set(who, [...(found.get(who) ?? []), statement]);
  }
  return found;
}

function asAllowed(denies: readonly Statement[], resource: Resource): Policies {
  const allowed = denies.map(
    (s): Statement => ({ ...withoutPrincipal(s), effect: 'Allow', resource: onResource(s, resource) }),
  );
  return { identityPolicies: allowed.map((s) => documentOf([s])) };
}

/** Whom an entry about a resource stands under: the resource itself. */
function placeholder({ id, origin }: Resource): Principal {
  return { ...external(id, text(id)), origin };
}

function external(id: string, arn: Text): Principal {
  const origin = { id, path: id, stack: '', logicalId: '', type: 'outside the templates' };
  return {
    kind: 'external',
    id,
    origin,
    arn,
    account: text('*'),
    attached: [],
    policies: { identityPolicies: [] },
    unknown: [],
  };
}

const ANYBODY = external('anybody', text('*'));

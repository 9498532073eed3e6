/**
 * Principals that no template has, but that a path can lead to: a new principal made for the purpose, and
 * whoever the policy of a resource is opened to. And those that trust policies name and no template
 * has: the outsiders, with whom every chain from outside begins.
 */
import type { AttachedPolicy, Origin, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { PolicyDocument, PrincipalElement } from '../policy/document';
import { literal, show, type Text, text } from '../policy/text';
import type { Actor } from './actor';
import { ALLOW_ALL } from './gains';
import { documentOf, statementOn } from './requests';
import { accountWritten, spelledBy, written } from './spelling';

const madeUp = new WeakSet<Principal>();
/** The makers of holders. */
const holders = new WeakMap<Principal, Actor>();

/** True iff the principal stands for one that does not exist yet, so that there is nothing about it to edit. */
export function isMadeUp(p: Principal): boolean {
  return madeUp.has(p);
}

/** A principal of the account that did not exist before, and has every permission that SCPs and its boundary leave. */
export function newcomerOf(account: Text, maker: Principal, boundary?: AttachedPolicy): Principal {
  const within = boundary === undefined ? '' : ` within ${boundary.document.origin}`;
  const id = `a new principal of account ${show(account)}${within}`;
  const { serviceControlPolicies } = maker.policies;
  const principal: Principal = {
    kind: 'role',
    id,
    origin: nowhere(id),
    arn: text('arn:aws:iam::', account, ':role/', {
      hole: `${id} name`,
      type: 'segment',
      identity: id,
      label: 'the name it is given',
    }),
    account,
    attached: [],
    ...(boundary && { boundary }),
    policies: {
      identityPolicies: [ALLOW_ALL],
      ...(boundary && { permissionsBoundary: boundary.document }),
      ...(serviceControlPolicies && { serviceControlPolicies }),
    },
    unknown: [],
  };
  madeUp.add(principal);
  return principal;
}

/**
 * The maker with what the resource's policy can give it once it has edited it: everything that can be
 * done to the resource, but for what its own policies deny. Such a grant needs no identity policy, and
 * where it names the session no boundary allows it; a Deny holds all the same. What the maker could give
 * to others instead is what granting is, and an assumption of every report (see reach.ts).
 */
export function holderOf(resource: Resource, maker: Actor): Principal {
  const { arn = text('*'), origin } = resource;
  // Without a known ARN it may be any resource of its service.
  const service = textKey(arn).split(':')[2] ?? origin.type.split('::')[1]?.toLowerCase() ?? '*';
  // Who holds one resource may open another, and is still the same maker, so there are finitely many holders.
  const original = holders.get(maker.principal) ?? maker;
  const { policies, principal } = original;
  const limits = [...policies.identityPolicies, ...[policies.permissionsBoundary ?? []].flat()];
  const id = `${principal.id}, by the policy of ${origin.id}`;
  const { serviceControlPolicies } = policies;
  const holder: Principal = {
    kind: 'role',
    id,
    origin: {
      ...principal.origin,
      id,
      path: `${principal.origin.path}, by the policy of ${origin.path}`,
      logicalId: '',
    },
    arn,
    account: resource.account,
    ...(resource.domain === undefined ? {} : { domain: resource.domain }),
    attached: [],
    policies: {
      identityPolicies: [everythingOn(service, arn), ...limits.map(deniesOf).filter((d) => d.statements.length > 0)],
      ...(serviceControlPolicies && { serviceControlPolicies }),
    },
    unknown: [],
  };
  madeUp.add(holder);
  holders.set(holder, original);
  return holder;
}

function everythingOn(service: string, arn: Text): PolicyDocument {
  return documentOf([statementOn(`${service}:*`, [arn, text(arn, ':*'), text(arn, '/*')])]);
}

function deniesOf(document: PolicyDocument): PolicyDocument {
  return { ...document, statements: document.statements.filter((s) => s.effect === 'Deny') };
}

/**
 * A principal that a trust policy admits and the model does not have: a role or user of another
 * place, a whole account, everybody, an identity provider. What is outside the templates is taken to do
 * only what the templates let it do: that is an assumption of every report.
 *
 * @param where the account of the trust policy
 */
export function outsider(entry: PrincipalElement['entries'][number], where: Text): Principal {
  const { value } = entry;
  const spelling = spelledBy(entry, where);
  const account = accountWritten(spelling);
  const through = spelling.kind === 'service' ? ` of account ${show(where)}` : '';
  const id = literal(value) === '*' ? 'anybody' : `${show(value)}${through}`;
  const principal: Principal = {
    kind: 'external',
    id,
    origin: nowhere(id),
    arn: value,
    account:
      account ??
      text({ hole: `account of ${id}`, type: 'account', identity: `account of ${id}`, label: `account of ${id}` }),
    attached: [],
    policies: { identityPolicies: [UNLIMITED] },
    unknown: [],
  };
  return written(principal, spelling);
}

const UNLIMITED: PolicyDocument = { ...ALLOW_ALL, origin: 'whatever policies it has outside the templates' };

function nowhere(id: string): Origin {
  return { id, path: id, stack: '', logicalId: '', type: 'outside the templates' };
}

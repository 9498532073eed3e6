/**
 * Principals that no template has, but that a path can lead to: a new principal made for the purpose, and
 * whoever the policy of a resource is opened to. And those that trust policies name and no template
 * has: the outsiders, with whom every chain from outside begins.
 */
import type { Origin, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { PolicyDocument, PrincipalElement } from '../policy/document';
import { literal, show, type Text, text } from '../policy/text';
import { ALLOW_ALL } from './gains';
import { accountNamed } from './named';
import { requests } from './requests';

/** A principal of the account that did not exist before, and has every permission that SCPs and the boundary leave. */
export function administratorOf(account: Text, maker: Principal): Principal {
  const id = `a new principal of account ${show(account)}`;
  const { serviceControlPolicies } = maker.policies;
  return {
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
    policies: { identityPolicies: [ALLOW_ALL], ...(serviceControlPolicies && { serviceControlPolicies }) },
    unknown: [],
  };
}

/** Whoever the edited policy of the resource admits: everything that can be done to the resource. */
export function holderOf(resource: Resource): Principal | undefined {
  const { arn, origin } = resource;
  if (arn === undefined) return undefined;
  const service = textKey(arn).split(':')[2] ?? '*';
  const id = `whoever the policy of ${origin.id} admits`;
  return {
    kind: 'external',
    id,
    origin: { ...origin, id },
    arn,
    account: resource.account,
    ...(resource.domain === undefined ? {} : { domain: resource.domain }),
    attached: [],
    policies: requests(`${service}:*`, [arn, text(arn, ':*'), text(arn, '/*')]),
    unknown: [],
  };
}

/**
 * A principal that a trust policy admits and the model does not have: a role or user of another
 * place, a whole account, everybody, an identity provider. What is outside the templates is taken to do
 * only what the templates let it do: that is an assumption of every report.
 */
export function outsider({ type, value }: PrincipalElement['entries'][number]): Principal {
  const account = type === 'AWS' ? (accountNamed(value) ?? accountIn(value)) : undefined;
  const id = literal(value) === '*' ? 'anybody' : show(value);
  const unlimited: PolicyDocument = { ...ALLOW_ALL, origin: `whatever policies ${id} has` };
  return {
    kind: 'external',
    id,
    origin: nowhere(id),
    arn: value,
    account:
      account ??
      text({ hole: `account of ${id}`, type: 'account', identity: `account of ${id}`, label: `account of ${id}` }),
    attached: [],
    policies: { identityPolicies: [unlimited] },
    unknown: [],
  };
}

function accountIn(arn: Text): Text | undefined {
  const plain = literal(arn)?.split(':')[4];
  return plain !== undefined && /^\d{12}$/.test(plain) ? text(plain) : undefined;
}

function nowhere(id: string): Origin {
  return { id, path: id, stack: '', logicalId: '', type: 'outside the templates' };
}

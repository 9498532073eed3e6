/**
 * The roles through which the CDK deploys the app: principals like others, with rights that reach
 * every resource. What the default `cdk bootstrap` gives them is taken from the catalogue; that the
 * environment was bootstrapped so is an assumption, printed once, as is what the execution role may
 * do: administrator access, unless the configuration declares its policies.
 */
import {
  BOOTSTRAP_ROLES,
  type BootstrapRoleName,
  bootstrap,
  bootstrapRoleOf,
  DEFAULT_QUALIFIER,
} from '../catalog/bootstrap';
import { show, type Text, text } from '../policy/text';
import type { Configuration } from './configuration';
import { arnKey, parseIamArn } from './directory';
import { isObject } from './json';
import type { ManagedPolicies } from './managed-policies';
import type { Assumption, AttachedPolicy, Origin, Principal } from './model';
import type { Draft } from './principals';
import type { Deployment } from './rendered-template';
import { toTexts } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { readPolicy } from './template-policy';

export interface BootstrapRoles {
  readonly principals: readonly Principal[];
  readonly assumptions: readonly Assumption[];
}

/** Which of the assembly's ARNs is which role. */
const ROLES: readonly (readonly [keyof Deployment, BootstrapRoleName])[] = [
  ['deployRoleArn', 'deploy-role'],
  ['executionRoleArn', 'cfn-exec-role'],
  ['lookupRoleArn', 'lookup-role'],
  ['filePublishingRoleArn', 'file-publishing-role'],
  ['imagePublishingRoleArn', 'image-publishing-role'],
];

export function bootstrapRoles(
  r: Resolver,
  configuration: Configuration,
  drafts: readonly Draft[],
  managed: ManagedPolicies,
): BootstrapRoles {
  const own = new Set(drafts.map((d) => arnKey(d.arn)));
  const found = new Map<string, Principal>();
  for (const stack of r.app.stacks) {
    for (const [key, role] of ROLES) {
      const written = stack.template.rendered.deployment?.[key];
      if (written === undefined) continue;
      const arn = r.text(stack, { 'Fn::Sub': written });
      // A role that the app itself creates is a principal already.
      if (own.has(arnKey(arn)) || found.has(arnKey(arn))) continue;
      found.set(arnKey(arn), principalOf(r, stack, arn, role, configuration, managed));
    }
  }
  const principals = [...found.values()];
  return { principals, assumptions: principals.length === 0 ? [] : assumptionsOf(principals, configuration) };
}

function principalOf(
  r: Resolver,
  stack: Stack,
  arn: Text,
  role: BootstrapRoleName,
  configuration: Configuration,
  managed: ManagedPolicies,
): Principal {
  const name = parseIamArn(arn)?.name;
  const known = name === undefined ? undefined : bootstrapRoleOf(show(name));
  // A role with a name of its own does the same work: it is taken to have the default's rights.
  const template = bootstrap(known?.qualifier ?? DEFAULT_QUALIFIER).roles.find((b) => b.role === (known?.role ?? role));
  const id = `bootstrap/${name === undefined ? show(arn) : show(name)}`;
  const origin: Origin = { id, path: id, stack: stack.id, logicalId: role, type: 'AWS::IAM::Role' };
  const attached: AttachedPolicy[] = [];
  const unknown: string[] = [];
  for (const { PolicyName, PolicyDocument } of template?.policies ?? []) {
    const named = show(r.text(stack, PolicyName));
    const reading = readPolicy(r, stack, PolicyDocument, `${id} (inline policy ${named})`, 'identity');
    attached.push({ document: reading.document, attached: 'inline', origin });
    unknown.push(...reading.unknown);
  }
  const declared =
    role === 'cfn-exec-role' ? configuration.assume.bootstrapExecutionPolicies?.map((p) => text(p)) : undefined;
  for (const policy of declared ?? toTexts(r.resolve(stack, template?.managedPolicyArns ?? []))) {
    const reading = managed.find(policy, stack.partition);
    if (typeof reading === 'string') unknown.push(reading);
    else {
      attached.push(reading.attached);
      unknown.push(...reading.unknown);
    }
  }
  const trust = isObject(template?.trust)
    ? readPolicy(r, stack, template.trust, `${id} (trust policy)`, 'trust')
    : undefined;
  const { serviceControlPolicies } = configuration.assume;
  return {
    kind: 'bootstrap-role',
    id,
    origin,
    arn,
    account: stack.account,
    attached,
    ...(trust === undefined ? {} : { trust: trust.document }),
    policies: {
      identityPolicies: attached.map((a) => a.document),
      ...(serviceControlPolicies.length === 0 ? {} : { serviceControlPolicies }),
    },
    unknown,
  };
}

function assumptionsOf(principals: readonly Principal[], configuration: Configuration): readonly Assumption[] {
  const names = principals.map((p) => `\`${p.id.slice('bootstrap/'.length)}\``);
  const declared = configuration.assume.bootstrapExecutionPolicies;
  const execution = principals.filter((p) => p.origin.logicalId === BOOTSTRAP_ROLES[1]);
  return [
    {
      id: 'bootstrap-roles',
      text: `the app is deployed through ${names.join(', ')}, which are as the default \`cdk bootstrap\` makes them`,
    },
    ...(execution.length === 0
      ? []
      : [
          {
            id: 'bootstrap-execution',
            text:
              declared === undefined
                ? `CloudFormation deploys the app as an administrator, so whoever may change its stacks can do everything; declare \`assume.bootstrapExecutionPolicies\` if it was bootstrapped with other policies`
                : `CloudFormation deploys the app with ${declared.map((d) => `\`${d}\``).join(', ')}, as the configuration declares`,
          },
        ]),
  ];
}

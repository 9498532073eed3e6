/**
 * What is changed in the synthesized templates before they are deployed to the emulator, and why. Judged by the
 * engine and the simulator are the templates as synthesized.
 *
 * AWS shows a role's session to policies as the role: `aws:PrincipalArn` is the role's ARN
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn),
 * and a principal that names a role stands for its sessions
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles).
 * The emulator compares both with the ARN of the session alone. So each such role is followed by its sessions, which
 * in AWS would let in nobody more.
 */
import { editTemplate, stacksIn, type Template } from './assembly';
import { ACCOUNT, SESSION } from './place';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const ROLE = new RegExp(`^arn:aws:iam::${ACCOUNT}:role/(?:.*/)?([^/*]+)$`);

/** A change, and the stacks in whose templates it was made. */
export interface Change {
  readonly what: string;
  readonly because: string;
  readonly stacks: readonly string[];
}

interface Rule {
  readonly what: string;
  readonly because: string;
  readonly apply: (template: Template) => void;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  's3:ListBucket': ['s3:ListObjects', 's3:ListObjectsV2'],
  's3:GetEncryptionConfiguration': ['s3:GetBucketEncryption'],
  's3:PutLifecycleConfiguration': ['s3:PutBucketLifecycleConfiguration'],
};

const RULES: readonly Rule[] = [
  {
    what: 'each role in `aws:PrincipalArn` and in `Principal` is followed by its sessions',
    because: 'the emulator compares both with the ARN of the session, AWS with that of the role',
    apply: (template) => walk(template as unknown as Json, namesOfRoles(template)),
  },
  {
    what: 'three actions of S3 stand under the emulator’s names too',
    because: 'the emulator asks policies for the name of the operation where AWS asks for that of the permission',
    apply: (template) => {
      for (const statement of statementsIn(template as unknown as Json)) {
        for (const key of ['Action', 'NotAction']) {
          const actions = [statement[key] ?? []].flat();
          const more = actions.flatMap((action) => (typeof action === 'string' ? (OPERATIONS[action] ?? []) : []));
          if (!more.every((name) => actions.includes(name))) statement[key] = [...actions, ...more];
        }
      }
    },
  },
  {
    what: 'policies name the roles that they are attached to',
    because: 'a reference to a role is its name in CloudFormation and its ARN in the emulator',
    apply: ({ Resources }) => {
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type !== 'AWS::IAM::ManagedPolicy' || !Array.isArray(Properties?.Roles)) continue;
        Properties.Roles = Properties.Roles.map((role: { readonly Ref?: string }) => {
          const name = role.Ref === undefined ? undefined : Resources[role.Ref]?.Properties?.RoleName;
          return typeof name === 'string' ? name : role;
        });
      }
    },
  },
  {
    what: 'each model of a request has a name',
    because: 'CloudFormation makes one up, the emulator does not',
    apply: ({ Resources }) => {
      for (const [logicalId, { Type, Properties }] of Object.entries(Resources)) {
        if (Type === 'AWS::ApiGateway::Model' && Properties !== undefined) Properties.Name ??= logicalId;
      }
    },
  },
  {
    what: 'how old a second factor may be is asked only where the request says it',
    because: 'the emulator tells trust policies whether there was one, and not when',
    apply: (template) => {
      for (const { Condition: condition } of statementsIn(template as unknown as Json)) {
        const asked = condition as { [operator: string]: Json } | undefined;
        const age = asked?.NumericLessThan as { readonly [key: string]: Json } | undefined;
        if (asked === undefined || age?.['aws:MultiFactorAuthAge'] === undefined) continue;
        const { NumericLessThan: _, ...others } = asked;
        for (const operator of Object.keys(asked)) delete asked[operator];
        Object.assign(asked, others, { NumericLessThanIfExists: age });
      }
    },
  },
  {
    what: 'each rate rule is named after its web ACL',
    because: 'the emulator counts one rate for all web ACLs whose rules are named alike, AWS one for each web ACL',
    apply: ({ Resources }) => {
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type !== 'AWS::WAFv2::WebACL' || !Array.isArray(Properties?.Rules)) continue;
        for (const rule of Properties.Rules as { Name?: string; Statement?: object }[]) {
          const own = `${String(Properties.Name)}-`;
          if (rule.Statement === undefined || !('RateBasedStatement' in rule.Statement)) continue;
          if (rule.Name?.startsWith(own) === false) rule.Name = `${own}${rule.Name}`;
        }
      }
    },
  },
];

/** Changes the templates of the assembly in place. */
export function fitToEmulator(assembly: string): readonly Change[] {
  return RULES.map(({ what, because, apply }) => {
    const changed = stacksIn(assembly).filter((stack) => {
      let differs = false;
      editTemplate(assembly, stack, (template) => {
        const before = JSON.stringify(template);
        apply(template);
        differs = JSON.stringify(template) !== before;
      });
      return differs;
    });
    return { what, because, stacks: changed };
  }).filter(({ stacks }) => stacks.length > 0);
}

/** The names that the template gives its roles, by logical id. */
function namesOfRoles({ Resources }: Template): ReadonlyMap<string, string> {
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return new Map(
    roles.flatMap(([id, { Properties }]) =>
      typeof Properties?.RoleName === 'string' ? [[id, Properties.RoleName] as const] : [],
    ),
  );
}

function walk(value: Json, roles: ReadonlyMap<string, string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const v of value) walk(v, roles);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'aws:PrincipalArn') value[key] = withSessions(inner, '*', roles);
    else if (key === 'Principal' && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      if (inner.AWS !== undefined) inner.AWS = withSessions(inner.AWS, SESSION, roles);
    } else walk(inner, roles);
  }
}

function statementsIn(value: Json): { [key: string]: Json }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  const inner = Object.values(value).flatMap(statementsIn);
  return typeof value.Effect === 'string' ? [value, ...inner] : inner;
}

function withSessions(value: Json, session: string, roles: ReadonlyMap<string, string>): Json {
  const values = [value].flat();
  const sessions = values.flatMap((v) => {
    const name = typeof v === 'string' ? ROLE.exec(v)?.[1] : roles.get(roleMeantBy(v) ?? '');
    return name === undefined ? [] : [`arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`];
  });
  return sessions.every((session) => values.includes(session)) ? value : [...values, ...sessions];
}

/** The logical id of the resource whose ARN is asked for. */
function roleMeantBy(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const got = value['Fn::GetAtt'];
  return Array.isArray(got) && got[1] === 'Arn' && typeof got[0] === 'string' ? got[0] : undefined;
}

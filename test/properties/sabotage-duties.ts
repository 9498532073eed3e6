/** What is done to duties: permissions too many, boundaries too wide, trust too wide, chains from one duty to another. */
import { type Sabotage, sabotage } from './sabotage';
import type { Json, Resource, Templates } from './templates';

const DUTIES = ['provision', 'deploy', 'approve', 'read', 'write', 'monitor', 'audit'];
const PRIVILEGED = ['provision', 'deploy', 'approve'];

const allow = (Action: string | string[], Resource: unknown, more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const document = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const isAllow = ({ Effect }: Json): boolean => Effect === 'Allow';

/** The remit of one duty also allows what that of another allows, and denies nothing: whoever edits a remit edits its denies. */
function alsoMay(app: Templates, duty: string, other: string): Resource | undefined {
  const api = app.anApi();
  if (api === undefined) return undefined;
  const remit = app.remit(api, duty);
  const theirs = app.remit(api, other).statements('PolicyDocument').filter(isAllow);
  (remit.properties.PolicyDocument as Json).Statement = [
    ...remit.statements('PolicyDocument').filter(isAllow),
    ...structuredClone(theirs),
  ];
  return remit;
}

/** The remit of a duty also allows this, and denies nothing. */
function gains(app: Templates, duty: string, statement: (api: Resource) => Json): Resource | undefined {
  const api = app.anApi();
  if (api === undefined) return undefined;
  const remit = app.remit(api, duty);
  (remit.properties.PolicyDocument as Json).Statement = [
    ...remit.statements('PolicyDocument').filter(isAllow),
    statement(api),
  ];
  return remit;
}

/** Written out, because a reference back to the role would be a circle. */
const written = (kind: 'role' | 'policy', name: unknown): Json => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, `:${kind}/`, name]],
});
const roleArn = (app: Templates, api: Resource, duty: string) =>
  written('role', app.role(api, duty).properties.RoleName);
const remitArn = (app: Templates, api: Resource, duty: string) =>
  written('policy', app.remit(api, duty).properties.ManagedPolicyName);
const stackId = { Ref: 'AWS::StackId' };

function attached(app: Templates, duty: string, statement: (api: Resource) => Json): Resource | undefined {
  const api = app.anApi();
  if (api === undefined) return undefined;
  const role = app.role(api, duty);
  role.properties.Policies = [{ PolicyName: 'hotfix', PolicyDocument: document(statement(api)) }];
  return role;
}

function trust(app: Templates, duties: readonly string[], change: (statements: Json[], role: Resource) => boolean) {
  const roles = app.parts('role').filter(({ mark }) => duties.includes(String(mark.duty)));
  for (const role of app.random.shuffle(roles)) {
    if (change(role.statements('AssumeRolePolicyDocument'), role)) return role;
  }
  return undefined;
}

const WHOEVER = (account: string | undefined): Json => ({ AWS: `arn:aws:iam::${account ?? '111122223333'}:root` });
const person = (app: Templates, name: string): string =>
  `arn:aws:iam::${app.templates[0]?.account ?? '111122223333'}:user/${name}`;

/** A principal without a duty, in the stack of a domain. */
function free(app: Templates, id: string, principal: (api: Resource) => Json, statement: (api: Resource) => Json) {
  const api = app.anApi();
  return api?.template.add(id, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: principal(api), Action: 'sts:AssumeRole' }),
    Policies: [{ PolicyName: 'all', PolicyDocument: document(statement(api)) }],
  });
}

export const SABOTAGE_OF_DUTIES: readonly Sabotage[] = [
  sabotage('the deployer runs what it prepares', 'SOD-1', ['S1'], (app) => alsoMay(app, 'deploy', 'approve')),
  sabotage('the approver prepares what it runs', 'SOD-1', ['S1'], (app) => alsoMay(app, 'approve', 'deploy')),
  sabotage('the deployer reads data', 'SOD-1', ['S2'], (app) => alsoMay(app, 'deploy', 'read')),
  sabotage('the reader writes', 'SOD-1', ['S8'], (app) => alsoMay(app, 'read', 'write')),
  sabotage('the provisioner reads what it grants', 'SOD-1', ['S2'], (app) => alsoMay(app, 'provision', 'read')),
  sabotage('the monitor reads the audit trail', 'SOD-1', ['S2'], (app) => alsoMay(app, 'monitor', 'audit')),
  sabotage('the auditor grants access', 'SOD-1', ['S1'], (app) => alsoMay(app, 'audit', 'provision')),
  sabotage('any duty gets the remit of any other', 'SOD-1', ['S1', 'S2', 'S5'], (app) => {
    const [duty, other] = app.random.shuffle(DUTIES) as [string, string];
    return alsoMay(app, duty, other);
  }),
  sabotage('a remit allows everything', 'SOD-1', ['S1', 'S2', 'S5'], (app) =>
    gains(app, app.random.pick(DUTIES), () => allow('*', '*')),
  ),
  sabotage('a remit allows all but a few actions', 'SOD-1', ['S1', 'S2', 'S5'], (app) =>
    gains(app, 'monitor', () => ({ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: '*' })),
  ),

  sabotage('the deployer changes the stack directly', 'SOD-2', ['S4'], (app) =>
    gains(app, 'deploy', () => allow('cloudformation:UpdateStack', stackId)),
  ),
  sabotage('the deployer writes who may be the approver', 'SOD-2', ['S4'], (app) =>
    gains(app, 'deploy', (api) =>
      allow(['iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'], app.role(api, 'approve').att('Arn')),
    ),
  ),
  sabotage('the approver admits the deployer', 'SOD-2', ['S4'], (app) => {
    const remit = gains(app, 'deploy', (api) => allow('sts:AssumeRole', roleArn(app, api, 'approve')));
    if (remit === undefined) return undefined;
    const Principal = { AWS: roleArn(app, remit, 'deploy') };
    const statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' };
    app.role(remit, 'approve').statements('AssumeRolePolicyDocument').push(statement);
    return remit;
  }),
  sabotage('the writer passes the role of the reader to a function', 'SOD-2', ['S4'], (app) =>
    gains(app, 'write', (api) => {
      const reader = app.role(api, 'read');
      const statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
      reader.statements('AssumeRolePolicyDocument').push(statement);
      return allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'], '*');
    }),
  ),
  sabotage('the monitor writes its own remit', 'SOD-2', ['S4'], (app) =>
    gains(app, 'monitor', (api) =>
      allow(['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'], remitArn(app, api, 'monitor')),
    ),
  ),
  sabotage('the auditor takes boundaries off and attaches policies', 'SOD-2', ['S4'], (app) =>
    gains(app, 'audit', (api) =>
      allow(['iam:DeleteRolePermissionsBoundary', 'iam:AttachRolePolicy'], roleArn(app, api, 'audit')),
    ),
  ),

  sabotage('one person may prepare and approve', 'SOD-3', ['S1', 'S3'], (app) => {
    const api = app.anApi();
    if (api === undefined) return undefined;
    const deployers = app.role(api, 'deploy').statements('AssumeRolePolicyDocument');
    app.role(api, 'approve').statements('AssumeRolePolicyDocument').push(structuredClone(deployers[0]!));
    return app.role(api, 'approve');
  }),
  sabotage('a second assumer has another duty too', 'SOD-3', ['S3'], (app) => {
    const api = app.anApi();
    if (api === undefined) return undefined;
    const [one, other] = app.random.shuffle(DUTIES) as [string, string];
    const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    for (const duty of [one, other]) {
      const statement = {
        Effect: 'Allow',
        Principal: { AWS: person(app, 'dan') },
        Action: 'sts:AssumeRole',
        Condition,
      };
      app.role(api, duty).statements('AssumeRolePolicyDocument').push(statement);
    }
    return app.role(api, one);
  }),
  sabotage('whoever watches also deploys', 'SOD-3', ['S3'], (app) => {
    const api = app.anApi();
    if (api === undefined) return undefined;
    const watchers = app.role(api, 'monitor').statements('AssumeRolePolicyDocument');
    app.role(api, 'deploy').statements('AssumeRolePolicyDocument').push(structuredClone(watchers[0]!));
    return app.role(api, 'deploy');
  }),

  sabotage('the deployer patches the gateway', 'SOD-4', ['S11'], (app) =>
    attached(app, 'deploy', () => allow('apigateway:PATCH', '*')),
  ),
  sabotage('the monitor decrypts', 'SOD-4', ['D5'], (app) =>
    attached(app, 'monitor', (api) => allow('kms:Decrypt', app.part(api, 'key')?.att('Arn') ?? '*')),
  ),
  sabotage('a wildcard grant to a duty role', 'SOD-4', ['D5', 'S11'], (app) =>
    attached(app, app.random.pick(DUTIES), () => allow('*', '*')),
  ),
  sabotage('an AWS managed policy on a duty role', 'SOD-4', ['D5'], (app) => {
    const api = app.anApi();
    const role = api && app.role(api, app.random.pick(DUTIES));
    const arn = `arn:aws:iam::aws:policy/${app.random.pick(['ReadOnlyAccess', 'PowerUserAccess', 'AdministratorAccess'])}`;
    if (role) role.properties.ManagedPolicyArns = [...((role.properties.ManagedPolicyArns as unknown[]) ?? []), arn];
    return role;
  }),

  sabotage('a removed boundary', 'SOD-5', ['D5'], (app) => {
    const api = app.anApi();
    const role = api && app.role(api, app.random.pick(DUTIES));
    if (role) delete role.properties.PermissionsBoundary;
    return role;
  }),
  sabotage('the boundary of another duty', 'SOD-5', ['D5'], (app) => {
    const api = app.anApi();
    const [one, other] = app.random.shuffle(DUTIES) as [string, string];
    const role = api && app.role(api, one);
    if (api && role) role.properties.PermissionsBoundary = app.remit(api, other).ref;
    return role;
  }),
  sabotage('a boundary that bounds nothing', 'SOD-5', ['D5'], (app) => {
    const api = app.anApi();
    const remit = api && app.remit(api, app.random.pick(DUTIES));
    if (remit) remit.properties.PolicyDocument = document(allow('*', '*'));
    return remit;
  }),
  sabotage('an administrator as boundary', 'SOD-5', ['D5'], (app) => {
    const api = app.anApi();
    const role = api && app.role(api, app.random.pick(DUTIES));
    if (role) role.properties.PermissionsBoundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
    return role;
  }),
  sabotage('a duty role without its mark', 'SOD-5', ['D5'], (app) => {
    const api = app.anApi();
    const role = api && app.role(api, app.random.pick(DUTIES));
    role?.unmark();
    return role;
  }),

  sabotage('an administrator without a duty', 'SOD-6', ['S1', 'S2'], (app) =>
    free(
      app,
      'Helpdesk',
      () => ({ AWS: person(app, 'eve') }),
      () => allow('*', '*'),
    ),
  ),
  sabotage('a user who may do everything', 'SOD-6', ['S1', 'S2'], (app) =>
    app.anApi()?.template.add('Eve', 'AWS::IAM::User', {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    }),
  ),
  // Of a nested stack no duty prepares or runs changes; there, it is the chain to the role that CloudFormation acts as.
  sabotage('a role that prepares and runs changes', ['SOD-6', 'SOD-2'], ['S1'], (app) =>
    free(
      app,
      'ReleaseManager',
      () => ({ AWS: person(app, 'fay') }),
      () => allow(['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'], stackId),
    ),
  ),

  sabotage('the code of a change is swapped after its approval', 'SOD-7', ['S1'], (app) => {
    const uploads = app
      .parts('upload-bucket')
      .map(({ domain, properties }) => ({ domain, name: properties.BucketName }));
    const functions = app.all('AWS::Lambda::Function').filter(({ properties, domain }) => {
      const { S3Bucket } = (properties.Code ?? {}) as Json;
      return S3Bucket !== undefined && uploads.some((upload) => upload.domain === domain);
    });
    const code = app.any(functions);
    if (code) (code.properties.Code as Json).S3Bucket = uploads.find(({ domain }) => domain === code.domain)?.name;
    return code;
  }),

  sabotage('a client of the pool reads and writes', 'SOD-8', ['S8'], (app) => {
    const high = app
      .parts('method')
      .filter(
        ({ mark, properties }) => mark.sensitivity === 'HIGH' && properties.AuthorizationType === 'COGNITO_USER_POOLS',
      );
    const method = app.any(
      high.filter((one) =>
        one.template
          .all()
          .some(
            ({ mark, properties }) =>
              mark.part === 'method' &&
              properties.HttpMethod === 'GET' &&
              JSON.stringify(properties.ResourceId) === JSON.stringify(one.properties.ResourceId),
          ),
      ),
    );
    const pool = method && app.part(method, 'user-pool');
    return pool?.template.add('Everything', 'AWS::Cognito::UserPoolClient', {
      UserPoolId: pool.ref,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: [`${pool.domain}/read`, `${pool.domain}/write`],
      GenerateSecret: true,
    });
  }),
  sabotage('one scope opens reading and writing', 'SOD-8', ['S8'], (app) => {
    const methods = app.parts('method').filter(({ mark }) => mark.sensitivity === 'HIGH' && Array.isArray(mark.scopes));
    const pairs = methods.flatMap((writing) =>
      writing.template
        .all()
        .filter(
          ({ mark, properties }) =>
            mark.part === 'method' &&
            properties.HttpMethod === 'GET' &&
            JSON.stringify(properties.ResourceId) === JSON.stringify(writing.properties.ResourceId),
        )
        .map((reading) => [writing, reading] as const),
    );
    if (pairs.length === 0) return undefined;
    const [writing, reading] = app.random.pick(pairs);
    reading.mark.scopes = writing.mark.scopes;
    return reading;
  }),

  sabotage('the whole account may be the role', 'SOD-9', ['S9'], (app) =>
    trust(app, DUTIES, (statements, role) => {
      const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
      const Principal = WHOEVER(role.template.account);
      statements.push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition });
      return true;
    }),
  ),
  sabotage('anybody may be the role', 'SOD-9', ['S9'], (app) =>
    trust(app, DUTIES, (statements) => {
      statements.push({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
      return true;
    }),
  ),
  sabotage('sessions of twelve hours', 'SOD-9', ['S9'], (app) =>
    trust(app, DUTIES, (_, role) => {
      role.properties.MaxSessionDuration = 43_200;
      return true;
    }),
  ),
  sabotage('a user without a second factor', 'SOD-9', ['S9', 'S10'], (app) =>
    trust(app, PRIVILEGED, (statements, role) => {
      const Principal = { AWS: person(app, `gil-${role.domain}-${role.mark.duty}`) };
      statements.push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
      return true;
    }),
  ),
  sabotage('nobody vouches for the second factor', 'SOD-9', ['S9', 'S10'], (app) =>
    trust(app, PRIVILEGED, (statements, role) => {
      if (role.mark.attestations === undefined || statements.some(({ Condition }) => Condition !== undefined))
        return false;
      delete role.mark.attestations;
      return true;
    }),
  ),
  sabotage('every job of every branch', 'SOD-9', ['S9'], (app) =>
    trust(app, ['deploy'], (statements) => {
      const job = statements.find(({ Principal }) => (Principal as Json).Federated !== undefined);
      if (job === undefined) return false;
      const host = 'token.actions.githubusercontent.com';
      job.Condition = {
        StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${host}:sub`]: 'repo:acme/*' },
      };
      return true;
    }),
  ),
];

import { awsCatalogue } from '../../lib/catalog/catalogue';
import { assumersAreNotShared } from '../../lib/checks/assumers-are-not-shared';
import { CheckContext } from '../../lib/checks/check';
import { crossingsAreDeclared } from '../../lib/checks/crossings-are-declared';
import type { Finding } from '../../lib/checks/finding';
import { noChainJoinsDuties } from '../../lib/checks/no-chain-joins-duties';
import { DUTIES, type Principal, type Resource } from '../../lib/model/model';
import { ACCOUNT, arn, modelOf, OTHER, principal, resource, root, service, trusts } from './notation';

const CONFLICTS = DUTIES.flatMap((a, i) => DUTIES.slice(i + 1).map((b) => [a, b] as const));

function run(
  id: 'SOD-2' | 'SOD-3' | 'DOM-1',
  principals: readonly Principal[],
  resources: readonly Resource[] = [],
): Finding[] {
  const check = { 'SOD-2': noChainJoinsDuties, 'SOD-3': assumersAreNotShared, 'DOM-1': crossingsAreDeclared }[id];
  return check.run(modelOf(principals, resources, { conflicts: CONFLICTS }), new CheckContext(awsCatalogue()));
}

const inDomain = (duty: NonNullable<Principal['duty']>, domain = 'internal') => ({ duty, domain });
const bucket = 'arn:aws:s3:::data/*';

describe('SOD-2, hidden overlap', () => {
  const read = principal('Read', { ...inDomain('read'), can: [{ Action: 's3:GetObject', Resource: bucket }] });
  const code = 'arn:aws:lambda:eu-west-1:111111111111:function:job';
  const worker = (can: string) =>
    principal('Worker', { domain: 'internal', trust: [service('lambda')], can: [{ Action: can, Resource: bucket }] });
  const job = (runsAs: Principal) => resource('Job', 'AWS::Lambda::Function', code, runsAs);
  const deploy = principal('Deploy', {
    ...inDomain('deploy'),
    can: [{ Action: 'lambda:UpdateFunctionCode', Resource: code }],
  });

  test.each([
    ['lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:111111111111:function:${aws:PrincipalTag/job}'],
    ['lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:${aws:PrincipalAccount}:function:job'],
    ['sts:AssumeRole', 'arn:aws:iam::111111111111:role/${aws:PrincipalTag/team}'],
    ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::111111111111:role/Work${aws:PrincipalTag/team}'],
  ])('%s on what a tag of the caller names: %s', (Action, Resource) => {
    const reader = principal('Worker', {
      domain: 'internal',
      trust: [service('lambda'), root()],
      can: [{ Action: 's3:GetObject', Resource: bucket }],
    });
    const chains = (on: string) =>
      run(
        'SOD-2',
        [principal('Deploy', { ...inDomain('deploy'), can: [{ Action, Resource: on }] }), read, reader],
        [job(reader)],
      );
    expect(chains(Resource).length).toBeGreaterThan(0);
    expect(chains(Resource.replace(/job|111111111111|role/, 'another'))).toEqual([]);
  });

  test('code of a function that may read what another duty reads', () => {
    const reader = worker('s3:GetObject');
    const [finding, ...rest] = run('SOD-2', [deploy, read, reader], [job(reader)]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      id: 'SOD-2',
      severity: 'violated',
      principals: ['Test/Deploy', 'Test/Worker', 'Test/Read'],
      witness: { action: 's3:GetObject' },
      chain: [
        {
          from: 'Test/Deploy',
          to: 'Test/Worker',
          by: 'lambda-003',
          requests: [`lambda:UpdateFunctionCode on ${code}`],
        },
      ],
    });
    expect(finding!.message).toContain(
      '`Test/Deploy` (deploy of `internal`) can act as `Test/Worker` (of `internal`), which may do what `Test/Read` (read of `internal`) may do',
    );
    expect(finding!.message).toContain('`deploy` and `read` are conflicting duties');
    expect(finding!.explanation[0]).toBe(
      `\`Test/Deploy\` (deploy of \`internal\`) gives a function other code (\`Test/Job\`), and so acts as \`Test/Worker\` (of \`internal\`): lambda:UpdateFunctionCode on ${code}.`,
    );
    expect(finding!.fix).toBe(
      'narrow statement 1 of Deploy policy so that it no longer lets `Test/Deploy` (deploy of `internal`) reach `Test/Worker` (of `internal`) by `lambda:UpdateFunctionCode`',
    );
  });

  test('code of a function that may do something else', () => {
    const writer = worker('s3:PutObject');
    expect(run('SOD-2', [deploy, read, writer], [job(writer)])).toEqual([]);
  });

  test('a role of a conflicting duty that is assumed, and one of another domain', () => {
    const approve = (domain: string) =>
      principal('Approve', {
        ...inDomain('approve', domain),
        trust: [trusts(arn('Deploy'))],
        can: [{ Action: 'cloudformation:ExecuteChangeSet' }],
      });
    const deployer = principal('Deploy', inDomain('deploy'));
    // IAM has one role of a name, whatever its case.
    const shouted = principal('Approve', { ...inDomain('approve'), trust: [trusts(arn('DEPLOY'))] });
    expect(run('SOD-2', [deployer, shouted])).toMatchObject([{ severity: 'violated', chain: [{ by: 'sts-001' }] }]);
    expect(run('SOD-2', [deployer, approve('internal')])).toMatchObject([
      { severity: 'violated', chain: [{ by: 'sts-001' }] },
    ]);
    expect(run('SOD-2', [deployer, approve('partner')])).toEqual([]);
    expect(run('DOM-1', [deployer, approve('partner')])[0]!.message).toContain('different trust domains');
    expect(
      run('SOD-2', [deployer, principal('Approve', { ...inDomain('approve'), trust: [trusts(arn('Else'))] })]),
    ).toEqual([]);
  });

  test('many principals and one cause are one finding', () => {
    const all = (['read', 'write', 'monitor'] as const).flatMap((duty) =>
      ['a', 'b', 'c'].map((domain) => ({ duty, domain, name: `${domain}-${duty}` })),
    );
    const duties = all.map(({ duty, domain, name }) =>
      principal(name, { duty, domain, can: [{ Action: 's3:GetObject', Resource: `arn:aws:s3:::${domain}/${duty}` }] }),
    );
    const hub = principal('Hub', { trust: [trusts(...all.map(({ name }) => arn(name)))], can: [{ Action: 's3:*' }] });
    const [finding, ...rest] = run('SOD-2', [hub, ...duties]);
    expect(rest).toEqual([]);
    expect(finding!.message).toContain('by the same cause 8 more such chains');
    expect(finding!.fix).toContain('narrow statement 1 of Hub trust');
    expect(finding!.principals).toEqual(expect.arrayContaining(duties.map((d) => d.id)));
  });

  test('a self-escalation within a boundary that keeps apart, and within one that does not', () => {
    const self = (name: string) => ({ Action: 'iam:PutRolePolicy', Resource: arn(name) });
    const provision = (boundary: string) =>
      principal('Provision', {
        ...inDomain('provision'),
        can: [self('Provision')],
        boundary: [{ Action: ['iam:PutRolePolicy', boundary] }],
      });
    expect(run('SOD-2', [provision('sqs:*'), read])).toEqual([]);
    expect(run('SOD-2', [provision('s3:*'), read])).toMatchObject([
      { severity: 'violated', chain: [{ by: 'iam-005' }] },
    ]);
  });

  test('secrets told apart by their tags, by somebody who may tag them', () => {
    const of = (team: string, key = 'aws:ResourceTag/team') => ({ StringEquals: { [key]: team } });
    const reads = (name: 'read' | 'deploy', ...more: object[]) =>
      principal(name, {
        ...inDomain(name),
        can: [{ Action: 'secretsmanager:GetSecretValue', Condition: of(name) }, ...(more as { Action: string }[])],
      });
    const tags = { Action: 'secretsmanager:TagResource' };
    const found = (...more: object[]) => run('SOD-2', [reads('deploy', ...more), reads('read')]);
    expect(found()).toEqual([]);
    expect(found(tags)).toMatchObject([{ severity: 'violated', chain: [{ by: 'tags-secretsmanager' }] }]);
    expect(found(tags)[0]!.witness!.action).toBe('secretsmanager:GetSecretValue');
    // As AWS advises: one tags what is one's own, or as somebody else's.
    expect(found({ ...tags, Condition: of('deploy') })).toEqual([]);
    expect(found({ ...tags, Condition: of('other', 'aws:RequestTag/team') })).toEqual([]);
    expect(found({ ...tags, Condition: of('deploy', 'aws:RequestTag/team') })).toHaveLength(1);
    expect(found({ Action: 'sqs:TagQueue' })).toEqual([]);
  });

  test('machines tagged when they are made are not those that are there', () => {
    const on = (team: string) => ({ StringEquals: { 'ec2:ResourceTag/team': team } });
    const made = { StringEquals: { 'ec2:CreateAction': 'RunInstances' } };
    const stops = (name: 'read' | 'deploy', ...more: object[]) =>
      principal(name, {
        ...inDomain(name),
        can: [{ Action: 'ec2:StopInstances', Condition: on(name) }, ...(more as { Action: string }[])],
      });
    const found = (Condition: object) =>
      run('SOD-2', [stops('deploy', { Action: 'ec2:CreateTags', Condition }), stops('read')]).length;
    expect(found(made)).toBe(0);
    expect(found({ StringEquals: { 'aws:RequestTag/team': 'deploy' } })).toBe(1);
  });

  test('what cannot be decided is said to be so', () => {
    const reader = worker('s3:GetObject');
    const update = principal('Deploy', { ...inDomain('deploy'), can: [{ Action: 'lambda:UpdateFunctionCode' }] });
    const [finding] = run('SOD-2', [update, read, reader]);
    expect(finding).toMatchObject({ severity: 'undecided' });
    expect(finding!.message).toContain('nothing in the templates runs as `Test/Worker`');
  });

  test('a principal without a duty that reaches two by a chain', () => {
    const via = principal('Via', { trust: [trusts(arn('Person'))] });
    const targets = (['deploy', 'approve'] as const).map((duty) =>
      principal(duty, { ...inDomain(duty), trust: [trusts(arn('Via'))] }),
    );
    const person = principal('Person');
    // `Via` assumes both itself, which is the cause of what `Person` can do: one finding, of SOD-3.
    expect(run('SOD-2', [person, via, ...targets])).toEqual([]);
    const [finding, ...rest] = run('SOD-3', [person, via, ...targets]);
    expect(rest).toEqual([]);
    expect(finding!.principals).toEqual(
      expect.arrayContaining(['Test/Via', 'Test/Person', 'Test/deploy', 'Test/approve']),
    );
    // Without `Via` assuming both, only a chain leads there.
    const [deploy] = targets;
    const second = principal('Second', { trust: [trusts(arn('Person'))] });
    const apart = principal('approve', { ...inDomain('approve'), trust: [trusts(arn('Second'))] });
    expect(run('SOD-2', [person, via, second, deploy!, apart]).map((f) => f.principals[0])).toEqual(['Test/Person']);
  });
});

describe('SOD-3, shared assumer', () => {
  const duty = (name: 'deploy' | 'approve' | 'read', trust: object, domain = 'internal') =>
    principal(name, { ...inDomain(name, domain), trust: [trust as { Principal: unknown }] });
  const ops = 'arn:aws:iam::222222222222:role/ops';
  const oidc = (sub: string) => ({
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'token.actions.githubusercontent.com:sub': sub } },
  });
  const tagged = (value: string, key = 'aws:PrincipalTag/duty') => ({
    ...root(OTHER),
    Condition: { StringEquals: { [key]: value } },
  });

  test.each([
    ['one role from outside is trusted by both', trusts(ops), trusts(ops), 1],
    ['different roles', trusts(ops), trusts(`${ops}2`), 0],
    ['one account is trusted by both', root(OTHER), root(OTHER), 1],
    ['different accounts', root(OTHER), root(ACCOUNT), 0],
    ['an account, and a role in it', root(OTHER), trusts(ops), 1],
    ['one subject of an identity provider', oidc('repo:x:env:a'), oidc('repo:x:env:a'), 1],
    ['two subjects of an identity provider', oidc('repo:x:env:a'), oidc('repo:x:env:b'), 0],
    ['one tag', tagged('deploy'), tagged('deploy'), 1],
    ['two values of one tag of the caller', tagged('deploy'), tagged('approve'), 0],
    ['two external ids, which are the request’s', tagged('a', 'sts:ExternalId'), tagged('b', 'sts:ExternalId'), 1],
    ['two networks', tagged('vpc-1', 'aws:SourceVpc'), tagged('vpc-2', 'aws:SourceVpc'), 1],
    [
      'two times of day',
      { ...root(OTHER), Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } },
      { ...root(OTHER), Condition: { DateGreaterThan: { 'aws:CurrentTime': '2021-01-01T00:00:00Z' } } },
      1,
    ],
    [
      'two identities, picked by aws:PrincipalArn',
      tagged(ops, 'aws:PrincipalArn'),
      tagged(`${ops}2`, 'aws:PrincipalArn'),
      0,
    ],
  ])('%s', (_, forDeploy, forApprove, expected) => {
    const found = run('SOD-3', [duty('deploy', forDeploy), duty('approve', forApprove)]);
    expect(found.map((f) => f.severity)).toEqual(Array(expected).fill('violated'));
  });

  test('everybody, and a role: the other duty itself is among everybody', () => {
    const [finding] = run('SOD-2', [duty('deploy', trusts('*')), duty('approve', trusts(ops))]);
    expect(finding!.message).toContain('`Test/approve` (approve of `internal`) can act as `Test/deploy`');
  });

  test('a person may serve two domains, and a principal of the templates may not', () => {
    expect(run('SOD-3', [duty('deploy', trusts(ops)), duty('approve', trusts(ops), 'partner')])).toEqual([]);
    const robot = principal('Robot');
    const found = run('DOM-1', [
      robot,
      duty('deploy', trusts(arn('Robot'))),
      duty('approve', trusts(arn('Robot')), 'partner'),
    ]);
    expect(found[0]!.message).toContain('different trust domains');
  });

  test('a user or a role of the domain itself, that has no duty', () => {
    const found = (kind: 'user' | 'role', domain?: string) => {
      const robot = principal('Robot', { kind, ...(domain && { domain }) });
      const named = trusts(`arn:aws:iam::${ACCOUNT}:${kind}/Robot`);
      return run('SOD-3', [robot, duty('deploy', named), duty('approve', named)]).map((f) => f.principals[0]);
    };
    expect(found('user', 'internal')).toEqual(['Test/Robot']);
    expect(found('role', 'internal')).toEqual(['Test/Robot']);
    expect(found('role')).toEqual(['Test/Robot']);
    const one = principal('Robot', { domain: 'internal' });
    expect(run('SOD-3', [one, duty('deploy', trusts(arn('Robot'))), duty('approve', trusts(ops))])).toEqual([]);
  });

  test('two values of one tag, of a caller that may change its tags', () => {
    const tagged = (value: string) => ({
      ...trusts(arn('Person')),
      Condition: { StringEquals: { 'aws:PrincipalTag/duty': value } },
    });
    const found = (...can: string[]) =>
      run('SOD-3', [
        principal('Person', { can: can.map((Action) => ({ Action, Resource: arn('Person') })) }),
        duty('deploy', tagged('deploy')),
        duty('approve', tagged('approve')),
      ]).map((f) => f.severity);
    expect(found()).toEqual([]);
    expect(found('iam:TagRole')).toEqual(['violated']);
    expect(found('iam:TagUser')).toEqual([]);
    // By a role that it reaches last.
    const helper = principal('Helper', {
      trust: [trusts(arn('Person'))],
      can: [{ Action: 'iam:TagRole', Resource: arn('Person') }],
    });
    const people = [principal('Person'), duty('deploy', tagged('deploy')), duty('approve', tagged('approve'))];
    expect(run('SOD-3', [...people, helper]).map((f) => f.severity)).toEqual(['violated']);
  });

  test('whoever a parameter names may be anybody: undecided', () => {
    const unknown = { parts: [{ hole: 'Ref Who', type: 'any', label: 'Ref Who' }] };
    const found = run('SOD-3', [
      duty('deploy', { Principal: { AWS: unknown } }),
      duty('approve', { Principal: { AWS: unknown } }),
    ]);
    expect(found.map((f) => f.severity)).toEqual(['undecided']);
  });

  test('several pairs of one assumer are one finding that names the trust policies', () => {
    const [finding, ...rest] = run('SOD-3', [
      duty('deploy', trusts(ops)),
      duty('approve', trusts(ops)),
      duty('read', trusts(ops)),
    ]);
    expect(rest).toEqual([]);
    expect(finding!.chain.map((l) => [l.from, l.by])).toEqual([
      [ops, 'sts-001'],
      [ops, 'sts-001'],
    ]);
    expect(finding!.fix).toMatch(/narrow statement 1 of (deploy|approve|read) trust/);
  });
});

describe('SOD-2, meeting elsewhere', () => {
  const hub = (...callers: string[]) =>
    principal('Hub', {
      trust: [trusts(...callers.map((c) => arn(c)))],
      can: [{ Action: 'sqs:PurgeQueue', Resource: '*' }],
    });
  const [deploy, approve] = (['deploy', 'approve'] as const).map((d) => principal(d, inDomain(d)));

  test('two duties act as one third role, of which neither holds anything', () => {
    const [finding, ...rest] = run('SOD-2', [deploy!, approve!, hub('deploy', 'approve')]).filter((f) =>
      f.principals.includes('Test/deploy'),
    );
    expect(rest).toEqual([]);
    expect(finding!.message).toContain(
      '`Test/approve` (approve of `internal`) and `Test/deploy` (deploy of `internal`) can both act as `Test/Hub` (`sqs:PurgeQueue` on',
    );
    expect(finding!.fix).toContain('Hub trust');
    expect(run('SOD-2', [deploy!, approve!, hub('deploy')])).toEqual([]);
  });

  test('two duties act as two roles that share a request, and as two that do not', () => {
    const worker = (name: string, caller: string, queue: string) =>
      principal(name, {
        domain: 'internal',
        trust: [trusts(arn(caller))],
        can: [{ Action: 'sqs:PurgeQueue', Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:${queue}` }],
      });
    const found = (q1: string, q2: string) =>
      run('SOD-2', [deploy!, approve!, worker('A', 'deploy', q1), worker('B', 'approve', q2)]);
    expect(found('q', 'q')).toHaveLength(1);
    expect(found('q', 'q')[0]!.message).toContain('and these may do the same');
    expect(found('q', 'r')).toEqual([]);
  });
});

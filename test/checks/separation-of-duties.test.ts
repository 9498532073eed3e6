import type { Finding } from '../../lib/checks/finding';
import { runChecks } from '../../lib/checks/run-checks';
import { DUTIES, type Model, type Principal } from '../../lib/model/model';
import { evaluate } from '../../lib/policy/evaluate';
import { parsePolicy } from '../../lib/policy/parse';
import { allow, document, type Json, modelOf, origin, resource, role } from './model-of';

const CHANGE_SET = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Partner/*';
const prepare = allow('cloudformation:CreateChangeSet', CHANGE_SET);
const run = allow('cloudformation:ExecuteChangeSet', CHANGE_SET);

function of(id: string, principals: readonly Principal[], more: Partial<Model> = {}): Finding[] {
  return runChecks(modelOf({ principals, ...more })).filter((finding) => finding.id === id);
}

describe('SOD-1, direct overlap', () => {
  test('roles of conflicting duties that share no request pass', () => {
    expect(
      of('SOD-1', [
        role('Deploy', { duty: 'deploy', allow: [prepare] }),
        role('Approve', { duty: 'approve', allow: [run] }),
      ]),
    ).toEqual([]);
  });

  test('a shared request is a violation that names both, the request, both statements and the edit', () => {
    const deploy = role('App/Deploy', {
      duty: 'deploy',
      domain: 'partner',
      allow: [
        { ...prepare, Sid: 'Prepare' },
        { ...run, Sid: 'AlsoRun' },
      ],
    });
    const approve = role('App/Approve', { duty: 'approve', domain: 'partner', allow: [{ ...run, Sid: 'Run' }] });
    const [finding, ...rest] = of('SOD-1', [deploy, approve]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'violated',
      constructPaths: ['App/Approve', 'App/Deploy'],
      principals: ['Stack/AppApprove', 'Stack/AppDeploy'],
    });
    expect(finding!.witness!.action).toBe('cloudformation:ExecuteChangeSet');
    expect(finding!.message).toContain('`App/Approve` (approve of `partner`) and `App/Deploy` (deploy of `partner`)');
    expect(finding!.message).toContain('`approve` and `deploy` are conflicting duties');
    expect(finding!.explanation.join('\n')).toMatch(
      /statement "Run" of the policy of App\/Approve[\s\S]*statement "AlsoRun" of the policy of App\/Deploy/,
    );
    expect(finding!.fix).toBe(
      'take the request away from one of the two: narrow statement "Run" of the policy of App/Approve or statement "AlsoRun" of the policy of App/Deploy',
    );
  });

  test('a resource that is open to everyone joins what one duty may do with it', () => {
    const data = 'arn:aws:s3:::orders/*';
    const read = role('Read', { duty: 'read', allow: [allow('s3:GetObject', data)] });
    const deploy = (...denied: Json[]) => role('Deploy', { duty: 'deploy', allow: [prepare, ...denied] });
    const bucket = (openTo: readonly Json[]) => ({
      ...resource('Orders', 'AWS::S3::Bucket'),
      openTo: document('the policy of Orders', openTo),
    });
    const inOrganisation = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } };
    const open = { resources: [bucket([allow('s3:GetObject', data, { ...inOrganisation, Sid: 'Ours' })])] };
    const [finding, ...rest] = of('SOD-1', [read, deploy()], open);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'violated', witness: { action: 's3:GetObject' } });
    expect(finding!.explanation.join('\n')).toContain('statement "Ours" of the policy of Orders');
    // Twins: a Deny of the other role, and an open resource that no duty is for.
    expect(of('SOD-1', [read, deploy({ Effect: 'Deny', Action: 's3:*', Resource: '*' })], open)).toEqual([]);
    const elsewhere = { resources: [bucket([allow('s3:GetObject', 'arn:aws:s3:::assets/*')])] };
    expect(of('SOD-1', [read, deploy()], elsewhere)).toEqual([]);
  });

  test('the witness replays on both sides', () => {
    const a = role('A', { duty: 'read', allow: [allow('s3:Get*', 'arn:aws:s3:::data-*')] });
    const b = role('B', { duty: 'write', allow: [allow('s3:*', 'arn:aws:s3:::*-eu/*')] });
    const [finding] = of('SOD-1', [a, b]);
    const { action, resource, contextA, contextB } = finding!.witness!;
    const decisions = [
      evaluate({ policies: a.policies, request: { action, resource, context: contextA! } }),
      evaluate({ policies: b.policies, request: { action, resource, context: contextB! } }),
    ];
    expect(decisions.map((d) => d.decision)).toEqual(['allowed', 'allowed']);
  });

  test('declared common requests do not count, and nothing beyond them is forgiven', () => {
    const principals = [
      role('A', { duty: 'read', allow: [allow(['s3:GetObject', 'cloudwatch:GetMetricData'])] }),
      role('B', { duty: 'monitor', allow: [allow('cloudwatch:*')] }),
    ];
    expect(of('SOD-1', principals)).toHaveLength(1);
    const common = modelOf({ commonStatements: [allow('cloudwatch:GetMetricData')] }).common;
    expect(of('SOD-1', principals, { common })).toEqual([]);
    expect(
      of('SOD-1', [principals[1]!, role('C', { duty: 'read', allow: [allow('cloudwatch:Get*')] })], { common }),
    ).toHaveLength(1);
  });

  test('duties conflict within a domain; across domains every role must be separate', () => {
    const read = allow('s3:GetObject', 'arn:aws:s3:::data/*');
    expect(
      of('SOD-1', [
        role('A', { duty: 'read', domain: 'x', allow: [read] }),
        role('B', { duty: 'read', domain: 'x', allow: [read] }),
      ]),
    ).toEqual([]);
    expect(
      of('SOD-1', [
        role('A', { duty: 'read', domain: 'x', allow: [read] }),
        role('B', { duty: 'read', domain: 'y', allow: [read] }),
      ]),
    ).toHaveLength(1);
    expect(
      of('SOD-1', [role('A', { domain: 'x', allow: [read] }), role('B', { domain: 'y', allow: [read] })]),
    ).toHaveLength(1);
    expect(of('SOD-1', [role('A', { domain: 'x', allow: [read] }), role('B', { allow: [read] })])).toEqual([]);
  });

  test('only the conflicts of the model count', () => {
    const principals = [role('A', { duty: 'read', allow: [run] }), role('B', { duty: 'monitor', allow: [run] })];
    expect(of('SOD-1', principals)).toHaveLength(1);
    expect(of('SOD-1', principals, { conflicts: [['deploy', 'approve']] })).toEqual([]);
  });

  test('a boundary keeps apart what the attached policies would share', () => {
    const principals = (boundary: 'same' | undefined) => [
      role('A', { duty: 'read', allow: [allow('s3:*'), prepare], boundary: [prepare] }),
      role('B', { duty: 'deploy', allow: [allow('s3:*')], ...(boundary && { boundary }) }),
    ];
    expect(of('SOD-1', principals('same'))).toEqual([]);
    expect(of('SOD-1', [principals(undefined)[1]!, role('C', { duty: 'read', allow: [allow('s3:*')] })])).toHaveLength(
      1,
    );
  });

  test('one root cause is one finding: a role with everything against six others', () => {
    const duties = ['provision', 'approve', 'read', 'write', 'monitor', 'audit'] as const;
    const clean = duties.map((duty, i) =>
      role(`R${i}`, { duty, allow: [allow(`s3:GetObject`, `arn:aws:s3:::bucket-${duty}/*`)] }),
    );
    expect(of('SOD-1', clean)).toEqual([]);
    const findings = of('SOD-1', [
      ...clean,
      role('Admin', { duty: 'deploy', allow: [{ ...allow('*'), Sid: 'Everything' }] }),
    ]);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.principals).toHaveLength(7);
    expect(findings[0]!.message).toContain('5 more pairs');
    expect(findings[0]!.fix).toMatch(/^narrow statement "Everything" of the policy of Admin/);
  });

  test('two causes are two findings', () => {
    const shared = allow('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111122223333:q');
    const findings = of('SOD-1', [
      role('A', { duty: 'deploy', allow: [prepare, shared] }),
      role('B', { duty: 'approve', allow: [run, shared] }),
      role('C', { duty: 'read', allow: [allow('s3:GetObject', 'arn:aws:s3:::d/*')] }),
      role('D', { duty: 'write', allow: [allow('s3:*', 'arn:aws:s3:::d/*')] }),
    ]);
    expect(findings.map((finding) => finding.witness?.action.split(':')[0])).toEqual(['sqs', 's3']);
  });

  test('a role whose policies cannot be known is undecided, unless its boundary keeps it apart', () => {
    const other = role('B', { duty: 'deploy', allow: [prepare], boundary: 'same' });
    const unknown = ['the managed policy `arn:aws:iam::aws:policy/NoSuch` is not in the catalogue'];
    const [finding] = of('SOD-1', [role('A', { duty: 'read', allow: [run], unknown }), other]);
    expect(finding).toMatchObject({ severity: 'undecided' });
    expect(finding!.explanation.join()).toContain('NoSuch');
    expect(of('SOD-1', [role('A', { duty: 'read', allow: [run], boundary: [run], unknown }), other])).toEqual([]);
  });
});

describe('SOD-5, boundaries', () => {
  const remits = { deploy: [prepare], approve: [run] };
  const marked = (duty: 'deploy' | 'approve', boundary: readonly object[] | 'same' | undefined) =>
    role(duty, {
      duty,
      marked: true,
      domain: 'partner',
      allow: remits[duty],
      ...(boundary && { boundary: boundary as never }),
    });

  test('roles bounded by disjoint remits pass', () => {
    expect(of('SOD-5', [marked('deploy', 'same'), marked('approve', 'same')])).toEqual([]);
  });

  test('a missing boundary is a violation, for marked roles only', () => {
    const [finding, ...rest] = of('SOD-5', [marked('deploy', undefined), marked('approve', 'same')]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'violated', constructPaths: ['deploy'] });
    expect(finding!.message).toContain('has no permissions boundary');
    expect(of('SOD-5', [role('deploy', { duty: 'deploy', allow: [prepare] })])).toEqual([]);
  });

  test('a boundary that cannot be read is undecided', () => {
    expect(
      of('SOD-5', [
        role('deploy', { duty: 'deploy', marked: true, allow: [prepare], boundaryUnknown: 'it is imported' }),
      ]),
    ).toMatchObject([{ severity: 'undecided' }]);
  });

  test('boundaries that share a request are a violation, although the attached policies do not', () => {
    const findings = of('SOD-5', [marked('deploy', [prepare, { ...run, Sid: 'TooMuch' }]), marked('approve', 'same')]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'violated', witness: { action: 'cloudformation:ExecuteChangeSet' } });
    expect(findings[0]!.fix).toContain('statement "TooMuch" of the boundary of deploy');
    expect(of('SOD-1', [marked('deploy', [prepare, run]), marked('approve', 'same')])).toEqual([]);
  });
});

describe('SOD-4, outside the remit', () => {
  const approve = role('Approve', { duty: 'approve', marked: true, domain: 'partner', allow: [run], boundary: 'same' });
  const deploy = (statements: readonly object[], boundary: readonly object[] = [prepare]) =>
    role('Deploy', {
      duty: 'deploy',
      marked: true,
      domain: 'partner',
      allow: statements as never,
      boundary: boundary as never,
    });

  test('what is in the remit passes, however it is written', () => {
    expect(of('SOD-4', [approve, deploy([prepare])])).toEqual([]);
    expect(
      of('SOD-4', [approve, deploy([allow('cloudformation:CreateChangeSet', CHANGE_SET.replace('*', 'abc'))])]),
    ).toEqual([]);
  });

  test('one permission too many: the request, and the role that may make it', () => {
    const findings = of('SOD-4', [approve, deploy([prepare, { ...run, Sid: 'Shortcut' }])]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: 'violated',
      constructPaths: ['Deploy', 'Approve'],
      witness: { action: 'cloudformation:ExecuteChangeSet' },
    });
    expect(findings[0]!.explanation[0]).toBe(
      '`Deploy` (deploy of `partner`) is granted it by statement "Shortcut" of the policy of Deploy; for now its boundary stops it.',
    );
    expect(findings[0]!.fix).toContain('remove statement "Shortcut" of the policy of Deploy');
    expect(of('SOD-1', [approve, deploy([prepare, run])])).toEqual([]);
  });

  test('outside every remit there is a request and no rival', () => {
    const findings = of('SOD-4', [approve, deploy([prepare, allow('s3:DeleteBucket')])]);
    expect(findings).toMatchObject([
      { severity: 'violated', constructPaths: ['Deploy'], witness: { action: 's3:DeleteBucket' } },
    ]);
  });

  test('a Deny beside the grant excuses nothing', () => {
    const deny = { Effect: 'Deny', NotAction: 'cloudformation:CreateChangeSet', Resource: '*' };
    expect(of('SOD-4', [approve, deploy([prepare, deny], [prepare, deny])])).toEqual([]);
    expect(of('SOD-4', [approve, deploy([prepare, deny, run], [prepare, deny])])).toMatchObject([
      { witness: { action: 'cloudformation:ExecuteChangeSet' } },
    ]);
  });

  test('an attached policy that cannot be known is undecided', () => {
    const unknown = role('Deploy', {
      duty: 'deploy',
      marked: true,
      allow: [prepare],
      boundary: 'same',
      unknown: ['the policy `X` is not known'],
    });
    expect(of('SOD-4', [approve, unknown])).toMatchObject([{ severity: 'undecided' }]);
  });

  test('roles of the configuration have no remit to stay in', () => {
    expect(of('SOD-4', [role('Deploy', { duty: 'deploy', allow: [prepare, run], boundary: [prepare] })])).toEqual([]);
  });
});

describe('SOD-5, a role for every duty', () => {
  const declared = {
    name: 'partner',
    exposure: 'partner' as const,
    declaredAt: [origin('App/Api', 'AWS::ApiGateway::RestApi')],
  };
  const all = DUTIES.map((duty) =>
    role(duty, {
      duty,
      marked: true,
      domain: 'partner',
      allow: [allow('s3:GetObject', `arn:aws:s3:::${duty}/*`)],
      boundary: 'same',
    }),
  );

  test('a domain of the constructs whose seven roles are marked passes', () => {
    expect(of('SOD-5', all, { domains: [declared] })).toEqual([]);
  });

  test('a role that lost its mark is a violation', () => {
    const [finding, ...rest] = of(
      'SOD-5',
      all.filter(({ duty }) => duty !== 'deploy'),
      { domains: [declared] },
    );
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'violated', constructPaths: ['App/Api'] });
    expect(finding!.message).toContain('no role of the trust domain `partner` carries the mark of the duty `deploy`');
  });

  test('what a domain of the same name has in another Stage is no help', () => {
    const [api] = declared.declaredAt;
    const elsewhere = { ...api!, id: 'Prod/Api', path: 'Prod/Api', stack: 'Prod' };
    const domains = [{ ...declared, declaredAt: [api!, elsewhere] }];
    const stages = [
      { domain: 'partner', place: 'Dev', stacks: [api!.stack] },
      { domain: 'partner', place: 'Prod', stacks: ['Prod'] },
    ];
    const [finding, ...rest] = of('SOD-5', all, { domains, stages });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'violated', constructPaths: ['Prod/Api'] });
    expect(finding!.message).toContain('no role of the trust domain `partner` in `Prod` carries the mark');
    const moved = all.map((role) => ({ ...role, id: `P${role.id}`, origin: { ...role.origin, stack: 'Prod' } }));
    expect(of('SOD-5', [...all, ...moved], { domains, stages })).toEqual([]);
  });

  test('a domain of the configuration need not hold every duty', () => {
    expect(of('SOD-5', [], { domains: [{ name: 'partner', declaredAt: [] }] })).toEqual([]);
  });
});

describe('SOD-6, two duties in one role', () => {
  const duties = [
    role('Deploy', { duty: 'deploy', allow: [prepare] }),
    role('Approve', { duty: 'approve', allow: [run] }),
  ];
  const trusting = (path: string, statements: readonly object[], principal: object) => ({
    ...role(path, { allow: statements as never }),
    trust: parsePolicy(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }] },
      'trust',
      { kind: 'trust' },
    ),
  });
  const person = { AWS: 'arn:aws:iam::111122223333:role/somebody' };

  test('a role for people that may do what two duties do is a violation', () => {
    const [finding, ...rest] = of('SOD-6', [...duties, trusting('Ops', [allow('cloudformation:*')], person)]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'violated', constructPaths: ['Ops', 'Approve', 'Deploy'] });
    expect(finding!.message).toMatch(
      /^`Ops` has no duty and may make `cloudformation:ExecuteChangeSet` on `.*` like `Approve` \(approve\), and `cloudformation:CreateChangeSet`/,
    );
    expect(finding!.explanation.join('\n')).toContain('`Ops` may call cloudformation:ExecuteChangeSet');
  });

  test('a user is one too', () => {
    expect(of('SOD-6', [...duties, { ...role('Root', { allow: [allow('*')] }), kind: 'user' }])).toHaveLength(1);
  });

  test('a role for people that may do what one duty does passes, and so does a role that only a service may be', () => {
    expect(of('SOD-6', [...duties, trusting('Ops', [run], person)])).toEqual([]);
    expect(
      of('SOD-6', [...duties, trusting('Ops', [allow('cloudformation:*')], { Service: 'lambda.amazonaws.com' })]),
    ).toEqual([]);
  });

  test('a role that stands in the domain is no exception, and a member of another domain is SOD-1 alone', () => {
    const inDomain = duties.map((duty) => ({ ...duty, domain: 'orders' }));
    const ops = trusting('Ops', [allow('cloudformation:*')], person);
    expect(of('SOD-6', [...inDomain, { ...ops, domain: 'orders' }])).toHaveLength(1);
    expect(of('SOD-6', [...inDomain, { ...ops, domain: 'billing' }])).toEqual([]);
    expect(of('SOD-1', [...inDomain, { ...ops, domain: 'billing' }])).toHaveLength(1);
  });

  test('a group whose members nobody here names is one too; the members stand for it where they are named', () => {
    const group: Principal = { ...role('Ops', { allow: [allow('cloudformation:*')] }), kind: 'group' };
    expect(of('SOD-6', [...duties, group])).toHaveLength(1);
    const member: Principal = { ...role('Ann', { allow: [run] }), kind: 'user', memberOf: [group.id] };
    expect(of('SOD-6', [...duties, group, member])).toEqual([]);
  });

  test('a certificate holder is a person, and a trust policy that cannot be read admits one', () => {
    const service = (name: string) =>
      trusting('Ops', [allow('cloudformation:*')], { Service: `${name}.amazonaws.com` });
    expect(of('SOD-6', [...duties, service('rolesanywhere')])).toHaveLength(1);
    const trust = parsePolicy({ Version: '2012-10-17', Statement: [] }, 'trust', { kind: 'trust' });
    const unread = { ...service('lambda'), trust, unknown: ['the trust policy is not known before deployment'] };
    expect(of('SOD-6', [...duties, unread])).toMatchObject([{ severity: 'undecided' }]);
  });

  test('what cannot be known is undecided', () => {
    const unknown = { ...trusting('Ops', [run], person), unknown: ['the policy `X` is not known'] };
    expect(of('SOD-6', [...duties, unknown])).toMatchObject([{ severity: 'undecided' }]);
  });
});

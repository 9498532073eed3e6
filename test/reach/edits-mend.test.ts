/** The edit that a finding suggests ends it: made in the template, the finding is gone, and no other is there instead. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ESCALATION_PATHS } from '../../lib/catalog/escalation-paths';
import { assumersAreNotShared } from '../../lib/checks/assumers-are-not-shared';
import { type Check, CheckContext } from '../../lib/checks/check';
import { crossingsAreDeclared } from '../../lib/checks/crossings-are-declared';
import type { Finding } from '../../lib/checks/finding';
import { noChainJoinsDuties } from '../../lib/checks/no-chain-joins-duties';
import { rolesDoNotOverlap } from '../../lib/checks/roles-do-not-overlap';
import { buildModel } from '../../lib/model/build-model';
import type { Configuration } from '../../lib/model/configuration';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { allow, configure, doc, type Json, resource, role, stack } from '../model/notation';
import { waysOf, without } from './apply-edit';
import { becomesQ, caseOf } from './path-case';

const catalogue = awsCatalogue();

function findings(check: Check, templates: readonly RenderedTemplate[], configuration: Configuration): Finding[] {
  return check.run(buildModel(templates, configuration), new CheckContext(catalogue));
}

/** Asserts that each finding ends with each edit that it offers. */
function mends(
  check: Check,
  templates: readonly RenderedTemplate[],
  configuration: Configuration,
  count: number,
): void {
  const before = findings(check, templates, configuration);
  expect(before).toHaveLength(count);
  for (const finding of before) {
    const edits = waysOf(finding.fix);
    expect(edits).not.toEqual([]);
    for (const edit of edits) {
      const edited = edit.reduce(without, templates);
      const after = findings(check, edited, configuration);
      expect({ fix: finding.fix, left: after.map((f) => f.message) }).toEqual({
        fix: finding.fix,
        left: before.filter((f) => f !== finding).map((f) => f.message),
      });
    }
  }
}

const rows = ESCALATION_PATHS.filter(
  (path) => becomesQ(path) || ['self-any', 'resource-any', 'account-any'].includes(path.reached.kind),
);

test.each(rows.map((path) => [path.id, path] as const))('a chain by %s', (_, path) => {
  const { templates, configuration } = caseOf(path, { duties: true });
  const own = (f: Finding): boolean => f.principals.includes('Ours/P');
  const only: Check = { ...noChainJoinsDuties, run: (m, c) => noChainJoinsDuties.run(m, c).filter(own) };
  mends(only, templates, configuration, 1);
});

describe('of other checks', () => {
  const trusting = (AWS: string, more: Json = {}, ...statements: Json[]): Json =>
    role(statements, {
      AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }),
      ...more,
    });
  const person = 'arn:aws:iam::444455556666:role/person';
  const other = 'arn:aws:iam::444455556666:role/other';
  const duties = configure({ duties: { read: ['*/Read'], write: ['*/Write'], deploy: ['*/Deploy'] } });
  const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/t';

  test('two duties that may make one request', () => {
    const templates = [
      stack({
        Read: trusting(person, {}, allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table), allow('sqs:PurgeQueue')),
        Write: trusting(other, {}, allow('dynamodb:PutItem', table)),
      }),
    ];
    mends(rolesDoNotOverlap, templates, configure({ duties: { read: ['*/Read'], write: ['*/Write'] } }), 1);
  });

  test('three duties that share by one statement', () => {
    const templates = [
      stack({
        Read: trusting(person, {}, allow(['dynamodb:*'], '*')),
        Write: trusting(other, {}, allow('dynamodb:PutItem', table)),
        Deploy: trusting(`${other}-2`, {}, allow('dynamodb:DeleteTable', table)),
      }),
    ];
    mends(rolesDoNotOverlap, templates, duties, 1);
  });

  test('one assumer of two duties', () => {
    const templates = [stack({ Read: trusting(person), Write: trusting(person), Deploy: trusting(other) })];
    mends(assumersAreNotShared, templates, duties, 1);
  });

  test('a session of an assumer', () => {
    const session = 'arn:aws:sts::444455556666:assumed-role/person/alice';
    const templates = [stack({ Read: trusting(person), Write: trusting(session), Deploy: trusting(other) })];
    mends(assumersAreNotShared, templates, duties, 1);
  });

  test('a grant across domains, on either side', () => {
    const domains = configure({
      domains: {
        a: { exposure: 'internal', owner: 'o', resources: ['A/*'] },
        b: { exposure: 'internal', owner: 'o', resources: ['B/*'] },
      },
    });
    const reads = stack(
      { R: trusting(person, { RoleName: 'r' }, allow('dynamodb:GetItem', table)) },
      { stackName: 'A' },
    );
    const owns = stack({ T: resource('AWS::DynamoDB::Table', { TableName: 't' }) }, { stackName: 'B' });
    mends(crossingsAreDeclared, [reads, owns], domains, 1);
    const grant = {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:role/r' },
      Action: 'kms:Decrypt',
      Resource: '*',
    };
    const opened = stack({ K: resource('AWS::KMS::Key', { KeyPolicy: doc(grant) }) }, { stackName: 'B' });
    const reader = stack({ R: trusting(person, { RoleName: 'r' }) }, { stackName: 'A' });
    mends(crossingsAreDeclared, [reader, opened], domains, 1);
  });
});

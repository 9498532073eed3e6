/**
 * Every path is found where it exists, and not where one precondition of it is missing: alone, as the
 * second step of a chain, across two stacks, across two accounts.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ESCALATION_PATHS, type EscalationPath } from '../../lib/catalog/escalation-paths';
import { CheckContext } from '../../lib/checks/check';
import { noChainJoinsDuties } from '../../lib/checks/no-chain-joins-duties';
import { buildModel } from '../../lib/model/build-model';
import { Oracle } from '../../lib/reach/ask';
import { reachOf } from '../../lib/reach/reach';
import { becomesQ, caseOf, type Layout, type Missing, otherResource, typeOf } from './path-case';

const catalogue = awsCatalogue();
const oracle = new Oracle(catalogue);
const ASSUME = ESCALATION_PATHS.find((p) => p.id === 'sts-001')!;
const ACCESS_KEY = ESCALATION_PATHS.find((p) => p.id === 'iam-002')!;

/** Twins are asked of the row alone: another path may well lead there with one request less. */
function isFound(path: EscalationPath, layout: Layout, everyPath = false): boolean {
  const { templates, configuration, source, reached } = caseOf(path, layout);
  const model = buildModel(templates, configuration);
  // Rows that edit and become at once are found as two steps, by rows of their own.
  const composed = path.reached.kind === 'principal-any';
  const paths =
    everyPath || composed ? ESCALATION_PATHS : [...new Set([path, ASSUME, ...(layout.chained ? [ACCESS_KEY] : [])])];
  const principal = model.principals.find((p) => p.id === source)!;
  return reached(reachOf(model, catalogue, { paths }).closure(principal));
}

function twinsOf(path: EscalationPath): readonly Missing[] {
  const { requests, reached } = path;
  const each = (
    what: 'grant' | 'allowance: a Deny' | 'allowance: the boundary' | 'allowance: an SCP' | 'condition',
  ): Missing[] => requests.map((_, request) => ({ what, request }));
  const twins: Missing[] = [
    ...each('grant'),
    ...each('allowance: a Deny'),
    ...each('allowance: the boundary'),
    ...each('allowance: an SCP'),
    ...each('condition'),
  ];
  requests.forEach((r, request) => {
    if (r.action === 'iam:PassRole') twins.push({ what: 'service passed to', request });
    if (namesItsTarget(path, request)) twins.push({ what: 'resource', request });
  });
  const trusted =
    reached.kind === 'passed-role' ||
    reached.kind === 'federated-roles' ||
    requests.some((r) => r.action === 'sts:AssumeRole');
  if (trusted) twins.push({ what: 'trust' });
  if (reached.kind === 'role-of-resource') twins.push({ what: 'role that it runs as' });
  const made = requests.filter((r) => r.target === 'new-compute');
  const [a, b] = made;
  if (a !== undefined && b !== undefined && a.action.split(':')[0] !== 'iam' && oracle.sameKind(a.action, b.action))
    twins.push({ what: 'one name for both' });
  return twins;
}

/** Requests whose resource is the target's own ARN: with another resource they do not help. */
function namesItsTarget(path: EscalationPath, request: number): boolean {
  const r = path.requests[request]!;
  if (
    r.target === 'any' ||
    r.target === 'new-compute' ||
    r.target === 'tagged-resource' ||
    otherResource(path, r) === '*'
  )
    return false;
  // The id of an identity pool holds a colon, so the model tells no two of them apart.
  if (r.action.startsWith('cognito-identity:')) return false;
  if (r.target !== 'existing-compute' && r.target !== 'target-resource') return true;
  const formats = catalogue.resourceFormats(catalogue.actionId(r.action)!);
  return formats.some((f) => TYPE_OF_FORMAT[f.id] !== undefined && TYPE_OF_FORMAT[f.id] === typeOf(path));
}

/** Where the request is made on the named resource of the template itself. Checked by hand against the Service Authorization Reference. */
const TYPE_OF_FORMAT: Readonly<Record<string, string>> = {
  'apprunner:service': 'AWS::AppRunner::Service',
  'cloudformation:stack': 'AWS::CloudFormation::Stack',
  'codebuild:project': 'AWS::CodeBuild::Project',
  'lambda:function': 'AWS::Lambda::Function',
  'sagemaker:notebook-instance': 'AWS::SageMaker::NotebookInstance',
  'states:statemachine': 'AWS::StepFunctions::StateMachine',
  's3:bucket': 'AWS::S3::Bucket',
  'sqs:queue': 'AWS::SQS::Queue',
  'sns:topic': 'AWS::SNS::Topic',
  'dynamodb:table': 'AWS::DynamoDB::Table',
  'kinesis:stream': 'AWS::Kinesis::Stream',
  'ecr:repository': 'AWS::ECR::Repository',
  'secretsmanager:Secret': 'AWS::SecretsManager::Secret',
};

const name = (m: Missing): string => ('request' in m ? `${m.what} (request ${m.request + 1})` : m.what);

describe.each(ESCALATION_PATHS.map((path) => [path.id, path] as const))('%s', (_, path) => {
  test('is found alone', () => {
    expect(isFound(path, {})).toBe(true);
    expect(isFound(path, {}, true)).toBe(true);
  });

  test('is not found with one precondition missing', () => {
    const found = twinsOf(path).filter((missing) => isFound(path, { missing }));
    expect(found.map(name)).toEqual([]);
  });

  test('is found as the second step of a chain, and not without the first', () => {
    expect(isFound(path, { chained: true })).toBe(true);
    expect(isFound(path, { chained: true, missing: { what: 'first link' } })).toBe(false);
  });

  // Without a boundary or a Deny, `P` can do nothing that it could not before; a group may give it anything.
  const gainsRequests = becomesQ(path) || ['self-any', 'resource-any', 'account-any'].includes(path.reached.kind);
  const itself = (): void => {
    const { templates, configuration } = caseOf(path, { duties: true });
    const findings = noChainJoinsDuties.run(buildModel(templates, configuration), new CheckContext(catalogue));
    const own = findings.filter((f) => f.principals.includes('Ours/P'));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ severity: 'violated' });
    expect(own[0]!.chain.length).toBeGreaterThan(0);
    expect(own[0]!.explanation[0]).toContain('Ours/P');
    expect(own[0]!.fix).toMatch(/^narrow statement/);
  };
  if (gainsRequests) test('is one finding, with the chain', itself);

  test('is found across two stacks', () => {
    expect(isFound(path, { twoStacks: true })).toBe(true);
  });

  test('is found across two accounts, and not without the first link', () => {
    expect(isFound(path, { twoAccounts: true, chained: true })).toBe(true);
    expect(isFound(path, { twoAccounts: true, chained: true, missing: { what: 'first link' } })).toBe(false);
  });
});

/**
 * AWS managed policies as evidence: what AWS itself writes as the resource of an action should be in
 * the language of the action's formats. What is not, is listed here with the reason.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { managedPolicies, managedPolicy } from '../../lib/catalog/managed-policies';
import type { ResourceFormat } from '../../lib/policy/catalogue';
import type { Selection } from '../../lib/policy/document';
import { parsePolicy } from '../../lib/policy/parse';
import { literal } from '../../lib/policy/text';
import { matches, meets } from './matcher';

const catalogue = awsCatalogue();
const statements = managedPolicies().flatMap(({ arn }) => parsePolicy(managedPolicy(arn)!.document, arn).statements);

/** Patterns of a selection, with policy variables as wildcards. */
function patterns(selection: Selection | undefined): readonly string[] {
  return (selection?.patterns ?? []).map((t) => (literal(t) ?? '*').replace(/\$\{[^}]*\}/g, '*'));
}

/** Formats by service field; those whose service is itself a slot are left out, as they take nearly everything. */
const byVendor = new Map<string, ResourceFormat[]>();
for (const service of new Set(Array.from(catalogue.actions, (name) => name.slice(0, name.indexOf(':'))))) {
  for (const format of catalogue.serviceFormats(service)) {
    const fixed = format.parts[2];
    const vendor = typeof fixed === 'string' ? fixed.split(':')[1]! : '';
    byVendor.set(vendor, [...(byVendor.get(vendor) ?? []), format]);
  }
}

const resources = [...new Set(statements.flatMap(({ resource }) => patterns(resource)))].filter((r) => r !== '*');

test('there is evidence', () => {
  expect(statements.length).toBeGreaterThan(8_000);
  expect(resources.length).toBeGreaterThan(2_000);
});

test('every ARN without wildcards in an AWS managed policy is in the language of some format', () => {
  const plain = resources.filter((r) => r.startsWith('arn:') && !/[*?]/.test(r));
  expect(plain.length).toBeGreaterThan(10);
  expect(plain.filter((arn) => !byVendor.get(arn.split(':')[2]!)?.some((format) => matches(format, arn)))).toEqual([]);
});

test('every resource pattern in an AWS managed policy meets some format of its service', () => {
  const named = resources.filter((r) => /^[^*?]+:[^*?]+:[^*?]+:/.test(r) || /^arn:\*:[a-z]/.test(r));
  expect(named.length).toBeGreaterThan(2_000);
  expect(
    named.filter((glob) => !byVendor.get(glob.split(':')[2]!)?.some((format) => meets(format, glob))).sort(),
  ).toEqual([
    // Three colons where an ARN has two fields: matches no key.
    'arn:*:kms:*:::*',
    // Recovery points are ARNs of many services, whose format was left out above.
    'arn:aws:backup:*:*:recovery-point:*',
    // The reference knows only the topics that DevOps Guru sends to.
    'arn:aws:devops-guru:*:*:/channels',
  ]);
});

/** Statements that bundle actions with resources of others: nothing follows from them. */
const BUNDLES = [
  'AmazonSageMakerServiceCatalogProducts',
  // `arn:aws:sagemaker:*:*:Canvas*` lacks the resource type.
  'AmazonSageMakerCanvasDirectDeployAccess',
  'AWSIoTDeviceTesterForFreeRTOSFullAccess',
  'AWSControlTowerServiceRolePolicy',
  'BatchServiceRolePolicy',
];

/** Changing actions that AWS grants on resources on which its own reference says they cannot be authorised. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'cloudformation:CreateStackSet': 'granted on stacks; the set has no ARN yet',
  'cloudformation:DeleteChangeSet': 'granted on transforms beside the actions that run them',
  'cloudformation:DeleteStackSet': 'granted on stacks',
  'config:PutConfigRule': 'granted, once, with a colon too many: arn:aws:config:*:*::config-rule/*',
  'dms:CreateDataProvider': 'granted on everything that the policy makes',
  'dms:CreateInstanceProfile': 'granted on everything that the policy makes',
  'ec2:CreateLaunchTemplate': 'granted on what the template names',
  'ec2:CreateLaunchTemplateVersion': 'granted on what the template names',
  'ec2:DeleteNetworkInterface': 'granted on security groups, beside another statement for interfaces',
  'eks:DeleteAccessEntry': 'granted on clusters, beside the actions that are authorised on them',
  'lambda:DeleteEventSourceMapping': 'granted on functions, where it needs lambda:FunctionArn',
  'organizations:EnableAWSServiceAccess': 'granted on arn:aws:organizations:*:*:*',
  'rds:DeleteDBInstanceAutomatedBackup': 'granted on snapshots by one policy; another grants it on automated backups',
  'ssm:CancelCommand': 'granted on the documents and instances of the command',
  'ssm:StopAutomationExecution': 'granted on the definition, not on the execution',
};

test('every changing action that AWS grants on resources of its own service can be authorised on one of them', () => {
  const missed = new Set<string>();
  for (const { effect, action, resource, origin } of statements) {
    const globs = patterns(resource);
    if (effect !== 'Allow' || action.not || resource?.not || globs.includes('*') || bundled(origin)) continue;
    for (const name of patterns(action)) {
      const id = /[*?]/.test(name) ? undefined : catalogue.actionId(name);
      if (id === undefined || ['list', 'read'].includes(catalogue.accessLevel(id))) continue;
      const own = globs.filter((glob) => glob.split(':')[2] === catalogue.actions.at(id)!.split(':')[0]);
      const formats = catalogue.resourceFormats(id);
      if (own.length > 0 && !globs.some((glob) => formats.some((f) => meets(f, glob))))
        missed.add(catalogue.actions.at(id)!);
    }
  }
  expect([...missed].sort()).toEqual(Object.keys(WITHOUT_EFFECT).sort());
});

function bundled(origin: string): boolean {
  return BUNDLES.some((name) => origin.includes(`/${name}`));
}

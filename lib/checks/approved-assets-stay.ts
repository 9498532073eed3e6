/**
 * SOD-7, asset that can be swapped: where changes are approved, nobody with a duty or a domain may overwrite or
 * delete an object that a change runs. A change set holds the template, but names the code in a bucket; whoever
 * can put other code there after the approval makes the change another one, alone.
 *
 * Overwriting is `s3:PutObject` without `If-None-Match`. What a bucket's own policy denies everyone is taken into
 * account, and so is a pinned version. The roles of CDK that publish assets are an assumption, which is printed.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { isText, show, type Text, text } from '../policy/text';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { explainSide, grantsOf, type Meeting, nameOfGrant, pathsOf, witnessOf } from './root-cause';
import { nameOf, type Subject, subjectsOf } from './separation';

export const approvedAssetsStay: Check = {
  id: 'SOD-7',
  compliant: 'nobody may swap the code of a change that is approved',
  run: (model, context) => {
    if (!model.principals.some(({ duty }) => duty === 'approve')) return [];
    const assets = assetsOf(model);
    if (assets.length === 0) return [];
    const subjects = subjectsOf(model).filter(({ principal }) => principal.kind !== 'bootstrap-role');
    return subjects.flatMap((subject) => judge(subject, assets, context) ?? []);
  },
};

/** An object that a resource of the app takes its code, its definition or its content from. */
interface Asset {
  readonly user: Resource;
  readonly arn: Text;
  /** What the policy of the bucket denies everyone. */
  readonly denied: readonly Statement[];
}

/** How CloudFormation's resources spell a place in S3: bucket, key, version. */
const SPELLINGS: readonly (readonly [string, string, string])[] = [
  ['S3Bucket', 'S3Key', 'S3ObjectVersion'],
  ['Bucket', 'Key', 'Version'],
  ['BucketName', 'ObjectKey', 'ObjectVersion'],
];

function assetsOf(model: Model): readonly Asset[] {
  const buckets = new Map(
    model.resources
      .filter(({ origin, arn }) => origin.type === 'AWS::S3::Bucket' && arn !== undefined)
      .map((bucket) => [textKey(bucket.arn as Text), bucket]),
  );
  // Policies are half of an app, and run nothing.
  const users = model.resources.filter(({ origin }) => !origin.type.startsWith('AWS::IAM::'));
  return users.flatMap((user) =>
    placesIn(user.properties).map(({ bucket, key }): Asset => {
      const owner = text('arn:', partitionOf(user), ':s3:::', bucket);
      return {
        user,
        arn: text(owner, '/', key),
        denied: deniedTo(buckets.get(textKey(owner))),
      };
    }),
  );
}

/** Buckets of one app lie in one partition; its name cancels out where the policies leave it open as well. */
function partitionOf({ arn }: Resource): Text {
  const first = arn?.parts[0];
  const second = arn?.parts[1];
  if (typeof first === 'string' && first.startsWith('arn:') && first !== 'arn:') return text(first.split(':')[1]!);
  return second === undefined || typeof second === 'string' ? text('aws') : text(second);
}

interface Place {
  readonly bucket: Text;
  readonly key: Text;
}

function placesIn(value: object, found: Place[] = []): readonly Place[] {
  if (Array.isArray(value)) {
    for (const inner of value as readonly unknown[])
      if (typeof inner === 'object' && inner !== null) placesIn(inner, found);
    return found;
  }
  if (isText(value)) return found;
  const members = value as Readonly<Record<string, unknown>>;
  for (const [b, k, v] of SPELLINGS) {
    if (members[b] === undefined || members[k] === undefined || members[v] !== undefined) continue;
    const [bucket, key] = [textOf(members[b]), textOf(members[k])];
    if (bucket !== undefined && key !== undefined) found.push({ bucket, key });
  }
  for (const member in members) {
    const inner = members[member];
    if (typeof inner === 'object' && inner !== null) placesIn(inner, found);
  }
  return found;
}

function textOf(value: unknown): Text | undefined {
  if (typeof value === 'string') return text(value);
  return isText(value) ? value : undefined;
}

function deniedTo(bucket: Resource | undefined): readonly Statement[] {
  return (bucket?.policy?.statements ?? [])
    .filter(
      ({ effect, principal }) =>
        effect === 'Deny' &&
        principal?.not === false &&
        principal.entries.some(({ type, value }) => type === 'AWS' && textKey(value) === '*'),
    )
    .map(({ principal: _, ...statement }) => statement);
}

function judge(subject: Subject, assets: readonly Asset[], context: CheckContext): Finding | undefined {
  const all = context.overlap(subject.policies, swapping(assets));
  if (all.verdict === 'disjoint') return undefined;
  let undecided: Finding | undefined;
  for (const asset of assets) {
    const a = { ...subject, policies: under(subject.policies, asset.denied) };
    const b = { ...subject, policies: swapping([asset]) };
    const verdict = context.overlap(a.policies, b.policies);
    if (verdict.verdict === 'disjoint') continue;
    const finding = findingOf({ a, b, verdict }, asset);
    if (finding.severity === 'violated') return finding;
    undecided ??= finding;
  }
  return undecided;
}

/** The requests after which other code may stand in the place of an asset, as a policy that allows exactly these. */
function swapping(assets: readonly Asset[]): Policies {
  const resource = { not: false, patterns: assets.map(({ arn }) => arn) };
  const of = (index: number, action: string, conditions: Statement['conditions']): Statement => ({
    effect: 'Allow',
    index,
    origin: 'the requests in question',
    version: '2012-10-17',
    action: { not: false, patterns: [text(action)] },
    resource,
    conditions,
  });
  const unconditional = [
    { operator: 'Null' as const, ifExists: false, key: 's3:if-none-match', values: [text('true')] },
  ];
  const statements = [of(0, 's3:PutObject', unconditional), of(1, 's3:DeleteObject', [])];
  return { identityPolicies: [{ version: '2012-10-17', origin: 'the requests in question', statements }] };
}

/** The policies, where the bucket denies everyone some requests as well. */
function under(policies: Policies, denied: readonly Statement[]): Policies {
  if (denied.length === 0) return policies;
  const everything: Statement = {
    effect: 'Allow',
    index: 0,
    origin: 'what the bucket does not deny',
    version: '2012-10-17',
    action: { not: false, patterns: [text('*')] },
    resource: { not: false, patterns: [text('*')] },
    conditions: [],
  };
  const document: PolicyDocument = {
    version: '2012-10-17',
    origin: 'what the bucket does not deny',
    statements: [everything, ...denied],
  };
  return { ...policies, serviceControlPolicies: [...(policies.serviceControlPolicies ?? []), document] };
}

function findingOf(clash: Meeting, { user, arn }: Asset): Finding {
  const { principal } = clash.a;
  const grants = grantsOf(clash).filter(({ statement }) => statement.origin !== 'the requests in question');
  const known = {
    id: 'SOD-7',
    principals: [principal.id],
    constructPaths: [...new Set([...pathsOf([principal], grants), user.origin.path])],
  };
  const fix =
    'let assets be written once: deploy the stack with `DomainSynthesizer`, or demand `s3:if-none-match` of whoever may write them';
  if (clash.verdict.verdict !== 'overlap' || principal.unknown.length > 0) {
    const reason = clash.verdict.verdict === 'undecided' ? clash.verdict.reason : principal.unknown[0];
    return {
      ...known,
      severity: 'undecided',
      message: `it cannot be decided whether ${nameOf(principal)} may swap \`${show(arn)}\`, which \`${user.origin.path}\` runs: ${reason}`,
      explanation: principal.unknown,
      chain: [],
      fix,
    };
  }
  const { action, resource } = clash.verdict.witness;
  const how = action === 's3:PutObject' ? 'overwrite' : 'delete';
  const grant = grants[0] && nameOfGrant(grants[0].statement);
  return {
    ...known,
    severity: 'violated',
    message: `${nameOf(principal)} may ${how} \`${resource}\`, which \`${user.origin.path}\` runs, after the change that brings it was approved`,
    witness: { ...witnessOf(clash.verdict.witness, clash.a.policies), contextB: undefined },
    explanation: explainSide(clash, 'a'),
    chain: [{ from: principal.id, to: user.id, by: `asset-${how}`, requests: [`${action} on ${resource}`] }],
    fix: grant === undefined ? fix : `${fix}; ${grant} lets it`,
  };
}

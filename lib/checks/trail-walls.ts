/**
 * Do the policies of a vault of the constructs still hold against everybody? That nobody of this app may delete a
 * record is not enough: what keeps out whoever comes later, and the administrators of the account, are the Denies of
 * the bucket's policy and the narrow Allows of the key's.
 *
 * Asked of a stranger: a role of the vault's account with every permission, and a name that no policy names. And
 * of anybody at all, CloudFormation included, for what nobody may ever do.
 */
import type { Principal, Resource } from '../model/model';
import { splitText } from '../model/text-key';
import type { Condition } from '../policy/document';
import { type Text, text } from '../policy/text';
import { knownOfCaller } from '../reach/actor';
import {
  type AuditTrails,
  END_KEY,
  END_RECORDS,
  endingRequests,
  isVaults,
  type Requests,
  readingRequests,
  requestsOn,
} from './audit-trails';
import type { CheckContext } from './check';
import type { Meeting } from './root-cause';
import { EVERYTHING } from './separation';
import { under } from './trail-rights';

export interface Breached {
  readonly wall: Resource;
  readonly meeting: Meeting;
  readonly against: string;
}

export function breachedWalls(trails: AuditTrails, context: CheckContext): readonly Breached[] {
  const walls = [...trails.buckets, ...trails.keys].filter(isVaults);
  const all = [...endingRequests(trails), ...readingRequests(trails)];
  return walls.flatMap((wall) => {
    const stranger = strangerOf(wall);
    const anybody: Caller = { against: 'anybody, CloudFormation included', known: [], mayBe: () => true };
    const patterns = trails.records.get(wall.id) ?? [];
    const questions: readonly (readonly [readonly Requests[], Caller])[] = [
      [
        all.filter(({ on }) => on === wall),
        // An ARN that only the deployment knows names somebody, and not the stranger.
        { against: 'a role that the vault does not name', known: knownOfCaller(stranger), mayBe: () => false },
      ],
      [requestsOn(wall, [[isKey(wall) ? END_KEY : END_RECORDS, isKey(wall) ? arnsOf(wall) : patterns]]), anybody],
      [
        isKey(wall) ? [] : requestsOn(wall, [[['s3:GetObject'], patterns]]),
        { ...anybody, against: 'whoever asks without TLS', known: [WITHOUT_TLS] },
      ],
    ];
    return questions.flatMap(([requests, caller]) => requests.flatMap((r) => ask(wall, stranger, r, caller, context)));
  });
}

interface Caller {
  readonly against: string;
  readonly known: readonly Condition[];
  readonly mayBe: (named: Text) => boolean;
}

function isKey({ origin }: Resource): boolean {
  return origin.type === 'AWS::KMS::Key';
}

function arnsOf({ arn }: Resource): readonly Text[] {
  return arn === undefined ? [] : [arn];
}

const WITHOUT_TLS: Condition = {
  operator: 'Bool',
  ifExists: false,
  key: 'aws:SecureTransport',
  values: [text('false')],
};

function ask(
  wall: Resource,
  principal: Principal,
  { document }: Requests,
  { against, known, mayBe }: Caller,
  context: CheckContext,
): readonly Breached[] {
  const policies = under(principal.policies, principal, wall, known, mayBe);
  if (policies === undefined) return [];
  const asked = context.only(document);
  const verdict = context.overlap(policies, asked);
  if (verdict.verdict === 'disjoint') return [];
  return [{ wall, against, meeting: { a: { principal, policies }, b: { principal, policies: asked }, verdict } }];
}

function strangerOf({ arn, account, origin }: Resource): Principal {
  const partition = (arn && splitText(arn, ':')?.[1]) ?? text('aws');
  return {
    kind: 'role',
    id: 'a role that the vault does not name',
    origin,
    arn: text('arn:', partition, ':iam::', account, ':role/bulkhead-stranger'),
    account,
    attached: [],
    policies: { identityPolicies: [EVERYTHING] },
    unknown: [],
  };
}
